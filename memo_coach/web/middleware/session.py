"""Who asks: a browser is known by a random token in a cookie that no script can read.

The token is made at the first page that a browser opens. Everything else asks :mod:`memo_coach.services`
whose it is, each time: a token that is no longer known is nobody's, also on a socket that is open already.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from http import HTTPStatus
from itertools import islice
from typing import Protocol
from urllib.parse import parse_qs, parse_qsl, urlencode

import structlog
from reflex.state import BaseState
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from memo_coach.services import container
from memo_coach.settings import Settings
from memo_coach.web.errors import Refused
from memo_coach.web.events.socket_sessions import kept_headers, while_known
from memo_coach.web.middleware.origins import refuse_socket

_log = structlog.get_logger(__name__)

PLAIN_NAME = "memo_coach"
PATHS_THAT_RENEW = frozenset({"/draft", "/draft/new"})
"""Beside pages: who writes for months on one page comes, too."""
MOST_TOKENS = 4
"""Looked at in one header: more than one only comes of somebody meddling."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,128}")
_TAB = re.compile(r"[0-9a-fA-F-]{32,36}")


class Visitors(Protocol):
    """The part of the services that knows visitors."""

    async def identify(self, token: str | None) -> str | None:
        """Return the owner of a token, or nothing."""

    async def admit(self) -> tuple[str, str]:
        """Return a new token and its owner."""

    async def renewed(self, token: str | None) -> str | None:
        """Return the token that takes another's place, where that is due."""

    @property
    def lifetime(self) -> timedelta:
        """For how long a browser that does not come is remembered."""


def is_secure(settings: Settings) -> bool:
    """Whether browsers reach this service over TLS only."""
    return settings.public_url.startswith("https://") or settings.app_env == "production"


def cookie_name(*, secure: bool) -> str:
    """Return the cookie's name; the prefix binds it to this very host and to TLS (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{PLAIN_NAME}" if secure else PLAIN_NAME


def cookie_header(token: str, *, secure: bool, lifetime: timedelta) -> str:
    """Return the ``Set-Cookie`` value for a token: for its time, not for scripts, not from other sites."""
    parts = [
        f"{cookie_name(secure=secure)}={token}",
        "Path=/",
        f"Max-Age={int(lifetime.total_seconds())}",
        "HttpOnly",
        "SameSite=Lax",
    ]
    return "; ".join([*parts, "Secure"] if secure else parts)


def no_cookie_header(*, secure: bool) -> str:
    """Return the ``Set-Cookie`` value that makes a browser forget its token."""
    return cookie_header("", secure=secure, lifetime=timedelta())


def tokens_in(cookies: str | None, *, secure: bool) -> tuple[str, ...]:
    """Return what may be session tokens in a ``Cookie`` header, at most :data:`MOST_TOKENS`, in its order.

    The header is taken apart by hand: the standard library gives up at the first cookie that it does not
    understand, and on a laptop other programs' cookies come along, since cookies do not know ports. Over TLS
    only the prefixed name counts: a neighbouring host could have set the plain one to a token of its own.
    """
    wanted = cookie_name(secure=secure)
    pairs = (part.strip().partition("=") for part in (cookies or "").split(";"))
    found = (value.strip('"') for name, _, value in pairs if name == wanted)
    return tuple(islice((value for value in found if _TOKEN.fullmatch(value)), MOST_TOKENS))


async def session_in(cookies: str | None, visitors: Visitors, *, secure: bool) -> tuple[str, str] | None:
    """Return the owner whom a ``Cookie`` header names, with the token that says so, or nothing."""
    for token in tokens_in(cookies, secure=secure):
        if (owner := await visitors.identify(token)) is not None:
            return owner, token
    return None


async def owner_of(state: BaseState) -> str:
    """Return the owner on whose behalf a Reflex state acts, asked anew from the services.

    Raises:
        Refused: the browser has no session, or no longer.
    """
    services = container.current()
    session = await session_in(
        state.router.headers.cookie, services.visitors, secure=is_secure(services.settings)
    )
    if session is None:
        raise Refused
    return session[0]


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
        if scope["type"] == "http" and scope["path"].startswith(("/assets/", "/health/")):
            await self._app(scope, receive, send)
            return
        visitors: Visitors = container.current().visitors
        session = await session_in(headers.get("cookie"), visitors, secure=self._secure)
        owner, token = session or (None, None)
        scope.setdefault("state", {})["owner"] = owner
        if scope["type"] == "websocket":
            tab = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])[0]
            if owner is None or token is None or not _TAB.fullmatch(tab):
                _log.info("socket refused", reason="no session" if owner is None else "no tab")
                await refuse_socket(receive, send)
                return
            kept = [*kept_headers(scope["headers"]).items(), (b"cookie", self._cookie(token))]
            socket = _with_own_tab({**scope, "headers": kept}, owner, tab)
            await self._app(socket, while_known(token, visitors, receive, send), send)
        elif _is_document(scope, headers) or (owner is not None and scope["path"] in PATHS_THAT_RENEW):
            await self._app(scope, receive, self._with_cookie(visitors, token, send))
        else:
            await self._app(scope, receive, send)

    def _cookie(self, token: str) -> bytes:
        return f"{cookie_name(secure=self._secure)}={token}".encode("ascii")

    def _with_cookie(self, visitors: Visitors, token: str | None, send: Send) -> Send:
        """Return a ``send`` that brings a new visitor their token, a known one the next where it is due."""

        async def send_with_cookie(message: Message) -> None:
            fresh = None
            if message["type"] == "http.response.start" and _is_page(message["status"]):
                fresh = (await visitors.admit())[0] if token is None else await visitors.renewed(token)
            if fresh is not None:
                answer = MutableHeaders(scope=message)
                cookie = cookie_header(fresh, secure=self._secure, lifetime=visitors.lifetime)
                answer.append("Set-Cookie", cookie)
                # A shared cache may keep a cookie with the page, and would make all its readers one visitor.
                answer["Cache-Control"] = "private, no-cache"
            await send(message)

        return send_with_cookie


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


def _is_document(scope: Scope, headers: Headers) -> bool:
    if scope["method"] != "GET" or headers.get("sec-fetch-dest", "document") != "document":
        return False
    if "purpose" in headers or "sec-purpose" in headers:  # a prefetch: the person may never come
        return False
    return "text/html" in headers.get("accept", "")
