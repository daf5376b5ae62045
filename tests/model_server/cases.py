"""What the server does, by the name of the model that is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.model_server import spoiling
from tests.model_server.answers import Asked, chat_answer, good_answer
from tests.model_server.pace import Pace
from tests.model_server.protocol import Json, Received, error
from tests.model_server.spoiling import Injection

Ending = Literal["whole", "stalls", "cuts"]


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    text: str | None = None
    """``None`` for a message whose content is null."""
    finish: str = "stop"
    ending: Ending = "whole"
    share: float = 1.0
    """How much of the text is sent before it stalls or is cut."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Json | None = None
    refusal: str | None = None
    tells_usage: bool = True
    pace: Pace | None = None
    """Its own pace instead of the server's."""


@dataclass(slots=True)
class Options:
    """What tests change while the server runs."""

    played: str | None = None
    """The case that is played whatever model is asked; ``None`` for the one that the model is named after."""

    pace: Pace = field(default_factory=Pace)
    slow: Pace = field(default_factory=lambda: Pace.lasting(8.0))
    """The pace of the case ``slow``."""
    first_token_delay: float = 120.0
    """What the case ``slow-first-token`` waits: longer than any test's own time limit."""
    obey: Injection | None = None
    """What the case ``obeys`` was told; ``None`` for the orders that stand in the memo."""
    held: bool = False
    """Whether answers wait."""
    texts: tuple[str, ...] = ("",)
    """What the case ``scripted`` says, call by call; the last one again and again."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a case."""

    received: Received
    asked: Asked
    number: int
    """Counts the calls of the same case about the same memo, from 1."""
    options: Options

    @property
    def is_first(self) -> bool:
        """Whether nothing was asked about this memo before."""
        return self.number == 1


Case = Callable[[Call], Reply]


def fine(call: Call) -> Reply:
    """Return a good answer."""
    return Reply(chat_answer(call.asked) if call.asked.is_chat else written(good_answer(call.asked)))


def written(answer: Json) -> str:
    """Write an answer as a model does."""
    return json.dumps(answer, ensure_ascii=False, indent=1)


def _spoilt(spoil: Callable[[Json, Asked], Json | str], *, always: bool = False) -> Case:
    """Make a case whose first answer (or each) is good but for one fault; a chat's is fine."""

    def answer(call: Call) -> Reply:
        if call.asked.is_chat or not (always or call.is_first):
            return fine(call)
        spoilt = spoil(good_answer(call.asked), call.asked)
        return Reply(spoilt if isinstance(spoilt, str) else written(spoilt))

    return answer


