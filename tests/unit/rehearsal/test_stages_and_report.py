"""Stages bring what they need, in order; the table tells what came of each; two rehearsals never meet."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.rehearsal import commands, locking, paths, report, stages, walking
from tests.rehearsal.at_work import Step
from tests.rehearsal.commands import CommandFailedError, RehearsalError
from tests.rehearsal.report import Result


@pytest.fixture(autouse=True)
def _logs_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "LOGS", tmp_path)


def names_for(*asked: str) -> list[str]:
    return [stage.name for stage in walking.chosen(stages.STAGES, asked)]


def test_a_stage_alone_brings_all_that_it_needs_before_it() -> None:
    assert names_for("cloud") == ["cloud"]
    first = ["cloud", "base", "image", "product", "network", "server", "install"]
    assert names_for("site") == [*first, "site"]
    assert names_for("backup") == [*first, "https", "backup"]
    assert names_for("stranger") == [*first, "outside", "stranger"]


def test_no_name_means_every_stage_once_in_the_order_of_the_walk_but_for_those_by_name_only() -> None:
    assert names_for() == [stage.name for stage in stages.STAGES if not stage.by_name_only]
    assert {"https", "deploy"} <= set(names_for("deploy"))
    assert set(names_for()) >= {"cloud", "server", "site", "https", "stranger", "backup", "faults"}


def test_every_stage_stands_behind_those_that_it_needs_or_waits_for() -> None:
    seen: set[str] = set()
    for stage in stages.STAGES:
        assert {*stage.needs, *stage.after} <= seen
        seen.add(stage.name)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("site", "faults", "a wrong password in a file would be put right, and counted as a change"),
        ("site", "stranger", "a restart of Docker would break what the playbook asks of it"),
        ("faults", "stranger", "a restart of Docker would break off the backup that has to fail"),
        ("https", "stranger", "a socket has to be held on a server that nobody restarts"),
        ("site", "backup", "the server is destroyed"),
        ("https", "backup", "the server is destroyed"),
        ("faults", "backup", "the server is destroyed, and another backup would be the latest"),
        ("outside", "backup", "the server is destroyed"),
        ("stranger", "backup", "the server is destroyed"),
    ],
)
def test_stages_that_would_disturb_each_other_never_run_beside_each_other(
    one: str, other: str, why: str
) -> None:
    by_name = {stage.name: stage for stage in stages.STAGES}

    def before(name: str) -> set[str]:
        direct = {*by_name[name].needs, *by_name[name].after}
        return direct.union(*map(before, direct))

    assert one in before(other), why


def test_the_table_shows_stage_times_and_the_first_line_of_what_was_said() -> None:
    shown = report.table(
        [
            Result("cloud", "passed", 83.4, "as it should", 0),
            Result("site", "failed", 3, "No.\nMore.", 84),
            Result("https", "not run", 0, "site failed"),
        ]
    )
    assert shown.splitlines() == [
        "stage  began  time  result",
        "cloud   0:00  1:23  passed: as it should",
        "site    1:24  0:03  failed: No.",
        "https      –     –  not run: site failed",
    ]


def test_the_report_names_the_steps_that_took_the_longest_first() -> None:
    steps = [Step("cloud", f"step {number}", number) for number in range(60)]
    shown = report.longest(steps).splitlines()
    assert shown[0] == " 0:59  cloud  step 59"
    assert len(shown) == report.LONGEST
    assert report.longest([]) == ""


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
