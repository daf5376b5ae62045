"""Evaluations are jobs: stored first, finished once, followed to the end, cancelled for good."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from memo_coach.coaching.coach import Coach
from memo_coach.coaching.errors import EmptyMemo
from memo_coach.coaching.evaluation import CoachEvent, CommentMade, CriterionJudged, Evidence
from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.services import streaming
from memo_coach.services.clock import now
from memo_coach.services.coaches import service as coaches
from memo_coach.services.container import Services
from memo_coach.services.errors import (
    MemoEmpty,
    MemoTooLong,
    NotFound,
    NotRepeatable,
    TooMany,
    UnknownCoach,
    UnknownLanguage,
    UnknownRubric,
)
from memo_coach.services.evaluations import service as evaluations
from memo_coach.services.evaluations.attempts import GAVE_UP
from memo_coach.services.evaluations.recorder import EvaluationRecorder
from memo_coach.services.evaluations.service import ENTERING_AT_ONCE
from memo_coach.services.evaluations.worker_settings import WorkerSettings
from memo_coach.services.evaluations.workers import Workers
from memo_coach.services.memos.input import TextMetadata, metadata_of
from memo_coach.services.streaming import MemoryBroadcast
from memo_coach.services.views import FINISHED, EvaluationView
from memo_coach.storage.repositories.jobs import JobQueue, NewRows
from memo_coach.storage.tables import CommentRow, CriterionRow, Evaluation
from tests.clock import Clock
from tests.scripted_coach import STEPS, OwnRubrics, ScriptedCoach
from tests.waiting import PATIENCE_SECONDS, until_told
from tests.waiting import until as soon

TEXT = "Subject: A new pump\n\nPlease approve a new pump."
RUBRIC = "investment-memo"


async def submit(services: Services, owner: str, text: str = TEXT) -> str:
    return await services.evaluations.submit(owner, text=text, rubric=RUBRIC)


async def views(services: Services, owner: str, evaluation: str) -> list[EvaluationView]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return [view async for view in services.evaluations.follow(owner, evaluation)]


async def until(services: Services, owner: str, evaluation: str, status: str) -> None:
    async def is_so() -> bool:
        return (await services.evaluations.get(owner, evaluation)).status == status

    await until_told(is_so, f"the evaluation is {status}")


async def finish_another(services: Services, owner: str, coach: ScriptedCoach) -> None:
    """Have another memo judged, so that the queue was certainly looked at meanwhile."""
    coach.go_on()
    assert (await views(services, owner, await submit(services, owner, f"{TEXT} Another.")))[
        -1
    ].status == "done"


async def test_a_submitted_memo_is_evaluated(services: Services, owner: str) -> None:
    evaluation = await submit(services, owner)
    seen = await views(services, owner, evaluation)
    assert seen[0].text == TEXT
    done = seen[-1]
    assert (done.status, done.title, done.language, done.version, done.words) == (
        "done", "A new pump", "en", 1, 9,
    )  # fmt: skip
    assert done.overall is not None
    assert done.overall.notices == ("A notice",)
    assert [criterion.id for criterion in done.criteria] == [f"c{step}" for step in range(STEPS)]
    assert {comment.quote for comment in done.comments} == {TEXT[:5]}
    assert (done.done_steps, done.total_steps) == (STEPS, STEPS)
    assert done.finished is not None
    assert done.finished >= done.created
    assert await services.evaluations.get(owner, evaluation) == done


async def test_a_follower_sees_criteria_as_they_come_and_then_the_end(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    coach.hold()
    evaluation, let_through = await submit(services, owner), 0
    seen: list[EvaluationView] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for view in services.evaluations.follow(owner, evaluation):
            seen.append(view)
            if len(view.criteria) == let_through:
                coach.go_on(1)
                let_through += 1
    counts = [len(view.criteria) for view in seen]
    assert counts == sorted(counts)
    assert set(counts) >= set(range(STEPS))
    assert [view.status in FINISHED for view in seen] == [False] * (len(seen) - 1) + [True]


async def test_a_follower_who_comes_late_gets_the_finished_evaluation_and_no_more(
    services: Services, owner: str
) -> None:
    evaluation = await submit(services, owner)
    await until(services, owner, evaluation, "done")
    assert [view.status for view in await views(services, owner, evaluation)] == ["done"]


async def test_a_follower_learns_the_end_also_where_no_news_reaches_it(
    services: Services, owner: str, coach: ScriptedCoach, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silence(_self: MemoryBroadcast, _evaluation: str) -> None:
        return None

    monkeypatch.setattr(MemoryBroadcast, "announce", silence)
    monkeypatch.setattr(streaming, "LOOK_ANYWAY_SECONDS", 0.1)
    coach.pause = 0.05
    assert (await views(services, owner, await submit(services, owner)))[-1].status == "done"


async def test_the_same_text_twice_at_once_is_one_evaluation(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    coach.hold()
    first = await services.drafts.save(owner, memo_id=None, text=TEXT, rubric=RUBRIC, base_revision=0)
    submissions = [
        services.evaluations.submit(owner, text=TEXT, rubric=RUBRIC, memo_id=first.memo_id) for _ in range(3)
    ]
    assert len(set(await asyncio.gather(*submissions))) == 1


async def test_a_changed_text_is_a_new_version_and_the_same_text_is_none(
    services: Services, owner: str
) -> None:
    first = await submit(services, owner)
    await until(services, owner, first, "done")
    memo = (await services.evaluations.get(owner, first)).memo_id

    async def version_of(text: str) -> int:
        evaluation = await services.evaluations.submit(owner, text=text, rubric=RUBRIC, memo_id=memo)
        await until(services, owner, evaluation, "done")
        return (await services.evaluations.get(owner, evaluation)).version

    assert await version_of(TEXT) == 1
    assert await version_of(TEXT + " Soon.") == 2
    (summary,) = await services.memos.list(owner)
    assert (summary.versions, len(summary.evaluations)) == (2, 3)


async def test_what_cannot_be_judged_is_refused_with_a_sentence(services: Services, owner: str) -> None:
    for text, problem in (("", MemoEmpty), (" \n…", MemoEmpty), ("word " * 60_000, MemoTooLong)):
        with pytest.raises(problem):
            await submit(services, owner, text)
    with pytest.raises(UnknownRubric):
        await services.evaluations.submit(owner, text=TEXT, rubric="none")
    with pytest.raises(UnknownLanguage):
        await services.evaluations.submit(owner, text=TEXT, rubric=RUBRIC, language="tlh")
    with pytest.raises(UnknownCoach):
        await services.evaluations.submit(owner, text=TEXT, rubric=RUBRIC, coach="llm")
    assert await services.memos.list(owner) == ()


async def test_one_writer_may_not_fill_the_queue(
    services: Services, owner: str, stranger: str, coach: ScriptedCoach
) -> None:
    coach.hold()
    for number in range(5):
        await submit(services, owner, f"{TEXT} {number}")
    with pytest.raises(TooMany):
        await submit(services, owner, TEXT)
    await submit(services, stranger, TEXT)


async def test_no_more_than_two_run_at_once(services: Services, owner: str, coach: ScriptedCoach) -> None:
    coach.hold()
    started = [await submit(services, owner, f"{TEXT} {number}") for number in range(4)]
    await soon(lambda: coach.begun == 2, "two have begun")
    coach.go_on()
    for one in started:
        assert (await views(services, owner, one))[-1].status == "done"
    assert coach.most_at_once == 2


async def test_one_that_waits_to_be_stored_keeps_no_other_from_beginning(
    services: Services, owner: str, coach: ScriptedCoach, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, finish = asyncio.Event(), EvaluationRecorder.finish

    async def held(self: EvaluationRecorder) -> float:
        await disk.wait()
        return await finish(self)

    monkeypatch.setattr(EvaluationRecorder, "finish", held)
    started = [await submit(services, owner, f"{TEXT} {number}") for number in range(4)]
    await soon(lambda: coach.closed == 4, "all four are judged")
    assert coach.most_at_once <= 2
    disk.set()
    for one in started:
        assert (await views(services, owner, one))[-1].status == "done"


async def test_of_many_that_come_at_once_a_few_are_looked_at_at_a_time(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = list[str]()

    def noted(text: str, *, language: str | None, title: str | None, readable: bool) -> TextMetadata:
        looked.append(text)
        return metadata_of(text, language=language, title=title, readable=readable)

    monkeypatch.setattr(evaluations, "metadata_of", noted)
    visitors = [(await services.visitors.admit())[1] for _ in range(3 * ENTERING_AT_ONCE)]
    async with services.database.write():  # nobody else can store anything
        coming = asyncio.gather(*(submit(services, each) for each in visitors))
        await soon(lambda: len(looked) == ENTERING_AT_ONCE, "the first ones are looked at")
        await asyncio.sleep(0)
        assert len(looked) == ENTERING_AT_ONCE
    assert len(set(await coming)) == len(visitors) == len(looked)


async def test_cancelling_a_running_evaluation_stops_the_coach(
    services: Services, owner: str, coach: ScriptedCoach, clock: Clock
) -> None:
    coach.hold()
    evaluation = await submit(services, owner)
    await soon(lambda: coach.begun, "the coach has begun")
    await services.evaluations.cancel(owner, evaluation)
    assert (await views(services, owner, evaluation))[-1].status == "cancelled"
    await soon(lambda: coach.closed, "the coach is stopped")
    clock.move(60)
    await finish_another(services, owner, coach)
    assert (coach.begun, coach.closed) == (2, 2)
    assert (await services.evaluations.get(owner, evaluation)).status == "cancelled"


async def test_cancelling_a_queued_evaluation_means_it_never_runs(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    coach.hold()
    first, second, third = [await submit(services, owner, f"{TEXT} {number}") for number in range(3)]
    await soon(lambda: coach.begun == 2, "two have begun")
    await services.evaluations.cancel(owner, third)
    coach.go_on()
    for one in (first, second):
        await until(services, owner, one, "done")
    await finish_another(services, owner, coach)
    assert coach.begun == 3
    assert (await services.evaluations.get(owner, third)).status == "cancelled"


async def test_cancelling_what_is_done_changes_nothing(services: Services, owner: str) -> None:
    evaluation = await submit(services, owner)
    await until(services, owner, evaluation, "done")
    await services.evaluations.cancel(owner, evaluation)
    assert (await services.evaluations.get(owner, evaluation)).status == "done"


async def test_cancel_and_finish_at_the_same_moment_leave_one_clear_end(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    for number in range(6):
        coach.pause = 0.002 * number
        evaluation = await submit(services, owner, f"{TEXT} {number}")
        await asyncio.sleep(0.02)  # any moment will do
        await services.evaluations.cancel(owner, evaluation)
        view = (await views(services, owner, evaluation))[-1]
        assert view.status in {"done", "cancelled"}
        assert (view.overall is not None) == (view.status == "done")


async def test_deleting_a_memo_stops_its_evaluation(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    coach.hold()
    evaluation = await submit(services, owner)
    await soon(lambda: coach.begun, "the coach has begun")
    memo = (await services.evaluations.get(owner, evaluation)).memo_id
    await services.memos.delete(owner, memo)
    await soon(lambda: coach.closed, "the coach is stopped")
    with pytest.raises(NotFound):
        await services.evaluations.get(owner, evaluation)
    with pytest.raises(NotFound):
        await views(services, owner, evaluation)


async def test_a_cancelled_evaluation_can_be_tried_again(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    coach.hold()
    evaluation = await submit(services, owner)
    await services.evaluations.cancel(owner, evaluation)
    coach.go_on()
    again = await services.evaluations.retry(owner, evaluation)
    assert again != evaluation
    assert (await views(services, owner, again))[-1].status == "done"
    with pytest.raises(NotRepeatable):
        await services.evaluations.retry(owner, again)


async def test_a_coach_that_breaks_is_tried_three_times_and_then_fails_with_a_sentence(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    def break_down(_step: int) -> None:
        raise RuntimeError("a secret of the memo")

    coach.before = break_down
    view = (await views(services, owner, await submit(services, owner)))[-1]
    assert (view.status, view.error, coach.begun) == ("failed", GAVE_UP, 3)


async def test_a_coach_that_recovers_finishes_with_one_set_of_results(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    def break_once(step: int) -> None:
        if coach.begun == 1 and step == STEPS - 1:
            raise RuntimeError

    coach.before = break_once
    view = (await views(services, owner, await submit(services, owner)))[-1]
    assert (view.status, coach.begun) == ("done", 2)
    assert [criterion.id for criterion in view.criteria] == [f"c{step}" for step in range(STEPS)]
    assert len(view.comments) == STEPS


async def test_what_a_coach_refuses_fails_at_once_with_its_sentence(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    def refuse(_step: int) -> None:
        raise EmptyMemo("There is nothing to judge here.")

    coach.before = refuse
    view = (await views(services, owner, await submit(services, owner)))[-1]
    assert (view.status, view.error, coach.begun) == ("failed", "There is nothing to judge here.", 1)


class Liar(ScriptedCoach):
    """Quotes what does not stand in the memo."""

    async def evaluate(self, memo: Memo, rubric: Rubric) -> AsyncIterator[CoachEvent]:
        async for event in super().evaluate(memo, rubric):
            match event:
                case CommentMade(comment) if comment.id == "o1":
                    yield CommentMade(replace(comment, quote="never written"))
                case CriterionJudged(criterion) if criterion.id == "c2":
                    false = Evidence(0, 5, "wrong")
                    yield CriterionJudged(replace(criterion, evidence=(*criterion.evidence, false)))
                case _:
                    yield event


async def test_a_quote_that_does_not_stand_in_the_memo_is_never_shown(services: Services, owner: str) -> None:
    def liar() -> Coach:
        return Liar()

    coaches.register_coach("builtin", liar)
    view = (await views(services, owner, await submit(services, owner)))[-1]
    assert {comment.id for comment in view.comments} == {"o0", "o2", "o3"}
    assert all(evidence.quote == TEXT[:5] for criterion in view.criteria for evidence in criterion.evidence)


async def test_the_evaluation_of_a_dead_worker_is_taken_over_and_its_late_writes_change_nothing(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    await services.workers.close()
    evaluation = await submit(services, owner)
    async with services.database.write() as session:
        dead = await JobQueue(session).take("dead", now(), now() - timedelta(seconds=1))
    assert dead is not None
    workers = Workers(
        services.database,
        OwnRubrics(),
        MemoryBroadcast(),
        coaches.Coaches(),
        WorkerSettings(lease=1, heartbeat=0.2, look=0.1, drain=0.1),
    )
    workers.start()
    await until(services, owner, evaluation, "done")
    async with services.database.write() as session:
        queue = JobQueue(session)
        assert not await queue.record(dead, NewRows(), done_steps=0, total_steps=9)
        assert not await queue.renew(dead, now())
        assert not await queue.fail(dead.evaluation_id, dead.attempt, now=now(), failures=9, error="late")
        assert not await queue.requeue(dead.evaluation_id, dead.attempt, failures=9, not_before=None)
    await workers.close()
    async with services.database.read() as session:
        stored = (await session.execute(select(Evaluation))).scalar_one()
        assert (stored.status, stored.attempt, stored.failures, stored.error) == ("done", 2, 1, None)
        for rows in (CriterionRow, CommentRow):
            assert (await session.execute(select(func.count()).select_from(rows))).scalar_one() == STEPS


async def test_a_worker_that_lost_its_lease_stops_its_coach(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    coach.hold()
    evaluation = await submit(services, owner)
    await soon(lambda: coach.begun, "the coach has begun")
    async with services.database.write() as session:
        await session.execute(update(Evaluation).values(attempt=7, lease_until=now() + timedelta(seconds=60)))
    await soon(lambda: coach.closed, "the coach is stopped")
    assert (await services.evaluations.get(owner, evaluation)).status == "running"


async def test_a_closing_process_gives_its_evaluations_back_without_counting_a_failure(
    services: Services, owner: str, coach: ScriptedCoach
) -> None:
    coach.hold()
    evaluation = await submit(services, owner)
    await soon(lambda: coach.begun, "the coach has begun")
    await services.workers.close()
    async with services.database.read() as session:
        stored = (await session.execute(select(Evaluation))).scalar_one()
    assert (stored.id, stored.status, stored.failures, coach.closed) == (evaluation, "queued", 0, 1)


async def test_nobody_sees_or_touches_the_evaluation_of_another(
    services: Services, owner: str, stranger: str, coach: ScriptedCoach
) -> None:
    coach.hold()
    evaluation = await submit(services, owner)
    memo = (await services.evaluations.get(owner, evaluation)).memo_id
    for attempt in (
        services.evaluations.get(stranger, evaluation),
        services.evaluations.cancel(stranger, evaluation),
        services.evaluations.retry(stranger, evaluation),
        services.evaluations.submit(stranger, text=TEXT, rubric=RUBRIC, memo_id=memo),
        views(services, stranger, evaluation),
    ):
        with pytest.raises(NotFound):
            await attempt
    coach.go_on()
    assert (await views(services, owner, evaluation))[-1].status == "done"
