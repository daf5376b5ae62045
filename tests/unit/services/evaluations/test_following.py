"""A follower sees each word of an evaluation that runs here, and of one that runs elsewhere what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import cast

import pytest

from memo_coach.coaching.evaluation import Comment, CriterionScore, Progressed, Provenance
from memo_coach.services import streaming
from memo_coach.services.coaches import service as coaches
from memo_coach.services.container import Services
from memo_coach.services.errors import NotFound
from memo_coach.services.evaluations import recorder
from memo_coach.services.evaluations.progress import PartialEvaluation
from memo_coach.services.evaluations.worker_settings import WorkerSettings
from memo_coach.services.evaluations.workers import Workers
from memo_coach.services.rubrics import RubricService
from memo_coach.services.streaming import InProgress, MemoryBroadcast
from memo_coach.services.views import EvaluationView
from memo_coach.storage.repositories.evaluations import EvaluationRepository
from tests.scripted_coach import STEPS, OwnRubrics, ScriptedCoach
from tests.waiting import PATIENCE_SECONDS

TEXT = "Subject: A new pump\n\nPlease approve a new pump."


@pytest.fixture
def unstored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Store nothing before the end."""
    monkeypatch.setattr(recorder, "STORE_EVERY_SECONDS", 60.0)
    monkeypatch.setattr("memo_coach.services.evaluations.attempts.LONGEST_UNSTORED_SECONDS", 60.0)
    monkeypatch.setattr("memo_coach.services.evaluations.attempts.STORE_EVERY_SECONDS", 60.0)


async def submit(services: Services, owner: str) -> str:
    return await services.evaluations.submit(owner, text=TEXT, rubric="investment-memo")


async def stored_criteria(services: Services, owner: str, evaluation: str) -> int:
    async with services.database.read() as session:
        stored = await EvaluationRepository(session).whole(owner, evaluation)
    assert stored is not None
    return len(stored.criteria)


async def step_by_step(
    services: Services, owner: str, evaluation: str, coach: ScriptedCoach
) -> AsyncIterator[EvaluationView]:
    """Follow an evaluation to its end; its coach, who is held, makes a step when the last one is seen."""
    let_through = 0
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for view in services.evaluations.follow(owner, evaluation):
            yield view
            if len(view.criteria) == let_through:
                coach.go_on(1)
                let_through += 1


@pytest.mark.usefixtures("unstored")
async def test_a_follower_sees_what_the_database_is_told_only_later(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    coach.hold()
    evaluation = await submit(services, owner)
    seen = [
        (len(view.criteria), await stored_criteria(services, owner, evaluation))
        async for view in step_by_step(services, owner, evaluation, coach)
    ]
    shown = [criteria for criteria, _ in seen]
    assert shown == sorted(shown)
    assert set(shown) == set(range(STEPS + 1))
    # With the last step it ends, and is stored: before it nothing is.
    assert {stored for criteria, stored in seen if criteria < STEPS} == {0}
    assert seen[-1] == (STEPS, STEPS)


@pytest.mark.usefixtures("unstored")
async def test_a_page_that_is_opened_meanwhile_shows_as_much(
    services: Services, owner: str, stranger: str, coach: ScriptedCoach
) -> None:
    coach.hold()
    evaluation = await submit(services, owner)
    coach.go_on(2)
    async for view in services.evaluations.follow(owner, evaluation):
        if len(view.criteria) == 2:
            break
    opened = await services.evaluations.get(owner, evaluation)
    assert opened.status == "running"
    assert len(opened.criteria) == 2
    assert opened.done_steps >= 1
    with pytest.raises(NotFound):
        await services.evaluations.get(stranger, evaluation)
    with pytest.raises(NotFound):
        await anext(aiter(services.evaluations.follow(stranger, evaluation)))


async def test_a_follower_of_another_processs_evaluation_sees_what_is_stored(
    services: Services, owner: str, coach: ScriptedCoach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "LOOK_ANYWAY_SECONDS", 0.05)
    monkeypatch.setattr("memo_coach.services.evaluations.attempts.STORE_EVERY_SECONDS", 0.05)
    await services.workers.close()
    coach.hold()
    evaluation = await submit(services, owner)
    rubrics = cast("RubricService", OwnRubrics())
    pace = WorkerSettings(look=0.1, drain=0.1)
    elsewhere = Workers(services.database, rubrics, MemoryBroadcast(), coaches.Coaches(), pace)
    elsewhere.start()
    seen = [view async for view in step_by_step(services, owner, evaluation, coach)]
    await elsewhere.close()
    assert {len(view.criteria) for view in seen} == set(range(STEPS + 1))
    assert seen[-1].status == "done"


async def test_nothing_is_kept_of_an_evaluation_that_has_ended(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    done = await submit(services, owner)
    async for _ in services.evaluations.follow(owner, done):
        pass
    coach.hold()
    cancelled = await services.evaluations.submit(owner, text=TEXT + " Soon.", rubric="investment-memo")
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for view in services.evaluations.follow(owner, cancelled):
            if view.status == "queued":
                while services.workers.live.of(cancelled) is None:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
                await services.evaluations.cancel(owner, cancelled)
    assert view.status == "cancelled"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while services.workers.live.of(cancelled) is not None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert services.workers.live.of(done) is None


def criterion(number: int) -> CriterionScore:
    return CriterionScore(f"c{number}", f"C{number}", 25.0, 25.0, 3.0, "Because.", ())


def comment(number: int, kind: str, rank: int) -> Comment:
    return Comment(f"k{number}", "c1", kind, None, None, None, "Hm.", (), rank=rank)  # type: ignore[arg-type]


async def test_what_is_live_is_ordered_as_what_is_stored(services: Services, owner: str) -> None:
    evaluation = await submit(services, owner)
    async for view in services.evaluations.follow(owner, evaluation):
        stored: EvaluationView = view
    so_far = PartialEvaluation(1)
    so_far.add_criterion(2, criterion(2))
    so_far.add_criterion(0, criterion(0))
    for number, (kind, rank) in enumerate((("opportunity", 2), ("strength", 2), ("opportunity", 1))):
        so_far.add_comment(comment(number, kind, rank))
    so_far.progress, so_far.provenance = Progressed(2, 5), Provenance("llm", "openai/some-model")
    shown = so_far.on(replace(stored, status="queued"))
    assert shown.status == "running"
    assert [each.id for each in shown.criteria] == ["c0", "c2"]
    assert [each.id for each in shown.comments] == ["k1", "k2", "k0"]
    assert (shown.done_steps, shown.total_steps) == (2, 5)
    assert shown.provenance == so_far.provenance
    assert shown.text == stored.text


def test_an_earlier_attempt_does_not_end_a_later_one() -> None:
    live = InProgress[PartialEvaluation]()
    earlier = live.begin("e", PartialEvaluation(1))
    later = live.begin("e", PartialEvaluation(2))
    assert not live.end("e", earlier)
    assert live.of("e") is later
    assert live.end("e", later)
    assert live.of("e") is None
