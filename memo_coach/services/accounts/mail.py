"""Mail to people with an account: a link each, by the SMTP server of the installation, beside the loop."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Final
from urllib.parse import unquote, urlsplit

import structlog

from memo_coach.services import clock
from memo_coach.services.accounts.errors import MailNotSent
from memo_coach.services.accounts.views import OneTimeLink
from memo_coach.translations import text

_log = structlog.get_logger(__name__)

TIMEOUT_SECONDS: Final = 10.0
"""For each step of the conversation with the server."""
LONGEST_SECONDS: Final = 30.0
"""For all of it: who asked for the mail waits no longer."""
_PORTS: Final = {"smtp": 25, "starttls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of text alone."""

    to: str
    subject: str
    body: str


class Mail:
    """Sends letters, where the installation has a server for that."""

    def __init__(
        self, smtp_url: str, sender: str, *, trust: Callable[[], ssl.SSLContext] | None = None
    ) -> None:
        """``smtp_url`` is ``smtp``, ``starttls`` or ``smtps`` with a host, or empty; ``trust`` is for TLS."""
        self._url = smtp_url
        self._sender = sender
        self._trust = trust or ssl.create_default_context

    @property
    def is_configured(self) -> bool:
        """Whether letters can be sent at all."""
        return bool(self._url)

    @property
    def host(self) -> str:
        """Where the server is; nothing else of its address, which holds a password."""
        return urlsplit(self._url).hostname or ""

    async def send(self, letter: Letter) -> None:
        """Send a letter.

        Raises:
            MailNotSent: the server did not take it. Why is in the log.
        """
        message = _message(letter, self._sender)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await asyncio.to_thread(self._send, message)
        except (OSError, smtplib.SMTPException, TimeoutError) as error:
            # Neither the letter nor the address of the server, which holds a password.
            _log.error(
                "mail was not sent",
                reason=type(error).__name__,
                status=getattr(error, "smtp_code", None),
                exc_info=error,
            )
            raise MailNotSent from None

    async def reach(self) -> None:
        """Greet the server and sign in to it, and send nothing.

        Raises:
            MailNotSent: it cannot be used. Why is in the log.
        """
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await asyncio.to_thread(self._greet)
        except (OSError, smtplib.SMTPException, TimeoutError) as error:
            _log.error("mail cannot be sent", reason=type(error).__name__, exc_info=error)
            raise MailNotSent from None

    async def send_link(self, link: OneTimeLink, letter: Letter) -> OneTimeLink:
        """Send a letter with a link, where mail is set up, and return the link with whether it was sent.

        One that was not sent can still be copied: the account has been made.
        """
        if not self.is_configured:
            return link
        try:
            await self.send(letter)
        except MailNotSent:
            return link
        return replace(link, is_mailed=True)

    def _send(self, message: EmailMessage) -> None:
        with self._signed_in() as server:
            server.send_message(message)

    def _greet(self) -> None:
        with self._signed_in() as server:
            server.noop()

    @contextmanager
    def _signed_in(self) -> Iterator[smtplib.SMTP]:
        parts = urlsplit(self._url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        server: smtplib.SMTP
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=self._trust())
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        with server:
            if parts.scheme == "starttls":
                server.starttls(context=self._trust())
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            yield server


def invitation_mail(to: str, link: OneTimeLink) -> Letter:
    """Return the letter that invites somebody, in the language that is spoken."""
    return _letter("invitation", to, link)


def reset_mail(to: str, link: OneTimeLink) -> Letter:
    """Return the letter with a link to choose another password, in the language that is spoken."""
    return _letter("reset", to, link)


def _letter(kind: str, to: str, link: OneTimeLink) -> Letter:
    ends = f"{link.expires:%Y-%m-%d %H:%M} UTC"
    body = text(f"account_mail.{kind}_body", link=link.url, ends=ends, email=to)
    return Letter(to, text(f"account_mail.{kind}_subject"), body)


def _message(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].rstrip("> ") or None)
    message["Auto-Submitted"] = "auto-generated"  # no out-of-office note comes back (RFC 3834)
    message.set_content(letter.body)
    return message
