"""A model that is asked again, and then replaced by the next one, before anybody hears of a failure."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from memo_coach.coaching.llm.model import (
    AnswerEnded,
    FailureReason,
    ModelChosen,
    ModelEvent,
    ModelFailure,
    ModelRequest,
    TextArrived,
)
from memo_coach.providers.call import Call, CallContext, CallFailed
from memo_coach.providers.ledger import Ledger
from memo_coach.providers.tokens import count_tokens

FellBack = Callable[[str, str, FailureReason], None]
"""Told of each model that is asked in the place of another: from, to, why."""


class FallbackModel:
    """Asks the models in their order until one answers; see :class:`memo_coach.coaching.llm.model.Model`.

    When all fail, the failure of the first choice is raised: it is the one that tells the most.
    """

    def __init__(
        self,
        models: Sequence[str],
        context: Callable[[str], Awaitable[CallContext]],
        ledger: Ledger,
        total_seconds: float,
        fell_back: FellBack | None = None,
    ) -> None:
        self.name = models[0]
        self._models = tuple(models)
        self._context = context
        self._ledger = ledger
        self._total_seconds = total_seconds
        self._fell_back = fell_back

    async def answer(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Ask; see :class:`memo_coach.coaching.llm.model.Model`."""
        first: ModelFailure | None = None
        contexts = [await self._context(model) for model in self._models]
        deadline = asyncio.get_running_loop().time() + self._total_seconds
        for index, (model, context) in enumerate(zip(self._models, contexts, strict=True)):
            turn = Call(model, request, self._ledger, context, deadline)
            try:
                async with contextlib.aclosing(self._events_of(turn, model)) as events:
                    async for event in events:
                        yield event
            except CallFailed as failed:
                failure, text_came = failed.failure, failed.text_came
            else:
                return
            if text_came:
                raise failure
            first = first or failure
            if asyncio.get_running_loop().time() >= deadline:
                break
            if index + 1 < len(self._models) and self._fell_back is not None:
                self._fell_back(model, self._models[index + 1], failure.reason)
        raise first or ModelFailure("not-configured")

    def count_tokens(self, text: str) -> int:
        """Return about how many tokens a text has, rather too many than too few."""
        return count_tokens(text)

    async def _events_of(self, turn: Call, model: str) -> AsyncGenerator[ModelEvent, None]:
        chosen = False
        async with contextlib.aclosing(turn.events()) as pieces:
            async for piece in pieces:
                if isinstance(piece, AnswerEnded):
                    yield piece
                    continue
                if not chosen:
                    chosen = True
                    yield ModelChosen(model, None if model == self.name else self.name)
                yield TextArrived(piece)
