"""One way to produce, store, broadcast and follow what grows: evaluations, and answers in conversations.

Whoever produces notes each event in memory, where :class:`InProgress` has it for this process, says through
the :class:`Broadcast` that there is news, and stores what has come now and then (:func:`record`). Whoever
follows (:class:`Followers`) begins with what the database has, then reads memory where the work is done in
this process and the database where it is not, and ends with what is finished.

What grows is the caller's: its events, its rows, and how its end is stored, which is done through
:func:`memo_coach.storage.engine.cancellation.settled`, so that no second cancellation interrupts it.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

View = TypeVar("View")
"""What is shown of something that grows; a value."""
Event = TypeVar("Event")
Item = TypeVar("Item")

STORE_EVERY_SECONDS = 0.5
"""What comes is stored at most this often. It is for followers in other processes, and for whoever takes over
where this one dies: followers in this process see each word at once."""
SHORTEST_PAUSE_SECONDS = 0.1
"""Between two snapshots of what grows; the last one is not kept waiting."""
LOOK_ANYWAY_SECONDS = 1.0
"""After how long a follower looks without news: another process may do the work."""
LONGEST_PATIENCE_SECONDS = 8.0
"""Each look that finds that nobody has begun yet doubles the time to the next, up to this."""
FULL_RATE_AT_ONCE = 4
"""As many at once are stored and shown as often as may be; of more, each less often."""


def slowed(seconds: float, at_once: int) -> float:
    """Return the seconds between two turns, which are more where many are served at once."""
    return seconds * max(1.0, at_once / FULL_RATE_AT_ONCE)


class Broadcast(Protocol):
    """Carries news from those who produce to those who follow: the id of what has changed, and no content.

    News may be lost or come twice, and does not leave the process in :class:`MemoryBroadcast`: followers
    also look at the database now and then, so the last state is never missed.
    """

    def announce_here(self, changed: str) -> None:
        """Say within this process that what has this id has changed: the database does not have it yet."""
        ...

    async def announce(self, changed: str) -> None:
        """Say that what has this id has changed, and that the database has it."""
        ...

    def listen(self, followed: str) -> AbstractContextManager[asyncio.Event]:
        """Return an event that is set at each announcement; whoever waits clears it."""
        ...


class MemoryBroadcast:
    """A broadcast within one process."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def announce_here(self, changed: str) -> None:
        """Say that what has this id has changed."""
        for listener in self._listeners.get(changed, ()):
            listener.set()

    async def announce(self, changed: str) -> None:
        """Say that what has this id has changed."""
        self.announce_here(changed)

    @contextmanager
    def listen(self, followed: str) -> Iterator[asyncio.Event]:
        """Yield an event that is set at each announcement; whoever waits clears it."""
        news = asyncio.Event()
        self._listeners[followed].add(news)
        try:
            yield news
        finally:
            self._listeners[followed].discard(news)
            if not self._listeners[followed]:
                del self._listeners[followed]


class InProgress(Generic[Item]):
    """What this process is at, by id, so that followers need not ask the database."""

    def __init__(self) -> None:
        self._items: dict[str, Item] = {}

    def begin(self, key: str, item: Item) -> Item:
        """Keep an item, in the place of any earlier one, and return it."""
        self._items[key] = item
        return item

    def end(self, key: str, item: Item) -> bool:
        """Forget an item, once the database has how it ended; tell whether it had not been already."""
        is_there = self._items.get(key) is item
        if is_there:
            del self._items[key]
        return is_there

    def of(self, key: str) -> Item | None:
        """Return the item; ``None`` where this process is not at it."""
        return self._items.get(key)

    def all(self) -> list[Item]:
        """Return all that this process is at."""
        return list(self._items.values())


async def record(
    events: AsyncIterator[Event],
    note: Callable[[Event], None],
    store: Callable[[], Awaitable[None]],
    announce: Callable[[], None],
    *,
    every: Callable[[], float] = lambda: STORE_EVERY_SECONDS,
    sign_of_life: float = math.inf,
) -> None:
    """Note and announce events as they come, and store now and then what has come, also during a silence.

    What came since the last store is the caller's to store, with the end. What ``store`` or the stream raises
    ends it; the stream is not read any more then, and has ended its last step.

    Args:
        events: what grows, a piece at a time.
        note: keeps an event in memory.
        store: stores what was noted.
        announce: tells the followers in this process; those in others are told by what stores.
        every: the seconds between two stores.
        sign_of_life: after so many seconds without an event it is stored all the same, for others to see that
            somebody is at it.
    """
    noted = 0

    async def hear() -> None:
        nonlocal noted
        # What comes without a wait in between is noted in one go: a turn of the loop for each of fifty
        # comments would cost more than the comments.
        async for event in events:
            note(event)
            noted += 1
            announce()

    hearing = asyncio.create_task(hear())
    stored, looked_at, stored_at = 0, time.monotonic(), time.monotonic()
    try:
        while not hearing.done():
            due = looked_at + min(every(), sign_of_life)
            await asyncio.wait({hearing}, timeout=max(0.0, due - time.monotonic()))
            looked_at = time.monotonic()
            if not hearing.done() and (noted > stored or looked_at >= stored_at + sign_of_life):
                stored = noted
                await store()
                announce()
                looked_at = stored_at = time.monotonic()
        await hearing
    finally:
        if hearing.cancel():
            await asyncio.wait({hearing})


