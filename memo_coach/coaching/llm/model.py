"""A language model as the coach sees it: messages in, text out as it comes, whoever provides it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant"]
Purpose = Literal["evaluation", "repair", "chat", "self-test"]
Finish = Literal["stop", "length", "filtered", "other"]

FailureReason = Literal[
    "not-configured",  # no model is set
    "not-allowed",  # this person may use none
    "unreachable",  # no connection, or none in time
    "slow",  # no first word, or no whole answer, in time
    "rate-limited",  # the provider wants fewer requests
    "server-error",  # the provider failed
    "refused-key",  # the provider does not accept our key
    "refused-request",  # the provider refuses this request, whatever the attempt
    "too-long",  # memo and instructions pass what the model can read
    "broken",  # the stream ended, or stood still, in the middle of the answer
    "empty",  # an answer without a word
    "unusable",  # an answer that is nothing of what was asked for, also after the repair
    "circuit-open",  # it failed so often lately that it is left alone for a moment
    "budget",  # the installation's budget of the day is spent or reserved
    "limit",  # this person, or this address, has had as many as one may
]


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a model."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What a model is asked."""

    messages: tuple[Message, ...]
    purpose: Purpose
    most_tokens: int
    """The longest answer, in the model's tokens."""
    schema: Mapping[str, Any] | None = field(default=None, hash=False)
    """The JSON schema of the answer; ``None`` for running text."""
    schema_name: str = "answer"


@dataclass(frozen=True, slots=True)
class ModelChosen:
    """A model answers; before its first text. ``fallback_from`` is the first choice where that is another."""

    model: str
    fallback_from: str | None = None


@dataclass(frozen=True, slots=True)
class TextArrived:
    """The next piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class AnswerEnded:
    """The answer is at its end; ``length`` means that it was cut at the most tokens allowed."""

    finish: Finish


ModelEvent = ModelChosen | TextArrived | AnswerEnded


class ModelFailure(Exception):
    """No model gave a (whole) answer. ``str(error)`` is for the log; pages say a sentence of their own."""

    def __init__(self, reason: FailureReason, detail: str = "", *, until: datetime | None = None) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: FailureReason = reason
        self.until = until
        """For ``limit`` and ``budget``: when it is over."""


class Model(Protocol):
    """A model, with all that stands behind it: retries, other models in its place, what it may cost."""

    name: str
    """The first choice, as the provider's library names it."""

    def answer(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """Ask; the events are one :class:`ModelChosen`, text, and one :class:`AnswerEnded`.

        What fails before the first text is tried again and then tried with the next model, here within. What
        breaks after it is told, and what has come by then stands. Closing the stream stops the answer.

        Raises:
            ModelFailure: while iterating.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """Return about how many tokens a text has, rather too many than too few."""
        ...
