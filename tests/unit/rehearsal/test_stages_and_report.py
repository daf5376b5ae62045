"""Stages bring what they need, in order; the table tells what came of each; two rehearsals never meet."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.rehearsal import commands, locking, paths, report, stages
from tests.rehearsal.commands import CommandFailedError, RehearsalError
from tests.rehearsal.report import Result


@pytest.fixture(autouse=True)
def _logs_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "LOGS", tmp_path)


def test_a_stage_alone_brings_all_that_it_needs_before_it() -> None:
    assert [stage.name for stage in stages.chosen(["backup"])] == [
        "cloud",
        "server",
        "site",
        "https",
        "backup",
    ]


def test_no_name_means_every_stage_once_in_the_order_of_the_walk() -> None:
    names = [stage.name for stage in stages.chosen([])]
    assert names == ["cloud", "server", "site", "https", "stranger", "backup", "faults"]


def test_every_stage_stands_behind_those_that_it_needs() -> None:
    seen: set[str] = set()
    for stage in stages.STAGES:
        assert set(stage.needs) <= seen
        seen.add(stage.name)


def test_the_table_shows_stage_time_and_the_first_line_of_what_was_said() -> None:
    shown = report.table(
        [Result("cloud", "passed", 83.4, "as it should"), Result("site", "failed", 3, "No.\nMore.")]
    )
    assert shown.splitlines() == [
        "stage  time  result",
        "cloud  1:23  passed: as it should",
        "site   0:03  failed: No.",
    ]


def test_a_second_rehearsal_refuses_while_one_is_running(tmp_path: Path) -> None:
    with locking.hold(tmp_path / "lock"), pytest.raises(RehearsalError, match="Another rehearsal"):
        locking.hold(tmp_path / "lock")
    locking.hold(tmp_path / "lock").close()


def test_a_program_that_fails_shows_the_end_of_its_log() -> None:
    with pytest.raises(CommandFailedError, match="the last word") as raised:
        commands.run("program", sys.executable, "-c", "import sys; print('the last word'); sys.exit(7)")
    assert raised.value.status == 7


def test_a_program_that_takes_too_long_is_ended_and_said_so() -> None:
    with pytest.raises(RehearsalError, match="was not done after"):
        commands.run("program", sys.executable, "-c", "import time; time.sleep(60)", seconds=0.3)


def test_a_condition_that_never_comes_true_names_itself() -> None:
    with pytest.raises(RehearsalError, match="The moon did not come true within 0 s"):
        commands.until("The moon", lambda: None, 0, every=0.01)
