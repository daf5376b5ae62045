"""How the database's connections are used, and how long Postgres takes for a statement, for the figures.

On SQLite statements are not timed: listening to each would slow all of them down.
"""

from __future__ import annotations

import time
from typing import Any, Final

from sqlalchemy import QueuePool, event

from memo_coach.operations import metrics
from memo_coach.storage.engine.database import Database

_KINDS: Final = frozenset({"select", "insert", "update", "delete"})
OTHER: Final = "other"
_BEGAN: Final = "memo_coach_began"


class DatabaseFigures:
    """Watches one database's connections and statements from when it is made."""

    def __init__(self, database: Database) -> None:
        engine = database.sync_engine
        self._in_use = 0
        self._most = _most(engine.pool)
        event.listen(engine, "checkout", self._checked_out)
        event.listen(engine, "checkin", self._checked_in)
        if not database.is_sqlite:
            event.listen(engine, "before_cursor_execute", _begin)
            event.listen(engine, "after_cursor_execute", _end)

    def _checked_out(self, *_arguments: object) -> None:
        self._show(1)

    def _checked_in(self, *_arguments: object) -> None:
        self._show(-1)

    def _show(self, change: int) -> None:
        self._in_use += change
        metrics.show_connections(in_use=self._in_use, most=self._most)


def _most(pool: object) -> int:
    """Return how many connections a pool may have open."""
    # How far it may overflow the pool tells nobody but by this attribute.
    return pool.size() + pool._max_overflow if isinstance(pool, QueuePool) else 0  # noqa: SLF001


def kind_of(statement: str) -> str:
    """Return a statement's first word, where it is a common one: there is no end of others."""
    first = statement.lstrip()[:6].lower()
    return first if first in _KINDS else OTHER


# As SQLAlchemy calls them.
def _begin(connection: Any, _cursor: Any, _statement: str, *_rest: object) -> None:  # noqa: ANN401
    connection.info[_BEGAN] = time.perf_counter()


def _end(connection: Any, _cursor: Any, statement: str, *_rest: object) -> None:  # noqa: ANN401
    began = connection.info.pop(_BEGAN, None)
    if began is not None:
        metrics.count_statement(kind=kind_of(statement), seconds=time.perf_counter() - began)
