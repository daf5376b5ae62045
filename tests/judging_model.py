"""A model that judges as it is told to, in the pieces and at the moments that it is told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from memo_coach.coaching.llm.model import (
    AnswerEnded,
    Finish,
    Message,
    ModelChosen,
    ModelEvent,
    ModelFailure,
    ModelRequest,
    Role,
    TextArrived,
)
from memo_coach.coaching.rubric.model import Rubric

NAME = "openai/first"


@dataclass
class Turn:
    """One answer: the text in pieces of ``size`` characters (0: at once), then a failure or the end."""

    text: str = ""
    size: int = 0
    failure: Exception | None = None
    finish: Finish = "stop"
    model: str = NAME
    fallback_from: str | None = None
    hold_at: int | None = None
    """After this many characters the model waits for :attr:`ScriptedModel.release`."""


@dataclass
class ScriptedModel:
    """Gives its turns one after the other; asked once too often, it breaks."""

    turns: list[Turn]
    tokens: int = 100
    name: str = NAME
    requests: list[ModelRequest] = field(default_factory=list)
    closed: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        self.requests.append(request)
        self.asked.set()
        turn = self.turns[len(self.requests) - 1]
        try:
            if turn.failure is not None and not turn.text:
                raise turn.failure
            yield ModelChosen(turn.model, turn.fallback_from)
            for piece in _pieces(turn):
                if piece is None:
                    await self.release.wait()
                else:
                    await asyncio.sleep(0)
                    yield TextArrived(piece)
            if turn.failure is not None:
                raise turn.failure
            yield AnswerEnded(turn.finish)
        finally:
            self.closed += 1
            self.ended.set()

    def count_tokens(self, text: str) -> int:
        return self.tokens


def _pieces(turn: Turn) -> list[str | None]:
    if turn.hold_at is not None:
        return [turn.text[: turn.hold_at], None, turn.text[turn.hold_at :]]
    if not turn.text:
        return []
    size = turn.size or len(turn.text)
    return [turn.text[start : start + size] for start in range(0, len(turn.text), size)]


class PlainPrompts:
    """Stands where the prompts of the configuration do; its messages show what they were made from."""

    version = "prompts12345"

    def __init__(self) -> None:
        self.evidence: list[str] = []

    def evaluation(
        self, memo_text: str, language: str, rubric: Rubric, boundary: str, *, evidence: str = ""
    ) -> tuple[Message, ...]:
        self.evidence.append(evidence)
        return _messages("evaluation", memo_text, [language, rubric.id, boundary])

    def repair(
        self,
        memo_text: str,
        language: str,
        rubric: Rubric,
        boundary: str,
        *,
        criteria: Sequence[str],
        overall: bool,
        faults: Sequence[str],
        evidence: str = "",
    ) -> tuple[Message, ...]:
        self.evidence.append(evidence)
        return _messages("repair", memo_text, [language, rubric.id, boundary, *criteria, str(overall)])


def _messages(kind: str, memo_text: str, values: Sequence[str]) -> tuple[Message, ...]:
    system: Role = "system"
    return Message(system, " ".join([kind, *values])), Message("user", memo_text)


def failure(reason: Any, **values: Any) -> ModelFailure:
    return ModelFailure(reason, "told by the test", **values)


def comment(kind: str = "opportunity", quote: str = "", text: str = "", **values: Any) -> dict[str, Any]:
    """Return a comment of an answer."""
    asks = ["How much would it cost the reader?"] if kind == "opportunity" else []
    return {
        "kind": kind,
        "quote": quote,
        "before": "",
        "comment": text or f"The reader looks for the amount and the owner of it ({quote[:8] or 'whole'}).",
        "questions": asks,
        "suggestion": "",
    } | values


def criterion(identity: str, score: float = 3.5, **values: Any) -> dict[str, Any]:
    """Return a criterion of an answer."""
    return {
        "id": identity,
        "reason": "The memo says what it wants, and the reader knows by when to answer it.",
        "evidence": [],
        "score": score,
        "comments": [],
    } | values


OVERALL = {
    "summary": "The memo asks for money and says why. The reader still looks for the risks of the plan.",
    "strengths": ["The amount stands at the top"],
    "opportunities": ["Name the risks and who owns them", "Compare the options on cost"],
}


def answer(criteria: Sequence[dict[str, Any]], overall: dict[str, Any] | None = OVERALL) -> str:
    """Return the text of an answer."""
    document: dict[str, Any] = {"criteria": list(criteria)}
    if overall is not None:
        document["overall"] = overall
    return json.dumps(document, ensure_ascii=False)
