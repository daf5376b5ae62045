"""A model's answer that is asked for at once and read when there is time."""

from __future__ import annotations

import asyncio

import pytest

from memo_coach.coaching.llm.answer.answer_stream import AnswerStream
from memo_coach.coaching.llm.model import AnswerEnded, Message, ModelChosen, ModelRequest, TextArrived
from tests.judging_model import NAME, ScriptedModel, Turn, failure

REQUEST = ModelRequest((Message("user", "Hello."),), "evaluation", 10)


def request() -> ModelRequest:
    return REQUEST


async def test_the_model_is_asked_before_anybody_listens() -> None:
    model = ScriptedModel([Turn("Hello.")])
    async with AnswerStream(model, request):
        await asyncio.wait_for(model.asked.wait(), 5)
        assert model.requests == [REQUEST]


async def test_pieces_that_have_come_by_now_are_given_as_one() -> None:
    model = ScriptedModel([Turn("A whole sentence.", size=1)])
    async with AnswerStream(model, request) as answer:
        await asyncio.wait_for(model.ended.wait(), 5)
        assert [event async for event in answer] == [
            ModelChosen(NAME),
            TextArrived("A whole sentence."),
            AnswerEnded("stop"),
        ]
        assert answer.failure is None


async def test_a_failure_ends_the_answer_and_is_told() -> None:
    model = ScriptedModel([Turn("Half a sen", failure=failure("broken"))])
    async with AnswerStream(model, request) as answer:
        events = [event async for event in answer]
    assert events[-1] == TextArrived("Half a sen")
    assert answer.failure is not None
    assert answer.failure.reason == "broken"


async def test_a_request_that_cannot_be_made_is_a_failure() -> None:
    def refused() -> ModelRequest:
        raise failure("too-long")

    model = ScriptedModel([])
    async with AnswerStream(model, refused) as answer:
        assert [event async for event in answer] == []
    assert answer.failure is not None
    assert answer.failure.reason == "too-long"
    assert model.requests == []


@pytest.mark.parametrize("text", ["", " \n\t"])
async def test_an_answer_without_a_word_is_known(text: str) -> None:
    async with AnswerStream(ScriptedModel([Turn(text)]), request) as answer:
        _ = [event async for event in answer]
    assert not answer.has_text
    async with AnswerStream(ScriptedModel([Turn("A word.")]), request) as answer:
        _ = [event async for event in answer]
    assert answer.has_text


async def test_leaving_stops_the_model_at_once() -> None:
    model = ScriptedModel([Turn("Hello.", hold_at=2)])
    async with AnswerStream(model, request) as answer:
        assert isinstance(await anext(answer), ModelChosen)
        assert model.closed == 0
    assert model.closed == 1


async def test_what_is_no_failure_of_a_model_is_raised() -> None:
    async with AnswerStream(ScriptedModel([Turn("Hel", failure=ZeroDivisionError())]), request) as answer:
        with pytest.raises(ZeroDivisionError):
            _ = [event async for event in answer]
