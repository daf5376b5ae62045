"""Looking after the repository: whether it is whole, what is in it, and what may go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from memo_coach.operations.backup.configuration import BackupConfiguration
from memo_coach.operations.backup.errors import BackupError
from memo_coach.operations.backup.restic import Restic
from memo_coach.operations.backup.runs import MANIFEST_KIND, Run, runs_of
from memo_coach.translations.sentences import sentence

PARTS = 10
"""A check reads one of so many parts of the data, another one each week: all of it within ten weeks."""
UNFINISHED_DAYS = 2
"""Snapshots of a run that was not finished are kept so long: it may be at work still."""
CLOCK_TOLERANCE = timedelta(hours=1)


def part_of_the_week(moment: datetime) -> str:
    """Return the part of the data whose turn it is, as restic writes it."""
    weeks = int(moment.timestamp() // timedelta(weeks=1).total_seconds())
    return f"{weeks % PARTS + 1}/{PARTS}"


async def check(restic: Restic, part: str | None = None) -> None:
    """Check the repository and read a part of its data.

    Raises:
        BackupError: it is damaged, or cannot be read.
    """
    await restic.remove_stale_locks()
    await restic.check(part or part_of_the_week(datetime.now(UTC)))


async def complete_runs(restic: Restic) -> list[Run]:
    """Return the finished runs, oldest first."""
    return [run for run in runs_of(await restic.snapshots()) if run.is_complete]


async def prune(configuration: BackupConfiguration, restic: Restic) -> tuple[int, int]:
    """Remove the runs that the rules do not keep, and what unfinished ones left; give how many go and stay.

    A run goes as a whole or not at all: the rules are asked about manifests only.

    Raises:
        BackupError: nothing would be left, or the newest run is of the future, by which "older than" would
            be reckoned: whoever can add snapshots could so have all others removed.
    """
    await restic.remove_stale_locks()
    runs = runs_of(await restic.snapshots())
    now = datetime.now(UTC)
    if any(run.time > now + CLOCK_TOLERANCE for run in runs):
        raise BackupError(sentence("backup.from_the_future"))
    outdated = await restic.would_forget(configuration.keep, f"kind={MANIFEST_KIND}")
    going = [run for run in runs if _goes(run, outdated, now)]
    staying = [run for run in runs if run.is_complete and run not in going]
    if not staying:
        raise BackupError(sentence("backup.would_leave_none"))
    if going:
        await restic.forget([snapshot.id for run in going for snapshot in run.snapshots.values()])
    return len(going), len(staying)


def _goes(run: Run, outdated: set[str], now: datetime) -> bool:
    if run.is_complete:
        return run.snapshots[MANIFEST_KIND].id in outdated
    return run.time < now - timedelta(days=UNFINISHED_DAYS)
