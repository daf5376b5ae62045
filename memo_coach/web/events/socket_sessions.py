"""What is kept of the request that opened a socket, and for how long the socket is its owner's.

The framework keeps a socket's headers with each state, and hands them to each event. Of all that a browser
sends, and of whatever else somebody puts there, only what is read later goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import structlog
from starlette.types import Message, Receive, Send

from memo_coach.services.errors import Unavailable
from memo_coach.web.middleware.client_address import is_of_proxy
from memo_coach.web.middleware.origins import POLICY_VIOLATION

_log = structlog.get_logger(__name__)

LONGEST_HEADER = 300
"""Of those that are kept."""
_READ_LATER = frozenset({b"host", b"origin", b"user-agent", b"accept-language"})
_OF_THE_HANDSHAKE = (b"sec-websocket-", b"upgrade", b"connection")

RawHeaders = Sequence[tuple[bytes, bytes]]


class Identifying(Protocol):
    """The part of the services that knows tokens."""

    async def identify(self, token: str | None) -> str | None:
        """Return the owner of a token, or nothing."""


def kept_headers(headers: RawHeaders) -> dict[bytes, bytes]:
    """Return the headers of a socket's request that are kept, without its cookies."""
    kept = {}
    for name, value in headers:
        if name in _READ_LATER or name.startswith(_OF_THE_HANDSHAKE):
            kept[name] = value[:LONGEST_HEADER]
        elif is_of_proxy(name):
            # That there was a proxy counts, and which of them told of it does not.
            kept[b"via"] = value[:LONGEST_HEADER]
    return kept


def while_known(token: str, visitors: Identifying, receive: Receive, send: Send) -> Receive:
    """Return a ``receive`` that closes the socket once its token is no longer known.

    Each socket sends at least the answers to the server's pings, so this takes seconds where nothing else is
    sent.
    """

    async def receive_while_known() -> Message:
        message = await receive()
        if message["type"] == "websocket.receive" and not await _is_known(token, visitors):
            _log.info("socket closed", reason="session ended")
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""})
            return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}
        return message

    return receive_while_known


async def _is_known(token: str, visitors: Identifying) -> bool:
    try:
        return await visitors.identify(token) is not None
    except Unavailable:
        # Nothing says that the session has ended; before an event runs it is asked for once more.
        return True