class Growing(Protocol[View]):
    """What a worker of this process has of something, ahead of the database."""

    @property
    def version(self) -> Hashable:
        """Another value after each change."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether it has ended, and the database has nothing to add to what is here."""
        ...

    def on(self, view: View) -> View:
        """Return an earlier view of the same, brought up to date."""
        ...


@dataclass(frozen=True, slots=True)
class Source(Generic[View]):
    """Where something that is followed is looked for. What reads raises ``NotFound`` where it is no more."""

    read: Callable[[], Awaitable[View]]
    """Returns it as the database has it."""
    look: Callable[[View], Awaitable[View]]
    """Takes what is known, and returns it as the database has it: the same object where that is still all."""
    growing: Callable[[View], Growing[View] | None]
    """Returns what a worker of this process has, where what is known can be brought up to date with it."""
    is_over: Callable[[View], bool]
    """Whether this is the last there will be."""
    is_waiting: Callable[[View], bool] = lambda _view: False
    """Whether nobody has begun yet."""


class Followers:
    """Those who follow in this process."""

    def __init__(self, broadcast: Broadcast) -> None:
        self._broadcast = broadcast
        self._count = 0

    async def follow(self, key: str, source: Source[View], *, settle: float = 0.0) -> AsyncIterator[View]:
        """Yield a snapshot at once and after each change, at most ten a second; end with the finished one.

        What ends within ``settle`` seconds is shown once, as it ended.

        Raises:
            NotFound: there is none, or it is deleted meanwhile.
        """
        # Listening begins before the first look, so that nothing happens unheard in between.
        with self._broadcast.listen(key) as news, self._counted():
            view = await source.read()
            follower = _Follower(source, news, view)
            if settle and not source.is_over(view):
                soon = asyncio.ensure_future(follower.next(lambda: settle))
                try:
                    await asyncio.wait({soon}, timeout=settle)
                    if not soon.done():
                        yield view
                    view = await soon
                finally:
                    if soon.cancel():
                        await asyncio.wait({soon})
            yield view
            while not source.is_over(view):
                view = await follower.next(self._pause)
                yield view

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1

    def _pause(self) -> float:
        return slowed(SHORTEST_PAUSE_SECONDS, self._count)


class _Follower(Generic[View]):
    """Waits for what is new: in memory where this process is at it, else in the database."""

    def __init__(self, source: Source[View], news: asyncio.Event, stored: View) -> None:
        """``stored`` is what was read and shown first."""
        self._source = source
        self._news = news
        self._stored = stored
        self._growing: Growing[View] | None = None
        self._version: Hashable = None
        """Of what grows here, that which was shown last."""
        self._shown = time.monotonic()

    async def next(self, pause: Callable[[], float]) -> View:
        """Return it once it changed, at least ``pause()`` seconds after the last time; the end at once."""
        unasked = max(LOOK_ANYWAY_SECONDS, pause())
        patience, found = unasked, self._stored
        while True:
            has_news = await self._wait(patience)
            growing = self._watched()
            if growing is None:
                found = await self._source.look(found)
                is_new, is_over = found is not self._stored, self._source.is_over(found)
            else:
                is_new, is_over = growing.version != self._version, growing.is_over
            left = self._shown + pause() - time.monotonic()
            if is_over or (is_new and left <= 0):
                return self._show(found, growing)
            if not has_news and growing is None and self._source.is_waiting(found):
                unasked = min(LONGEST_PATIENCE_SECONDS, 2 * unasked)
            # The end may come within the pause, and is not kept waiting.
            patience = left if is_new else unasked

    def _watched(self) -> Growing[View] | None:
        """Return what grows here, also when it has ended and left nothing to ask the database."""
        growing, before = self._source.growing(self._stored), self._growing
        if growing is None and before is not None and before.is_over:
            growing = before
        self._growing = growing
        return growing

    def _show(self, stored: View, growing: Growing[View] | None) -> View:
        self._stored, self._shown = stored, time.monotonic()
        if growing is None:
            return stored
        self._version = growing.version
        return growing.on(stored)

    async def _wait(self, seconds: float) -> bool:
        """Wait for news; tell whether there was some."""
        if not self._news.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._news.wait()
        has_news = self._news.is_set()
        self._news.clear()
        return has_news
