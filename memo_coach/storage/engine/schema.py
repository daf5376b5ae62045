"""The state of the tables: which migration the database is at, and bringing it to the newest."""

from __future__ import annotations

import asyncio
import functools
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.revisions import runs_beside, runs_on
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable, prepare_sqlite_file
from memo_coach.translations.sentences import sentence

MIGRATIONS = Path(__file__).parents[1] / "migrations"
MIGRATION_LOCK = int.from_bytes(b"memocch", "big")
"""The key of the advisory lock under which Postgres is migrated; any number that nobody else takes."""


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """Where the database stands. ``current`` is ``None`` for a database without tables."""

    current: str | None
    newest: str

    @property
    def is_current(self) -> bool:
        """Whether the code and the tables fit."""
        return self.current == self.newest

    @property
    def is_usable(self) -> bool:
        """Whether this version runs on the tables: its own, or newer ones that took nothing from it."""
        return self.is_current or (self._is_unknown and not self.is_newer)

    @property
    def is_newer(self) -> bool:
        """Whether a newer version of the program has migrated it, and this one does not run on its tables."""
        return self._is_unknown and not runs_on(known_revisions(), str(self.current))

    @property
    def _is_unknown(self) -> bool:
        return self.current is not None and self.current not in known_revisions()


async def upgrade(database: Database, *, beside: str | None = None) -> SchemaStatus:
    """Bring the tables to the newest migration, in one transaction; several processes may start at once.

    Tables of a newer version on which this one runs stay as they are: the two run side by side. Gives
    the state from before, so that the caller can say what was done. ``beside`` is the newest migration of
    another version that goes on running.

    Raises:
        DatabaseUnusable: the database cannot be opened, a newer version of the program has migrated it, or
            the tables would not be those on which the other version runs.
    """
    if database.path is not None:
        await asyncio.to_thread(prepare_sqlite_file, database.path)
    database.refuse_replaced_file()
    if beside is not None and not runs_beside(newest_revision(), beside):
        raise DatabaseUnusable(sentence("database.breaks_running", newest=newest_revision(), running=beside))
    migrating = Database(database.url, pooled=False, foreign_keys=False, longest_statement=0)
    try:
        async with migrating.write_connection() as connection:
            before: SchemaStatus = await connection.run_sync(_upgrade_once)
            return before
    except DBAPIError as error:
        raise migrating.unusable("migrated", error) from error


async def status(database: Database) -> SchemaStatus:
    """Tell where the database stands.

    Raises:
        DatabaseUnusable: the database cannot be read.
    """
    try:
        async with database.read_connection() as connection:
            found: SchemaStatus = await connection.run_sync(status_of)
            return found
    except DBAPIError as error:
        raise database.unusable("read", error) from error


async def has_documents(database: Database) -> bool:
    """Whether there is the table of the documents that were changed here.

    Raises:
        DatabaseUnusable: the database cannot be read.
    """
    try:
        async with database.read_connection() as connection:
            found: bool = await connection.run_sync(lambda each: inspect(each).has_table("documents"))
            return found
    except DBAPIError as error:
        raise database.unusable("read", error) from error


def status_of(connection: Connection) -> SchemaStatus:
    """Tell where the database stands, within a transaction that is open already."""
    current = MigrationContext.configure(connection).get_current_revision()
    return SchemaStatus(current, newest_revision())


def refuse_unusable(found: SchemaStatus) -> None:
    """Refuse tables that are not those of this version.

    Raises:
        DatabaseUnusable: they are older or newer, with what to do about it.
    """
    refuse_newer(found)
    if not found.is_usable:
        raise DatabaseUnusable(
            sentence(
                "database.needs_upgrade",
                current=found.current or sentence("database.none"),
                newest=found.newest,
            )
        )


def refuse_other(found: SchemaStatus) -> None:
    """Refuse all tables but this version's own: of newer ones it knows only a part.

    Raises:
        DatabaseUnusable: they are older or newer, with what to do about it.
    """
    refuse_unusable(found)
    if not found.is_current:
        raise DatabaseUnusable(sentence("database.newer", revision=found.current))


def refuse_newer(found: SchemaStatus) -> None:
    """Refuse tables that this version does not know.

    Raises:
        DatabaseUnusable: a newer version of the program has migrated them.
    """
    if found.is_newer:
        raise DatabaseUnusable(sentence("database.newer", revision=found.current))


def configuration(connection: Connection) -> Config:
    """Return the configuration with which Alembic's commands work on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade_once(connection: Connection) -> SchemaStatus:
    if connection.dialect.name == "postgresql":
        # Of several processes that start at once, one migrates and the others then find it done. On SQLite
        # the transaction alone does that. The lock goes with the transaction.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
    before = status_of(connection)
    refuse_newer(before)
    if not before.is_usable:
        _upgrade(connection)
    return before


def _upgrade(connection: Connection) -> None:
    command.upgrade(configuration(connection), "head")
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise DatabaseUnusable(sentence("database.points_nowhere", count=len(broken)))


def known_revisions() -> frozenset[str]:
    """Return all migrations that this version of the program knows."""
    return _shipped(MIGRATIONS).revisions


def newest_revision() -> str:
    """Return the newest migration that this version of the program knows."""
    return _shipped(MIGRATIONS).newest


@dataclass(frozen=True, slots=True)
class _Migrations:
    newest: str
    revisions: frozenset[str]


@functools.cache
def _shipped(folder: Path) -> _Migrations:
    """Read the migrations once: loading them is most of the work of asking where a database stands."""
    scripts = ScriptDirectory(str(folder))
    newest = scripts.get_current_head()
    assert newest is not None, "the package ships at least one migration"  # noqa: S101
    return _Migrations(newest, frozenset(script.revision for script in scripts.walk_revisions()))
