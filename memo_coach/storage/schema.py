"""The state of the tables: which migration the database is at, and bringing it to the newest."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from memo_coach.storage.database import Database
from memo_coach.storage.sqlite_file import DatabaseUnusable, prepare_sqlite_file

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """Where the database stands. ``current`` is ``None`` for a database without tables."""

    current: str | None
    newest: str

    @property
    def is_current(self) -> bool:
        """Tell whether the code and the tables fit."""
        return self.current == self.newest


async def upgrade(database: Database) -> SchemaStatus:
    """Bring the tables to the newest migration, in one transaction; several processes may start at once.

    Gives the state from before, so that the caller can say what was done.

    Raises:
        DatabaseUnusable: the database cannot be opened, or a newer version of the program has migrated it.
    """
    if database.path is not None:
        await asyncio.to_thread(prepare_sqlite_file, database.path)
    database.refuse_replaced_file()
    migrating = Database(database.url, pooled=False, foreign_keys=False)
    try:
        async with migrating.write_connection() as connection:
            before = await connection.run_sync(_status)
            if not before.is_current:
                await connection.run_sync(_upgrade)
            return before
    except DBAPIError as error:
        raise DatabaseUnusable(f"The database cannot be migrated: {error.orig}.") from error
    except CommandError as error:
        raise DatabaseUnusable(
            "The database was migrated by a newer version of the program than this one: "
            f"{error}. Install that version, or restore a backup."
        ) from error


async def status(database: Database) -> SchemaStatus:
    """Tell where the database stands.

    Raises:
        DatabaseUnusable: the database cannot be read.
    """
    try:
        async with database.engine.connect() as connection:
            return await connection.run_sync(_status)
    except DBAPIError as error:
        raise DatabaseUnusable(f"The database cannot be read: {error.orig}.") from error


def configuration(connection: Connection) -> Config:
    """Give the configuration with which Alembic's commands work on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(configuration(connection), "head")
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise DatabaseUnusable(
                f"A migration left {len(broken)} rows that point nowhere; nothing was changed."
            )


def _status(connection: Connection) -> SchemaStatus:
    current = MigrationContext.configure(connection).get_current_revision()
    return SchemaStatus(current, newest_revision())


def newest_revision() -> str:
    """Give the newest migration that this version of the program knows."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert head is not None, "the package ships at least one migration"  # noqa: S101
    return head
