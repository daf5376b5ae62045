"""The last lines of a run tell what was not run from what fails as it is known to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest

def test_that_passes():
    pass

@pytest.mark.skip(reason="the moon is not full")
def test_that_waits():
    pass

@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.xfail(strict=True, reason="a known fault: see FAULTS")
def test_that_fails(number):
    assert number == 3, "what it found"
"""


# It is a run of its own, not part of the one that it may be started by.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


def last_lines(folder: Path, *options: str) -> list[str]:
    (folder / "test_some.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.closing_lines"]
    done = subprocess.run(
        [*command, f"--rootdir={folder}", *options, str(folder)],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return done.stdout.splitlines()[-3:]


def test_a_fault_that_is_known_is_no_test_that_was_not_run(tmp_path: Path) -> None:
    # Reports of another process are made again from what it sent, as in every run of the suite.
    skipped, known, time = last_lines(tmp_path, "-n", "1")
    assert skipped == "NOT RUN: 1 test skipped, the moon is not full"
    assert known == "KNOWN TO FAIL: 2 tests, a known fault: see FAULTS"
    assert time.startswith("4 tests in ")
