"""The connection to the database: one engine, transactions that read, and transactions that write.

SQLite is opened in WAL mode, so that readers and the one writer do not wait for each other, with foreign keys
checked and ``synchronous = FULL``: what a commit has answered survives both the death of the process and a
power cut. NORMAL would be faster by one ``fsync`` for each commit, but may forget the last seconds of typing
in a power cut (https://www.sqlite.org/pragma.html#pragma_synchronous).

Postgres has many writers. What SQLite's single one gives for nothing, repositories ask for there: they lock
the visitor whose rows they are about to change (:meth:`.visitors.VisitorRepository.lock`).

A task that is cancelled leaves no statement in the middle, on either of them: see :mod:`.cancellation`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import ExceptionContext, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from memo_coach.database_url import sqlite_path
from memo_coach.storage.engine import postgres
from memo_coach.storage.engine.cancellation import settled
from memo_coach.storage.engine.connections import ShieldedConnection, ShieldedSession
from memo_coach.storage.engine.group_commit import GroupCommit
from memo_coach.storage.engine.inline_sqlite import BEGIN_TO_WRITE, open_connection
from memo_coach.storage.engine.sqlite_file import (
    BUSY_TIMEOUT_SECONDS,
    DatabaseUnusable,
    FileIdentity,
    file_identity,
    is_damage,
    unusable_file,
)
from memo_coach.storage.engine.storable_text import storable_parameters

_LONG_SECONDS = 0.005
"""A transaction that takes longer lets others have a turn."""
_SHORTEST_SECONDS = 1e-6
_GRACE_SECONDS = 2.0
"""Beyond the time that a statement may wait for a lock: for the statement itself."""


class Database:
    """An engine with its ways to begin a transaction. Sessions hand out plain values, never live rows."""

    def __init__(
        self,
        url: str,
        *,
        pooled: bool = True,
        foreign_keys: bool = True,
        patience: float = BUSY_TIMEOUT_SECONDS,
        longest_statement: float = postgres.LONGEST_STATEMENT_SECONDS,
    ) -> None:
        """Describe the connection; nothing is opened before it is used.

        ``patience`` is for how many seconds a writer waits for another process's transaction.

        ``foreign_keys`` is off for migrations only: SQLite changes a table by copying and dropping it, and
        dropping a table with them on deletes whatever refers to it. Postgres needs no such thing.

        ``longest_statement`` is for how many seconds Postgres works on one, 0 for as many as it takes.
        """
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._longest = patience + _GRACE_SECONDS
        options: dict[str, Any] = {} if pooled else {"poolclass": NullPool}
        if self.is_sqlite:
            path = sqlite_path(url) or Path()
            options["creator"] = lambda: open_connection(path, patience)
            options |= _INLINE_POOL if pooled else {}
        else:
            options["connect_args"] = postgres.connection_arguments(url, patience, longest_statement)
            options |= postgres.POOL if pooled else {}
            options |= {"isolation_level": "READ COMMITTED", "use_native_hstore": False}
        self.engine: AsyncEngine = create_async_engine(url, **options)
        self._reading = self.engine.execution_options(**({} if self.is_sqlite else _ONE_STATE))
        self._commits = GroupCommit(partial(self._begun, self.engine, BEGIN_TO_WRITE), self._longest)
        self._file: FileIdentity | None = None
        self.is_damaged = False
        """Whether a statement has found the file damaged since it was opened."""
        sync_engine = self.engine.sync_engine
        if self.is_sqlite:
            event.listen(sync_engine, "connect", partial(_configure_sqlite, foreign_keys))
            event.listen(sync_engine, "handle_error", self._notice_damage)
        else:
            # On SQLite cursors do this themselves: a listener would slow every statement down.
            event.listen(sync_engine, "before_cursor_execute", storable_parameters, retval=True)
            event.listen(sync_engine, "connect", postgres.refuse_unfit_server)

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database; ``None`` for any other."""
        return Path(self.url.partition(":///")[2]) if self.is_sqlite else None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Begin a transaction that sees one unchanging state of the database."""
        async with self.read_connection() as connection, ShieldedSession(connection) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Begin a transaction that may change things; it commits at the end, or rolls back at an error.

        It takes SQLite's write lock at once: a transaction that reads first and wants to write later could
        find that another process was faster, and fail where waiting would have done.
        """
        if not self.is_sqlite:
            async with (
                self._transaction(self.engine, BEGIN_TO_WRITE) as connection,
                ShieldedSession(connection) as session,
            ):
                yield session
                await session.flush()
            return
        async with (
            self._lasting(),
            self._commits.writing() as (connection, beside),
            ShieldedSession(connection, beside=beside) as session,
        ):
            yield session
            await session.flush()
            self.refuse_replaced_file()
            if beside:
                await session.commit()

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
    async def read_connection(self) -> AsyncIterator[ShieldedConnection]:
        """Begin a reading transaction below the session; it sees one unchanging state of the database."""
        async with self._transaction(self._reading, "BEGIN") as connection:
            yield connection

    @asynccontextmanager
    async def write_connection(self) -> AsyncIterator[ShieldedConnection]:
        """Begin a writing transaction below the session, as migrations need it."""
        async with self._transaction(self.engine, BEGIN_TO_WRITE) as connection:
            yield connection

    def unusable(self, verb: str, error: DBAPIError) -> DatabaseUnusable:
        """Make the error that says in a sentence what a fault of the driver means.

        ``verb`` is what cannot be done: ``read``, ``written``, ``migrated``.
        """
        if self.path is not None:
            return unusable_file(self.path, verb, error.orig)
        return DatabaseUnusable(
            postgres.sentence(error.orig, self.url, verb),
            postgres.sentence(error.orig, self.url, verb, public=True),
        )

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine, opening: str) -> AsyncIterator[ShieldedConnection]:
        async with self._lasting():
            connection = await self._begun(engine, opening)
            try:
                yield connection
                await connection.commit_and_close()
            finally:
                # This rolls back what was not committed.
                await connection.close()

    async def _begun(self, engine: AsyncEngine, opening: str) -> ShieldedConnection:
        connection = ShieldedConnection(engine, self._longest, opening if self.is_sqlite else None)
        try:
            await connection.start()
        except BaseException:
            await connection.close()
            raise
        return connection

    @asynccontextmanager
    async def _lasting(self) -> AsyncIterator[None]:
        """Let others have a turn after what took long."""
        began = time.perf_counter()
        yield
        if time.perf_counter() - began > _LONG_SECONDS:
            # On SQLite nothing else may have run meanwhile. A timer comes after all others that are due, so
            # that a time limit or a cancellation is in time.
            await asyncio.sleep(_SHORTEST_SECONDS)

    def _notice_damage(self, context: ExceptionContext) -> None:
        self.is_damaged = self.is_damaged or is_damage(context.original_exception)

    async def close(self) -> None:
        """Close all connections."""
        await settled(self.engine.dispose(), self._longest)


_INLINE_POOL = {
    # What was used last is used next: SQLite keeps pages and statements for each connection.
    "pool_use_lifo": True,
    # Opening and closing one costs more than a transaction, so those that a crowd needed once are kept.
    "pool_size": 15,
}
_ONE_STATE = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""How a reading transaction on Postgres sees what SQLite's sees. One that only reads cannot fail by it."""


def _configure_sqlite(foreign_keys: bool, connection: Any, _record: object) -> None:  # noqa: ANN401
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()
