"""How much anyone may send: bodies, frames, events a second, sockets at once, events in waiting.

The figures are far above what a person with a browser reaches: typing sends a few frames a second at most,
because the editor saves by HTTP and only after a pause.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from memo_coach.web.origins import refuse_socket
from memo_coach.web.problems import Problem

_log = structlog.get_logger("memo_coach.web.limits")

BODY_BYTES = 1_048_576
BODY_BYTES_OF = {"/draft": 1_500_000}
FRAME_BYTES = 1_000_000
"""The framework closes the socket at a bigger frame anyway; this says so before it is parsed."""
FRAMES_BURST = 60
FRAMES_A_SECOND = 20.0
SOCKETS_OF_OWNER = 30
SOCKETS_FROM_ADDRESS = 500
"""An office behind one address, or a proxy that does not tell addresses apart."""
HEADER_BYTES = 32_768
POLICY_VIOLATION, TOO_BIG = 1008, 1009


class _BodyTooLarge(Exception):
    """A body grew over its limit while it was read."""


class BodyLimit:
    """Refuses a body over its route's limit, by what it declares and by what it sends."""

    def __init__(
        self, app: ASGIApp, limits: Mapping[str, int] = BODY_BYTES_OF, default: int = BODY_BYTES
    ) -> None:
        self._app = app
        self._limits = limits
        self._default = default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, its body counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self._limits.get(scope["path"], self._default)
        if sum(len(name) + len(value) for name, value in headers.raw) > HEADER_BYTES:
            detail = "The request's headers are too large. Deleting this site's cookies helps."
            await Problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, detail)(scope, receive, send)
            return
        declared = headers.get("content-length", "0")
        if not declared.isdecimal() or int(declared) > limit:
            await _too_large(limit)(scope, receive, send)
            return
        received, started = 0, False

        async def counted_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _BodyTooLarge
            return message

        async def noting_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, counted_receive, noting_send)
        except _BodyTooLarge:
            if started:
                raise
            await _too_large(limit)(scope, receive, send)


def _too_large(limit: int) -> Problem:
    detail = f"That is too much at once: at most {limit:,} bytes can be sent here."
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail, {"Connection": "close"})


@dataclass(slots=True)
class TokenBucket:
    """Lets ``burst`` things through at once and ``rate`` a second in the long run."""

    burst: float = FRAMES_BURST
    rate: float = FRAMES_A_SECOND
    clock: Callable[[], float] = time.monotonic
    _tokens: float = field(init=False)
    _since: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens, self._since = self.burst, self.clock()

    def take(self) -> bool:
        """Take one; give whether there was one."""
        now = self.clock()
        self._tokens = min(self.burst, self._tokens + (now - self._since) * self.rate)
        self._since = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class SocketLimits:
    """Bounds the sockets of an owner and of an address, and the frames of each. Behind the sessions."""

    def __init__(
        self, app: ASGIApp, of_owner: int = SOCKETS_OF_OWNER, from_address: int = SOCKETS_FROM_ADDRESS
    ) -> None:
        self._app = app
        self._limits = {"owner": of_owner, "address": from_address}
        self._open: Counter[tuple[str, str]] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the socket in where there is room, and count what comes through it."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        client = scope.get("client") or ("unknown", 0)
        holders = (("owner", scope["state"]["owner"]), ("address", client[0]))
        full = [kind for kind, name in holders if self._open[kind, name] >= self._limits[kind]]
        if full:
            _log.warning("socket refused", reason=f"too many of one {full[0]}")
            await refuse_socket(receive, send)
            return
        self._open.update(holders)
        try:
            await self._app(scope, _guarded(receive, send), send)
        finally:
            self._open.subtract(holders)
            for holder in holders:
                if self._open[holder] <= 0:
                    del self._open[holder]


def _guarded(receive: Receive, send: Send) -> Receive:
    """Give a ``receive`` that closes the socket at a frame too big or one too many."""
    bucket, closed = TokenBucket(), False

    async def guarded() -> Message:
        nonlocal closed
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        text, binary = message.get("text"), message.get("bytes")
        size = len(text.encode("utf-8", "surrogatepass")) if text is not None else len(binary or b"")
        code = TOO_BIG if size > FRAME_BYTES else None if bucket.take() else POLICY_VIOLATION
        if code is None:
            return message
        if not closed:
            closed = True
            _log.warning(
                "socket closed", reason="frame too big" if code == TOO_BIG else "too many frames", size=size
            )
            await send({"type": "websocket.close", "code": code, "reason": ""})
        return {"type": "websocket.disconnect", "code": code}

    return guarded
