"""Many memos at once are all judged, each once and as each would be alone; none is found only by chance."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.rubric.reader import shipped_rubric
from memo_coach.coaching.samples import samples
from memo_coach.coaching.short_texts import SHORT
from memo_coach.services.coaches.builtin_executor import BuiltinExecutor, Steps
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.services.evaluations.worker_settings import WorkerSettings
from memo_coach.services.views import EvaluationView
from memo_coach.settings import Settings
from memo_coach.storage.repositories.memos import MemoRepository
from memo_coach.storage.tables import MemoVersion

RUBRIC = shipped_rubric("investment-memo")
NEVER = 1e6
"""Seconds. What would only be found by looking is not found in a test."""
PATIENCE = 120.0


@pytest.fixture
async def services(settings: Settings, patient_database: None) -> AsyncIterator[Services]:
    """Services with the built-in coach that never look at the queue again."""
    opened = await open_services(settings, WorkerSettings(look=NEVER, idle_look=NEVER))
    yield opened
    await close_services(opened)


def memo(number: int, *, long: bool = False) -> str:
    (text,) = [each.text for each in samples(RUBRIC.id, "en") if each.quality == "strong"]
    return f"{text}\n\nMemo {number}.\n\n" + (text if long else "")


async def followed(services: Services, text: str) -> list[EvaluationView]:
    _token, owner = await services.visitors.admit()
    evaluation = await services.evaluations.submit(owner, text=text, rubric=RUBRIC.id, coach="builtin")
    async with asyncio.timeout(PATIENCE):
        views = [view async for view in services.evaluations.follow(owner, evaluation)]
    assert await services.evaluations.get(owner, evaluation) == views[-1]
    return views


async def test_all_of_a_crowd_are_judged_once_and_as_each_would_be_alone(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside, steps = 0, BuiltinExecutor.steps

    def counted(self: BuiltinExecutor, text: str, rubric: Rubric, language: str) -> Steps:
        nonlocal beside
        beside += 1
        return steps(self, text, rubric, language)

    monkeypatch.setattr(BuiltinExecutor, "steps", counted)
    texts = [memo(number, long=number % 8 == 5) for number in range(24)]
    assert [len(text) > SHORT for text in texts].count(True) == 3
    crowd = await asyncio.gather(*(followed(services, each) for each in texts))
    for text, views in zip(texts, crowd, strict=True):
        done, alone = views[-1], evaluate_text(views[-1].text, RUBRIC, "en")
        assert [view.status for view in views].count("done") == 1
        assert (done.overall, done.criteria, done.status) == (alone.overall, alone.criteria, "done")
        assert {each.id: each for each in done.comments} == {each.id: each for each in alone.comments}
        assert done.text == text
    assert beside > 0


async def test_the_memos_of_a_crowd_are_judged_here_where_nothing_can_be_read_beside(
    services: Services,
) -> None:
    services.models.coaches.executor.close()
    crowd = await asyncio.gather(*(followed(services, memo(number)) for number in range(12)))
    assert [views[-1].status for views in crowd] == ["done"] * 12


async def test_one_alone_is_judged_here(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_arguments: object) -> None:
        raise AssertionError("nobody waits")

    monkeypatch.setattr(BuiltinExecutor, "steps", fails)
    assert (await followed(services, memo(1)))[-1].status == "done"


async def test_a_version_is_stored_only_in_a_memo_of_its_owners(services: Services) -> None:
    _token, owner = await services.visitors.admit()
    evaluation = await services.evaluations.submit(owner, text=memo(1), rubric=RUBRIC.id)
    stored = await services.evaluations.get(owner, evaluation)
    async with services.database.write() as session:
        version = MemoVersion(
            memo=stored.memo_id,
            number=2,
            text="Mine.",
            text_sha256="",
            words=1,
            language="en",
            created=stored.created,
        )
        with pytest.raises(LookupError):
            await MemoRepository(session).add_version("somebody else", version)
        await MemoRepository(session).add_version(owner, version)
