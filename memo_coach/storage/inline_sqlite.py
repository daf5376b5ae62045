"""SQLite for an event loop, without a thread for each connection.

A statement on a local file takes a fraction of a millisecond, less than handing it to a thread and back, and
the loop has turned several times by then: a transaction of ten statements that takes two milliseconds alone
would hold the one writer's place for ten turns of a busy loop. So statements run where they are called. What
has to wait goes to a thread: the beginning of a writing transaction while another process writes, and commits
where the disk is slow. The names are those of aiosqlite, which SQLAlchemy's dialect speaks to.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self, TypeVar

Answer = TypeVar("Answer")
Begin = Callable[[sqlite3.Cursor, str], Awaitable[None]]

_WAITING = ThreadPoolExecutor(max_workers=8, thread_name_prefix="sqlite")
"""Threads that wait: more than there are ever writers at the same moment in one process."""
_WAITS = "BEGIN IMMEDIATE"
SLOW_SECONDS = 0.005
"""A commit that takes longer than this on the average is worth a thread."""
_WEIGHT = 0.2
"""Of the last commit in the average."""


async def open_connection(path: Path, patience: float) -> InlineConnection:
    """Open a file; ``patience`` is for how many seconds a statement waits for another process.

    Transactions begin when they are told to, not by the driver's own rules.
    """

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)

    return InlineConnection(await _in_thread(opened), patience)


class InlineConnection:
    """A connection; used by one task at a time."""

    def __init__(self, connection: sqlite3.Connection, patience: float) -> None:
        self._milliseconds = int(patience * 1000)
        self._connection: sqlite3.Connection | None = connection
        self._held = connection
        self._commit_seconds = 0.0

    @property
    def isolation_level(self) -> str | None:
        """Nothing: the driver begins no transaction by itself."""
        return self._held.isolation_level

    def cursor(self) -> InlineCursor:
        """Give a cursor."""
        return InlineCursor(self._held.cursor(), self._begin)

    async def _begin(self, cursor: sqlite3.Cursor, statement: str) -> None:
        """Begin to write: at once, or in a thread that waits for the other process."""
        try:
            self._patience(0)
            cursor.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        else:
            return
        finally:
            self._patience(self._milliseconds)
        await _in_thread(lambda: cursor.execute(statement))

    def _patience(self, milliseconds: int) -> None:
        self._held.execute(f"PRAGMA busy_timeout = {milliseconds}").close()

    async def create_function(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - as sqlite3 has it
        """Add a function that statements may call."""
        self._held.create_function(*arguments, **options)

    async def commit(self) -> None:
        """Commit, which waits for the disk."""
        if not self._held.in_transaction:
            return
        began = time.perf_counter()
        if self._commit_seconds > SLOW_SECONDS:
            await _in_thread(self._held.commit)
        else:
            self._held.commit()
        took = time.perf_counter() - began
        self._commit_seconds += _WEIGHT * (took - self._commit_seconds)

    async def rollback(self) -> None:
        """Roll back."""
        self._held.rollback()

    async def close(self) -> None:
        """Close; the last one to do so may have to tidy the file up."""
        self._connection = None
        await _in_thread(self._held.close)

    def stop(self) -> None:
        """Close at once, where nobody can wait."""
        self._connection = None
        self._held.close()


class InlineCursor:
    """A cursor."""

    def __init__(self, cursor: sqlite3.Cursor, begin: Begin) -> None:
        self._cursor = cursor
        self._begin = begin

    async def __aenter__(self) -> Self:
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:  # noqa: ANN401 - a row
        row = self._cursor.fetchone()
        if row is None:
            raise StopAsyncIteration
        return row

    @property
    def description(self) -> Any:  # noqa: ANN401 - as sqlite3 has it
        """The columns of the answer, or nothing where there is none."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """How many rows the last statement changed."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The key that the database gave the last row."""
        return self._cursor.lastrowid

    @property
    def arraysize(self) -> int:
        """How many rows are fetched at a time."""
        return self._cursor.arraysize

    @arraysize.setter
    def arraysize(self, size: int) -> None:
        self._cursor.arraysize = size

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Execute a statement."""
        if statement.startswith(_WAITS):
            await self._begin(self._cursor, statement)
        else:
            self._cursor.execute(statement, parameters)
        return self

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> Self:
        """Execute a statement for each of many values."""
        self._cursor.executemany(statement, parameters)
        return self

    async def fetchone(self) -> Any:  # noqa: ANN401 - a row
        """Give the next row."""
        return self._cursor.fetchone()

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """Give the next rows."""
        return self._cursor.fetchmany(self.arraysize if size is None else size)

    async def fetchall(self) -> list[Any]:
        """Give all rows that are left."""
        return self._cursor.fetchall()

    async def close(self) -> None:
        """Close it."""
        self._cursor.close()


async def _in_thread(work: Callable[[], Answer]) -> Answer:
    return await asyncio.get_running_loop().run_in_executor(_WAITING, work)
