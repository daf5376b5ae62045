"""How many sockets may be open at once, and what goes out through each; what comes in: ``socket_frames``.

The figures are far above what a person with a browser reaches: typing sends a few frames a second at most,
because the editor saves by HTTP and only after a pause.
"""

from __future__ import annotations

from dataclasses import replace

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from memo_coach.services.usage.network import network_of
from memo_coach.web.connection_limits import FROM_ADDRESS, OF_OWNER, SENDER, ConnectionLimiter
from memo_coach.web.events.socket_frames import guarded
from memo_coach.web.middleware.origins import refuse_socket

_log = structlog.get_logger(__name__)

SOCKETS_OF_OWNER, SOCKETS_FROM_ADDRESS = OF_OWNER.sockets, FROM_ADDRESS.sockets


class SocketLimitMiddleware:
    """Bounds the sockets of an owner and of an address, and what goes through each. Behind the sessions."""

    def __init__(
        self, app: ASGIApp, of_owner: int = SOCKETS_OF_OWNER, from_address: int = SOCKETS_FROM_ADDRESS
    ) -> None:
        self._app = app
        self._limiter = ConnectionLimiter(
            replace(OF_OWNER, sockets=of_owner), replace(FROM_ADDRESS, sockets=from_address)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the socket in where there is room, and count what comes and goes through it."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        owner, client = scope["state"]["owner"], scope.get("client") or ("unknown", 0)
        address = network_of(client[0]).hex()
        full = self._limiter.full(owner, address)
        if full is not None:
            _log.warning("socket refused", reason=f"too many of one {full}")
            await refuse_socket(receive, send)
            return
        with self._limiter.connected(owner, address) as sender:

            async def counted_send(message: Message) -> None:
                if message["type"] == "websocket.send":
                    sender.charge(len(message.get("text") or message.get("bytes") or ""))
                await send(message)

            scope["state"][SENDER] = sender
            await self._app(scope, guarded(receive, send), counted_send)
