"""A statement on SQLite that takes long leaves the loop to others, and gives what it would have given."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.storage.engine.database import Database
from memo_coach.storage.tables import Visitor
from tests.databases import only_on_sqlite
from tests.stored_rows import NOON

pytestmark = only_on_sqlite

MOST = 2_000_000
"""Where nobody has had a turn until then, nobody will: a second of work."""
UNTIL_THE_LOOP_HAD_A_TURN = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
    f" WHERE i < {MOST} AND NOT loop_had_a_turn()) SELECT max(i) FROM n"
)
READING = f"SELECT * FROM ({UNTIL_THE_LOOP_HAD_A_TURN})"
CHANGING = f"UPDATE visitors SET id = 'waited' WHERE ({UNTIL_THE_LOOP_HAD_A_TURN}) < {MOST}"


class Loop:
    """Whether the loop has had a turn since a statement asked for the first time."""

    def __init__(self, database: Database) -> None:
        self.asked, self.had_a_turn = threading.Event(), threading.Event()
        event.listen(database.sync_engine, "connect", self._teach)

    def _teach(self, connection: Any, _record: object) -> None:
        connection.create_function("loop_had_a_turn", 0, self._answer)

    def _answer(self) -> bool:
        self.asked.set()
        return self.had_a_turn.is_set()

    async def take_turns(self) -> None:
        """Be somebody else, who has something to do again and again."""
        while not self.asked.is_set():  # noqa: ASYNC110 - it is set within the statement
            await asyncio.sleep(0)
        self.had_a_turn.set()


async def beside(loop: Loop, work: Awaitable[None]) -> None:
    other = asyncio.create_task(loop.take_turns())
    await asyncio.sleep(0)
    try:
        await work
    finally:
        loop.asked.set()
        await other


@pytest.fixture
def loop(migrated: Database) -> Loop:
    return Loop(migrated)


async def steps(session: AsyncSession, statement: str = READING) -> int:
    return int((await session.execute(text(statement))).scalar_one())


async def add(session: AsyncSession, name: str) -> None:
    session.add(Visitor(id=name, created=NOON, last_seen=NOON))
    await session.flush()


async def names(session: AsyncSession) -> list[str]:
    return sorted((await session.execute(select(Visitor.id))).scalars())  # type: ignore[call-overload]


@pytest.mark.parametrize("statement", [READING, UNTIL_THE_LOOP_HAD_A_TURN], ids=["select", "with"])
async def test_while_a_reading_transaction_waits_for_a_slow_statement_the_loop_goes_on(
    migrated: Database, loop: Loop, statement: str
) -> None:
    async def work() -> None:
        async with migrated.read() as session:
            assert await steps(session, statement) < MOST
            assert await names(session) == []

    await beside(loop, work())


async def test_within_a_writing_transaction_it_does_so_too_and_nothing_of_that_is_lost(
    migrated: Database, loop: Loop
) -> None:
    async def work() -> None:
        async with migrated.write() as session:
            await add(session, "before")
            assert await steps(session) < MOST
            await add(session, "after")

    await beside(loop, work())
    async with migrated.read() as session:
        assert await names(session) == ["after", "before"]


async def test_what_changes_much_is_done_aside_where_that_is_asked_for(
    migrated: Database, loop: Loop
) -> None:
    async with migrated.write() as session:
        await add(session, "one")

    async def work() -> None:
        async with migrated.write(aside=True) as session:
            await session.execute(text(CHANGING))

    await beside(loop, work())
    async with migrated.read() as session:
        assert await names(session) == ["waited"]


async def test_what_is_given_the_connection_lets_the_loop_go_on(migrated: Database, loop: Loop) -> None:
    async def work() -> None:
        async with migrated.read_connection() as connection:
            found = await connection.run_sync(lambda inner: inner.exec_driver_sql(READING).scalar_one())
            assert found < MOST

    await beside(loop, work())


async def test_a_slow_statement_that_fails_fails_with_its_own_fault(migrated: Database) -> None:
    def broken() -> Callable[[], int]:
        raise LookupError

    event.listen(
        migrated.sync_engine,
        "connect",
        lambda connection, _record: connection.create_function("broken", 0, broken),
    )
    counting = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
    async with migrated.read() as session:
        with pytest.raises(Exception, match="user-defined function raised exception"):
            await session.execute(text(f"{counting} SELECT broken() FROM n WHERE i = 300000"))
        assert (await session.execute(select(func.count()).select_from(Visitor))).scalar_one() == 0
