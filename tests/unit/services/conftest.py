"""What tests of services without the services around them share: a migrated database, and the same twice."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from memo_coach.storage import schema
from memo_coach.storage.database import Database
from tests.databases import database_at


@pytest.fixture
async def migrated(migrated_url: str) -> AsyncIterator[Database]:
    """Give a database with its tables."""
    database = database_at(migrated_url)
    await schema.upgrade(database)
    yield database
    await database.close()


@pytest.fixture
async def engines(migrated: Database) -> AsyncIterator[tuple[Database, ...]]:
    """Give the same database three times, each with connections of its own, as three processes have them."""
    others = (Database(migrated.url), Database(migrated.url))
    yield (migrated, *others)
    for other in others:
        await other.close()
