"""How often one person, and one address, may have a model at work: so and so many in an hour, and in a day.

The hour and the day slide: what counts is the last sixty minutes, not the hour on the clock. Memos that are
evaluated and questions that are asked are counted apart. An address may have more than a person, for many
people can be behind one.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.coaching.llm.model import ModelFailure
from memo_coach.services.clock import new_id
from memo_coach.services.usage.network import network_of
from memo_coach.services.usage.own_limits import own_limits
from memo_coach.storage.repositories.model_uses import ModelUseRepository, Place
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.storage.tables import ModelUse

UsePurpose = Literal["evaluation", "chat"]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEPT = timedelta(days=2)
"""Longer than any window, so that a clock that is set does no harm."""

_MARK_BYTES = 16
_MARK = re.compile(rf"[0-9a-f]{{{2 * _MARK_BYTES}}}")


@dataclass(frozen=True, slots=True)
class UseLimits:
    """How many uses are allowed. 0 allows none."""

    evaluations_per_hour: int
    evaluations_per_day: int
    messages_per_hour: int
    messages_per_day: int
    per_address_factor: int
    """An address may have this many times what a person may; never less than a person."""

    def windows(self, purpose: UsePurpose) -> tuple[tuple[timedelta, int], ...]:
        """Return the windows of a purpose with what one person may have in each."""
        if purpose == "evaluation":
            return ((HOUR, self.evaluations_per_hour), (DAY, self.evaluations_per_day))
        return ((HOUR, self.messages_per_hour), (DAY, self.messages_per_day))

    def for_address(self, for_person: int) -> int:
        """Return what an address may have where a person may have so many."""
        return max(for_person, for_person * self.per_address_factor)


def address_mark(key: bytes, address: str) -> str:
    """Return 32 hexadecimal digits that stand for an address, and that nobody without the key can look up.

    An IPv6 address stands for its /64. What is no address, such as ``unknown``, is one place of its own.
    """
    return hmac.digest(key, b"memo-coach address\0" + network_of(address), "sha256")[:_MARK_BYTES].hex()


async def count_use(
    session: AsyncSession,
    limits: UseLimits,
    *,
    owner: str,
    address: str | None,
    purpose: UsePurpose,
    now: datetime,
) -> None:
    """Count one more use within a writing transaction. Of any number at once, no more pass than may.

    Args:
        session: of the transaction; the owner, and then the address, are locked until it ends.
        limits: how many are allowed.
        owner: who it is; their row is made where there is none yet.
        address: the mark of where they are, as :func:`address_mark` gives it; ``None`` where it is not known.
        purpose: what the model is to do.
        now: the time.

    Raises:
        ModelFailure: ``limit``, with the time from which one more is possible. Nothing is counted.
        ValueError: ``address`` is no mark. An address itself must never be stored.
    """
    if address is not None and not _MARK.fullmatch(address):
        raise ValueError("not the mark of an address")
    await VisitorRepository(session).lock_or_create(owner, now)
    own = (await own_limits(session, owner)).evaluations_a_day if purpose == "evaluation" else None
    uses = ModelUseRepository(session)
    if address is not None:
        await uses.lock_address(address)
    refusals = await _refusals(uses, limits, _Asked(owner, address, purpose, now, own))
    if refusals:
        # Where one of them can never be met, no time can be told.
        times = [until for _, until in refusals if until is not None]
        until = max(times) if len(times) == len(refusals) else None
        raise ModelFailure("limit", "; ".join(reason for reason, _ in refusals), until=until)
    await uses.add(owner, ModelUse(id=new_id(), owner=owner, address=address, purpose=purpose, created=now))


@dataclass(frozen=True, slots=True)
class _Asked:
    owner: str
    address: str | None
    purpose: UsePurpose
    now: datetime
    own_a_day: int | None
    """A limit of their own account; ``None`` where they have what everybody has."""


Refusal = tuple[str, datetime | None]


@dataclass(frozen=True, slots=True)
class _Window:
    """What one of the two may have in one stretch of time."""

    what: str
    length: timedelta
    most: int
    whose: Literal["owner", "address"]
    name: str


async def _refusals(uses: ModelUseRepository, limits: UseLimits, asked: _Asked) -> list[Refusal]:
    """Return why a window has no room, for the log, each with the time at which it has."""
    windows = _windows(limits, asked)
    open_ones = [window for window in windows if window.most > 0]
    # As long as the use at this place is within the window, there are as many in it as may be.
    places = [Place(each.whose, each.name, asked.now - each.length, each.most) for each in open_ones]
    blocking = await uses.newest(asked.purpose, places) if places else []
    shut = [(_reason(window), None) for window in windows if window.most <= 0]
    full = zip(open_ones, blocking, strict=True)
    return [
        *shut,
        *((_reason(window), newest + window.length) for window, newest in full if newest is not None),
    ]


def _windows(limits: UseLimits, asked: _Asked) -> list[_Window]:
    found = []
    for length, of_everybody in limits.windows(asked.purpose):
        most = _most(length, of_everybody, asked.own_a_day)
        found.append(_Window(f"{asked.purpose}s of a person", length, most, "owner", asked.owner))
        if asked.address is not None:
            # Others are at the address as well: one who may have little takes nothing from them.
            of_all = limits.for_address(max(most, of_everybody))
            what = f"{asked.purpose}s of an address"
            found.append(_Window(what, length, of_all, "address", asked.address))
    return found


def _most(length: timedelta, of_everybody: int, own_a_day: int | None) -> int:
    """Return what somebody may have in a stretch of time: who may have many in a day need not space them."""
    if own_a_day is None:
        return of_everybody
    return own_a_day if length == DAY else max(of_everybody, own_a_day)


def _reason(window: _Window) -> str:
    return f"{window.most} {window.what} within {window.length}"
