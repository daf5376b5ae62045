"""Who is next: each writer and each address has a share, short memos go first, and none waits for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from memo_coach.services.coaches.service import register_coach
from memo_coach.services.container import Services
from memo_coach.services.errors import TooMany
from memo_coach.services.evaluations import service as evaluations_module
from memo_coach.services.evaluations.fair_queueing import (
    ADDRESS_CHARACTERS_PER_SECOND,
    EVALUATION_CHARACTERS,
    OWNER_CHARACTERS_PER_SECOND,
    due_at,
)
from memo_coach.services.evaluations.running import LONG
from memo_coach.services.evaluations.worker_settings import WorkerSettings
from memo_coach.services.usage.rate_limits import address_mark
from memo_coach.storage.repositories.evaluations import Backlog
from memo_coach.storage.repositories.jobs import JobQueue, NewRows
from memo_coach.storage.tables import Evaluation
from tests.scripted_coach import ScriptedCoach

RUBRIC = "investment-memo"
START = datetime(2026, 5, 1, 12, tzinfo=UTC)
LENGTH = 190_000
HERE, THERE, ELSEWHERE = "192.0.2.1", "198.51.100.7", "203.0.113.9"
NOBODY = Backlog(0, 0, 0, 0)


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def move(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
async def clock(services: Services) -> Clock:
    """Nobody takes what is handed in; when it was is the test's to say."""
    await services.workers.close()
    clock = Clock()
    services.evaluations._clock = clock
    return clock


async def cookie(services: Services) -> str:
    _token, owner = await services.visitors.admit()
    return owner


class Writer:
    """Somebody at an address, who hands in memos of so many characters, each another one."""

    def __init__(self, services: Services, owner: str, address: str | None) -> None:
        self.owner, self.address = owner, address
        self._services = services
        self._count = 0

    async def submit(self, characters: int) -> str:
        self._count += 1
        text = f"Buy pump {self._count}. ".ljust(characters, "p")[: max(characters, 14)]
        return await self._services.evaluations.submit(
            self.owner, text=text, rubric=RUBRIC, address=self.address
        )


async def writer(services: Services, address: str | None) -> Writer:
    return Writer(services, await cookie(services), address)


async def taken(services: Services, clock: Clock, most: int = 1_000) -> list[str]:
    """Take what waits, one after the other; give the ids in this order."""
    order = []
    for _ in range(most):
        async with services.database.write() as session:
            job = await JobQueue(session).take("w", clock(), clock() + timedelta(hours=1))
        if job is None:
            break
        order.append(job.evaluation_id)
    return order


async def test_thirteen_long_memos_of_three_cookies_do_not_keep_a_short_one_waiting(
    services: Services, clock: Clock
) -> None:
    flood = []
    for count in (5, 5, 3):
        cookie_of_flood = await writer(services, HERE)
        for _ in range(count):
            flood.append(await cookie_of_flood.submit(LENGTH))
            clock.move(0.01)
    clock.move(1)
    short = await (await writer(services, THERE)).submit(2_000)
    assert await taken(services, clock, most=1) == [short]


async def test_a_long_memo_of_somebody_else_is_the_second_not_the_fourteenth(
    services: Services, clock: Clock
) -> None:
    crowd = [await writer(services, HERE) for _ in range(3)]
    for each in crowd:
        for _ in range(4):
            await each.submit(LENGTH)
    clock.move(1)
    other = await (await writer(services, THERE)).submit(LENGTH)
    assert other in (await taken(services, clock))[:4]


async def test_each_new_cookie_of_an_address_adds_to_what_its_others_have_waiting(
    services: Services, clock: Clock
) -> None:
    flood = [await (await writer(services, HERE)).submit(5_000) for _ in range(60)]
    clock.move(0.5)
    other = await (await writer(services, THERE)).submit(5_000)
    order = await taken(services, clock)
    assert order.index(other) < 15
    assert set(order) == {*flood, other}


async def test_neighbours_in_one_64_of_ipv6_are_one_address(services: Services, clock: Clock) -> None:
    flood = [
        await (await writer(services, f"2001:db8:1:2::{number:x}")).submit(5_000) for number in range(1, 41)
    ]
    other = await (await writer(services, "2001:db8:1:3::1")).submit(5_000)
    order = await taken(services, clock)
    assert order.index(other) < 10
    assert len(flood) == 40


async def test_a_colleague_behind_the_same_address_goes_before_most_of_anothers_long_memos(
    services: Services, clock: Clock
) -> None:
    busy, colleague = await writer(services, HERE), await writer(services, HERE)
    for _ in range(5):
        await busy.submit(LENGTH)
    short = await colleague.submit(2_000)
    assert (await taken(services, clock)).index(short) <= 1


