"""What a browser wrote as a visitor, before one had to sign in: offered once to who signs in with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from starlette.requests import Request

from memo_coach.services import container
from memo_coach.services.accounts.principal import Principal
from memo_coach.services.errors import NotFound
from memo_coach.web.accounts.name_tag import mark_of
from memo_coach.web.cookies import cookie_header, is_secure, no_cookie_header, tokens_in, values_in

_LEFT: Final = "memo_coach_left"
"""Holds the mark of the account that did not want it; another who signs in here may."""
_FOR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Found:
    """What a visitor wrote."""

    token: str = field(repr=False)
    memos: int


async def memos_to_take_along(request: Request, principal: Principal) -> Found | None:
    """Return what is to be offered, if anything is.

    Raises:
        Unavailable: the database cannot be read.
    """
    services, sent = container.current(), request.headers.get("cookie")
    secure = is_secure(services.settings)
    if mark_of(principal.owner) in values_in(sent, _LEFT, secure=secure):
        return None
    for token in tokens_in(sent, secure=secure):
        if memos := await services.taking_along.offered(token):
            return Found(token, memos)
    return None


async def take_along(request: Request, principal: Principal) -> tuple[str, ...]:
    """Make it the account's; return the cookies for the answer: the visitor is nobody any more.

    Raises:
        Unavailable: the database cannot be used.
    """
    services = container.current()
    found = await memos_to_take_along(request, principal)
    if found is None:
        return ()
    try:
        await services.taking_along.take(principal, found.token)
    except NotFound:  # another tab was faster
        return ()
    return (no_cookie_header(secure=is_secure(services.settings)),)


async def leave(_request: Request, principal: Principal) -> tuple[str, ...]:
    """Leave it where it is; return the cookies for the answer: it is not offered again."""
    secure = is_secure(container.current().settings)
    return (cookie_header(mark_of(principal.owner), secure=secure, lifetime=_FOR, name=_LEFT),)
