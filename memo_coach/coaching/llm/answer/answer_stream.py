"""A model's answer that is asked for at once and read when there is time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from memo_coach.coaching.llm.model import Model, ModelEvent, ModelFailure, ModelRequest, TextArrived


class AnswerStream:
    """Begins to ask on construction, and gives the events of the answer as an asynchronous iterator.

    Pieces of text that have come since the last one was taken are given as one. The iteration ends with the
    answer, also where that fails: ``failure`` then says how. ``has_text`` tells whether there was a word.
    Anything else that goes wrong is raised from the iteration. Leaving the context stops the answer at once.
    """

    def __init__(self, model: Model, request: Callable[[], ModelRequest]) -> None:
        self.failure: ModelFailure | None = None
        self.has_text = False
        # What a model says is bounded by the most tokens it may say, and so this is too.
        self._waiting: deque[ModelEvent] = deque()
        self._has_news = asyncio.Event()
        self._task = asyncio.create_task(self._listen(model, request), name="answer of a model")
        self._task.add_done_callback(lambda _: self._has_news.set())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await ended(self._task)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ModelEvent:
        while not self._waiting:
            if self._task.done():
                self._task.result()
                raise StopAsyncIteration
            self._has_news.clear()
            await self._has_news.wait()
        event = self._waiting.popleft()
        return TextArrived(event.text + self._rest()) if isinstance(event, TextArrived) else event

    def _rest(self) -> str:
        """Take the pieces of text that have come by now."""
        pieces = []
        while self._waiting and isinstance(piece := self._waiting[0], TextArrived):
            pieces.append(piece.text)
            self._waiting.popleft()
        return "".join(pieces)

    async def _listen(self, model: Model, request: Callable[[], ModelRequest]) -> None:
        try:
            # Cancelled here, the model's stream ends within: it is never left between two pieces.
            async for event in model.answer(request()):
                if isinstance(event, TextArrived) and not self.has_text:
                    self.has_text = bool(event.text.strip())
                self._waiting.append(event)
                self._has_news.set()
        except ModelFailure as failure:
            self.failure = failure


async def ended(task: asyncio.Task[Any]) -> None:
    """Stop a task and wait until it has; how it ended is looked at, so that nothing complains of it later."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()
