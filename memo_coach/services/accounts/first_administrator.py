"""The first administrator: as long as there is none, each start has a link in the log that makes one.

There is no password that everybody knows. Who can read the log of the start runs the installation; the link
opens once, and for a day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from memo_coach.services import clock
from memo_coach.services.accounts.one_time_links import Purpose, make_link
from memo_coach.services.accounts.views import OneTimeLink
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.users import UserRepository

_log = structlog.get_logger(__name__)


class FirstAdministrator:
    """Makes the link where it is needed."""

    def __init__(
        self, unit_of_work: UnitOfWork, public_url: str, now: Callable[[], datetime] | None = None
    ) -> None:
        self._unit_of_work = unit_of_work
        self._public_url = public_url
        self._now = now or clock.now

    async def link(self) -> OneTimeLink | None:
        """Return a link that makes the first administrator; ``None`` where there is one.

        Raises:
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.write() as session:
            if await UserRepository(session).has_administrator():
                return None
            return await make_link(session, Purpose.FIRST_ADMINISTRATOR, None, self._public_url, self._now())

    async def announce(self) -> None:
        """Log the link where there is no administrator. Nowhere else is it to be found.

        Raises:
            Unavailable: the database cannot be used.
        """
        link = await self.link()
        if link is not None:
            _log.warning(
                "nobody administers this installation yet; this link, which opens once, makes the first one",
                link=link.url,
                expires=link.expires.isoformat(timespec="minutes"),
            )
