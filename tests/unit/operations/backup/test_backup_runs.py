"""Snapshots make runs; a restore takes the newest finished one of its site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from memo_coach.operations.backup.errors import RestoreRefused
from memo_coach.operations.backup.maintaining import PARTS, part_of_the_week
from memo_coach.operations.backup.restic import Snapshot
from memo_coach.operations.backup.runs import chosen_run, new_run_id, runs_of

START = datetime(2026, 1, 1, tzinfo=UTC)


def snapshots(
    run: str, day: int, *, site: str = "ours", kinds: tuple[str, ...] = ("database", "manifest")
) -> list[Snapshot]:
    moment = START + timedelta(days=day)
    return [Snapshot(f"{kind}-of-{run}", moment, site, {"kind": kind, "run": run}) for kind in kinds]


def test_the_newest_finished_run_is_chosen() -> None:
    runs = runs_of(
        [
            *snapshots("b", 2),
            *snapshots("a", 1),
            *snapshots("unfinished", 3, kinds=("database", "installation")),
            *snapshots("without a database", 4, kinds=("manifest",)),
            Snapshot("of another program", START, "ours", {}),
        ]
    )
    assert [run.id for run in runs] == ["a", "b", "unfinished", "without a database"]
    assert chosen_run(runs, "latest", "ours").id == "b"


def test_runs_of_another_site_are_chosen_only_where_there_are_no_others() -> None:
    ours, theirs = snapshots("a", 1), snapshots("b", 2, site="theirs")
    assert chosen_run(runs_of(ours + theirs), "latest", "ours").id == "a"
    assert chosen_run(runs_of(theirs), "latest", "ours").id == "b"
    with pytest.raises(RestoreRefused, match=r"ours, theirs, and none of new"):
        chosen_run(runs_of(ours + theirs), "latest", "new")


def test_a_run_is_named_by_its_own_or_a_snapshots_id() -> None:
    runs = runs_of([*snapshots("2026-a", 1), *snapshots("2026-b", 2)])
    assert chosen_run(runs, "2026-a", "ours").id == "2026-a"
    assert chosen_run(runs, "database-of-2026-b", "ours").id == "2026-b"
    for wanted in ("2026", "2027"):
        with pytest.raises(RestoreRefused, match=wanted):
            chosen_run(runs, wanted, "ours")
    with pytest.raises(RestoreRefused, match="no complete backup"):
        chosen_run([], "latest", "ours")


def test_ids_of_runs_differ_and_sort_by_time() -> None:
    first, second = new_run_id(START), new_run_id(START)
    assert first != second
    assert max(first, second) < new_run_id(START + timedelta(seconds=1))


def test_a_check_reads_all_parts_in_as_many_weeks() -> None:
    parts = [part_of_the_week(START + timedelta(weeks=week)) for week in range(PARTS)]
    assert sorted(parts, key=lambda part: int(part.split("/")[0])) == [f"{n}/10" for n in range(1, 11)]
