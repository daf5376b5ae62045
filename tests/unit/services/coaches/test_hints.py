"""Hints: a few at a time, also where their writers have gone away."""

from __future__ import annotations

import asyncio
import threading

import pytest

from memo_coach.coaching.samples import samples
from memo_coach.services.coaches import hints
from memo_coach.services.coaches.builtin_executor import LONG, BuiltinExecutor
from memo_coach.services.coaches.hints import MOST_AT_ONCE, HintService
from memo_coach.services.rubrics import RubricService

RUBRIC = "investment-memo"
TEXT = samples(RUBRIC, "en")[0].text


async def test_hints_are_the_opportunities_that_matter_most() -> None:
    found = await HintService(RubricService(), BuiltinExecutor()).of(TEXT, RUBRIC)
    assert 0 < len(found.hints) <= 3


async def test_a_rubric_is_proposed_by_what_the_title_says_and_never_the_one_in_use() -> None:
    service = HintService(RubricService(), BuiltinExecutor())
    english, spanish = (
        "Subject: Weekly status report\n\nAll is well.",
        "Asunto: Política de viajes\n\nVa bien.",
    )
    assert (await service.of(english, RUBRIC)).proposed_rubric == "status-update"
    assert (await service.of(english, "status-update")).proposed_rubric is None
    assert (await service.of(spanish, RUBRIC)).proposed_rubric == "policy-memo"


async def test_no_wrong_rubric_is_proposed_for_a_sample() -> None:
    service = HintService(RubricService(), BuiltinExecutor())
    for rubric in RubricService().all():
        for sample in (*samples(rubric.id, "en"), *samples(rubric.id, "es")):
            found = await service.of(sample.text, RUBRIC, sample.language)
            assert found.proposed_rubric in {None, rubric.id}, sample.id


async def test_a_cancelled_hint_keeps_its_place_until_its_thread_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    working, may_end, real = threading.Semaphore(0), threading.Event(), hints.parse_memo

    def held(text: str, language: str) -> object:
        working.release()
        assert may_end.wait(30)
        return real(text, language)

    monkeypatch.setattr(hints, "parse_memo", held)
    service = HintService(RubricService(), BuiltinExecutor())
    asked = [asyncio.ensure_future(service.of(TEXT, RUBRIC)) for _ in range(MOST_AT_ONCE)]
    for _ in asked:
        assert await asyncio.to_thread(working.acquire, timeout=30)
    for each in asked:
        each.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    following = asyncio.ensure_future(service.of(TEXT, RUBRIC))
    # Whatever is to run on this loop and in a free thread has run by then.
    for _ in range(10):
        await asyncio.to_thread(lambda: None)
    assert not working.acquire(blocking=False)
    may_end.set()
    assert (await following).hints


async def test_hints_on_a_long_text_are_worked_out_beside_and_are_the_same() -> None:
    text = "\n\n".join(f"{TEXT}\n\nMemo {number}." for number in range(LONG // len(TEXT) + 1))
    assert len(text) > LONG
    readings = BuiltinExecutor()
    try:
        beside = await HintService(RubricService(), readings).of(text, RUBRIC)
        assert beside.hints == (await HintService(RubricService(), _Never()).of(text, RUBRIC)).hints
    finally:
        readings.close()


class _Never(BuiltinExecutor):
    """Readings that are all done here."""

    @staticmethod
    def is_long(text: str) -> bool:
        return False
