"""What a database is asked, noted for tests that count it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from memo_coach.storage.engine.database import Database


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Note what the database is asked."""
    noted: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            noted.append(" ".join(statement.split()))

    engine = database.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(engine, "before_cursor_execute", note)
