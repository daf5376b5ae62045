"""``memo-coach db``: the state of the tables, and bringing them to the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memo_coach.cli.problems import DependencyFailed, Problem, settings_or_problem

if TYPE_CHECKING:
    from memo_coach.storage.schema import SchemaStatus


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the tables to what this version needs; make them where there are none."""
    before = _schema(change=True)
    if before.is_current:
        click.echo(f"The database is at migration {before.newest} already.")
    else:
        click.echo(f"The database was at migration {before.current or 'none'} and is now at {before.newest}.")


@db.command()
def status() -> None:
    """Say which migration the tables are at. Exit status 1 where they need an upgrade."""
    found = _schema(change=False)
    if not found.is_current:
        raise Problem(
            f"The database is at migration {found.current or 'none'}, this version needs {found.newest}."
            " Run: memo-coach db upgrade"
        )
    click.echo(f"The database is at migration {found.current}, the newest.")


def _schema(*, change: bool) -> SchemaStatus:
    import asyncio  # noqa: PLC0415 - so does all that follows: the database is loaded when it is asked for

    from memo_coach.operations.logging import configure_logging  # noqa: PLC0415
    from memo_coach.storage import schema  # noqa: PLC0415
    from memo_coach.storage.database import Database  # noqa: PLC0415
    from memo_coach.storage.sqlite_file import DatabaseUnusable  # noqa: PLC0415

    settings = settings_or_problem()
    configure_logging(settings.log_level, settings.log_format)

    async def work() -> SchemaStatus:
        database = Database(settings.database_url, pooled=False)
        if change:
            return await schema.upgrade(database)
        if database.path is not None and not database.path.is_file():
            return schema.SchemaStatus(None, schema.newest_revision())
        return await schema.status(database)

    try:
        return asyncio.run(work())
    except DatabaseUnusable as error:
        raise DependencyFailed(str(error)) from error
