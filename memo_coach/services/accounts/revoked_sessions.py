"""Sessions of browsers that were ended: by whoever sits before one, or by the operator.

What is kept is from when on tokens of an owner count, or of everybody. Each process has all of it in memory,
and finds out from one row whether another process has added to it, at most once a second and only while
somebody is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.storage.repositories.visitors import EVERYBODY, VisitorRepository

_log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 1.0


class RevokedSessions:
    """Which tokens were taken back."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._next_look = float("-inf")
        self._stamp: str | None = None
        self._ends: dict[str, datetime] = {}

    async def is_revoked(self, owner: str, issued: datetime) -> bool:
        """Whether a token that was given out at a moment was taken back since."""
        if self._clock() >= self._next_look:
            await self._look()
        return any(
            end is not None and issued <= end for end in (self._ends.get(EVERYBODY), self._ends.get(owner))
        )

    async def end(self, owner: str | None, moment: datetime) -> bool:
        """Take back what was given out until a moment, to an owner or to anybody; tell whether there is one.

        Of an owner who never wrote anything nothing is kept: there is nothing that a token would open.
        """
        async with self._database.write() as session:
            visitors = VisitorRepository(session)
            if owner is not None and not await visitors.exists(owner):
                return False
            await visitors.revoke_sessions(owner or EVERYBODY, moment)
        self._next_look = float("-inf")
        return True

    async def _look(self) -> None:
        # First, so that of many at once only one looks.
        self._next_look = self._clock() + LOOK_EVERY_SECONDS
        try:
            async with self._database.read() as session:
                visitors = VisitorRepository(session)
                stamp = await visitors.revocations_stamp()
                if stamp != self._stamp:
                    self._ends, self._stamp = await visitors.revocations(), stamp
        except (SQLAlchemyError, DatabaseUnusable) as error:
            # Nothing that is kept can be read meanwhile, by anybody. What is known goes on counting.
            _log.error("ended sessions cannot be looked up", exc_info=error)
