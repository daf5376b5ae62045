"""Whom a browser's cookies name: a visitor, somebody who has signed in, or a reader of what was shared.

It is asked of the services each time. With accounts, a reader is somebody who opened a link to read without
signing in: they see what the link shows, and nothing is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from memo_coach.services.accounts.principal import Principal
from memo_coach.services.container import Services
from memo_coach.settings import Settings
from memo_coach.web import cookies
from memo_coach.web.cookies import is_secure, tokens_in
from memo_coach.web.events.socket_sessions import Identifying


@dataclass(frozen=True, slots=True)
class Recognised:
    """Whom a token names."""

    principal: Principal
    token: str
    cookie: str
    """The kind of cookie that the token came in."""
    knows: Identifying
    """The part of the services that knows such tokens."""

    @property
    def is_reader(self) -> bool:
        """Whether nothing here is theirs."""
        return self.cookie == cookies.READER


def has_accounts(settings: Settings) -> bool:
    """Whether one has to sign in here."""
    return settings.auth_mode == "accounts"


async def recognised(sent: str | None, services: Services) -> Recognised | None:
    """Return whom a ``Cookie`` header names, or nothing.

    Raises:
        Unavailable: the database cannot be read.
    """
    if not has_accounts(services.settings):
        return await _visitor(sent, services, cookies.VISITOR)
    for token in tokens_in(sent, secure=is_secure(services.settings), name=cookies.SESSION):
        principal = await services.sessions.principal(token)
        if principal is not None:
            return Recognised(principal, token, cookies.SESSION, services.sessions)
    return await _visitor(sent, services, cookies.READER)


async def _visitor(sent: str | None, services: Services, cookie: str) -> Recognised | None:
    for token in tokens_in(sent, secure=is_secure(services.settings), name=cookie):
        owner = await services.visitors.identify(token)
        if owner is not None:
            return Recognised(Principal(owner), token, cookie, services.visitors)
    return None
