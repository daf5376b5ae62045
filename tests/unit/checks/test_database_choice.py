"""A run on one database: the tests that run on Postgres, or all the others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.checks.repository import ROOT

_TESTS = """
import pytest
from tests.conftest import database_kind

@pytest.fixture
def postgres(): pass

def test_without(): pass
def test_on_each(database_kind): pass
def test_itself(postgres): pass
"""


@pytest.fixture
def chosen(tmp_path: Path, request: pytest.FixtureRequest) -> list[str]:
    (tmp_path / "test_some.py").write_text(_TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "tests.database_choice",
         "--collect-only", "-q", *request.param, str(tmp_path)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout
    return sorted(line.partition("::")[2] for line in ended.stdout.splitlines() if "::" in line)


ON_POSTGRES = ["test_itself", "test_on_each[postgres]"]
OTHERS = ["test_on_each[sqlite]", "test_without"]


@pytest.mark.parametrize("chosen", [["--database=postgres"]], indirect=True)
def test_postgres_takes_what_runs_on_postgres(chosen: list[str]) -> None:
    assert chosen == ON_POSTGRES


@pytest.mark.parametrize("chosen", [["--database=sqlite"]], indirect=True)
def test_sqlite_takes_all_the_others(chosen: list[str]) -> None:
    assert chosen == OTHERS


@pytest.mark.parametrize("chosen", [[]], indirect=True)
def test_without_a_choice_everything_runs(chosen: list[str]) -> None:
    assert chosen == sorted(ON_POSTGRES + OTHERS)
