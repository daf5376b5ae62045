"""Statements compiled once for all databases of a process.

Each test has a database of its own, hence an engine of its own, and each engine compiles every statement that
it meets for the first time: a fifth of the work of a test of services. A statement compiles alike for every
database of a kind, so here all engines of a kind keep what they compiled in one place. A server has one
engine for as long as it runs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, MutableMapping
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from memo_coach.storage.engine import database

Key = tuple[Hashable, ...]


class CompiledStatements(MutableMapping[Key, Any]):
    """A cache for engines: SQLAlchemy's keys begin with the engine's own dialect, which here is left out."""

    def __init__(self) -> None:
        self._compiled: dict[Key, Any] = {}

    def __getitem__(self, key: Key) -> Any:
        return self._compiled[key[1:]]

    def __setitem__(self, key: Key, compiled: Any) -> None:
        self._compiled[key[1:]] = compiled

    def __delitem__(self, key: Key) -> None:
        del self._compiled[key[1:]]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._compiled)

    def __len__(self) -> int:
        return len(self._compiled)


_OF_SQLITE = CompiledStatements()
_OF_POSTGRES = CompiledStatements()
_sqlite_engine = database._sqlite_engine
_postgres_engine = database._postgres_engine


def _sharing_sqlite_engine(*arguments: Any, **options: Any) -> Engine:
    engine = _sqlite_engine(*arguments, **options)
    engine.update_execution_options(compiled_cache=_OF_SQLITE)
    return engine


def _sharing_postgres_engine(*arguments: Any, **options: Any) -> AsyncEngine:
    engine = _postgres_engine(*arguments, **options)
    engine.sync_engine.update_execution_options(compiled_cache=_OF_POSTGRES)
    return engine


def share() -> None:
    """Have all engines that this process makes from now on share what they compiled."""
    database._sqlite_engine = _sharing_sqlite_engine
    database._postgres_engine = _sharing_postgres_engine
