"""How often the database is asked: a few times for each evaluation, and hardly ever while nobody is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from memo_coach.services import clock
from memo_coach.services.coaches.service import Coaches
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.services.evaluations.queue_poller import Clock
from memo_coach.services.evaluations.worker_settings import WorkerSettings
from memo_coach.services.evaluations.workers import Workers
from memo_coach.services.rubrics import RubricService
from memo_coach.services.streaming import MemoryBroadcast
from memo_coach.services.views import EvaluationView
from memo_coach.settings import Settings
from memo_coach.storage.repositories.jobs import JobQueue
from tests.scripted_coach import OwnRubrics, ScriptedCoach
from tests.statements import statements

TEXT = "Subject: A new pump\n\nPlease approve a new pump."
MOST_STATEMENTS = 17
"""From a new visitor's first submission to the sight of its end."""
MOST_STATEMENTS_OF_SUBMISSION = 9
"""Of them, those of handing it in: each row is read once, and which documents hold is looked up."""
PATIENCE = 15.0


class MovedClock(Clock):
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self._passed = 0.0
        self._began = clock.now()
        self._alarms: dict[asyncio.Future[None], float] = {}
        self._asleep = asyncio.Condition()

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return self._passed

    async def wait(self, news: asyncio.Event, seconds: float) -> None:
        alarm = asyncio.get_running_loop().create_future()
        self._alarms[alarm] = self._passed + seconds
        told = asyncio.ensure_future(news.wait())
        async with self._asleep:
            self._asleep.notify_all()
        try:
            await asyncio.wait({alarm, told}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            told.cancel()
            del self._alarms[alarm]

    async def asleep(self) -> float:
        """Wait until somebody sleeps; give for how many seconds they would."""
        async with asyncio.timeout(PATIENCE), self._asleep:
            await self._asleep.wait_for(lambda: any(not alarm.done() for alarm in self._alarms))
        return min(until for alarm, until in self._alarms.items() if not alarm.done()) - self._passed

    async def sleep_through(self, seconds: float) -> None:
        """Let so much time pass, and wake everybody in it when they wanted to be woken."""
        end = self._passed + seconds
        while (first := self._passed + await self.asleep()) <= end:
            self._passed = max(self._passed, first)
            for alarm, until in self._alarms.items():
                if until <= self._passed and not alarm.done():
                    alarm.set_result(None)
        self._passed = end


@pytest.fixture
async def quiet(
    settings: Settings, coach: ScriptedCoach, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Services]:
    """Services at the pace of an installation."""
    monkeypatch.setattr("memo_coach.services.container.RubricService", OwnRubrics)
    opened = await open_services(settings)
    yield opened
    await close_services(opened)


@asynccontextmanager
async def idle_workers(services: Services, clock: MovedClock) -> AsyncIterator[Workers]:
    """Workers beside those of the services, which are closed, by a clock that a test moves."""
    await services.workers.close()
    await services.housekeeping.close()  # it works by the clock on the wall
    rubrics = cast("RubricService", OwnRubrics())
    workers = Workers(
        services.database,
        rubrics,
        MemoryBroadcast(),
        Coaches(services.models.coaches),
        WorkerSettings(),
        clock=clock,
    )
    workers.start()
    await clock.asleep()
    yield workers
    await workers.close()


async def seen(services: Services, owner: str, evaluation: str) -> list[EvaluationView]:
    async with asyncio.timeout(PATIENCE):
        return [view async for view in services.evaluations.follow(owner, evaluation)]


async def test_an_evaluation_takes_few_statements_from_the_submission_to_the_sight_of_its_end(
    quiet: Services,
) -> None:
    await quiet.housekeeping.close()  # what it asks at a start is nobody's evaluation
    _token, first = await quiet.visitors.admit()
    await seen(quiet, first, await quiet.evaluations.submit(first, text=TEXT, rubric="investment-memo"))
    _token, owner = await quiet.visitors.admit()
    with statements(quiet.database) as asked:
        evaluation = await quiet.evaluations.submit(owner, text=TEXT, rubric="investment-memo")
        submission = len(asked)
        views = await seen(quiet, owner, evaluation)
    assert views[-1].status == "done"
    assert [view.status for view in views].count("done") == 1
    assert submission <= MOST_STATEMENTS_OF_SUBMISSION, "\n".join(asked)
    assert len(asked) <= MOST_STATEMENTS, "\n".join(asked)
    assert await quiet.evaluations.get(owner, evaluation) == views[-1]


async def test_nothing_is_asked_but_a_look_now_and_then_while_nobody_is_there(quiet: Services) -> None:
    clock = MovedClock()
    async with idle_workers(quiet, clock):
        with statements(quiet.database) as asked:
            await clock.sleep_through(600)
        looks = 600 / WorkerSettings().idle_look
        assert looks - 1 <= len(asked) <= looks + 1, "\n".join(asked)


async def test_what_another_process_left_is_taken_up_at_the_very_end_of_its_lease(
    quiet: Services, owner_of_quiet: str
) -> None:
    clock = MovedClock()
    async with idle_workers(quiet, clock):
        evaluation = await quiet.evaluations.submit(owner_of_quiet, text=TEXT, rubric="investment-memo")
        async with quiet.database.write() as session:
            moment = clock.now() + timedelta(seconds=60)
            taken = await JobQueue(session).take("dead", moment, moment + timedelta(seconds=6))
        assert taken is not None
        await clock.sleep_through(WorkerSettings().idle_look)  # it is seen that somebody else is at work
        with statements(quiet.database) as asked:
            await clock.sleep_through(66 - WorkerSettings().idle_look - 1)
            assert (await quiet.evaluations.get(owner_of_quiet, evaluation)).status == "running"
            await clock.sleep_through(2.0)  # its lease ends, and it may be begun again half a second later
            await clock.sleep_through(1.0)
        assert (await seen(quiet, owner_of_quiet, evaluation))[-1].status == "done"
        assert any(statement.startswith("UPDATE") for statement in asked)


async def test_a_look_that_fails_is_made_again_soon(quiet: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, looks, queue_status = MovedClock(), 0, JobQueue.queue_status

    async def fails_once(self: JobQueue, worker: str) -> Any:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise RuntimeError
        return await queue_status(self, worker)

    async with idle_workers(quiet, clock):
        monkeypatch.setattr(JobQueue, "queue_status", fails_once)
        await clock.sleep_through(WorkerSettings().idle_look)
        assert looks == 1
        assert await clock.asleep() == WorkerSettings().look
        await clock.sleep_through(WorkerSettings().look)
        assert looks == 2


@pytest.fixture
async def owner_of_quiet(quiet: Services) -> str:
    """A visitor."""
    _token, owner = await quiet.visitors.admit()
    return owner


@pytest.mark.parametrize("is_named", [True, False])
async def test_what_is_handed_in_again_is_found_with_its_version_in_one_statement(
    quiet: Services, owner_of_quiet: str, *, is_named: bool
) -> None:
    first = await quiet.evaluations.submit(owner_of_quiet, text=TEXT, rubric="investment-memo")
    (*_, done) = await seen(quiet, owner_of_quiet, first)
    named = done.memo_id if is_named else None
    with statements(quiet.database) as asked:
        again = await quiet.evaluations.submit(
            owner_of_quiet, text=TEXT, rubric="investment-memo", memo_id=named
        )
    assert sum("FROM memos" in statement for statement in asked) == 1, "\n".join(asked)
    assert sum("FROM evaluations" in statement for statement in asked) == 1, "\n".join(asked)
    assert sum("FROM visitors" in statement for statement in asked) == 1, "\n".join(asked)
    (*_, view) = await seen(quiet, owner_of_quiet, again)
    assert (view.memo_id, view.version) == (done.memo_id, done.version)
