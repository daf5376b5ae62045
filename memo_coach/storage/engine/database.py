"""The connection to the database: one engine, transactions that read, and transactions that write.

SQLite is opened in WAL mode, so that readers and the one writer do not wait for each other, with foreign keys
checked and ``synchronous = FULL``: what a commit has answered survives both the death of the process and a
power cut. NORMAL would be faster by one ``fsync`` for each commit, but may forget the last seconds of typing
in a power cut (https://www.sqlite.org/pragma.html#pragma_synchronous).

Postgres has many writers. What SQLite's single one gives for nothing, repositories ask for there: they lock
the visitor whose rows they are about to change (``VisitorRepository.lock``).

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

from sqlalchemy import URL, Engine, ExceptionContext, NullPool, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from memo_coach.database_url import sqlite_path
from memo_coach.storage.engine import postgres
from memo_coach.storage.engine.cancellation import settled
from memo_coach.storage.engine.connections import ShieldedConnection, ShieldedSession
from memo_coach.storage.engine.group_commit import GroupCommit
from memo_coach.storage.engine.inline_sqlite import BEGIN_TO_WRITE, open_connection
from memo_coach.storage.engine.inline_transactions import (
    MOST_CONNECTIONS,
    InlineEngine,
    InlineSession,
    InlineTransaction,
)
from memo_coach.storage.engine.sqlite_file import (
    BUSY_TIMEOUT_SECONDS,
    DatabaseUnusable,
    FileIdentity,
    empty_log,
    file_identity,
    is_damage,
    unusable_file,
)
from memo_coach.storage.engine.storable_text import storable_parameters
from memo_coach.translations.sentences import sentence

_LONG_SECONDS = 0.005
"""A transaction that takes longer lets others have a turn."""
_SHORTEST_SECONDS = 1e-6
_GRACE_SECONDS = 2.0
"""Beyond the time that a statement may wait for a lock: for the statement itself."""

OpenConnection = InlineTransaction | ShieldedConnection
"""A connection in a transaction, on SQLite and on Postgres."""


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
        self._file: FileIdentity | None = None
        self.is_damaged = False
        """Whether a statement has found the file damaged since it was opened."""
        if self.is_sqlite:
            self.inline = InlineEngine(_sqlite_engine(url, patience, pooled=pooled), self._longest)
            self._commits = GroupCommit(
                lambda: InlineTransaction(self.inline, BEGIN_TO_WRITE).start(), self._longest
            )
            event.listen(self.sync_engine, "connect", partial(_configure_sqlite, foreign_keys))
            event.listen(self.sync_engine, "handle_error", self._notice_damage)
        else:
            arguments = postgres.connection_arguments(url, patience, longest_statement)
            self._engine = _postgres_engine(url, arguments, pooled=pooled)
            self._reading = self._engine.execution_options(**_ONE_STATE)
            # On SQLite cursors do this themselves: a listener would slow every statement down.
            event.listen(self.sync_engine, "before_cursor_execute", storable_parameters, retval=True)
            event.listen(self.sync_engine, "connect", postgres.refuse_unfit_server)

    @property
    def sync_engine(self) -> Engine:
        """SQLAlchemy's engine: where events are listened to."""
        return self.inline.engine if self.is_sqlite else self._engine.sync_engine

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database; ``None`` for any other."""
        return Path(self.url.partition(":///")[2]) if self.is_sqlite else None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Begin a transaction that sees one unchanging state of the database."""
        async with self.read_connection() as connection, _session(connection) as session:
            yield session

    @asynccontextmanager
    async def write(self, *, aside: bool = False) -> AsyncIterator[AsyncSession]:
        """Begin a transaction that may change things; it commits at the end, or rolls back at an error.

        It takes SQLite's write lock at once: a transaction that reads first and wants to write later could
        find that another process was faster, and fail where waiting would have done.

        ``aside`` is for what changes many rows on SQLite: the loop goes on meanwhile, and only who wants to
        write waits.
        """
        if not self.is_sqlite:
            async with self.write_connection() as connection, _session(connection) as session:
                yield session
                await session.flush()
            return
        async with (
            self._lasting(),
            self._commits.writing() as (transaction, beside),
            InlineSession(transaction, beside=beside) as session,
        ):
            with transaction.all_aside(aside):
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
            raise DatabaseUnusable(sentence("database.replaced"))

    @asynccontextmanager
    async def read_connection(self) -> AsyncIterator[OpenConnection]:
        """Begin a reading transaction below the session; it sees one unchanging state of the database."""
        async with self._transaction(writes=False) as connection:
            yield connection

    @asynccontextmanager
    async def write_connection(self) -> AsyncIterator[OpenConnection]:
        """Begin a writing transaction below the session, as migrations need it."""
        async with self._transaction(writes=True) as connection:
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
    async def _transaction(self, *, writes: bool) -> AsyncIterator[OpenConnection]:
        async with self._lasting():
            connection: OpenConnection
            if self.is_sqlite:
                connection = InlineTransaction(self.inline, BEGIN_TO_WRITE if writes else "BEGIN")
            else:
                connection = ShieldedConnection(self._engine if writes else self._reading, self._longest)
            try:
                await connection.start()
                yield connection
                await connection.commit_and_close()
            finally:
                # This rolls back what was not committed.
                await connection.close()

    @asynccontextmanager
    async def _lasting(self) -> AsyncIterator[None]:
        """Let others have a turn after what took long."""
        began = time.perf_counter()
        yield
        if time.perf_counter() - began > _LONG_SECONDS:
            # On SQLite nothing else may have run meanwhile. A timer comes after all others that are due, so
            # that a time limit or a cancellation is in time.
            await asyncio.sleep(_SHORTEST_SECONDS)

    async def clear_log(self) -> bool:
        """Bring all changes into the file and empty the log beside it, where what was deleted still stands.

        Tell whether that was possible: somebody who reads an older state keeps it from being done. On
        Postgres it is the server's own work, and nothing is done.
        """
        return self.path is None or await asyncio.to_thread(empty_log, self.path)

    def _notice_damage(self, context: ExceptionContext) -> None:
        self.is_damaged = self.is_damaged or is_damage(context.original_exception)

    async def close(self) -> None:
        """Close all connections."""
        if self.is_sqlite:
            await self.inline.dispose()
        else:
            await settled(self._engine.dispose(), self._longest)


