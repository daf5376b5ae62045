"""Following one evaluation: from memory where a worker of this process is at it, else from the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from memo_coach.services.evaluations.progress import SoFar
from memo_coach.services.views import FINISHED, EvaluationView

LOOK_ANYWAY_SECONDS = 1.0
"""After how long a follower looks without news: another process may do the work."""
LONGEST_PATIENCE_SECONDS = 8.0
"""Each look that finds it in the queue still doubles the time to the next, up to this."""

State = tuple[str, int]
"""Status and number of changes: of two that are equal, neither is newer."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a follower looks; all raise ``NotFound`` where the owner has no such evaluation any more."""

    whole: Callable[[], Awaitable[EvaluationView]]
    """Reads the evaluation from the database."""
    state: Callable[[], Awaitable[State]]
    """Reads only its state there."""
    live: Callable[[], SoFar | None]
    """Gives what a worker of this process has."""


class Follower:
    """Waits for what is new in one evaluation."""

    def __init__(self, sources: Sources, news: asyncio.Event) -> None:
        self._sources = sources
        self._news = news
        self._stored: EvaluationView | None = None
        self._state: State | None = None
        self._live: tuple[int, int] | None = None
        self._attempt: SoFar | None = None
        self._waits_in_queue = False
        self._shown = 0.0

    async def first(self) -> EvaluationView:
        """Return the evaluation as it stands, from the database."""
        self._news.clear()
        return await self._whole()

    async def next(self, pause: Callable[[], float]) -> EvaluationView:
        """Return it once it changed, at least ``pause()`` seconds after the last time; the end at once."""
        unasked = max(LOOK_ANYWAY_SECONDS, pause())
        patience = unasked
        while True:
            has_news = await self._wait(patience)
            live = self._watched()
            is_new, is_over = await self._has_changed(live)
            left = self._shown + pause() - time.monotonic()
            if is_over or (is_new and left <= 0):
                return await self._whole() if live is None else self._lively(live)
            if not has_news and self._waits_in_queue:
                unasked = min(LONGEST_PATIENCE_SECONDS, 2 * unasked)
            # The end may come within the pause, and is not kept waiting.
            patience = left if is_new else unasked

    def _watched(self) -> SoFar | None:
        """Return the attempt that runs here, also when it has ended and left nothing to ask the database."""
        live, before = self._sources.live(), self._attempt
        if live is None and before is not None and before.finish is not None:
            live = before
        self._attempt = live
        return live

    async def _has_changed(self, live: SoFar | None) -> tuple[bool, bool]:
        if live is not None:
            return (live.attempt, live.changes) != self._live, live.finish is not None
        state = await self._sources.state()
        self._waits_in_queue = state[0] == "queued"
        return state != self._state, state[0] in FINISHED

    def _lively(self, live: SoFar) -> EvaluationView:
        assert self._stored is not None, "the first view comes first"  # noqa: S101
        self._live = live.attempt, live.changes
        self._shown = time.monotonic()
        return live.on(self._stored)

    async def _whole(self) -> EvaluationView:
        self._stored = await self._sources.whole()
        self._state = self._stored.status, self._stored.changes
        self._shown = time.monotonic()
        return self._stored

    async def _wait(self, seconds: float) -> bool:
        """Wait for news; tell whether there was some."""
        if not self._news.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._news.wait()
        has_news = self._news.is_set()
        self._news.clear()
        return has_news
