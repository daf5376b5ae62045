"""News of evaluations for whoever follows them: only that there is some; the database holds what it is."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Broadcast(Protocol):
    """Carries news of evaluations from workers to followers.

    News may be lost or come twice, and does not leave the process in :class:`MemoryBroadcast`: followers
    also look at the database now and then, so the last state is never missed.
    """

    async def announce(self, evaluation_id: str) -> None:
        """Say that an evaluation has changed."""
        ...

    def listen(self, evaluation_id: str) -> AbstractContextManager[asyncio.Event]:
        """Return an event that is set at each announcement; whoever waits clears it."""
        ...


class MemoryBroadcast:
    """A broadcast within one process."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    async def announce(self, evaluation_id: str) -> None:
        """Say that an evaluation has changed."""
        for listener in self._listeners.get(evaluation_id, ()):
            listener.set()

    @contextmanager
    def listen(self, evaluation_id: str) -> Iterator[asyncio.Event]:
        """Yield an event that is set at each announcement; whoever waits clears it."""
        news = asyncio.Event()
        self._listeners[evaluation_id].add(news)
        try:
            yield news
        finally:
            self._listeners[evaluation_id].discard(news)
            if not self._listeners[evaluation_id]:
                del self._listeners[evaluation_id]
