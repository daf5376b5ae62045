"""SQLite for an event loop, without a thread for each connection.

A statement on a local file takes a fraction of a millisecond, less than handing it to a thread and back, and
the loop has turned several times by then: a transaction of ten statements that takes two milliseconds alone
would hold the one writer's place for ten turns of a busy loop. So statements run where they are called. What
has to wait goes to a thread: the beginning of a writing transaction while another process writes, and commits
where the disk is slow.

To SQLAlchemy this is a driver's connection as any other. What may wait here is called by it within
``greenlet_spawn``; a statement is not, and needs none.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar, cast

from sqlalchemy.util import await_only

from memo_coach.storage.engine.storable_text import storable_values

Answer = TypeVar("Answer")

_WAITING = ThreadPoolExecutor(max_workers=8, thread_name_prefix="sqlite")
"""Threads that wait: more than there are ever writers at the same moment in one process."""
BEGIN_TO_WRITE = "BEGIN IMMEDIATE"
SLOW_SECONDS = 0.001
"""A commit that takes longer than this on the average is worth a thread: others have the loop meanwhile, and
those of them who want to write share the next commit (:mod:`.shared_commits`)."""
_WEIGHT = 0.2
"""Of the last commit in the average."""


def open_connection(path: Path, patience: float) -> InlineConnection:
    """Open a file; ``patience`` is for how many seconds a statement waits for another process.

    Transactions begin when they are told to, not by the driver's own rules.
    """

    def opened() -> InlineConnection:
        connection = sqlite3.connect(
            path, timeout=patience, isolation_level=None, check_same_thread=False, factory=InlineConnection
        )
        connection.milliseconds = int(patience * 1000)
        return connection

    return _in_thread(opened)


class InlineConnection(sqlite3.Connection):
    """A connection; used by one task at a time."""

    milliseconds = 0
    commits_aside = False
    """Whether the next commit waits for the disk in a thread, however quick the disk is."""
    _commit_seconds = 0.0
    _writes = False
    """Whether the transaction began in order to write."""

    @property
    def _connection(self) -> Self:
        """Itself: SQLAlchemy's asynchronous dialect asks its connections for the driver's own."""
        return self

    def cursor(self, server_side: bool = False) -> StorableCursor:  # type: ignore[override] # as SQLAlchemy asks
        """Return a cursor; one that is ``server_side`` reads its rows as they are asked for."""
        return super().cursor(StorableCursor if server_side else InlineCursor)

    def begin_to_write(self) -> None:
        """Begin to write: at once, or in a thread that waits for the other process."""
        self._writes = True
        try:
            self._run("PRAGMA busy_timeout = 0")
            self._run(BEGIN_TO_WRITE)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        else:
            return
        finally:
            self._run(f"PRAGMA busy_timeout = {self.milliseconds}")
        _in_thread(lambda: self._run(BEGIN_TO_WRITE))

    def _run(self, statement: str) -> None:
        sqlite3.Cursor(self).execute(statement).close()

    def commit(self) -> None:
        """Commit, which waits for the disk."""
        if not self.in_transaction:
            return
        if not self._writes:
            super().commit()  # it has only read, and nothing waits for the disk
            return
        self._writes = False
        began = time.perf_counter()
        aside, self.commits_aside = self.commits_aside, False
        if aside or self._commit_seconds > SLOW_SECONDS:
            _in_thread(super().commit)
        else:
            super().commit()
        took = time.perf_counter() - began
        self._commit_seconds += _WEIGHT * (took - self._commit_seconds)

    def close(self) -> None:
        """Close; the last one to do so may have to tidy the file up."""
        _in_thread(super().close)

    def terminate(self) -> None:
        """Close at once, where nobody can wait."""
        super().close()


class StorableCursor(sqlite3.Cursor):
    """A cursor that is given values as they come."""

    def execute(self, statement: str, parameters: Any = (), /) -> Self:  # noqa: ANN401 - as sqlite3 has it
        """Execute a statement."""
        return super().execute(statement, storable_values(parameters))

    def executemany(self, statement: str, parameters: Any, /) -> Self:  # noqa: ANN401
        """Execute a statement for each of many values."""
        return super().executemany(statement, storable_values(parameters))


class InlineCursor(StorableCursor):
    """A cursor that has all rows when its statement has run: what is not looked at keeps no transaction."""

    _rows: Iterator[Any] = iter(())

    def execute(self, statement: str, parameters: Any = (), /) -> Self:  # noqa: ANN401
        """Execute a statement."""
        if statement == BEGIN_TO_WRITE:
            cast("InlineConnection", self.connection).begin_to_write()
        else:
            super().execute(statement, parameters)
            self._rows = iter(super().fetchall())
        return self

    def fetchone(self) -> Any:  # noqa: ANN401 - a row
        """Return the next row."""
        return next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return the next rows."""
        return list(islice(self._rows, self.arraysize if size is None else size))

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        return list(self._rows)


def _in_thread(work: Callable[[], Answer]) -> Answer:
    return await_only(asyncio.get_running_loop().run_in_executor(_WAITING, work))
