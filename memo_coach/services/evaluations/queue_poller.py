"""When a worker looks at the queue without being told.

Whatever happens in this process is told at once, and what has a moment that is known beforehand, such as
the end of a dead worker's lease, is looked for then. Everything else comes from other processes, and for that
there is a look now and then: often while somebody else is at work on this database, seldom while nobody is.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import datetime

from memo_coach.services.clock import now


class Clock:
    """The time, and waiting for it; a test may bring one that it moves."""

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return now()

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""
        return time.monotonic()

    async def wait(self, news: asyncio.Event, seconds: float) -> None:
        """Wait for news, so many seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await news.wait()


class QueuePoller:
    """Keeps the time of the next look, and waits for it or for news."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._news = asyncio.Event()
        self._next = clock.monotonic()

    @property
    def is_due(self) -> bool:
        """Whether it is time to look."""
        return self._clock.monotonic() >= self._next

    def wake(self) -> None:
        """End the waiting now."""
        self._news.set()

    def put_off(self, seconds: float) -> None:
        """Look again in so many seconds."""
        self._next = self._clock.monotonic() + seconds

    def look_within(self, seconds: float) -> None:
        """Look again in so many seconds, or earlier where that is planned already."""
        self._next = min(self._next, self._clock.monotonic() + max(0.0, seconds))

    def look_at(self, moment: datetime) -> None:
        """Look when a moment has come, or earlier where that is planned already."""
        self.look_within((moment - self._clock.now()).total_seconds())

    async def wait(self) -> None:
        """Wait until it is time to look, or there is news."""
        if not self._news.is_set():
            await self._clock.wait(self._news, max(0.0, self._next - self._clock.monotonic()))
        self._news.clear()