async def test_a_long_memo_is_not_overtaken_for_ever(services: Services, clock: Clock) -> None:
    long = await (await writer(services, HERE)).submit(LENGTH)
    overtaking = 0
    for number in range(60):
        clock.move(1)
        short = await (await writer(services, f"198.51.100.{number}")).submit(2_000)
        (next_one,) = await taken(services, clock, most=1)
        if next_one == long:
            break
        assert next_one == short
        overtaking += 1
    else:
        pytest.fail("the long memo was never taken")
    assert overtaking <= (LENGTH + EVALUATION_CHARACTERS) / OWNER_CHARACTERS_PER_SECOND + 1


async def test_who_comes_to_an_empty_queue_is_served_in_the_order_of_coming(
    services: Services, clock: Clock
) -> None:
    order = []
    for number in range(8):
        order.append(await (await writer(services, f"192.0.2.{number}")).submit(3_000))
        clock.move(0.001)
    assert await taken(services, clock) == order


async def test_what_an_older_version_has_queued_is_due_as_it_came(services: Services, clock: Clock) -> None:
    old = await (await writer(services, HERE)).submit(LENGTH)
    async with services.database.write() as session:
        await session.execute(update(Evaluation).values(due=None))
    clock.move(0.001)
    new = await (await writer(services, THERE)).submit(2_000)
    assert await taken(services, clock) == [old, new]


async def test_one_address_may_not_fill_the_queue_and_others_still_may(
    services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluations_module, "MOST_UNFINISHED_OF_ADDRESS", 6)
    for _ in range(6):
        await (await writer(services, HERE)).submit(2_000)
    with pytest.raises(TooMany, match="from your network"):
        await (await writer(services, HERE)).submit(2_000)
    await (await writer(services, THERE)).submit(2_000)
    for _ in range(2):
        await (await writer(services, None)).submit(2_000)


async def test_the_mark_of_an_address_is_forgotten_when_the_evaluation_ends(
    services: Services, clock: Clock
) -> None:
    somebody = await writer(services, HERE)
    done, failed, cancelled, waiting = [await somebody.submit(2_000) for _ in range(4)]
    await services.evaluations.cancel(somebody.owner, cancelled)
    async with services.database.write() as session:
        queue = JobQueue(session)
        jobs = {job.evaluation_id: job for job in await queue.take_some("w", clock(), clock(), at_most=2)}
        await queue.fail(failed, 1, now=clock(), failures=1, error="Broken.")
        await queue.finish(
            jobs[done],
            NewRows(),
            now=clock(),
            rubric_version="1",
            overall={},
            score=None,
            seconds=0.1,
            total_steps=0,
        )
    async with services.database.read() as session:
        rows = (await session.execute(select(Evaluation))).scalars()
        marks = {row.id: row.address for row in rows}
    assert (marks[done], marks[failed], marks[cancelled]) == (None, None, None)
    assert marks[waiting] is not None
    assert HERE not in marks[waiting]
    assert len(marks[waiting]) == len(address_mark(b"key", HERE))


def test_what_is_due_when() -> None:
    alone = due_at(START, LENGTH, NOBODY) - START
    assert alone.total_seconds() == (LENGTH + EVALUATION_CHARACTERS) / OWNER_CHARACTERS_PER_SECOND
    near = due_at(START, 0, Backlog(0, 0, 500, 500 * LENGTH)) - START
    everything = 501 * EVALUATION_CHARACTERS + 500 * LENGTH
    assert near.total_seconds() == everything / ADDRESS_CHARACTERS_PER_SECOND
    assert due_at(START, 0, Backlog(1, LENGTH, 1, LENGTH)) > due_at(START, 0, Backlog(0, 0, 1, LENGTH))


class Gate(ScriptedCoach):
    """Says which texts it has begun; those that are long wait for the gate."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()
        self.began: asyncio.Queue[int] = asyncio.Queue()

    async def evaluate(self, memo: Any, rubric: Any) -> AsyncIterator[Any]:
        self.began.put_nowait(len(memo.text))
        if len(memo.text) > LONG:
            await self.open.wait()
        async for event in super().evaluate(memo, rubric):
            yield event


async def test_long_memos_leave_a_place_to_a_short_one_and_are_all_judged(
    services: Services, coach: ScriptedCoach
) -> None:
    gate = Gate()
    register_coach("builtin", lambda: gate)
    long = [await writer(services, HERE) for _ in range(2)]
    submitted = [(each, await each.submit(LONG + 1)) for each in long for _ in range(3)]
    async with asyncio.timeout(20):
        for _ in range(WorkerSettings().long_at_once):
            assert await gate.began.get() > LONG
        for number in range(3):
            somebody = await writer(services, THERE)
            short = await somebody.submit(1_000 + number)
            assert await gate.began.get() == 1_000 + number
            assert [view async for view in services.evaluations.follow(somebody.owner, short)][-1].status == (
                "done"
            )
        assert gate.began.empty()
        gate.open.set()
        for each, evaluation in submitted:
            assert [view async for view in services.evaluations.follow(each.owner, evaluation)][
                -1
            ].status == ("done")
