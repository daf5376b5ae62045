"""How many bytes may be stored from one address in a time, and by those who are new here.

What is typed costs nothing to send, so without an end to it one machine with ever fresh cookies fills any
disk. Three things are counted, all for an address (an IPv6 address by its /64, none by its plain form):

- what is *kept*: by how much the database grows, so a draft that is saved again counts by what it gained;
- what is *written*: all of it, also where it takes the place of what was there, since a database server
  holds on to the old for a while;
- *new visitors*, and what new visitors of all addresses together keep.

Counts live in memory, and processes tell each other of theirs. Chats and evaluations are counted as drafts
are.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services.errors import TooMany
from memo_coach.services.processes.shared_buckets import SharedBuckets
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.token_bucket import TokenBucket, TokenBuckets
from memo_coach.translations import text

_log = structlog.get_logger(__name__)

_HOUR = 3_600.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """So much at once, and so much a second in the long run."""

    at_once: float
    a_second: float


@dataclass(frozen=True, slots=True)
class StorageLimits:
    """How much may be stored. Bytes, but for ``visitors_of_address``.

    The measure is an office of a hundred people behind one address who all work at once. What they store was
    measured: an evaluation takes 12 to 37 kB beside the memo's text; somebody who types adds 1 kB a minute.
    """

    kept_by_address: Allowance = Allowance(64_000_000, 16_000)
    """At once: a hundred people each paste the longest memo that is judged (200 kB) and have it judged
    (again 200 kB where the draft goes on, and the evaluation), 46 MB. In the long run: each has twenty
    memos of 12 kB judged in a day, 150 MB; this is 1.4 GB. To fill 20 GB from one address takes two weeks."""
    written_by_address: Allowance = Allowance(120_000_000, 6_000_000)
    """A hundred people type without a pause in memos of 60 kB, each of which is saved once a second. At
    once: each of them pastes the longest draft there is (400,000 characters, up to three bytes each)."""
    visitors_of_address: Allowance = Allowance(500, 250 / _HOUR)
    """A full lecture hall, all in private windows, twice an hour."""
    kept_by_new_visitors: Allowance = Allowance(1_000_000_000, 24_000)
    """From all addresses together: fifteen such offices on their first day; 2 GB a day in the long run."""


NEW_FOR = timedelta(days=1)
"""So long after the first thing that they stored, visitors are new: robots do not come back with a cookie."""
MEMO_BYTES = 1_000
"""What a memo takes beside its text: its row, its places in indexes, its visitor's row."""
EVALUATION_BYTES = 40_000
"""What an evaluation takes beside the memo's text."""
ANSWER_BYTES = 8_000
"""What an answer in a conversation takes; few are longer."""


class StorageRefused(TooMany):
    """Too much was stored in a short time. The sentence says when there is room again."""

    def __init__(self, reason: str, seconds: float) -> None:
        seconds = min(seconds, _HOUR)
        super().__init__(f"{text(reason)} {_in_words(seconds)}")
        self.retry_after = math.ceil(seconds)
        """Seconds."""


@dataclass(frozen=True, slots=True)
class StorageRequest:
    """What is about to be stored."""

    address: str | None
    """Where it comes from; ``None`` for the operator's own, which is not counted."""
    kept: int
    """By how many bytes the database grows."""
    since: datetime
    """When its visitor stored something for the first time: now, for one who never did."""
    now: datetime

    @property
    def by_first_time_visitor(self) -> bool:
        """Whether its visitor has nothing stored yet."""
        return self.since >= self.now

    @property
    def by_new_visitor(self) -> bool:
        """Whether its visitor is new."""
        return self.now - self.since < NEW_FOR


class StorageBudget:
    """Counts what is stored, and refuses what is too much."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        address_mark: Callable[[str], str],
        limits: StorageLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
        shared: SharedBuckets | None = None,
    ) -> None:
        """``address_mark`` gives what stands for an address: this remembers no address itself.

        ``shared`` makes the buckets, of which other processes take as well.
        """
        found = limits or StorageLimits()
        making = shared or SharedBuckets()

        def buckets(kind: str, allowance: Allowance) -> TokenBuckets[str]:
            return making.buckets(kind, allowance.at_once, allowance.a_second, clock)

        self._unit_of_work = unit_of_work
        self._mark = address_mark
        self._kept = buckets("kept-by-address", found.kept_by_address)
        self._at_once = found.kept_by_address.at_once
        # One memo that is larger than all that may be kept at once is let in where there is room for that.
        # The rest of it is owed, and only the next such memo waits for that: drafts do not.
        self._owed = buckets("owed-by-address", Allowance(0, found.kept_by_address.a_second))
        self._written = buckets("written-by-address", found.written_by_address)
        self._visitors = buckets("visitors-of-address", found.visitors_of_address)
        self._new = buckets("kept-by-new-visitors", found.kept_by_new_visitors)

    def count_written(self, address: str | None, size: int, *, all_new: bool = False) -> None:
        """Count a text that is to be written, before anything is computed on it.

        ``all_new`` is whether it takes no other text's place: then it is refused now instead of later.

        Raises:
            StorageRefused: it is too much. Nothing is counted then.
        """
        if address is None:
            return
        mark = self._mark(address)
        if all_new:
            _refuse(_BY_ADDRESS, self._kept.of(mark), size + MEMO_BYTES)
        written = self._written.of(mark)
        _refuse(_BY_ADDRESS, written, size)
        written.take(size)

    async def count_kept(self, session: AsyncSession, storing: StorageRequest) -> None:
        """Count what is to be kept, within the transaction that keeps it.

        Raises:
            StorageRefused: it is too much. Nothing is counted then.
            Unavailable: the visitor is new, and the disk is short of room.
        """
        if storing.kept <= 0:
            return
        if storing.by_new_visitor:
            await self._unit_of_work.refuse_new_visitors_where_short(session)
        if storing.address is None:
            return
        mark = self._mark(storing.address)
        if storing.kept > self._at_once:
            _refuse(_BY_ADDRESS, self._owed.of(mark), 0)
        taken = [(_BY_ADDRESS, self._kept.of(mark), storing.kept)]
        if storing.by_first_time_visitor:
            taken.append((_NEW_OF_ADDRESS, self._visitors.of(mark), 1))
        if storing.by_new_visitor:
            taken.append((_NEW, self._new.of(""), storing.kept))
        for reason, bucket, amount in taken:
            _refuse(reason, bucket, amount)
        for _, bucket, amount in taken:
            bucket.take(min(amount, bucket.left))
        if storing.kept > self._at_once:
            self._owed.of(mark).charge(storing.kept - self._at_once)


_BY_ADDRESS = "problem.storage_by_address"
_NEW_OF_ADDRESS = "problem.storage_new_of_address"
_NEW = "problem.storage_new"


def _refuse(reason: str, bucket: TokenBucket, amount: float) -> None:
    seconds = bucket.seconds_until(amount)
    if seconds > 0:
        _log.warning("storing refused", reason=reason)
        raise StorageRefused(reason, seconds)


def _in_words(seconds: float) -> str:
    minutes = max(1, math.ceil(seconds / 60))
    return (
        text("problem.room_again", count=minutes) if minutes < 60 else text("problem.room_again_in_an_hour")
    )
