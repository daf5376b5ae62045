"""What tests of services without the services around them share: a migrated database, and the same twice."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from memo_coach.services import container
from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
from tests.databases import database_at

PATIENCE = 120.0
"""A hundred at once on a busy machine wait for each other longer than a page would."""


def patient(database: Database) -> Database:
    """Let everybody wait for a connection as long as for a lock."""
    if database.is_sqlite:
        database.inline.longest_wait = PATIENCE
    else:
        database.sync_engine.pool._timeout = PATIENCE  # type: ignore[attr-defined]
    return database


@pytest.fixture
def patient_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let services, opened after this, wait for locks and connections as long as it takes."""
    monkeypatch.setattr(container, "Database", lambda url: patient(Database(url, patience=PATIENCE)))


@pytest.fixture
async def migrated(migrated_url: str) -> AsyncIterator[Database]:
    """Yield a database with its tables."""
    database = patient(database_at(migrated_url, patience=PATIENCE))
    await schema.upgrade(database)
    yield database
    await database.close()


@pytest.fixture
async def engines(migrated: Database) -> AsyncIterator[tuple[Database, ...]]:
    """Yield the same database three times, each with connections of its own, as three processes have them."""
    others = tuple(patient(Database(migrated.url, patience=PATIENCE)) for _ in range(2))
    yield (migrated, *others)
    for other in others:
        await other.close()
