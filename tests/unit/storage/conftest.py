"""What storage tests share: a migrated database of either kind."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
from tests.databases import database_at


@pytest.fixture
async def migrated(migrated_url: str) -> AsyncIterator[Database]:
    """Yield a database with its tables."""
    database = database_at(migrated_url)
    await schema.upgrade(database)
    yield database
    await database.close()
