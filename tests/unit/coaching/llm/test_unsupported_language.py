"""A memo in a language that the built-in coach does not read is the model's alone."""

from __future__ import annotations

import pytest

from memo_coach.coaching.errors import LanguageNotRead
from memo_coach.coaching.evaluation import SecondOpinionGiven
from memo_coach.coaching.memo.parser import parse_memo
from tests.judging_model import PlainPrompts, ScriptedModel, Turn, answer, criterion, failure
from tests.model_evaluations import IDS, RUBRIC, coach_with, of, overall_of, said, whole_answer
from tests.model_evaluations import criteria_of as criteria
from tests.unit.coaching.foreign_memos import sentences

GERMAN = parse_memo(" ".join(sentences()["de"]))


async def test_the_model_judges_it_without_a_second_opinion() -> None:
    events = await said(Turn(whole_answer()), memo=GERMAN)
    assert of(events, SecondOpinionGiven) == []
    assert {each.coach for each in criteria(events).values()} == {"llm"}
    assert overall_of(events).score == 3.0


async def test_the_model_is_told_of_nothing_that_was_found() -> None:
    prompts = PlainPrompts()
    coach = coach_with(ScriptedModel([Turn(whole_answer())]), prompts)
    assert [event async for event in coach.evaluate(GERMAN, RUBRIC)]
    assert prompts.evidence == [""]


async def test_where_the_model_fails_the_writer_is_told_why_and_gets_no_score() -> None:
    with pytest.raises(LanguageNotRead, match=r"could not be reached.*German.*alemán"):
        await said(Turn(failure=failure("unreachable")), memo=GERMAN)


async def test_what_the_model_leaves_out_has_no_score_and_is_named() -> None:
    half = answer([criterion(each, 3.0) for each in IDS[:5]], None)
    events = await said(Turn(half), Turn(half), memo=GERMAN)
    judged = criteria(events)
    assert [judged[each].score for each in IDS] == [3.0] * 5 + [None] * (len(IDS) - 5)
    assert overall_of(events).score == 3.0
    assert any("does not read this language" in notice for notice in overall_of(events).notices)


async def test_a_language_that_was_chosen_is_read_by_the_built_in_coach_too() -> None:
    chosen = parse_memo(GERMAN.text, "es")
    events = await said(Turn(failure=failure("unreachable")), memo=chosen)
    assert len(of(events, SecondOpinionGiven)) == 1
