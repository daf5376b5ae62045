"""How long drafts are kept: so many days after their last change and their writer's last visit.

What goes is a memo that was never evaluated, and a visitor who has nothing (else) here. An evaluated memo
stays, with a draft of its next version, until its writer deletes it; where the operator wishes it, it goes,
too, once nobody has used it for a time, of which its writer is told before. Who was gone for so long and
comes back is a new visitor, by the cookie that they have. Links to read and access tokens that have
expired go as well.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from memo_coach.services import clock
from memo_coach.services.usage.idempotency import REMEMBERED
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.access_tokens import AccessTokenRepository
from memo_coach.storage.repositories.idempotency import IdempotencyRepository
from memo_coach.storage.repositories.retention import InactiveVisitor, RetentionRepository
from memo_coach.storage.repositories.sharing import SharingRepository

_log = structlog.get_logger(__name__)

PASS_EVERY = timedelta(hours=1)
"""Once all who are inactive were looked at, the next look is worth its while an hour later."""
VISITORS_AT_ONCE = 20
DRAFTS_AT_ONCE = 10
"""A transaction on SQLite keeps everybody waiting, and a long draft takes 1 ms to delete."""
LINKS_AT_ONCE = 1_000
STEPS_AT_ONCE = 50
"""Of each sweep; the next one goes on from there."""


class Retention:
    """Removes, step by step, what is kept no longer."""

    def __init__(
        self,
        database: Database,
        lifetime: timedelta,
        clock: Callable[[], datetime] = clock.now,
        *,
        kept_unused: timedelta | None = None,
    ) -> None:
        """``kept_unused`` is for how long a memo is kept that nobody uses; ``None`` is for ever."""
        self._database = database
        self._kept_unused = kept_unused
        self._lifetime = lifetime
        self._clock = clock
        self._seen: InactiveVisitor | None = None
        """The last one that was looked at in this pass."""
        self._next_pass: datetime | None = None

    async def sweep(self) -> tuple[int, int]:
        """Remove some; give how many drafts and how many visitors. Any number may do so at once."""
        drafts = visitors = 0
        unused = 0 if self._is_between_passes() else await self._remove_unused()
        for _ in range(STEPS_AT_ONCE):
            if self._is_between_passes():
                break
            some_drafts, some_visitors = await self._step()
            drafts, visitors = drafts + some_drafts, visitors + some_visitors
        if drafts or visitors or unused:
            _log.info("removed what nobody came back to", drafts=drafts, visitors=visitors, unused=unused)
            # Nobody waits for it: where somebody reads just now, the next to empty the log does this as well.
            await self._database.clear_log()
        return drafts, visitors

    def _is_between_passes(self) -> bool:
        return self._next_pass is not None and self._clock() < self._next_pass

    async def _remove_unused(self) -> int:
        """Remove some of the memos that nobody uses; what is left goes in the next sweeps."""
        removed = 0
        for _ in range(STEPS_AT_ONCE if self._kept_unused is not None else 0):
            before = self._clock() - (self._kept_unused or timedelta())
            async with self._database.write(aside=True) as session:
                some = await RetentionRepository(session).remove_unused(before, DRAFTS_AT_ONCE)
            removed += some
            if some < DRAFTS_AT_ONCE:
                break
        return removed

    async def _step(self) -> tuple[int, int]:
        before = self._clock() - self._lifetime
        async with self._database.read() as session:
            inactive = await RetentionRepository(session).inactive(before, self._seen, VISITORS_AT_ONCE)
        if not inactive:
            async with self._database.write(aside=True) as session:
                await SharingRepository(session).remove_expired(self._clock(), LINKS_AT_ONCE)
                await AccessTokenRepository(session).remove_expired(self._clock(), LINKS_AT_ONCE)
                forgotten = self._clock() - REMEMBERED
                await IdempotencyRepository(session).remove_expired(forgotten, LINKS_AT_ONCE)
            self._seen, self._next_pass = None, self._clock() + PASS_EVERY
            return 0, 0
        leaving = [visitor.id for visitor in inactive if visitor.is_removable]
        removed = (0, 0)
        if leaving:
            async with self._database.write(aside=True) as session:
                removed = await RetentionRepository(session).remove(leaving, before, DRAFTS_AT_ONCE)
        if removed == (0, 0):
            # Nothing (more) of these can go, so the next ones are looked at; else the same ones once more.
            self._seen = inactive[-1]
        return removed
