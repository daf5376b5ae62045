"""Two processes that write at once, as two engines, leave what one after the other would have left."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from memo_coach.services.container import Services, close_services, open_services
from memo_coach.services.evaluations.worker_settings import WorkerSettings
from memo_coach.settings import Settings
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.jobs import JobQueue
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.storage.tables import MemoVersion
from tests.databases import only_on_postgres
from tests.scripted_coach import ScriptedCoach
from tests.stored_rows import NOON, add_visitor, queued
from tests.waiting import PATIENCE_SECONDS

RUBRIC = "investment-memo"


@pytest.fixture
async def both(migrated: Database) -> AsyncIterator[tuple[Database, Database]]:
    """Yield the same database twice, each with connections of its own."""
    other = Database(migrated.url)
    yield migrated, other
    await other.close()


async def test_each_job_is_taken_exactly_once(both: tuple[Database, Database]) -> None:
    await add_visitor(both[0])
    async with both[0].write() as session:
        session.add_all([queued("v", f"e{number:02}") for number in range(30)])

    async def work(database: Database, name: str) -> list[str]:
        taken = []
        for _ in range(60):
            async with database.write() as session:
                job = await JobQueue(session).take(name, NOON, NOON + timedelta(minutes=1))
            if job is not None:
                assert job.attempt == 1
                taken.append(job.evaluation_id)
        return taken

    lists = await asyncio.gather(*(work(both[number % 2], f"w{number}") for number in range(6)))
    assert Counter(job for taken in lists for job in taken) == Counter(
        f"e{number:02}" for number in range(30)
    )


@only_on_postgres  # SQLite has one writer: nobody is still taking one
async def test_a_worker_takes_the_next_job_while_another_is_still_taking_one(
    both: tuple[Database, Database],
) -> None:
    await add_visitor(both[0])
    async with both[0].write() as session:
        session.add_all([queued("v", "e1"), queued("v", "e2")])
    later = NOON + timedelta(minutes=1)
    async with both[0].write() as one, both[1].write() as other:
        first = await JobQueue(one).take("one", NOON, later)
        async with asyncio.timeout(PATIENCE_SECONDS):
            second = await JobQueue(other).take("other", NOON, later)
    assert first is not None
    assert second is not None
    assert (first.evaluation_id, second.evaluation_id) == ("e1", "e2")


async def test_visitors_and_secrets_are_made_once_by_many_at_once(both: tuple[Database, Database]) -> None:
    async def arrive(number: int) -> str:
        async with both[number % 2].write() as session:
            visitors = VisitorRepository(session)
            await visitors.lock_or_create("new", NOON)
            return await visitors.installation_secret("key", f"fresh-{number}")

    assert len(set(await asyncio.gather(*(arrive(number) for number in range(20))))) == 1


@pytest.fixture
async def twins(settings: Settings, services: Services) -> AsyncIterator[tuple[Services, Services]]:
    """Yield the services of two processes on one database."""
    other = await open_services(settings, WorkerSettings(look=0.2))
    yield services, other
    await close_services(other)


async def test_a_memo_handed_in_by_two_processes_at_once_is_one_with_one_evaluation(
    twins: tuple[Services, Services], owner: str, coach: ScriptedCoach
) -> None:
    coach.hold()
    found = await asyncio.gather(
        *(
            twins[number % 2].evaluations.submit(owner, text="Buy a pump.", rubric=RUBRIC)
            for number in range(12)
        )
    )
    coach.go_on()
    assert len(set(found)) == 1
    assert len(await twins[0].memos.list(owner)) == 1


async def test_versions_that_two_processes_make_at_once_are_numbered_without_a_gap(
    twins: tuple[Services, Services], owner: str
) -> None:
    saved = await twins[0].drafts.save(owner, memo_id=None, text="First.", rubric=RUBRIC, base_revision=0)

    async def submit(number: int) -> None:
        services = twins[number % 2]
        evaluation = await services.evaluations.submit(
            owner, text=f"Buy pump {number}.", rubric=RUBRIC, memo_id=saved.memo_id
        )
        await services.evaluations.cancel(owner, evaluation)

    for start in (0, 2, 4):
        await asyncio.gather(submit(start), submit(start + 1))
    async with twins[0].database.read() as session:
        numbers = await session.execute(
            select(col(MemoVersion.number)).where(col(MemoVersion.memo) == saved.memo_id)
        )
        assert sorted(numbers.scalars()) == [1, 2, 3, 4, 5, 6]


async def test_a_draft_saved_by_two_tabs_at_once_keeps_the_words_of_both(
    twins: tuple[Services, Services], owner: str
) -> None:
    first = await twins[0].drafts.save(owner, memo_id=None, text="First.", rubric=RUBRIC, base_revision=0)

    async def save(number: int) -> bool:
        answer = await twins[number % 2].drafts.save(
            owner,
            memo_id=first.memo_id,
            text=f"From tab {number}.",
            rubric=RUBRIC,
            base_revision=first.revision,
        )
        return answer.forked

    forked = await asyncio.gather(*(save(number) for number in range(6)))
    assert sorted(forked) == [False, True, True, True, True, True]
    memos = await twins[0].memos.list(owner)
    assert sorted(memo.title for memo in memos) == [f"From tab {number}." for number in range(6)]


async def test_deleting_while_the_memo_is_handed_in_ends_in_one_of_the_two(
    twins: tuple[Services, Services], owner: str
) -> None:
    for number in range(5):
        saved = await twins[0].drafts.save(
            owner, memo_id=None, text=f"Buy pump {number}.", rubric=RUBRIC, base_revision=0
        )
        ends = await asyncio.gather(
            twins[0].memos.delete(owner, saved.memo_id),
            twins[1].evaluations.submit(
                owner, text=f"Buy pump {number}.", rubric=RUBRIC, memo_id=saved.memo_id
            ),
            return_exceptions=True,
        )
        assert {type(end).__name__ for end in ends} <= {"NoneType", "str", "NotFound"}
        assert saved.memo_id not in {memo.memo_id for memo in await twins[0].memos.list(owner)}
