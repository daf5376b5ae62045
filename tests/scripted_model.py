"""A language model that says what it is told to, at the pace that it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from memo_coach.coaching.llm.model import (
    AnswerEnded,
    Finish,
    ModelChosen,
    ModelEvent,
    ModelFailure,
    ModelRequest,
    TextArrived,
)


@dataclass
class ScriptedModel:
    """Says its pieces one by one; waits before each for ``go``, where there is one."""

    pieces: tuple[str, ...]
    finish: Finish = "stop"
    failure: ModelFailure | None = None
    """Raised after the pieces."""
    go: asyncio.Semaphore | None = None
    answered_by: str = "test/model"
    name: str = "test/model"
    requests: list[ModelRequest] = field(default_factory=list)
    closed: int = 0

    async def answer(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        self.requests.append(request)
        try:
            if self.pieces:
                yield ModelChosen(self.answered_by, None if self.answered_by == self.name else self.name)
            for piece in self.pieces:
                if self.go is not None:
                    await self.go.acquire()
                yield TextArrived(piece)
            if self.failure is not None:
                raise self.failure
            yield AnswerEnded(self.finish)
        finally:
            self.closed += 1

    def count_tokens(self, text: str) -> int:
        return len(text) // 4
