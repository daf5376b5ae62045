"""What ``.ci/run`` says and how it ends, with a ``make`` that does what each test wants."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.checks.repository import ROOT

PARTS = ("install", "tests", "check", "installation", "rehearsal")
TARGETS = {"install": "build", "tests": "test", "rehearsal": "rehearse"}
_MAKE = """#!/bin/sh
printf 'begin %s\\n' "$1"
case $1 in
  rehearse) while test ! -e installation.done; do sleep 0.02; done ;;
  installation) touch installation.done ;;
esac
printf 'end %s\\n' "$1"
case " $FAILING " in *" $1 "*) exit 3 ;; esac
"""
"""The rehearsal ends only after what runs beside it: one after the other they would never end."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "make").write_text(_MAKE)
    (tmp_path / "bin" / "make").chmod(0o755)
    return tmp_path


def ci(project: Path, failing: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{project / 'bin'}:{os.environ['PATH']}", "FAILING": failing}
    return subprocess.run(
        ["bash", project / ".ci" / "run"],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=60, check=False,
    )  # fmt: skip


def table(output: str) -> dict[str, str]:
    """Return the result of each part from the table that an output ends with."""
    _, _, rows = output.partition("== parts\n")
    return dict(re.findall(r"^(\w+) +(ok|FAILED) +\d+:\d\d$", rows, re.MULTILINE))


def test_each_part_is_in_the_table_at_the_end_with_its_time(project: Path) -> None:
    ended = ci(project)
    assert ended.returncode == 0, ended.stdout
    assert table(ended.stdout) == dict.fromkeys(PARTS, "ok")
    assert re.search(r"^all +\d+:\d\d$", ended.stdout.splitlines()[-1])


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_fails_is_named_and_is_the_end_of_none_but_fails_the_whole(
    project: Path, part: str
) -> None:
    ended = ci(project, failing=TARGETS.get(part, part))
    assert ended.returncode == 3
    assert table(ended.stdout) == {**dict.fromkeys(PARTS, "ok"), part: "FAILED"}


def test_what_runs_beside_the_rehearsal_is_printed_in_one_piece(project: Path) -> None:
    lines = ci(project).stdout.splitlines()
    for target in ("check", "installation", "rehearse", "test"):
        begin = lines.index(f"begin {target}")
        assert lines[begin + 1] == f"end {target}"
    assert lines.index("end rehearse") < lines.index("begin check")
