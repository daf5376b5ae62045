"""What must hold of the locks, read from the files; ``make installation`` installs them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.checks.repository import ROOT, files
from tests.installation.environments import LOCKS, installer

NAMES = sorted(path.stem for path in LOCKS.glob("*.lock"))


def pieces(name: str) -> list[str]:
    wanted: list[str] = installer().requirements((LOCKS / f"{name}.lock").read_text("utf-8"))
    return wanted


def test_a_lock_is_read_requirement_by_requirement() -> None:
    lock = (
        "# about it\none==1 \\\n    --hash=sha256:aa\n    # via two\n"
        "Two_2==2.0 ; python_version < '3.12' \\\n    --hash=sha256:bb\n"
    )
    first, second = installer().requirements(lock)
    assert first == "one==1 \\\n    --hash=sha256:aa"
    assert installer().identity(second) == "two-2==2.0"


@pytest.mark.parametrize("name", NAMES)
def test_each_requirement_has_a_version_and_a_hash(name: str) -> None:
    wanted = pieces(name)
    assert wanted
    for each in wanted:
        assert re.match(r"[\w.-]+==[\w.+!]+ ", each)
        assert "--hash=sha256:" in each


def test_what_lies_in_one_environment_is_wanted_in_one_version() -> None:
    runtime, build, development = (
        {installer().identity(each) for each in pieces(name)} for name in ("runtime", "build", "development")
    )
    assert runtime < build < development


def test_what_runs_is_without_test_tools() -> None:
    names = {installer().identity(each).partition("==")[0] for each in pieces("build")}
    assert not names & {"pytest", "pytest-xdist", "mypy", "playwright", "ruff", "hypothesis", "uv"}


def test_wherever_a_lock_is_installed_nothing_is_resolved() -> None:
    installs = {
        path: len(re.findall(r"(?<=--no-deps)[\s\",']+--require-hashes", text))
        for path, text in _texts()
        if "--require-hashes" in text
    }
    assert set(installs) >= {"Dockerfile", "requirements/install.py", "tests/litellm_proxy.py"}
    for path, text in _texts():
        assert text.count("--require-hashes") == installs.get(path, 0), path


def _texts() -> Iterator[tuple[str, str]]:
    for path in files():
        if not path.startswith("tests/unit/") and path.endswith((".py", "file", ".yml", ".j2", ".sh", "run")):
            yield path, (ROOT / path).read_text("utf-8")
