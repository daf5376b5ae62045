"""A task that is cancelled within a statement leaves the database usable, whichever it is."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import TimeoutError as TimeoutOfThePool

from memo_coach.storage.engine import postgres
from memo_coach.storage.engine.cancellation import settled
from memo_coach.storage.engine.database import Database
from memo_coach.storage.tables import InstallationSecret, Visitor
from tests.databases import only_on_postgres
from tests.stored_rows import NOON

AT_ONCE = 5
"""As many as the pool keeps."""
SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000)"
    " SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(0.1)",
}


def slow(database: Database) -> str:
    return SLOW[database.sync_engine.dialect.name]


async def change_and_read(database: Database, name: str) -> None:
    async with database.write() as session:
        session.add(Visitor(id=name, created=NOON, last_seen=NOON))
        await session.flush()
        session.add(InstallationSecret(name=name, value=name))
    async with database.read() as session:
        await session.execute(select(func.count()).select_from(Visitor))


def opened(database: Database) -> list[object]:
    """Return the list to which every connection is added that is opened from now on."""
    found: list[object] = []
    event.listen(database.sync_engine, "connect", lambda connection, _record: found.append(connection))
    return found


async def count(database: Database, table: type[Visitor | InstallationSecret]) -> int:
    async with database.read() as session:
        return int((await session.execute(select(func.count()).select_from(table))).scalar_one())


async def test_hundreds_of_cancelled_transactions_leave_whole_ones_and_a_database_that_closes_at_once(
    migrated: Database,
) -> None:
    dice = random.Random(7)
    connections = opened(migrated)

    async def cancelled(number: int) -> None:
        task = asyncio.create_task(change_and_read(migrated, f"v{number}"))
        await asyncio.sleep(dice.uniform(0, 0.02))
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()  # once more, in the middle of tidying up
        with suppress(asyncio.CancelledError):
            await task

    async with asyncio.timeout(60):
        for start in range(0, 300, AT_ONCE):
            await asyncio.gather(*(cancelled(number) for number in range(start, start + AT_ONCE)))
        await change_and_read(migrated, "last")
    # A transaction is there as a whole or not at all.
    assert await count(migrated, Visitor) == await count(migrated, InstallationSecret) >= 1
    # No connection was lost to a cancellation, so none had to be opened in its place.
    assert len(connections) <= AT_ONCE
    assert migrated.sync_engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    async with asyncio.timeout(3):
        await migrated.close()


async def test_a_cancellation_comes_when_the_statement_has_ended_and_the_connection_is_kept(
    migrated: Database,
) -> None:
    async def work() -> None:
        async with migrated.read() as session:
            await session.execute(text(slow(migrated)))

    await work()
    connections = opened(migrated)
    begun = asyncio.Event()
    event.listen(migrated.sync_engine, "before_cursor_execute", lambda *_: begun.set())
    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await work()
    assert connections == []


async def test_a_time_limit_around_a_statement_is_a_time_limit(migrated: Database) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02), migrated.read() as session:
            await session.execute(text(slow(migrated)))
    await change_and_read(migrated, "afterwards")


async def test_a_cancelled_writer_rolls_back_and_lets_the_next_one_in(migrated: Database) -> None:
    written = asyncio.Event()

    async def work() -> None:
        async with migrated.write() as session:
            session.add(Visitor(id="v", created=NOON, last_seen=NOON))
            await session.flush()
            written.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await count(migrated, Visitor) == 0
    async with asyncio.timeout(3):
        await change_and_read(migrated, "v")


async def test_work_that_does_not_end_is_not_waited_for_for_ever() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    task = asyncio.create_task(settled(endless(), longest=0.05))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 3)
    assert ended.is_set()


async def test_an_error_of_the_work_reaches_whoever_waits() -> None:
    async def broken() -> None:
        raise LookupError("broken")

    with pytest.raises(LookupError):
        await settled(broken(), longest=1)


async def test_a_time_limit_within_the_work_ends_the_work_and_not_whoever_waits_for_it() -> None:
    async def limited() -> None:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await settled(limited(), 30)


@only_on_postgres
async def test_where_no_connection_is_free_in_time_that_is_an_error_and_no_cancellation(
    migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.05}
    monkeypatch.setattr(postgres, "POOL", postgres.POOL | few)
    database = Database(migrated_url)
    try:
        async with database.read():
            with pytest.raises(TimeoutOfThePool):
                async with database.write():
                    pass
        assert await count(database, Visitor) == 0
    finally:
        await database.close()
