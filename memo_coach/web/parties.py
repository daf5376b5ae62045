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
class Share:
    """How much is for one party."""

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


OF_OWNER = Share(sockets=30, at_work=2, waiting=160, characters=4_000_000, burst=400, rate=40)
FROM_ADDRESS = Share(sockets=500, at_work=8, waiting=2_000, characters=40_000_000, burst=6_000, rate=300)
"""An office behind one address, or a proxy that does not tell addresses apart. IPv6 counts by its /64."""


@dataclass(slots=True)
class Party:
    """A browser or an address."""

    share: Share
    pace: TokenBucket
    places: asyncio.Semaphore
    sockets: int = 0
    waiting: int = 0
    characters: int = 0

    @classmethod
    def of(cls, share: Share, clock: Callable[[], float]) -> Party:
        """Return one of whom nothing is known yet."""
        return cls(share, TokenBucket(share.burst, share.rate, clock), asyncio.Semaphore(share.at_work))

    @property
    def is_idle(self) -> bool:
        """Whether it may be forgotten."""
        return not self.sockets and not self.waiting and self.pace.is_full

    def has_room_for(self, characters: int) -> bool:
        """Whether one more event may wait."""
        share = self.share
        return self.waiting < share.waiting and self.characters + characters <= share.characters


@dataclass(frozen=True, slots=True)
class Sender:
    """Who is at the other end of a socket: of one browser, at one address."""

    owner: str
    address: str
    parties: tuple[Party, ...]

    def has_room_for(self, characters: int) -> bool:
        """Whether one more event may wait."""
        return all(party.has_room_for(characters) for party in self.parties)

    def add(self, characters: int) -> None:
        """Note an event that waits or is worked at."""
        for party in self.parties:
            party.waiting += 1
            party.characters += characters

    def remove(self, characters: int) -> None:
        """Note that it is over."""
        for party in self.parties:
            party.waiting -= 1
            party.characters -= characters

    def charge(self, sent: int) -> None:
        """Note how many bytes went to the page."""
        for party in self.parties:
            party.pace.charge(sent / BYTES_A_UNIT)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place to work at an event, and hold it."""
        owner, address = self.parties
        # In this order for all: who waits for a place of the browser holds none of the address.
        async with owner.places, address.places:
            yield

    async def turn(self) -> None:
        """Wait until the pace allows one more event."""
        for party in self.parties:
            party.pace.charge(1)
        seconds = max(party.pace.seconds_in_debt for party in self.parties)
        if seconds > 0:
            await asyncio.sleep(seconds)


@dataclass(slots=True)
class Parties:
    """All that have a socket, or had one lately."""

    of_owner: Share = OF_OWNER
    from_address: Share = FROM_ADDRESS
    clock: Callable[[], float] = time.monotonic
    _known: dict[tuple[str, str], Party] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._known)

    def full(self, owner: str, address: str) -> str | None:
        """Say who may open no further socket, or nothing."""
        for kind, name, share in self._holders(owner, address):
            found = self._known.get((kind, name))
            if found is not None and (
                found.sockets >= share.sockets or found.pace.seconds_in_debt > LONGEST_DEBT_SECONDS
            ):
                return kind
        return None

    @contextmanager
    def connected(self, owner: str, address: str) -> Iterator[Sender]:
        """Count a socket while it is open, and give its sender."""
        parties = tuple(self._party(kind, name, share) for kind, name, share in self._holders(owner, address))
        for party in parties:
            party.sockets += 1
            party.pace.charge(CONNECTING_UNITS)
        try:
            yield Sender(owner, address, parties)
        finally:
            for party in parties:
                party.sockets -= 1

    def _holders(self, owner: str, address: str) -> tuple[tuple[str, str, Share], ...]:
        return ("owner", owner, self.of_owner), ("address", address, self.from_address)

    def _party(self, kind: str, name: str, share: Share) -> Party:
        found = self._known.get((kind, name))
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known = {key: party for key, party in self._known.items() if not party.is_idle}
            found = self._known[kind, name] = Party.of(share, self.clock)
        return found
