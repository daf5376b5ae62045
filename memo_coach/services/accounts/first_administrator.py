"""The first administrator: invited by who installs, or made by a link in the log of each start without one.

There is no password that everybody knows. Who can read the log of the start runs the installation; that link
opens once, and for a day. Where the log is kept or collected, an invitation takes its place.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from memo_coach.services import clock
from memo_coach.services.accounts.errors import EmailTaken
from memo_coach.services.accounts.one_time_links import Purpose, make_link
from memo_coach.services.accounts.principal import Actor, Role
from memo_coach.services.accounts.user_rows import NewAccount, add_user, audited, target_of
from memo_coach.services.accounts.views import OneTimeLink
from memo_coach.services.administration.audit import record
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.one_time_links import OneTimeLinkRepository
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

    async def invite(self, actor: Actor, *, email: str, name: str) -> OneTimeLink | None:
        """Invite the first administrator; ``None`` where nobody is needed.

        Nobody is where somebody administers, or who is named has an invitation that can still be opened.

        Raises:
            AccountUnfit, EmailTaken, Unavailable: with a sentence.
        """
        account = NewAccount.checked(email, name, Role.ADMINISTRATOR)
        async with self._unit_of_work.write(adds=True) as session:
            users = UserRepository(session)
            if await users.has_administrator():
                return None
            user = await users.by_email(account.email)
            if user is None:
                user = await add_user(session, account, self._now())
            elif user.role != Role.ADMINISTRATOR or user.is_disabled:
                raise EmailTaken
            elif await OneTimeLinkRepository(session).can_be_opened(user.id, Purpose.INVITATION, self._now()):
                return None
            link = await make_link(session, Purpose.INVITATION, user.id, self._public_url, self._now())
            await record(session, actor, "user.invited", target_of(user), after=audited(user))
            return link

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
