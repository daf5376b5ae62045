"""Moments at which two things meet in the workers, each brought about on purpose."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.operations import metrics
from memo_coach.services.coaches.service import Coaches, register_coach
from memo_coach.services.container import Services
from memo_coach.services.evaluations.worker_settings import WorkerSettings
from memo_coach.services.evaluations.workers import Workers
from memo_coach.services.streaming import MemoryBroadcast
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.jobs import Job, JobQueue
from memo_coach.storage.tables import Evaluation
from tests.scripted_coach import OwnRubrics, ScriptedCoach

PATIENCE = 15.0
HEARTBEAT, DISPATCHER = "evaluation heartbeat", "evaluation dispatcher"


class WatchedDatabase:
    """A database at which a test may stop whoever writes: before a transaction, and after its commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.before: Callable[[str], Any] = nothing
        self.after: Callable[[str], Any] = nothing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        task = asyncio.current_task()
        name = "" if task is None else task.get_name()
        await self.before(name)
        async with self._database.write() as session:
            yield session
        await self.after(name)


async def nothing(_task: str) -> None:
    return None


class Times:
    """Counts, and lets others wait for a number of times."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = asyncio.Condition()

    async def add(self) -> None:
        async with self._changed:
            self._count += 1
            self._changed.notify_all()

    async def more(self, times: int) -> None:
        wanted = self._count + times
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: self._count >= wanted)


def watched(services: Services) -> WatchedDatabase:
    database = WatchedDatabase(services.database)
    services.workers._queue.database = database  # type: ignore[assignment]
    return database


async def submit(services: Services, owner: str, text: str = "Please approve a new pump.") -> str:
    return await services.evaluations.submit(owner, text=text, rubric="investment-memo")


async def row(services: Services, evaluation: str) -> Evaluation:
    async with services.database.read() as session:
        statement = select(Evaluation).where(Evaluation.id == evaluation)  # type: ignore[arg-type]
        return (await session.execute(statement)).scalar_one()


async def ended(services: Services, owner: str, evaluation: str) -> str:
    async with asyncio.timeout(PATIENCE):
        return [view async for view in services.evaluations.follow(owner, evaluation)][-1].status


async def done_by_figures() -> bool:
    content, _ = await metrics.exposition()
    return b'memo_coach_evaluations_total{coach="builtin",reason="",status="done"} 1.0' in content


@pytest.mark.usefixtures("fresh_figures")
async def test_a_heartbeat_right_after_the_last_commit_leaves_the_attempt_to_its_end(
    services: Services, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, beats = watched(services), Times()
    finishing, committed, go = asyncio.Event(), asyncio.Event(), asyncio.Event()
    finish = JobQueue.finish

    async def noted(self: JobQueue, *arguments: Any, **options: Any) -> bool:
        finishing.set()
        return await finish(self, *arguments, **options)

    async def after(task: str) -> None:
        if task == HEARTBEAT:
            await beats.add()
        elif task != DISPATCHER and finishing.is_set() and not committed.is_set():
            committed.set()
            await go.wait()

    monkeypatch.setattr(JobQueue, "finish", noted)
    database.after = after
    evaluation = await submit(services, owner)
    async with asyncio.timeout(PATIENCE):
        await committed.wait()
    (attempt,) = services.workers._running.tasks.values()
    await beats.more(2)  # the first has seen, and the second begun after, that the lease is no more
    go.set()
    await asyncio.wait({attempt}, timeout=PATIENCE)
    assert (await row(services, evaluation)).status == "done"
    assert await done_by_figures()


@pytest.mark.usefixtures("fresh_figures")
async def test_a_closing_process_counts_what_it_has_just_finished(
    services: Services, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = watched(services)
    finishing, committed, go = asyncio.Event(), asyncio.Event(), asyncio.Event()
    finish = JobQueue.finish

    async def noted(self: JobQueue, *arguments: Any, **options: Any) -> bool:
        finishing.set()
        return await finish(self, *arguments, **options)

    async def after(_task: str) -> None:
        if finishing.is_set() and not committed.is_set():
            committed.set()
            await go.wait()

    monkeypatch.setattr(JobQueue, "finish", noted)
    database.after = after
    evaluation = await submit(services, owner)
    async with asyncio.timeout(PATIENCE):
        await committed.wait()
    (attempt,) = services.workers._running.tasks.values()
    for _ in range(3):
        attempt.cancel()
        await asyncio.sleep(0)
    go.set()
    await asyncio.wait({attempt}, timeout=PATIENCE)
    assert (await row(services, evaluation)).status == "done"
    assert await done_by_figures()


async def test_a_late_heartbeat_leaves_the_next_attempt_alone(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    database = watched(services)
    late, go, second, beaten = asyncio.Event(), asyncio.Event(), asyncio.Event(), Times()
    hold, finish = asyncio.Event(), asyncio.Event()

    async def before(task: str) -> None:
        if task == HEARTBEAT and coach.begun == 1 and not late.is_set():
            late.set()  # it knows of the first attempt, and asks the database after that has ended
            await go.wait()

    async def after(task: str) -> None:
        if task == HEARTBEAT:
            await beaten.add()

    class Slow(ScriptedCoach):
        async def evaluate(self, memo: Any, rubric: Any) -> AsyncIterator[Any]:
            coach.begun += 1
            if coach.begun == 1:
                await hold.wait()
                raise RuntimeError
            second.set()
            await finish.wait()
            async for event in super().evaluate(memo, rubric):
                yield event

    register_coach("builtin", Slow)
    database.before, database.after = before, after
    evaluation = await submit(services, owner)
    async with asyncio.timeout(PATIENCE):
        await late.wait()
        hold.set()
        await second.wait()
        waiting = asyncio.create_task(beaten.more(2))
        await asyncio.sleep(0)
        go.set()
        await waiting
    finish.set()
    assert await ended(services, owner, evaluation) == "done"
    assert (await row(services, evaluation)).attempt == 2
    assert coach.begun == 2


@asynccontextmanager
async def other_workers(services: Services, pace: WorkerSettings) -> AsyncIterator[Workers]:
    coaches = Coaches(services.models.coaches)
    workers = Workers(services.database, OwnRubrics(), MemoryBroadcast(), coaches, pace)
    yield workers
    await workers.close()


Take = Callable[..., Any]


async def test_a_second_look_that_fails_costs_what_the_first_has_taken_nothing(
    services: Services, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await services.workers.close()
    asks, computes = [await submit(services, owner, f"Please approve pump {number}.") for number in range(2)]
    async with services.database.write() as session:
        statement = update(Evaluation).where(Evaluation.id == asks).values(coach="llm")  # type: ignore[arg-type]
        await session.execute(statement)
    take_some, takes = JobQueue.take_some, 0

    async def fails_second(self: JobQueue, *arguments: Any, **options: Any) -> list[Job]:
        nonlocal takes
        takes += 1
        if takes == 2:
            raise OperationalError("SELECT", {}, Exception("the disk is away"))
        return await take_some(self, *arguments, **options)

    monkeypatch.setattr(JobQueue, "take_some", fails_second)
    async with other_workers(services, WorkerSettings(look=0.05)) as workers:
        workers.start()
        for evaluation in (asks, computes):
            assert await ended(services, owner, evaluation) == "done"
            stored = await row(services, evaluation)
            assert (stored.attempt, stored.failures) == (1, 0)


async def test_what_was_taken_and_never_begun_goes_back_without_a_strike_also_while_others_run(
    services: Services, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the answer to a commit is lost: the database has taken what nobody knows to have."""
    await services.workers.close()
    evaluation = await submit(services, owner)
    running: set[asyncio.Task[None]] = set()
    async with other_workers(services, WorkerSettings(lease=1.0, heartbeat=0.1, look=0.05)) as workers:
        database = WatchedDatabase(services.database)
        workers._queue.database = database  # type: ignore[assignment]
        lost = False

        async def after(task: str) -> None:
            nonlocal lost
            if task == "evaluation dispatcher" and not lost:
                lost = True
                # Something else runs here, and is kept alive by the heartbeat.
                forever = asyncio.create_task(asyncio.Event().wait(), name="another")
                workers._running.tasks["other"] = forever  # type: ignore[assignment]
                workers._running.jobs["other"] = Job("other", 1, 0, "", "en", "r", "builtin", "v", None)
                running.add(forever)  # type: ignore[arg-type]
                raise OperationalError("COMMIT", {}, Exception("the connection is gone"))

        monkeypatch.setattr(workers, "stop_work", lambda _evaluation: None)
        database.after = after
        workers.start()
        assert await ended(services, owner, evaluation) == "done"
        stored = await row(services, evaluation)
        assert (stored.attempt, stored.failures) == (2, 0)
        for task in running:
            task.cancel()
        workers._running.tasks.pop("other"), workers._running.jobs.pop("other")


async def test_a_renewal_names_what_runs_here(services: Services, owner: str) -> None:
    await services.workers.close()
    ids = [await submit(services, owner, f"Please approve pump {number}.") for number in range(2)]
    moment = (await row(services, ids[0])).created
    async with services.database.write() as session:
        await JobQueue(session).take_some("me", moment, moment, at_most=2)
        later = moment + timedelta(seconds=9)
        assert await JobQueue(session).renew_all("me", later, ids[:1]) == {(ids[0], 1)}
    assert [(await row(services, each)).lease_until for each in ids] == [later, moment]
