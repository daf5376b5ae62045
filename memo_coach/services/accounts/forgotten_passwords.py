"""A link for who has forgotten their password, sent to the account's address; nobody is told whether."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from memo_coach.services import clock
from memo_coach.services.accounts.account_names import normalised_email
from memo_coach.services.accounts.attempts import Attempts
from memo_coach.services.accounts.errors import MailNotSent
from memo_coach.services.accounts.mail import Mail, reset_mail
from memo_coach.services.accounts.one_time_links import Purpose, make_link
from memo_coach.services.errors import Unavailable
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.one_time_links import OneTimeLinkRepository
from memo_coach.storage.repositories.users import UserRepository

_log = structlog.get_logger(__name__)

AGAIN_AFTER: Final = timedelta(minutes=5)
"""An account is sent no more than one such letter in this time."""


class ForgottenPasswords:
    """Sends the links. The work is done after the answer, so that it takes as long for every address."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        attempts: Attempts,
        mail: Mail,
        public_url: str,
        *,
        has_local: bool = True,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._attempts = attempts
        self._mail = mail
        self._public_url = public_url
        self._has_local = has_local
        self._now = now or clock.now
        self._sending: set[asyncio.Task[None]] = set()

    @property
    def is_offered(self) -> bool:
        """Whether letters can be sent; where not, an administrator makes the link."""
        return self._mail.is_configured and self._has_local

    async def request(self, email: str, *, address: str | None) -> None:
        """Send a link to an account's address, if there is such an account. Nobody is told whether.

        Raises:
            TooManyAttempts: this network asks too often.
            Unavailable: the database cannot be used.
        """
        await self._attempts.count_request(address)
        typed = normalised_email(email)
        if typed is not None and self.is_offered:
            task = asyncio.create_task(self._send(typed), name="forgotten password")
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def close(self) -> None:
        """Wait for the letters that are being sent."""
        if self._sending:
            await asyncio.wait(self._sending)

    async def _send(self, email: str) -> None:
        moment = self._now()
        try:
            async with self._unit_of_work.write() as session:
                user = await UserRepository(session).by_email(email)
                if user is None or user.is_disabled or user.password_hash is None:
                    return
                if await OneTimeLinkRepository(session).made_since(
                    user.id, Purpose.RESET, moment - AGAIN_AFTER
                ):
                    return
                link = await make_link(session, Purpose.RESET, user.id, self._public_url, moment)
            await self._mail.send(reset_mail(email, link))
        except (Unavailable, MailNotSent) as error:
            _log.error("a link for a forgotten password was not sent", exc_info=error)
