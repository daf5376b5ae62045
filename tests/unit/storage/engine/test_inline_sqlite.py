"""SQLite on the loop: a crowd is served, unread rows hold nothing, and slow disks are waited for."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from memo_coach.storage.engine import inline_sqlite
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.inline_transactions import InlineTransaction
from memo_coach.storage.tables import Visitor
from tests.databases import only_on_sqlite
from tests.stored_rows import NOON

pytestmark = only_on_sqlite


async def add(database: Database, name: str) -> None:
    async with database.write() as session:
        session.add(Visitor(id=name, created=NOON, last_seen=NOON))


async def count(database: Database) -> int:
    async with database.read() as session:
        return int((await session.execute(select(func.count()).select_from(Visitor))).scalar_one())


async def test_a_crowd_of_readers_and_writers_is_served_and_its_connections_are_kept(
    migrated: Database,
) -> None:
    opened: list[object] = []
    event.listen(migrated.sync_engine, "connect", lambda connection, _record: opened.append(connection))

    async def read() -> None:
        async with migrated.read() as session:
            await asyncio.sleep(0.01)
            await session.execute(select(func.count()).select_from(Visitor))

    async with asyncio.timeout(20):
        await asyncio.gather(*(read() for _ in range(100)), *(add(migrated, f"v{i}") for i in range(100)))
        before = len(opened)
        await asyncio.gather(*(read() for _ in range(10)))
    assert await count(migrated) == 100
    assert len(opened) == before


async def test_rows_that_nobody_looked_at_do_not_hold_the_state_that_was_read(migrated: Database) -> None:
    await add(migrated, "one")
    await add(migrated, "two")
    async with migrated.read() as session:
        unread = await session.execute(select(col(Visitor.id)))
    await add(migrated, "three")
    assert await count(migrated) == 3
    unread.close()


async def test_a_commit_on_a_slow_disk_is_waited_for_also_by_one_who_is_cancelled(
    migrated: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inline_sqlite, "SLOW_SECONDS", -1.0)
    await add(migrated, "one")
    task = asyncio.create_task(add(migrated, "two"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await count(migrated) == 2
    assert migrated.sync_engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_who_reads_on_a_connection_after_a_writer_that_failed_does_not_count_as_a_writer(
    migrated: Database,
) -> None:
    await add(migrated, "one")
    with pytest.raises(IntegrityError):
        await add(migrated, "one")
    async with migrated.read_connection() as connection:
        assert isinstance(connection, InlineTransaction)
        assert not connection._driver.writes
