"""What is asked of one provider in one attempt, and what comes back: the port to the providers' library."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from memo_coach.coaching.llm.model import Finish, Message

AnswerMode = Literal["schema", "tool", "json", "plain"]
"""How an answer's shape is asked for: by its schema, as arguments of a tool call, as any JSON, not at all."""


@dataclass(frozen=True, slots=True)
class RequestForm:
    """What a model takes of a request beside its messages."""

    mode: AnswerMode = "schema"
    temperature: bool = True
    seed: bool = True
    usage: bool = True
    """Whether it tells, asked for it, the tokens at the end of a stream."""
    renamed_limit: bool = False
    """Whether it takes the longest answer as ``max_completion_tokens`` only."""


@dataclass(frozen=True, slots=True)
class ProviderRequest:
    """One request to one model."""

    model: str
    messages: tuple[Message, ...]
    most_tokens: int
    form: RequestForm
    schema: Mapping[str, Any] | None = field(default=None, hash=False)
    schema_name: str = "answer"
    purpose: str = "evaluation"


@dataclass(frozen=True, slots=True)
class TokenUse:
    """The tokens of a call, as the provider counted them."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    """Of the prompt's, those that the provider had in its cache."""


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """The answer came to its end, as the provider says."""

    finish: Finish
    use: TokenUse | None = None


StreamPiece = str | StreamEnded


class Client(Protocol):
    """The providers' library, loaded."""

    price_list: Mapping[str, Mapping[str, Any]]
    """Its list of prices, by a model's name."""

    def best_mode(self, model: str) -> AnswerMode:
        """Tell how to ask this model for an answer of a given shape, as far as the library knows it."""
        ...

    def stream(self, attempt: ProviderRequest) -> AsyncGenerator[StreamPiece, None]:
        """Ask; pieces of text that are not empty, then one :class:`StreamEnded`.

        Closing the iterator closes the connection.

        Raises:
            ProviderFault: while iterating.
        """
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


FINISHES: Mapping[str, Finish] = {
    "stop": "stop",
    "end_turn": "stop",
    "eos": "stop",
    "tool_calls": "stop",
    "function_call": "stop",
    "length": "length",
    "max_tokens": "length",
    "content_filter": "filtered",
    "refusal": "filtered",
}


def finish_of(reason: object) -> Finish:
    """Return the end of an answer as the coach knows it, from the provider's word for it."""
    return FINISHES.get(str(reason), "other")
