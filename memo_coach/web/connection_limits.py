"""Who sends, for what is shared out: a browser with all its tabs, and an address with all its browsers.

One tab that asks for much is slow by itself. A browser that opens thirty of them, or a script with a fresh
cookie for each, would be served thirty times as well as a writer is. So what is at work at one time, what
waits, and how much is sent in the long run is counted for the browser and for the address.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from memo_coach.services.usage.token_bucket import TokenBucket

SENDER = "sender"
"""Under this name a socket's scope has the sender among its state."""
BYTES_A_UNIT = 20_000
"""Sent to a page, that cost as much as one more event."""
CONNECTING_UNITS = 5
"""What opening a socket costs, beside the events that come with it."""
LONGEST_DEBT_SECONDS = 5.0
"""Who owes more opens no further socket meanwhile."""
MOST_REMEMBERED = 10_000
"""Whoever has been quiet long enough is forgotten then, and loses nothing by it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is for one browser, or for one address."""

    sockets: int
    """Open at once."""
    at_work: int
    """Events that are worked at at one time, beside those in the background."""
    waiting: int
    """Events that are worked at or wait for it."""
    characters: int
    """In the arguments of those."""
    burst: float
    """Events, and their like in bytes, that are worked at as they come."""
    rate: float
    """So many more a second. Beyond, they wait; a newer one takes the place of an older of its kind."""


OF_OWNER = Limits(sockets=30, at_work=2, waiting=160, characters=4_000_000, burst=400, rate=40)
FROM_ADDRESS = Limits(sockets=500, at_work=8, waiting=2_000, characters=40_000_000, burst=6_000, rate=300)
"""An office behind one address, or a proxy that does not tell addresses apart. IPv6 counts by its /64."""


@dataclass(slots=True)
class Usage:
    """A browser or an address."""

    limits: Limits
    pace: TokenBucket
    places: asyncio.Semaphore
    sockets: int = 0
    waiting: int = 0
    characters: int = 0

    @classmethod
    def of(cls, limits: Limits, clock: Callable[[], float]) -> Usage:
        """Return one of whom nothing is known yet."""
        return cls(limits, TokenBucket(limits.burst, limits.rate, clock), asyncio.Semaphore(limits.at_work))

    @property
    def is_idle(self) -> bool:
        """Whether it may be forgotten."""
        return not self.sockets and not self.waiting and self.pace.is_full

    def has_room_for(self, characters: int) -> bool:
        """Whether one more event may wait."""
        limits = self.limits
        return self.waiting < limits.waiting and self.characters + characters <= limits.characters


@dataclass(frozen=True, slots=True)
class Sender:
    """Who is at the other end of a socket: of one browser, at one address."""

    owner: str
    address: str
    usages: tuple[Usage, ...]

    def has_room_for(self, characters: int) -> bool:
        """Whether one more event may wait."""
        return all(usage.has_room_for(characters) for usage in self.usages)

    def add(self, characters: int) -> None:
        """Note an event that waits or is worked at."""
        for usage in self.usages:
            usage.waiting += 1
            usage.characters += characters

    def remove(self, characters: int) -> None:
        """Note that it is over."""
        for usage in self.usages:
            usage.waiting -= 1
            usage.characters -= characters

    def charge(self, sent: int) -> None:
        """Note how many bytes went to the page."""
        for usage in self.usages:
            usage.pace.charge(sent / BYTES_A_UNIT)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place to work at an event, and hold it."""
        owner, address = self.usages
        # In this order for all: who waits for a place of the browser holds none of the address.
        async with owner.places, address.places:
            yield

    async def turn(self) -> None:
        """Wait until the pace allows one more event."""
        for usage in self.usages:
            usage.pace.charge(1)
        seconds = max(usage.pace.seconds_in_debt for usage in self.usages)
        if seconds > 0:
            await asyncio.sleep(seconds)


@dataclass(slots=True)
class ConnectionLimiter:
    """All that have a socket, or had one lately."""

    of_owner: Limits = OF_OWNER
    from_address: Limits = FROM_ADDRESS
    clock: Callable[[], float] = time.monotonic
    _known: dict[tuple[str, str], Usage] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._known)

    def full(self, owner: str, address: str) -> str | None:
        """Say who may open no further socket, or nothing."""
        for kind, name, limits in self._holders(owner, address):
            found = self._known.get((kind, name))
            if found is not None and (
                found.sockets >= limits.sockets or found.pace.seconds_in_debt > LONGEST_DEBT_SECONDS
            ):
                return kind
        return None

    @contextmanager
    def connected(self, owner: str, address: str) -> Iterator[Sender]:
        """Count a socket while it is open, and give its sender."""
        usages = tuple(
            self._usage(kind, name, limits) for kind, name, limits in self._holders(owner, address)
        )
        for usage in usages:
            usage.sockets += 1
            usage.pace.charge(CONNECTING_UNITS)
        try:
            yield Sender(owner, address, usages)
        finally:
            for usage in usages:
                usage.sockets -= 1

    def _holders(self, owner: str, address: str) -> tuple[tuple[str, str, Limits], ...]:
        return ("owner", owner, self.of_owner), ("address", address, self.from_address)

    def _usage(self, kind: str, name: str, limits: Limits) -> Usage:
        found = self._known.get((kind, name))
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known = {key: usage for key, usage in self._known.items() if not usage.is_idle}
            found = self._known[kind, name] = Usage.of(limits, self.clock)
        return found
