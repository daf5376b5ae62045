"""How large the body of a request may be, how long it may take to come, and how many may come at once.

The figures are far above what a person with a browser reaches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from memo_coach.coaching.documents.yaml_documents import LARGEST_DOCUMENT
from memo_coach.documents.reading.limits import MOST_BYTES
from memo_coach.services.administration.graded_memos import MOST_BYTES as MOST_GRADED_BYTES
from memo_coach.services.data.importing import MOST_IMPORT_BYTES
from memo_coach.services.usage.network import network_of
from memo_coach.translations import number, text
from memo_coach.web.accounts.addresses import FORMS
from memo_coach.web.body_room import SMALL_BYTES, BodyRoom
from memo_coach.web.header_limit import HEADER_BYTES
from memo_coach.web.problems import MCP, Problem

_log = structlog.get_logger(__name__)

BODY_BYTES = 1_048_576
FORM_BYTES = 16_384
"""Far more than an address and a password."""
_FILE_FORM_BYTES = 65_536
"""Of a form around a file."""
BODY_BYTES_OF = {
    "/draft": 1_500_000,
    "/uploads": MOST_BYTES,
    "/import": MOST_IMPORT_BYTES,
    "/admin/agreement": MOST_GRADED_BYTES + BODY_BYTES,
    **dict.fromkeys(FORMS, FORM_BYTES),
    "/api/v1/evaluations": 1_500_000,
    MCP: 1_500_000,
    "/api/v1/memos": MOST_BYTES + _FILE_FORM_BYTES,
}
BODY_BYTES_BELOW = {"/api/v1/config/": 12 * LARGEST_DOCUMENT + BODY_BYTES}
"""Below an address; JSON may write each character of a document in twelve bytes."""
BODY_SECONDS = 60.0
"""For the whole body: 25 kB a second suffice for the longest."""


class _BodyRefused(Exception):
    """A body grew over its limit or the room for all while it was read, or did not end. Holds the answer."""

    def __init__(self, answer: Problem) -> None:
        super().__init__()
        self.answer = answer


class BodyLimitMiddleware:
    """Refuses a body over its route's limit, by what it declares and by what it sends, or without end."""

    def __init__(
        self,
        app: ASGIApp,
        limits: Mapping[str, int] = BODY_BYTES_OF,
        default: int = BODY_BYTES,
        seconds: float = BODY_SECONDS,
        room: BodyRoom | None = None,
    ) -> None:
        self._app = app
        self._room = room or BodyRoom()
        self._limits = limits
        self._default = default
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, its body counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self._limit_of(scope["path"])
        if sum(len(name) + len(value) for name, value in headers.raw) > HEADER_BYTES:
            detail = text("problem.headers_too_large")
            await Problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, detail)(scope, receive, send)
            return
        declared = headers.get("content-length", "0")
        if not declared.isdecimal() or int(declared) > limit:
            await _too_large(limit)(scope, receive, send)
            return
        network = network_of((scope.get("client") or ("unknown", 0))[0])
        body = _Body(receive, send, limit, self._seconds, partial(self._room.take, network))
        if declared != "0" or "transfer-encoding" in headers:
            body.expect()
        try:
            await self._app(scope, body.receive, body.send)
        except _BodyRefused as refused:
            if body.is_answered:
                raise
            _log.info("body refused", path=scope["path"], reason=refused.answer.status_code)
            await refused.answer(scope, receive, send)
        finally:
            self._room.give_back(network, body.received)

    def _limit_of(self, path: str) -> int:
        below = (most for begin, most in BODY_BYTES_BELOW.items() if path.startswith(begin))
        return self._limits.get(path) or next(below, self._default)


class _Body:
    """The body of one request, as it comes."""

    def __init__(
        self, receive: Receive, send: Send, limit: int, seconds: float, take_room: Callable[[int], bool]
    ) -> None:
        self._receive = receive
        self._send = send
        self._limit = limit
        self._take_room = take_room
        self._deadline = asyncio.get_running_loop().time() + seconds
        self.received = 0
        self._is_complete = False
        self._is_expected = False
        self.is_answered = False

    def expect(self) -> None:
        """Note that the request says that it has one."""
        self._is_expected = True

    async def receive(self) -> Message:
        """Return what comes next, while it is within the limits."""
        try:
            # Behind the body only the end of the connection is waited for, which may take its time.
            async with asyncio.timeout_at(None if self._is_complete else self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise _BodyRefused(_too_slow()) from None
        is_over = message["type"] == "http.disconnect"
        if is_over and self._is_expected and not self._is_complete and not self.is_answered:
            # The server says so also where it cannot read what comes: a malformed chunk, say.
            raise _BodyRefused(_broken_off())
        count = len(message.get("body", b""))
        self.received += count
        has_room = self._take_room(count)
        self._is_complete = not message.get("more_body", False)
        if self.received > self._limit:
            raise _BodyRefused(_too_large(self._limit))
        if not has_room and self.received > SMALL_BYTES:
            raise _BodyRefused(_no_room())
        return message

    async def send(self, message: Message) -> None:
        """Note that the answer has begun, and send it."""
        self.is_answered = True
        await self._send(message)


def _too_large(limit: int) -> Problem:
    detail = text("problem.body_too_large", most=number(limit))
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail, {"Connection": "close"})


def _no_room() -> Problem:
    detail = text("problem.too_many_bodies")
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, detail, {"Connection": "close", "Retry-After": "10"})


def _broken_off() -> Problem:
    detail = text("problem.body_broken_off")
    return Problem(HTTPStatus.BAD_REQUEST, detail, {"Connection": "close"})


def _too_slow() -> Problem:
    detail = text("problem.body_too_slow")
    return Problem(HTTPStatus.REQUEST_TIMEOUT, detail, {"Connection": "close"})
