"""SQLite's connections as an event loop needs them: the driver's own, which do not hold it for long.

A statement on a local file takes a fraction of a millisecond, less than handing it to a thread and back, and
the loop has turned several times by then: a transaction of ten statements that takes two milliseconds alone
would hold the one writer's place for ten turns of a busy loop. So statements run where they are called
(:mod:`.inline_transactions`), and one that reads is broken off where it takes long, to be made again in a
thread.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from math import inf
from pathlib import Path
from typing import Any, Self, cast

from memo_coach.storage.engine.storable_text import storable_values

BEGIN_TO_WRITE = "BEGIN IMMEDIATE"
LONGEST_INLINE_SECONDS = 0.005
"""For so long a statement that reads may hold the loop before it is made in a thread instead."""
SLOW_SECONDS = 0.001
"""A commit that takes longer than this on the average is worth a thread: others have the loop meanwhile, and
those of them who want to write share the next commit (:mod:`.group_commit`)."""
_WEIGHT = 0.2
"""Of the last commit in the average."""
_STEPS_BETWEEN_LOOKS = 1_000
"""Of SQLite's machine, some tenths of a millisecond: most statements end before the first look."""


def open_connection(path: Path, patience: float) -> InlineConnection:
    """Open a file; ``patience`` is for how many seconds a statement waits for another process.

    Transactions begin when they are told to, not by the driver's own rules.
    """
    connection = sqlite3.connect(
        path, timeout=patience, isolation_level=None, check_same_thread=False, factory=InlineConnection
    )
    connection.patience_milliseconds = int(patience * 1000)
    connection.look_at_time()
    return connection


class InlineConnection(sqlite3.Connection):
    """A connection; used by one task at a time."""

    patience_milliseconds = 0
    writes = False
    """Whether the transaction began in order to write."""
    gathers = False
    """Whether cursors have all rows when their statement has run, or read them as they are asked for."""
    hurries = False
    """Whether a statement that reads is broken off where it takes long."""
    stop_at = inf
    """When the statement that runs has taken too long."""
    _commit_seconds = 0.0

    def cursor(self) -> StorableCursor:  # type: ignore[override] # as SQLAlchemy asks
        """Return a cursor."""
        return super().cursor(InlineCursor if self.gathers else StorableCursor)

    @property
    def commits_slowly(self) -> bool:
        """Whether the next commit, by those before it, is one to wait for in a thread."""
        return self.writes and self._commit_seconds > SLOW_SECONDS

    @contextmanager
    def without_patience(self) -> Iterator[None]:
        """Let nothing wait for another process."""
        self._run("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            self._run(f"PRAGMA busy_timeout = {self.patience_milliseconds}")

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let statements run in a thread: a look at the time would ask the loop for the interpreter."""
        self.set_progress_handler(None, 0)
        try:
            yield
        finally:
            self.look_at_time()

    def look_at_time(self) -> None:
        """Break off what takes too long."""
        # Where this gives something else than 0, the statement is interrupted.
        self.set_progress_handler(lambda: time.perf_counter() > self.stop_at, _STEPS_BETWEEN_LOOKS)

    def commit(self) -> None:
        """Commit, which waits for the disk."""
        if not self.in_transaction:
            return
        began = time.perf_counter()
        super().commit()
        if self.writes:
            took = time.perf_counter() - began
            self._commit_seconds += _WEIGHT * (took - self._commit_seconds)
        self.writes = False

    def _run(self, statement: str) -> None:
        sqlite3.Cursor(self).execute(statement).close()


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
        connection = cast("InlineConnection", self.connection)
        # One that changes something cannot be broken off: SQLite takes the whole transaction back with it.
        if connection.hurries and (statement.startswith("SELECT") or not connection.writes):
            connection.stop_at = time.perf_counter() + LONGEST_INLINE_SECONDS
        try:
            super().execute(statement, parameters)
            self._rows = iter(super().fetchall())
        finally:
            connection.stop_at = inf
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
