"""Those who wait for SQLite's one writer share a commit, and neither a failure nor an early word."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import col

from memo_coach.storage.engine import group_commit
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.inline_transactions import InlineTransaction
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.storage.tables import Visitor
from tests.databases import only_on_sqlite
from tests.stored_rows import NOON
from tests.waiting import until

pytestmark = only_on_sqlite


class Broken(Exception):
    """What a writer may raise."""


class Disk:
    """Notes the commits that are shared, and holds them until it is let go, or fails."""

    def __init__(self) -> None:
        self.commits = 0
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.fault: Exception | None = None


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    found, commit_and_close = Disk(), InlineTransaction.commit_and_close

    async def held(self: InlineTransaction, *, aside: bool = False) -> None:
        if aside:
            found.commits += 1
            await found.goes_on.wait()
            if found.fault is not None:
                raise found.fault
        await commit_and_close(self, aside=aside)

    monkeypatch.setattr(InlineTransaction, "commit_and_close", held)
    # On a busy machine the writers take longer than others are kept waiting for.
    monkeypatch.setattr(group_commit, "LONGEST_OPEN_SECONDS", 60.0)
    return found


async def add(database: Database, name: str, fault: Exception | None = None) -> None:
    async with database.write() as session:
        session.add(Visitor(id=name, created=NOON, last_seen=NOON))
        await session.flush()
        if fault is not None:
            raise fault


async def together(database: Database, *others: Coroutine[Any, Any, None]) -> Sequence[asyncio.Task[None]]:
    """Return the writers who waited while the first one was at work, which has just ended that."""
    others_wait = asyncio.Event()

    async def first() -> None:
        async with database.write() as session:
            session.add(Visitor(id="first", created=NOON, last_seen=NOON))
            await others_wait.wait()

    tasks = [asyncio.create_task(first()), *(asyncio.create_task(each) for each in others)]
    await until(lambda: database._commits._waiting == len(others), "all the others wait")
    others_wait.set()
    return tasks


async def names(database: Database) -> list[str]:
    async with database.read() as session:
        return sorted((await session.execute(select(col(Visitor.id)))).scalars())


async def test_those_who_wait_share_one_commit(migrated: Database, disk: Disk) -> None:
    await asyncio.gather(*await together(migrated, *(add(migrated, f"v{number}") for number in range(9))))
    assert disk.commits == 1
    assert await names(migrated) == ["first", *(f"v{number}" for number in range(9))]


async def test_who_is_alone_shares_nothing(migrated: Database, disk: Disk) -> None:
    await add(migrated, "one")
    await add(migrated, "two")
    assert disk.commits == 0
    assert await names(migrated) == ["one", "two"]


async def test_nobody_is_told_before_the_commit_and_nothing_is_seen_before_it(
    migrated: Database, disk: Disk
) -> None:
    disk.goes_on.clear()
    tasks = await together(migrated, add(migrated, "one"), add(migrated, "two"))
    await until(lambda: disk.commits, "the commit has begun")
    assert not any(task.done() for task in tasks)
    assert await names(migrated) == []
    disk.goes_on.set()
    await asyncio.gather(*tasks)
    assert await names(migrated) == ["first", "one", "two"]


async def test_who_fails_takes_back_only_what_is_theirs(migrated: Database, disk: Disk) -> None:
    tasks = await together(
        migrated,
        add(migrated, "one"),
        add(migrated, "broken", Broken()),
        add(migrated, "one"),  # there is one of that name already
        add(migrated, "two"),
    )
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each) for each in ended] == [type(None), type(None), Broken, IntegrityError, type(None)]
    assert disk.commits == 1
    assert await names(migrated) == ["first", "one", "two"]


async def test_where_the_commit_fails_all_are_told_and_the_next_one_can_write(
    migrated: Database, disk: Disk
) -> None:
    disk.fault = OperationalError("COMMIT", {}, Exception("disk I/O error"))
    ended = await asyncio.gather(
        *await together(migrated, add(migrated, "one"), add(migrated, "two")), return_exceptions=True
    )
    assert ended == [disk.fault] * 3
    assert await names(migrated) == []
    await add(migrated, "three")
    assert await names(migrated) == ["three"]
    assert migrated.sync_engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_where_sqlite_rolls_back_by_itself_all_whose_changes_are_lost_are_told(
    migrated: Database, disk: Disk
) -> None:
    async def lose() -> None:
        async with migrated.write() as session:
            await session.execute(text("ROLLBACK"))
            raise Broken

    tasks = await together(migrated, add(migrated, "one"), lose(), add(migrated, "two"))
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(each, Exception) for each in ended] == [True, True, True, False]
    assert disk.commits == 0
    assert await names(migrated) == ["two"]


async def test_who_is_cancelled_before_the_commit_is_so_after_it(migrated: Database, disk: Disk) -> None:
    disk.goes_on.clear()
    tasks = await together(migrated, add(migrated, "one"), add(migrated, "two"))
    await until(lambda: disk.commits, "the commit has begun")
    tasks[1].cancel()
    await asyncio.sleep(0)
    assert not tasks[1].done()
    disk.goes_on.set()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each) for each in ended] == [type(None), asyncio.CancelledError, type(None)]
    assert await names(migrated) == ["first", "one", "two"]


async def test_where_all_who_waited_go_away_the_first_is_committed_all_the_same(
    migrated: Database, disk: Disk
) -> None:
    tasks = await together(migrated, add(migrated, "one"), add(migrated, "two"))
    for task in tasks[1:]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await names(migrated) == ["first"]
    await add(migrated, "three")
    assert await names(migrated) == ["first", "three"]


async def test_whoever_comes_when_a_transaction_is_full_waits_for_its_commit_only(
    migrated: Database, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "MOST_SHARING", 3)
    await asyncio.gather(*await together(migrated, *(add(migrated, f"v{number}") for number in range(8))))
    assert disk.commits == 3
    assert len(await names(migrated)) == 9


async def test_the_server_ending_in_the_middle_of_a_commit_tells_none_that_it_is_done(
    migrated: Database, disk: Disk
) -> None:
    disk.goes_on.clear()
    tasks = await together(migrated, add(migrated, "one"))
    await until(lambda: disk.commits, "the commit has begun")
    disk.fault = Broken()
    for task in migrated._commits._committing:
        task.cancel()
    disk.goes_on.set()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(each, DatabaseUnusable | Broken) for each in ended)
