"""``memo-coach backup``: make a backup now, and look after the repository in which backups are kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

from memo_coach.cli.output import say
from memo_coach.cli.problems import DependencyFailed, Problem, settings_or_problem
from memo_coach.translations import number, text
from memo_coach.translations.sentences import spoken

if TYPE_CHECKING:
    from memo_coach.operations.backup.configuration import BackupConfiguration
    from memo_coach.operations.backup.restic import Restic
    from memo_coach.operations.backup.status import Kind, Record

Result = TypeVar("Result")


@click.group(invoke_without_command=True)
@click.pass_context
def backup(context: click.Context) -> None:
    """Back up the database and the files beside it, now."""
    if context.invoked_subcommand is None:
        _back_up()


def _back_up() -> None:
    from memo_coach.operations.backup.creating import back_up  # noqa: PLC0415
    from memo_coach.operations.backup.manifest import Manifest  # noqa: PLC0415

    async def work(configuration: BackupConfiguration, restic: Restic, record: Record) -> Manifest:
        manifest = await back_up(configuration, restic)
        record.details |= {"snapshot": manifest.database_snapshot, "run": manifest.run}
        return manifest

    manifest = recorded("backup", work)
    rows = sum(table.rows for table in manifest.tables.values())
    say(text("backup.done", run=manifest.run, tables=number(len(manifest.tables)), count=rows))


@backup.command("init")
def initialise() -> None:
    """Make the repository where there is none yet."""
    with failures():
        _configuration, restic = prepared()
        made = run_alone(restic.make())
    say(text("backup.made") if made else text("backup.there_already"))


@backup.command()
@click.option("--part", metavar="PART")
def check(part: str | None) -> None:
    """See whether the repository is whole, and read a part of its data."""
    from memo_coach.operations.backup import maintaining  # noqa: PLC0415

    async def work(_configuration: BackupConfiguration, restic: Restic, _record: Record) -> None:
        await maintaining.check(restic, part)

    recorded("check", work)
    say(text("backup.whole"))


@backup.command("list")
def list_runs() -> None:
    """Show the backups that are complete, the newest last."""
    from memo_coach.operations.backup.maintaining import complete_runs  # noqa: PLC0415
    from memo_coach.operations.backup.runs import DATABASE  # noqa: PLC0415

    with failures():
        _configuration, restic = prepared()
        found = run_alone(complete_runs(restic))
    if not found:
        say(text("backup.none_yet"))
        return
    say(
        f"{text('backup.run'):26}  {text('backup.taken'):19}  {text('backup.snapshot'):11}"
        f"  {text('backup.site')}"
    )
    for run in found:
        say(f"{run.id:26}  {run.time:%Y-%m-%d %H:%M:%S}  {run.snapshots[DATABASE].id[:8]:11}  {run.site}")


@backup.command()
def prune() -> None:
    """Remove backups that BACKUP_KEEP does not keep. Needs rights that the server itself should not have."""
    from memo_coach.operations.backup import maintaining  # noqa: PLC0415

    async def work(configuration: BackupConfiguration, restic: Restic, _record: Record) -> tuple[int, int]:
        return await maintaining.prune(configuration, restic)

    gone, left = recorded("prune", work)
    say(text("backup.pruned", gone=number(gone), left=number(left)))


def prepared() -> tuple[BackupConfiguration, Restic]:
    """Return what a command works with.

    Raises:
        Misconfigured: something is not set.
    """
    from memo_coach.operations.backup.configuration import configuration_of  # noqa: PLC0415
    from memo_coach.operations.backup.restic import Restic  # noqa: PLC0415
    from memo_coach.operations.logging import configure_logging  # noqa: PLC0415
    from memo_coach.settings import environment_of_tools  # noqa: PLC0415

    settings = settings_or_problem()
    configure_logging(settings.log_level, settings.log_format)
    configuration = configuration_of(settings, environment_of_tools())
    return configuration, Restic(configuration)


def recorded(kind: Kind, work: Callable[[BackupConfiguration, Restic, Record], Awaitable[Result]]) -> Result:
    """Do some work as the only process, and leave its result in the status directory."""
    from memo_coach.operations.backup.running import run_recorded  # noqa: PLC0415

    settings = settings_or_problem()
    with failures():

        async def prepared_work(record: Record) -> Result:
            configuration, restic = prepared()
            return await work(configuration, restic, record)

        return run_recorded(settings.backup_status_directory, kind, prepared_work)


def run_alone(work: Awaitable[Result]) -> Result:
    """Do some work that leaves no result."""
    import asyncio  # noqa: PLC0415

    from memo_coach.operations.backup.running import until_signal  # noqa: PLC0415

    return asyncio.run(until_signal(work))


@contextmanager
def failures() -> Iterator[None]:
    """Turn what goes wrong into a line on standard error and an exit status."""
    from memo_coach.operations.backup.errors import BackupError, Misconfigured, RestoreRefused  # noqa: PLC0415
    from memo_coach.storage.engine.sqlite_file import DatabaseUnusable  # noqa: PLC0415

    try:
        yield
    except (Misconfigured, RestoreRefused) as error:
        raise Problem(spoken(error)) from error
    except (BackupError, DatabaseUnusable) as error:
        raise DependencyFailed(spoken(error)) from error
