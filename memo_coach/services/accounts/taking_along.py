"""Taking along: what a browser wrote before its person had an account becomes the account's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from memo_coach.services import clock
from memo_coach.services.accounts.principal import Principal
from memo_coach.services.accounts.visitors import VisitorService
from memo_coach.services.errors import NotFound
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.taking_along import TakingAlongRepository

_log = structlog.get_logger(__name__)


class TakingAlongService:
    """Gives an account what a visitor's token opens. Whoever has the token has all of it anyway."""

    def __init__(
        self, unit_of_work: UnitOfWork, visitors: VisitorService, now: Callable[[], datetime] | None = None
    ) -> None:
        self._unit_of_work = unit_of_work
        self._visitors = visitors
        self._now = now or clock.now

    async def offered(self, visitor_token: str | None) -> int:
        """Return how many memos a browser's token of the time without accounts opens.

        Raises:
            Unavailable: the database cannot be read.
        """
        visitor = await self._visitors.identify(visitor_token)
        if visitor is None:
            return 0
        async with self._unit_of_work.read() as session:
            return await TakingAlongRepository(session).memos_of_visitor(visitor)

    async def take(self, principal: Principal, visitor_token: str | None) -> int:
        """Give all that a token opens to an account, in one transaction; return how many memos.

        Quotas are not asked: what the account then has too many of, it can only make no more of.

        Raises:
            NotFound: the token opens nothing, or who asks has no account.
            Unavailable: the database cannot be used.
        """
        visitor = await self._visitors.identify(visitor_token)
        if visitor is None or principal.user is None or visitor == principal.owner:
            raise NotFound
        async with self._unit_of_work.write() as session:
            taking = TakingAlongRepository(session)
            memos = await taking.memos_of_visitor(visitor)
            if memos == 0:
                raise NotFound
            await taking.give(visitor, principal.owner, self._now())
        _log.info("memos taken along", memos=memos)
        return memos
