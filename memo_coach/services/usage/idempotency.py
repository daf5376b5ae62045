"""Requests that their sender may repeat, because the first answer may have been lost, and that are done once.

What is kept is what a request led to, such as the id of an evaluation, and no word of a memo: the answer is
made of it anew. A key is its owner's, and is remembered for a day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

from memo_coach.services import clock
from memo_coach.services.clock import new_id
from memo_coach.services.errors import ServiceError, TooMany
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.quotas import MOST_IDEMPOTENCY_KEYS
from memo_coach.storage.repositories.idempotency import IdempotencyRepository
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.storage.tables import IdempotencyKey
from memo_coach.translations import number, text

REMEMBERED: Final = timedelta(hours=24)
CUT_OFF_AFTER: Final = timedelta(minutes=2)
"""A request that is still at it after so long died with its process, and may be made again."""

Result = dict[str, Any]


class KeyUsedOtherwise(ServiceError):
    """The key was given with another request before."""

    def __init__(self) -> None:
        super().__init__(text("api.key_used_otherwise"))


class StillAtIt(ServiceError):
    """The first request with this key is not done yet."""

    def __init__(self) -> None:
        super().__init__(text("api.still_at_it"))


class Idempotency:
    """Does what the owners ask once for each of their keys."""

    def __init__(self, unit_of_work: UnitOfWork, now: Callable[[], datetime] = clock.now) -> None:
        self._unit_of_work = unit_of_work
        self._now = now

    async def once(
        self, owner: str, key: str | None, request: bytes, act: Callable[[], Awaitable[Result]]
    ) -> Result:
        """Do it and return what came of it, or what came of it the first time.

        Without ``key`` it is done each time. ``request`` stands for all that was asked. Where it fails
        nothing is remembered, and it may be tried again with the same key.

        Raises:
            KeyUsedOtherwise: the key stands for another request.
            StillAtIt: the first one is not done yet.
            TooMany: the owner has used as many keys in a day as are remembered.
            Unavailable: the database cannot be used.
        """
        if key is None:
            return await act()
        key_sha256, attempt = hashlib.sha256(key.encode()).hexdigest(), new_id()
        known = await self._begin(owner, key_sha256, hashlib.sha256(request).hexdigest(), attempt)
        if known is not None:
            return known
        try:
            result = await act()
        except BaseException:
            async with self._unit_of_work.write() as session:
                await IdempotencyRepository(session).remove(owner, key_sha256, attempt)
            raise
        async with self._unit_of_work.write() as session:
            await IdempotencyRepository(session).finish(owner, key_sha256, attempt, result)
        return result

    async def _begin(self, owner: str, key_sha256: str, request_sha256: str, attempt: str) -> Result | None:
        """Take the key, or return what came of the request that had it."""
        moment = self._now()
        async with self._unit_of_work.write(adds=True) as session:
            await VisitorRepository(session).lock_or_create(owner, moment)
            keys = IdempotencyRepository(session)
            await keys.remove_of(owner, moment - REMEMBERED)
            known = await keys.get(owner, key_sha256)
            if known is not None and known.request_sha256 != request_sha256:
                raise KeyUsedOtherwise
            if known is not None and known.result is not None:
                return known.result
            if known is not None:
                if moment - known.made < CUT_OFF_AFTER:
                    raise StillAtIt
                known.attempt, known.made = attempt, moment
                return None
            if await keys.count(owner) >= MOST_IDEMPOTENCY_KEYS:
                raise TooMany(text("api.too_many_keys", most=number(MOST_IDEMPOTENCY_KEYS)))
            row = IdempotencyKey(
                owner=owner,
                key_sha256=key_sha256,
                request_sha256=request_sha256,
                attempt=attempt,
                made=moment,
            )
            await keys.add(owner, row)
            return None
