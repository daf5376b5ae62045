"""``memo-coach db``: the state of the tables, bringing them to the newest, and what is in them."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from memo_coach.cli.output import say
from memo_coach.cli.problems import DependencyFailed, Problem, settings_or_problem
from memo_coach.database_url import POSTGRES_EXAMPLE, DatabaseUrlFault, read_database_url
from memo_coach.translations import number, text
from memo_coach.translations.sentences import spoken

if TYPE_CHECKING:
    from memo_coach.storage.engine.database import Database
    from memo_coach.storage.engine.schema import SchemaStatus
    from memo_coach.storage.fingerprint import TableFingerprint

Answer = TypeVar("Answer")
_MIGRATION = re.compile(r"[0-9]{4}(?:_[0-9]{4})?")


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
@click.option("--beside", metavar="MIGRATION")
def upgrade(beside: str | None) -> None:
    """Bring the tables to what this version needs; make them where there are none."""
    if beside is not None and not _MIGRATION.fullmatch(beside):
        raise click.UsageError(text("database.no_migration"))
    before = on_database(partial(_upgrade, beside=beside))
    if before.is_usable and not before.is_current:
        say(text("database.runs_on_newer", current=before.current, newest=before.newest))
    elif before.is_current:
        say(text("database.is_newest_already", newest=before.newest))
    else:
        say(text("database.upgraded", before=before.current or text("database.none"), newest=before.newest))


@db.command()
def newest() -> None:
    """Print the newest migration that this version brings; the database is not asked."""
    from memo_coach.storage.engine.schema import newest_revision  # noqa: PLC0415 - loaded when it is asked for

    say(newest_revision())


@db.command()
def status() -> None:
    """Say which migration the tables are at. Exit status 1 where they need an upgrade."""
    found = on_database(_status)
    if found.is_usable and not found.is_current:
        say(text("database.runs_on_newer", current=found.current, newest=found.newest))
        return
    if not found.is_current:
        raise Problem(
            text("database.not_newest", current=found.current or text("database.none"), newest=found.newest)
        )
    say(text("database.is_newest", current=found.current))


@db.command()
def fingerprint() -> None:
    """Print, as JSON, the number of rows of each table and a SHA-256 over them."""
    found = on_database(_fingerprint)
    say(json.dumps({name: table.as_document() for name, table in found.items()}, indent=2))


@db.command()
@click.option("--to", "address", metavar="URL")
@click.option(
    "--to-file",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
)
def copy(address: str | None, file: Path | None) -> None:
    """Copy everything into another, empty database, of either kind."""
    url = _target(address, file)

    async def work(source: Database) -> dict[str, TableFingerprint]:
        from memo_coach.storage import copying  # noqa: PLC0415 - loaded when it is asked for
        from memo_coach.storage.engine.database import Database  # noqa: PLC0415

        refuse_missing(source)
        try:
            return await copying.copy(source, Database(url, pooled=False, longest_statement=0))
        except copying.TargetHoldsData as error:
            raise Problem(spoken(error)) from error

    found = on_database(work)
    rows = sum(table.rows for table in found.values())
    say(text("database.copied", count=rows, tables=number(len(found))))


def _target(address: str | None, file: Path | None) -> str:
    if (address is None) == (file is None):
        raise click.UsageError(text("database.whereto"))
    try:
        return read_database_url((address or (file.read_text(encoding="utf-8") if file else "")).strip())
    except DatabaseUrlFault as fault:
        raise Problem(
            text("database.address_unusable", fault=spoken(fault), example=POSTGRES_EXAMPLE)
        ) from None
    except (OSError, UnicodeDecodeError):
        raise Problem(text("database.file_unusable", file=repr(str(file)))) from None


async def _upgrade(database: Database, *, beside: str | None) -> SchemaStatus:
    from memo_coach.storage.engine import schema  # noqa: PLC0415

    return await schema.upgrade(database, beside=beside)


async def _status(database: Database) -> SchemaStatus:
    from memo_coach.storage.engine import schema  # noqa: PLC0415

    if database.path is not None and not database.path.is_file():
        return schema.SchemaStatus(None, schema.newest_revision())
    found = await schema.status(database)
    schema.refuse_newer(found)
    return found


async def _fingerprint(database: Database) -> dict[str, TableFingerprint]:
    from memo_coach.storage import fingerprint as module  # noqa: PLC0415

    refuse_missing(database)
    return await module.fingerprint(database)


def refuse_missing(database: Database) -> None:
    """Refuse to make a database file where there is none.

    Raises:
        DependencyFailed: there is none.
    """
    if database.path is not None and not database.path.is_file():
        raise DependencyFailed(text("database.no_file", path=database.path))


def on_database(work: Callable[[Database], Awaitable[Answer]]) -> Answer:
    """Do some work on the configured database.

    Raises:
        Problem: the settings cannot be used.
        DependencyFailed: the database cannot be used.
    """
    import asyncio  # noqa: PLC0415 - so does all that follows: the database is loaded when it is asked for

    from memo_coach.operations.logging import configure_logging  # noqa: PLC0415
    from memo_coach.storage.engine.database import Database  # noqa: PLC0415
    from memo_coach.storage.engine.sqlite_file import DatabaseUnusable  # noqa: PLC0415

    settings = settings_or_problem()
    configure_logging(settings.log_level, settings.log_format)

    async def opened() -> Answer:
        return await work(Database(settings.database_url, pooled=False, longest_statement=0))

    try:
        return asyncio.run(opened())
    except DatabaseUnusable as error:
        raise DependencyFailed(spoken(error)) from error
