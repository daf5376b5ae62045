"""``memo-coach restore``: bring the database back to a backup, or fetch the files kept beside it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memo_coach.cli.backup import failures, prepared, recorded, run_alone
from memo_coach.cli.output import say
from memo_coach.coaching.control_characters import without_controls
from memo_coach.translations import text

if TYPE_CHECKING:
    from memo_coach.operations.backup.configuration import BackupConfiguration
    from memo_coach.operations.backup.restic import Restic
    from memo_coach.operations.backup.restoring import Plan
    from memo_coach.operations.backup.status import Record


@click.command()
@click.option(
    "--snapshot",
    default="latest",
    show_default=True,
    metavar="ID",
)
@click.option("--dry-run", is_flag=True)
@click.option("--replace", metavar="NAME")
@click.option(
    "--files-to",
    metavar="DIRECTORY",
    type=click.Path(path_type=Path),
)
def restore(snapshot: str, *, dry_run: bool, replace: str | None, files_to: Path | None) -> None:
    """Bring the database back to a backup. What it replaces is kept beside it."""
    if files_to is not None and (dry_run or replace):
        raise click.UsageError(text("backup.files_to_alone"))
    if files_to is not None:
        _restore_files(snapshot, files_to)
    elif dry_run:
        with failures():
            say(run_alone(_plan(snapshot)).as_json())
    else:
        _restore(snapshot, replace)


def _restore_files(snapshot: str, target: Path) -> None:
    from memo_coach.operations.backup.restoring import restore_files  # noqa: PLC0415

    with failures():
        configuration, restic = prepared()
        manifest = run_alone(restore_files(configuration, restic, snapshot, target))
    say(text("backup.files_restored", run=manifest.run, directory=target))


async def _plan(snapshot: str) -> Plan:
    from memo_coach.operations.backup.restoring import plan  # noqa: PLC0415

    configuration, restic = prepared()
    return await plan(configuration, restic, snapshot)


def _restore(snapshot: str, replace: str | None) -> None:
    from memo_coach.operations.backup import restoring  # noqa: PLC0415

    with failures():
        planned = run_alone(_plan(snapshot))
        if not planned.empty and replace is None and sys.stdin.isatty():
            replace = _typed(planned)
        restoring.refuse_unconfirmed(planned, replace)

    async def work(_configuration: BackupConfiguration, restic: Restic, record: Record) -> str:
        record.details |= {"snapshot": planned.manifest.database_snapshot, "run": planned.manifest.run}
        return await restoring.restore(planned, restic)

    kept = recorded("restore", work)
    taken = f"{planned.manifest.taken:%Y-%m-%d %H:%M:%S} UTC"
    say(text("backup.restored", run=planned.manifest.run, taken=taken))
    if kept:
        say(text("backup.kept", name=kept))


def _typed(planned: Plan) -> str:
    say(text("backup.would_replace", database=planned.database.name, run=planned.manifest.run))
    return str(
        click.prompt(
            without_controls(text("backup.type_to_go_on", site=planned.site)), default="", show_default=False
        )
    ).strip()
