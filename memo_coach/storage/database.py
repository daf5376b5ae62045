"""The connection to the database: one engine, transactions that read, and transactions that write.

SQLite is opened in WAL mode, so that readers and the one writer do not wait for each other, with foreign keys
checked and ``synchronous = FULL``: what a commit has answered survives both the death of the process and a
power cut. NORMAL would be faster by one ``fsync`` for each commit, but may forget the last seconds of typing
in a power cut (https://www.sqlite.org/pragma.html#pragma_synchronous).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from memo_coach.storage.sqlite_file import (
    BUSY_TIMEOUT_SECONDS,
    DatabaseUnusable,
    FileIdentity,
    file_identity,
)

_WRITES = "memo_coach_writes"


class Database:
    """An engine with its ways to begin a transaction. Sessions hand out plain values, never live rows."""

    def __init__(
        self,
        url: str,
        *,
        pooled: bool = True,
        foreign_keys: bool = True,
        patience: float = BUSY_TIMEOUT_SECONDS,
    ) -> None:
        """Describe the connection; nothing is opened before it is used.

        ``patience`` is for how many seconds a writer waits for another process's transaction.

        ``foreign_keys`` is off for migrations only: SQLite changes a table by copying and dropping it, and
        dropping a table with them on deletes whatever refers to it.
        """
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        options: dict[str, Any] = {} if pooled else {"poolclass": NullPool}
        if self.is_sqlite:
            options["connect_args"] = {"timeout": patience}
        self.engine: AsyncEngine = create_async_engine(url, **options)
        # SQLite has one writer at a time. Queueing here is fair; its own busy handler sleeps and retries.
        self._writer = asyncio.Lock()
        self._file: FileIdentity | None = None
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
            self.refuse_replaced_file()

    def refuse_replaced_file(self) -> None:
        """See that the file is still the one that was opened first.

        A file that was removed can be written on for as long as it is open, and is lost with the process:
        what was "saved" into it was not saved at all.

        Raises:
            DatabaseUnusable: it was removed or replaced.
        """
        if self.path is None:
            return
        found = file_identity(self.path)
        self._file = self._file or found
        if found is None or found != self._file:
            raise DatabaseUnusable("The database file was removed or replaced while it was in use. Restart.")

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
