"""Who asks, and whether they may: by an access token, or by the session of a browser."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer

from memo_coach.services import container
from memo_coach.services.accounts.principal import Actor, Principal
from memo_coach.services.accounts.tokens import TokenScope, TokenView
from memo_coach.translations import text
from memo_coach.web.cookies import VISITOR
from memo_coach.web.errors import WebError

_token = HTTPBearer(auto_error=False, scheme_name="token", description="A personal access token, `mct_…`.")
_session = APIKeyCookie(
    name=VISITOR,
    auto_error=False,
    scheme_name="session",
    description="In open mode also the session of a browser, from pages of this service. Over HTTPS the name"
    f" of the cookie is `__Host-{VISITOR}`.",
)


class NotAllowed(WebError):
    """Nobody asks whom the API knows, or somebody who may not do this."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Asker:
    """In whose name a request is made, and from where."""

    owner: str
    token: TokenView | None
    """``None`` for a browser's own session, which may do whatever its visitor may."""
    address: str
    account: Principal | None = None
    """Of a token's owner, where one signs in; a cookie is the pages' alone there."""

    @property
    def is_administrator(self) -> bool:
        """Whether they look after the installation."""
        return self.token is not None and self.account is not None and self.account.is_administrator

    @property
    def actor(self) -> Actor:
        """Under which name what they do is written into the audit log."""
        if self.account is None:
            return Actor(name=self.owner, address=self.address)
        return Actor(name=self.account.name, user=self.account.user, address=self.address)


def _asker(request: Request) -> Asker:
    state = request.scope.get("state", {})
    owner: str | None = state.get("owner")
    token: TokenView | None = state.get("token")
    # Where people have accounts a cookie is the pages' alone.
    is_open = container.current().settings.auth_mode == "open"
    if owner is None or (token is None and not is_open):
        raise NotAllowed(HTTPStatus.UNAUTHORIZED, text("api.who"))
    address = "unknown" if request.client is None else request.client.host
    return Asker(owner, token, address, state.get("account"))


def _with(asker: Asker, scope: TokenScope) -> Asker:
    if asker.token is not None and scope not in asker.token.scopes:
        raise NotAllowed(HTTPStatus.FORBIDDEN, text("api.scope", scope=scope))
    return asker


async def refuse_ended(asker: Asker) -> None:
    """Make sure that who was known when the request came still is: an answer may be long in coming.

    Raises:
        NotAllowed: the token was revoked since, it has expired, or its owner's account is closed.
        Unavailable: the database cannot be read.
    """
    token = asker.token
    if token is not None and not await container.current().tokens.still_counts(asker.owner, token.token_id):
        raise NotAllowed(HTTPStatus.UNAUTHORIZED, text("api.who"))


async def _reader(request: Request) -> Asker:
    return _with(_asker(request), "read")


async def _writer(request: Request) -> Asker:
    return _with(_asker(request), "write")


async def _administrator(request: Request) -> Asker:
    asker = _asker(request)
    if not asker.is_administrator:
        raise NotAllowed(HTTPStatus.FORBIDDEN, text("api.administrators"))
    return _with(asker, "admin")


SECURITY = [Depends(_token), Depends(_session)]
"""For the description of the API alone: who asks is known before a route is looked for."""
Reader = Annotated[Asker, Depends(_reader)]
"""Somebody who may read."""
Writer = Annotated[Asker, Depends(_writer)]
"""Somebody who may change what is theirs."""
Administrator = Annotated[Asker, Depends(_administrator)]
"""Somebody who looks after this installation, by a token that says so."""
