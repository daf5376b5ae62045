"""What one database of a test run compiled, the next one of its kind need not compile again."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

from sqlalchemy import literal, select

from tests import compiled_statements
from tests.databases import database_at

_STATEMENT = select(literal(1).label("only_here"))


async def compiled_by_a_database_at(path: Path) -> list[Hashable]:
    """Ask a new database and give what is compiled for all of its kind."""
    database = database_at(f"sqlite:///{path}")
    async with database.read() as session:
        assert (await session.execute(_STATEMENT)).scalar_one() == 1
    await database.close()
    return list(compiled_statements._OF_SQLITE)


async def test_a_statement_is_compiled_once_for_all_databases(tmp_path: Path) -> None:
    before = list(compiled_statements._OF_SQLITE)
    by_the_first = await compiled_by_a_database_at(tmp_path / "first.db")
    assert len(by_the_first) == len(before) + 1
    assert await compiled_by_a_database_at(tmp_path / "second.db") == by_the_first
