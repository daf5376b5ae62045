"""The connection to the database: one engine, transactions that read, and transactions that write.

SQLite is opened in WAL mode, so that readers and the one writer do not wait for each other, with foreign keys
checked and ``synchronous = FULL``: what a commit has answered survives both the death of the process and a
power cut. NORMAL would be faster by one ``fsync`` for each commit, but may forget the last seconds of typing
in a power cut (https://www.sqlite.org/pragma.html#pragma_synchronous).
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

BUSY_TIMEOUT_SECONDS = 10
"""How long a writer waits for another process's transaction. Ours last milliseconds."""

_WRITES = "memo_coach_writes"


class DatabaseUnusable(Exception):
    """The database cannot be used. ``str(error)`` is a sentence for the operator."""


class Database:
    """An engine with its ways to begin a transaction. Sessions hand out plain values, never live rows."""

    def __init__(self, url: str, *, pooled: bool = True, foreign_keys: bool = True) -> None:
        """Describe the connection; nothing is opened before it is used.

        ``foreign_keys`` is off for migrations only: SQLite changes a table by copying and dropping it, and
        dropping a table with them on deletes whatever refers to it.
        """
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        options: dict[str, Any] = {} if pooled else {"poolclass": NullPool}
        if self.is_sqlite:
            options["connect_args"] = {"timeout": BUSY_TIMEOUT_SECONDS}
        self.engine: AsyncEngine = create_async_engine(url, **options)
        # SQLite has one writer at a time. Queueing here is fair; its own busy handler sleeps and retries.
        self._writer = asyncio.Lock()
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", partial(_configure_sqlite, foreign_keys))
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database."""
        return Path(self.url.partition(":///")[2]) if self.is_sqlite else None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Begin a transaction that sees one unchanging state of the database."""
        async with AsyncSession(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Begin a transaction that may change things; it commits at the end, or rolls back at an error.

        It takes SQLite's write lock at once: a transaction that reads first and wants to write later could
        find that another process was faster, and fail where waiting would have done.
        """
        async with (
            self._only_writer(),
            self.write_connection() as connection,
            AsyncSession(connection, expire_on_commit=False) as session,
        ):
            yield session
            await session.flush()

    @asynccontextmanager
    async def write_connection(self) -> AsyncIterator[AsyncConnection]:
        """Begin a writing transaction below the session, as migrations need it."""
        engine = self.engine.execution_options(**{_WRITES: True})
        async with engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def _only_writer(self) -> AsyncIterator[None]:
        if not self.is_sqlite:
            yield
            return
        async with self._writer:
            yield

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def _configure_sqlite(foreign_keys: bool, connection: Any, _record: object) -> None:  # noqa: ANN401
    # The driver would begin transactions by its own rules, and not before SELECT; see _begin_sqlite.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def prepare_sqlite_file(path: Path) -> None:
    """Make the directory and the file where they are missing, and put the file into WAL mode, which it keeps.

    Raises:
        DatabaseUnusable: the file cannot be made or opened, is no database, or stays locked.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS)) as connection:
            mode = _wal_mode(connection)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseUnusable(f"The database {path} cannot be opened: {error}.") from error
    if mode != "wal":
        raise DatabaseUnusable(f"The file system of {path} does not allow SQLite's WAL mode.")


def _wal_mode(connection: sqlite3.Connection) -> str:
    deadline = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            # Two processes that start on a fresh file meet here; SQLite does not wait for this lock itself.
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