def _failing(status: int, body: Json, *, once: bool = False, **headers: str) -> Case:
    """Make a case that answers with an error: always, or only the first time."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(call: Call) -> Reply:
        if once and not call.is_first:
            return fine(call)
        return Reply(status=status, error=body, headers=named)

    return answer


def _broken(ending: Ending, *, always: bool = False) -> Case:
    def answer(call: Call) -> Reply:
        if not (always or call.is_first):
            return fine(call)
        return Reply(fine(call).text, ending=ending, share=0.5)

    return answer


def _instead(reply: Reply, *, always: bool = False) -> Case:
    return lambda call: reply if always or call.is_first else fine(call)


def _truncated(call: Call) -> Reply:
    text = fine(call).text or ""
    return Reply(text[: len(text) // 2], finish="length") if call.is_first else fine(call)


def _hostile(call: Call) -> Reply:
    if call.asked.is_chat:
        return Reply(f"{chat_answer(call.asked)} {spoiling.HOSTILE}")
    return Reply(written(spoiling.hostile_markup(good_answer(call.asked), call.asked)))


def _obeys(call: Call) -> Reply:
    injection = call.options.obey or spoiling.orders_in(call.asked.memo)
    if injection.instead is not None:
        return Reply(injection.instead)
    if call.asked.is_chat:
        return Reply(f"{injection.says} {chat_answer(call.asked)}")
    return Reply(written(spoiling.obedient(good_answer(call.asked), injection)))


def _slow_first_token(call: Call) -> Reply:
    return Reply(fine(call).text, pace=Pace(first_token=call.options.first_token_delay))


def _without(*arguments: str) -> Case:
    """Make a case that refuses requests with any of these arguments, as older and smaller servers do."""

    def answer(call: Call) -> Reply:
        unknown = next((name for name in arguments if name in call.received.body), None)
        if unknown is None:
            return fine(call)
        said = f"Unrecognized request argument supplied: {unknown}"
        return Reply(status=400, error=error(said, "invalid_request_error", None, unknown))

    return answer


def _scripted(call: Call) -> Reply:
    texts = call.options.texts
    return Reply(texts[min(call.number, len(texts)) - 1])


_LIMIT = error("Rate limit reached for requests", "requests", "rate_limit_exceeded")
_SERVER = error("The server had an error while processing your request.", "server_error")
_KEY = error("Incorrect API key provided.", "invalid_request_error", "invalid_api_key")
_REFUSED = error("Invalid value for 'messages'.", "invalid_request_error", "invalid_value", "messages")
_TOO_LONG = error(
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 90000 tokens."
    " Please reduce the length of the messages.",
    "invalid_request_error", "context_length_exceeded", "messages",
)  # fmt: skip

CASES: Mapping[str, Case] = {
    "fine": fine,
    "slow": lambda call: Reply(fine(call).text, pace=call.options.slow),
    "slow-first-token": _slow_first_token,
    "stalls": _broken("stalls", always=True),
    "stalls-once": _broken("stalls"),
    "cuts": _broken("cuts"),
    "cuts-always": _broken("cuts", always=True),
    "rate-limited": _failing(429, _LIMIT),
    "rate-limited-retry-after": _failing(429, _LIMIT, once=True, Retry_After="1"),
    "rate-limited-long": _failing(429, _LIMIT, Retry_After="3600"),
    "failing-then-fine": _failing(500, _SERVER, once=True),
    "failing": _failing(500, _SERVER),
    "refused-key": _failing(401, _KEY),
    "refused-request": _failing(400, _REFUSED),
    "context-too-long": _failing(400, _TOO_LONG),
    "wrong-json": _spoilt(spoiling.another_shape),
    "wrong-json-always": _spoilt(spoiling.another_shape, always=True),
    "broken-json": _spoilt(spoiling.broken_json, always=True),
    "fenced": _spoilt(spoiling.fenced, always=True),
    "prose-around": _spoilt(spoiling.prose_around, always=True),
    "truncated": _truncated,
    "missing-criterion": _spoilt(spoiling.without_one),
    "missing-criterion-always": _spoilt(spoiling.without_one, always=True),
    "invented-criterion": _spoilt(spoiling.with_another, always=True),
    "duplicate-criterion": _spoilt(spoiling.with_one_twice, always=True),
    "score-nine": _spoilt(spoiling.score_nine),
    "score-nine-always": _spoilt(spoiling.score_nine, always=True),
    "huge-number": _spoilt(spoiling.huge_numbers),
    "wrong-language": _spoilt(spoiling.in_another_language),
    "wrong-language-always": _spoilt(spoiling.in_another_language, always=True),
    "invented-quotes": _spoilt(spoiling.invented_quotes, always=True),
    "hostile-markup": _hostile,
    "obeys": _obeys,
    "one-megabyte": _spoilt(spoiling.one_megabyte, always=True),
    "deep-nesting": _spoilt(spoiling.deep_nesting, always=True),
    "empty": _instead(Reply("")),
    "empty-always": _instead(Reply(""), always=True),
    "null-content": _instead(Reply(None), always=True),
    "refusal": _instead(Reply(None, refusal="I cannot help with that."), always=True),
    "no-usage": lambda call: Reply(fine(call).text, tells_usage=False),
    "no-schema": _without("response_format"),
    "no-schema-no-tools": _without("response_format", "tools"),
    "scripted": _scripted,
}
