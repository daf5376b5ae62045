"""Runs are kept by time, as a whole, and never all of them go."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from memo_coach.operations.backup.restic import Restic
from memo_coach.operations.backup.runs import DATABASE, MANIFEST_KIND, tags_of
from tests.databases import only_on_sqlite
from tests.integration.backup.installation import Installation

# A day after it is still in the past, at every hour of the day.
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)


def store_runs(
    installation: Installation, days_ago: Iterable[int], kinds: Iterable[str] = (DATABASE, MANIFEST_KIND)
) -> None:
    """Store runs of nothing, so many days before that noon."""
    wanted = [(days, kind) for days in days_ago for kind in kinds]

    async def store() -> None:
        restic = Restic(installation.configuration)
        for days, kind in wanted:
            moment, tags = NOON - timedelta(days=days), tags_of(f"{days}-days", kind)
            await restic.store_stream(b"x", name=kind, tags=tags, moment=moment)

    asyncio.run(store())


def runs_in(installation: Installation) -> dict[str, list[str]]:
    """Return the kinds of snapshots of each run that is left."""
    found: dict[str, list[str]] = {}
    for snapshot in installation.restic("snapshots"):
        tags = dict(tag.split("=") for tag in snapshot["tags"])
        found.setdefault(tags["run"], []).append(tags["kind"])
    return {run: sorted(kinds) for run, kinds in found.items()}


@only_on_sqlite
def test_runs_go_as_a_whole_by_their_age(installation: Installation) -> None:
    store_runs(installation, [400, 3, 1, 0])
    store_runs(installation, [10], kinds=[DATABASE])
    said = installation.succeeds("backup", "prune", BACKUP_KEEP="daily=2d")
    assert said == "Removed: 3. Kept: 2.\n"
    whole = [DATABASE, MANIFEST_KIND]
    assert runs_in(installation) == {"1-days": whole, "0-days": whole}
    assert installation.status("prune")["result"] == "ok"
    assert installation.succeeds("backup", "check", "--part", "100%") == "The repository is whole.\n"


@only_on_sqlite
def test_the_last_runs_of_weeks_and_years_outlive_those_of_days(installation: Installation) -> None:
    store_runs(installation, [700, 3, 0])
    installation.succeeds("backup", "prune", BACKUP_KEEP="daily=2d yearly=3y")
    assert "700-days" in runs_in(installation)
    assert "0-days" in runs_in(installation)


@only_on_sqlite
def test_where_no_run_is_complete_nothing_is_removed(installation: Installation) -> None:
    store_runs(installation, [10], kinds=[DATABASE])
    assert "leave no complete backup" in installation.fails(3, "backup", "prune")
    assert runs_in(installation) == {"10-days": [DATABASE]}


@only_on_sqlite
def test_a_run_of_the_future_removes_no_other(installation: Installation) -> None:
    store_runs(installation, [0, -3000])
    assert "of the future" in installation.fails(3, "backup", "prune")
    assert len(runs_in(installation)) == 2


@only_on_sqlite
def test_a_run_that_may_be_at_work_still_keeps_what_it_has_stored(installation: Installation) -> None:
    store_runs(installation, [0])
    store_runs(installation, [-1], kinds=[DATABASE])
    assert installation.succeeds("backup", "prune") == "Removed: 0. Kept: 1.\n"
    assert "-1-days" in runs_in(installation)
