"""Who asks, where one has to sign in: what is open to everybody is named here, all else needs a session.

A page is asked for without one: the browser is led to where one signs in, and from there to that page.
Anything else is answered with 401. What was shared with somebody by a link they read without an account:
their browser gets a cookie for that, with which nothing but the reading is possible
(:mod:`memo_coach.web.events.authorisation`).
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

import structlog
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from memo_coach.services import container
from memo_coach.services.accounts.principal import Principal
from memo_coach.services.errors import Unavailable
from memo_coach.settings import Settings
from memo_coach.translations import text
from memo_coach.web.accounts.addresses import (
    OF_PROVIDER,
    PASSKEY_REQUESTS,
    SECOND_STEP,
    SIGN_IN,
    SIGN_OUT,
    WELCOME,
    in_every_language,
    sign_in_address,
)
from memo_coach.web.accounts.name_tag import MARK_HEADER, mark_of, name_tag_header
from memo_coach.web.cookies import READER, cookie_header, is_secure
from memo_coach.web.middleware.origins import refuse_socket
from memo_coach.web.middleware.security_headers import SHARED
from memo_coach.web.middleware.session import (
    OPEN_TO_ALL,
    Visitors,
    add_cookies,
    is_document,
    open_socket,
)
from memo_coach.web.problems import Problem
from memo_coach.web.recognition import Recognised, recognised

_log = structlog.get_logger(__name__)

OPEN_PATHS: Final = (
    in_every_language(SIGN_IN, SECOND_STEP, WELCOME, SHARED) | {SIGN_OUT, *PASSKEY_REQUESTS} | OF_PROVIDER
)
"""What needs no session: signing in, and reading what was shared."""
ASKING_FOR_THEMSELVES: Final = ("/api/", "/mcp")
"""They know their callers by a token in a header, and refuse everybody else."""
_FILE = re.compile(r"/[\w.-]+\.(?:css|js|svg|ico|png|txt|webmanifest|woff2)", re.ASCII)
"""A file of the site, which is the same for everybody; nothing of anybody's is at such an address."""
_CHALLENGE: Final = {"WWW-Authenticate": 'Session realm="memo-coach"'}


class AccountSessionMiddleware:
    """Puts ``scope["state"]["owner"]`` and ``["principal"]`` (or ``None``) on each request that may go on."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._secure = is_secure(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request as that of whoever has signed in, or lead them to where they do."""
        is_request = scope["type"] == "http"
        if scope["type"] not in {"http", "websocket"} or (is_request and _is_for_all(scope["path"])):
            await self._app(scope, receive, send)
            return
        try:
            found = await recognised(Headers(scope=scope).get("cookie"), container.current())
        except Unavailable as error:
            refusal = Problem(HTTPStatus.SERVICE_UNAVAILABLE, error.message)
            await (refusal(scope, receive, send) if is_request else refuse_socket(receive, send))
            return
        principal = None if found is None or found.is_reader else found.principal
        scope.setdefault("state", {}).update(
            owner=None if principal is None else principal.owner,
            principal=principal,
        )
        if not is_request:
            scope["state"]["owner"] = None if found is None else found.principal.owner
            await open_socket(self._app, scope, receive, send, found)
        elif principal is None:
            await self._without_session(scope, receive, send, found)
        else:
            await self._with_session(scope, receive, send, principal)

    async def _with_session(self, scope: Scope, receive: Receive, send: Send, principal: Principal) -> None:
        headers = Headers(scope=scope)
        mark = headers.get(MARK_HEADER)
        if mark is not None and mark != mark_of(principal.owner):
            # Somebody else has signed in since the page was opened: what was typed there is not theirs.
            await _sign_in_first("problem.other_account")(scope, receive, send)
            return
        tag = None
        if is_document(scope, headers):
            lifetime = container.current().sessions.lifetime
            tag = name_tag_header(principal, headers.get("cookie"), secure=self._secure, lifetime=lifetime)
        await self._app(scope, receive, send if tag is None else _bringing(tag, send))

    async def _without_session(
        self, scope: Scope, receive: Receive, send: Send, found: Recognised | None
    ) -> None:
        path, is_page = scope["path"], is_document(scope, Headers(scope=scope))
        if path in OPEN_PATHS or path.startswith(ASKING_FOR_THEMSELVES):
            if is_page and found is None and path in _SHARED_PATHS:
                send = _bringing(await self._reader_cookie(container.current().visitors), send)
            await self._app(scope, receive, send)
        elif is_page:
            query = scope.get("query_string", b"").decode("latin-1")
            target = sign_in_address(f"{path}?{query}" if query else path)
            answer = RedirectResponse(target, HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})
            await answer(scope, receive, send)
        else:
            await _sign_in_first("problem.signed_out")(scope, receive, send)

    async def _reader_cookie(self, visitors: Visitors) -> str:
        token, _ = await visitors.admit()
        return cookie_header(token, secure=self._secure, lifetime=visitors.lifetime, name=READER)


_SHARED_PATHS: Final = in_every_language(SHARED)


def _is_for_all(path: str) -> bool:
    return path.startswith(OPEN_TO_ALL) or _FILE.fullmatch(path) is not None


def _sign_in_first(key: str) -> Problem:
    return Problem(HTTPStatus.UNAUTHORIZED, text(key), _CHALLENGE)


def _bringing(cookie: str, send: Send) -> Send:
    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            add_cookies(message, cookie)
        await send(message)

    return send_with_cookie
