"""Who asks: a browser is known by a random token in a cookie that no script can read.

The token is made at the first page that a browser opens; with accounts, :mod:`.account_session` stands in
this one's place. Everything else asks :mod:`memo_coach.services` whose it is, each time: a token that is no
longer known is nobody's, also on a socket that is open already.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from http import HTTPStatus
from typing import Protocol
from urllib.parse import parse_qs, parse_qsl, urlencode

import structlog
from reflex.state import BaseState
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from memo_coach.services import container
from memo_coach.services.accounts.principal import Principal
from memo_coach.settings import Settings
from memo_coach.web.cookies import cookie_header, cookie_name, is_secure
from memo_coach.web.errors import Refused
from memo_coach.web.events.socket_sessions import kept_headers, while_known
from memo_coach.web.middleware.origins import refuse_socket
from memo_coach.web.recognition import Recognised, recognised

_log = structlog.get_logger(__name__)

PATHS_THAT_RENEW = frozenset({"/draft", "/draft/new"})
"""Beside pages: who writes for months on one page comes, too."""
OPEN_TO_ALL = ("/assets/", "/health/")
"""Where nobody's cookies are looked at."""
_TAB = re.compile(r"[0-9a-fA-F-]{32,36}")


class Visitors(Protocol):
    """The part of the services that knows visitors."""

    async def admit(self) -> tuple[str, str]:
        """Return a new token and its owner."""

    async def renewed(self, token: str | None) -> str | None:
        """Return the token that takes another's place, where that is due."""

    @property
    def lifetime(self) -> timedelta:
        """For how long a browser that does not come is remembered."""


async def recognised_in(state: BaseState) -> Recognised:
    """Return whom the cookies of a Reflex state name, readers among them, asked anew from the services.

    Raises:
        Refused: the browser has no session, or no longer.
        Unavailable: the database cannot be read.
    """
    found = await recognised(state.router.headers.cookie, container.current())
    if found is None:
        raise Refused
    return found


async def principal_of(state: BaseState) -> Principal:
    """Return who acts by a Reflex state, and in which role, asked anew from the services.

    Raises:
        Refused: the browser has no session, or no longer.
        Unavailable: the database cannot be read.
    """
    found = await recognised_in(state)
    if found.is_reader:
        raise Refused
    return found.principal


async def owner_of(state: BaseState) -> str:
    """Return the owner on whose behalf a Reflex state acts, asked anew from the services.

    Raises:
        Refused: the browser has no session, or no longer.
        Unavailable: the database cannot be read.
    """
    return (await principal_of(state)).owner


def address_of(state: BaseState) -> str:
    """Return the network address on whose behalf a Reflex state acts, as :mod:`.client_address` found it."""
    return str(state.router.session.client_ip)


class SessionMiddleware:
    """Puts ``scope["state"]["owner"]`` (or ``None``) on every request, the cookie on a first page."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._secure = is_secure(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request as the owner's."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["type"] == "http" and scope["path"].startswith(OPEN_TO_ALL):
            await self._app(scope, receive, send)
            return
        services = container.current()
        found = await recognised(headers.get("cookie"), services)
        owner = None if found is None else found.principal.owner
        scope.setdefault("state", {})["owner"] = owner
        if scope["type"] == "websocket":
            await open_socket(self._app, scope, receive, send, found)
        elif is_document(scope, headers) or (owner is not None and scope["path"] in PATHS_THAT_RENEW):
            token = None if found is None else found.token
            await self._app(scope, receive, self._with_cookie(services.visitors, token, send))
        else:
            await self._app(scope, receive, send)

    def _with_cookie(self, visitors: Visitors, token: str | None, send: Send) -> Send:
        """Return a ``send`` that brings a new visitor their token, a known one the next where it is due."""

        async def send_with_cookie(message: Message) -> None:
            fresh = None
            if message["type"] == "http.response.start" and _is_page(message["status"]):
                fresh = (await visitors.admit())[0] if token is None else await visitors.renewed(token)
            if fresh is not None:
                add_cookies(message, cookie_header(fresh, secure=self._secure, lifetime=visitors.lifetime))
            await send(message)

        return send_with_cookie


def add_cookies(message: Message, *cookies: str) -> None:
    """Have an answer bring cookies, and no shared cache keep it: all its readers would be one person."""
    answer = MutableHeaders(scope=message)
    for cookie in cookies:
        answer.append("Set-Cookie", cookie)
    answer["Cache-Control"] = "private, no-cache"


async def open_socket(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, found: Recognised | None
) -> None:
    """Open the socket of somebody who is known, for as long as they are; refuse anybody else's."""
    tab = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])[0]
    if found is None or not _TAB.fullmatch(tab):
        _log.info("socket refused", reason="no session" if found is None else "no tab")
        await refuse_socket(receive, send)
        return
    name = cookie_name(found.cookie, secure=is_secure(container.current().settings))
    cookie = f"{name}={found.token}".encode("ascii")
    kept = [*kept_headers(scope["headers"]).items(), (b"cookie", cookie)]
    socket = _with_own_tab({**scope, "headers": kept}, found.principal.owner, tab)
    await app(socket, while_known(found.token, found.knows, receive, send), send)


def _with_own_tab(scope: Scope, owner: str, tab: str) -> Scope:
    """Return the scope with a name of the tab's state that no other owner can arrive at.

    A browser names its tab itself, from a generator that can be foreseen; the framework keeps the state under
    that name. Mixed with the owner's id it is unforeseeable, and another owner's tab of the same name is
    another tab.
    """
    name = hashlib.blake2s(f"{owner}\0{tab}".encode(), digest_size=16).hexdigest()
    query = [
        (key, value) for key, value in parse_qsl(scope["query_string"].decode("latin-1")) if key != "token"
    ]
    return {**scope, "query_string": urlencode([*query, ("token", name)]).encode("ascii")}


def _is_page(status: int) -> bool:
    """Whether an answer shows a page from which the person may go on; the page "not found" is one."""
    return status < HTTPStatus.BAD_REQUEST or status == HTTPStatus.NOT_FOUND


def is_document(scope: Scope, headers: Headers) -> bool:
    """Whether a person's browser opens a page."""
    if scope["method"] != "GET" or headers.get("sec-fetch-dest", "document") != "document":
        return False
    if "purpose" in headers or "sec-purpose" in headers:  # a prefetch: the person may never come
        return False
    return "text/html" in headers.get("accept", "")
