"""Telling an account's person what happened to the ways into it: so that who did not do it finds out.

Each is an entry of the audit log, in the transaction that does it. Its person sees the newest ones where
they see how they sign in, and gets a letter about each, where the installation has a server for that.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services import clock
from memo_coach.services.accounts.errors import MailNotSent
from memo_coach.services.accounts.mail import Letter, Mail
from memo_coach.services.accounts.user_rows import target_of
from memo_coach.storage.repositories.audit import AuditFilter, AuditRepository
from memo_coach.storage.tables import User
from memo_coach.translations import text

_log = structlog.get_logger(__name__)

TOLD_OF: Final = (
    "user.password_set",
    "user.password_changed",
    "user.second_factor_added",
    "user.second_factor_removed",
    "user.second_factors_removed",
    "user.recovery_codes_made",
    "user.recovery_code_used",
    "user.token_made",
    "user.token_revoked",
)
"""The actions of the audit log that an account's person is told of."""
MOST_SHOWN: Final = 20
AT_ONCE: Final = 2
"""Letters that are sent at a time: the threads that send are others', too."""
MOST_WAITING: Final = 500


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """Something that happened to the ways into an account."""

    moment: datetime
    what: str
    """A sentence, in the language that is spoken."""
    address: str
    """From where it was done; empty where that is not known."""
    by: str
    """Who did it, where it was somebody else; else empty."""


class AccountNotices:
    """Sends the letters, after what they tell of was stored, and keeps nobody waiting for them."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._places = asyncio.Semaphore(AT_ONCE)
        self._sending: set[asyncio.Task[None]] = set()

    def tell(self, email: str, action: str, *, address: str | None) -> None:
        """Send a letter about one of :data:`TOLD_OF`, in the language that is spoken, where letters are sent.

        The entry of the audit log is there in any case, and its person sees it.
        """
        if not self._mail.is_configured:
            return
        if len(self._sending) >= MOST_WAITING:
            _log.error("a letter about an account was not sent", reason="too many wait")
            return
        task = asyncio.create_task(
            self._send(_letter(email, action, address)), name="letter about an account"
        )
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def close(self) -> None:
        """Wait for the letters that are being sent."""
        if self._sending:
            await asyncio.wait(self._sending)

    async def _send(self, letter: Letter) -> None:
        try:
            async with self._places:
                await self._mail.send(letter)
        except MailNotSent as error:
            _log.error("a letter about an account was not sent", exc_info=error)


async def events_of(session: AsyncSession, user: User) -> tuple[AccountEvent, ...]:
    """Return what happened to the ways into an account, the newest first."""
    wanted = AuditFilter(target=target_of(user), actions=TOLD_OF)
    entries = await AuditRepository(session).entries(wanted, MOST_SHOWN)
    return tuple(
        AccountEvent(
            each.moment,
            _sentence(each.action),
            each.address or "",
            "" if each.actor_user == user.id else each.actor,
        )
        for each in entries
    )


def _letter(email: str, action: str, address: str | None) -> Letter:
    what, moment = _sentence(action), f"{clock.now():%Y-%m-%d %H:%M} UTC"
    place = text("account_events.from", address=address) if address else text("account_events.by_operator")
    body = text("account_events.body", what=what, email=email, moment=moment, place=place)
    return Letter(email, text("account_events.subject", what=what.rstrip(".")), body)


def _sentence(action: str) -> str:
    told = action.removeprefix("user.")
    return text(f"account_events.told_{told}")