_ONE_STATE = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""How a reading transaction on Postgres sees what SQLite's sees. One that only reads cannot fail by it."""


def _session(connection: OpenConnection) -> AsyncSession:
    if isinstance(connection, InlineTransaction):
        return InlineSession(connection)
    return ShieldedSession(connection)


def _sqlite_engine(url: str, patience: float, *, pooled: bool) -> Engine:
    path = sqlite_path(url) or Path()
    # What was used last is used next: SQLite keeps pages and statements for each connection.
    pool = {"poolclass": QueuePool, "pool_use_lifo": True, "pool_size": MOST_CONNECTIONS}
    options: dict[str, Any] = pool if pooled else {"poolclass": NullPool}
    address = URL.create("sqlite", database=str(path))
    return create_engine(address, creator=lambda: open_connection(path, patience), **options)


def _postgres_engine(url: str, arguments: dict[str, Any], *, pooled: bool) -> AsyncEngine:
    pool: dict[str, Any] = postgres.POOL if pooled else {"poolclass": NullPool}
    options = pool | {"isolation_level": "READ COMMITTED", "use_native_hstore": False}
    return create_async_engine(url, connect_args=arguments, **options)


def _configure_sqlite(foreign_keys: bool, connection: Any, _record: object) -> None:  # noqa: ANN401
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    cursor.execute("PRAGMA synchronous = FULL")
    # What is deleted is blanked in the file: it does not stay there until something needs its room.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()
