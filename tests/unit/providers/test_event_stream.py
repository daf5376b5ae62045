"""Reading the pieces of an answer from OpenAI's stream of events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from memo_coach.providers.client import StreamEnded, StreamPiece, TokenUse
from memo_coach.providers.event_stream import LONGEST_LINE, pieces_of
from memo_coach.providers.failures import ProviderFault


async def parts(*given: bytes) -> AsyncIterator[bytes]:
    for part in given:
        yield part


async def read(*given: bytes) -> list[StreamPiece]:
    return [piece async for piece in pieces_of(parts(*given))]


def event(delta: object = None, finish: str | None = None, **others: object) -> bytes:
    chunk = {"choices": [{"index": 0, "delta": delta or {}, "finish_reason": finish}], **others}
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


END = b"data: [DONE]\n\n"


async def test_text_comes_piece_by_piece_and_then_the_end_with_what_was_used() -> None:
    usage = {"prompt_tokens": 7, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}
    told = b"data: " + json.dumps({"choices": [], "usage": usage}).encode() + b"\n\n"
    stream = event({"content": "Good "}) + event({"content": "memo"}) + event(finish="stop") + told + END
    assert await read(stream) == ["Good ", "memo", StreamEnded("stop", TokenUse(7, 2, 4))]


async def test_it_does_not_matter_where_the_network_cuts() -> None:
    stream = event({"content": "más"}) + event(finish="stop") + END
    assert await read(*(stream[at : at + 1] for at in range(len(stream)))) == ["más", StreamEnded("stop")]


async def test_a_line_separator_within_a_text_is_text() -> None:
    assert await read(event({"content": "a\u2028b\x85c"}), END) == ["a\u2028b\x85c", StreamEnded("other")]


async def test_arguments_of_a_tool_call_are_text() -> None:
    call = {"tool_calls": [{"index": 0, "function": {"name": "answer", "arguments": '{"a"'}}]}
    assert await read(event(call), event(finish="tool_calls"), END) == ['{"a"', StreamEnded("stop")]


async def test_comments_other_fields_and_pieces_without_text_are_passed_over() -> None:
    stream = b": PROCESSING\n\nevent: x\r\n" + event({"role": "assistant", "content": None})
    assert await read(stream, event({"reasoning_content": "hm"}), END) == [StreamEnded("other")]


@pytest.mark.parametrize(
    ("told", "finish"), [("length", "length"), ("content_filter", "filtered"), ("odd", "other")]
)
async def test_the_end_is_named_as_the_coach_names_it(told: str, finish: str) -> None:
    assert await read(event(finish=told), END) == [StreamEnded(finish)]  # type: ignore[arg-type]


async def test_a_last_line_without_a_line_feed_is_read() -> None:
    assert await read(event({"content": "a"}, "stop").rstrip()) == ["a", StreamEnded("stop")]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (event({"content": "half"}), "broken"),
        (b"", "broken"),
        (b"data: {not json\n\n", "server-error"),
        (b"data: [1]\n\n", "server-error"),
        (b'data: {"error": {"message": "overloaded test-key", "code": 503}}\n\n', "server-error"),
        (b'data: {"error": {"code": 429}}\n\n', "rate-limited"),
        (b"data: " + b"x" * (LONGEST_LINE + 1), "server-error"),
    ],
)
async def test_what_is_no_whole_answer_is_a_fault_without_the_providers_words(
    given: bytes, reason: str
) -> None:
    with pytest.raises(ProviderFault) as raised:
        await read(given)
    assert raised.value.fault.reason == reason
    assert "test-key" not in repr(raised.value.fault)


@pytest.mark.parametrize(
    "usage",
    [{"prompt_tokens": "7", "completion_tokens": 1}, {"prompt_tokens": -1, "completion_tokens": 1}, 5],
)
async def test_usage_that_makes_no_sense_is_none(usage: object) -> None:
    assert await read(event({"content": "a"}, "stop", usage=usage), END) == ["a", StreamEnded("stop")]
