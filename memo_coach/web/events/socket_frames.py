"""What may come in over a socket: the frames that a page of ours sends, at a pace that a page has.

The protocol under the events can more than the pages use, and would do all of it for anyone. An event called
``connect`` runs the framework's own connecting once more, for a tab of the sender's choice; a packet may
announce ten thousand million binary parts, each of which is kept until the last has come. So what a page does
not send does not get through.
"""

from __future__ import annotations

import re

import structlog
from starlette.types import Message, Receive, Send

from memo_coach.services.usage.token_bucket import TokenBucket

_log = structlog.get_logger(__name__)

FRAME_BYTES = 1_000_000
"""The framework closes the socket at a bigger frame anyway; this says so before it is parsed."""
FRAMES_BURST = 60
FRAMES_A_SECOND = 20.0
BYTES_BURST = 4_000_000
BYTES_A_SECOND = 500_000.0
"""Hints send up to 60,000 characters at each pause in typing; nothing else of a page comes near that."""
UNSUPPORTED, POLICY_VIOLATION, TOO_BIG = 1003, 1008, 1009

_NAMESPACE = "/_event,"
_KEEPING_ALIVE = frozenset({"1", "2", "3", "6"})
"""Engine.IO's close, ping, pong and noop."""
_CONNECT = f"40{_NAMESPACE}"
_LEAVE = f"41{_NAMESPACE}"
_EVENT = re.compile(rf'42{_NAMESPACE}\["(?:event|client_error)"[,\]]')


def guarded(receive: Receive, send: Send) -> Receive:
    """Return a ``receive`` that drops what no page sends, and closes the socket at what is too much."""
    socket = _Socket()

    async def guarded_receive() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            closing = socket.closing_code(message)
            if closing is not None:
                code, reason = closing
                if not socket.is_closed:
                    socket.is_closed = True
                    _log.warning("socket closed", reason=reason)
                    await send({"type": "websocket.close", "code": code, "reason": ""})
                return {"type": "websocket.disconnect", "code": code}
            if socket.lets_through(message["text"]):
                return message
            _log.warning("frame refused", reason="no page sends it")

    return guarded_receive


class _Socket:
    """What is known of one socket."""

    def __init__(self) -> None:
        self.is_closed = False
        self._is_connected = False
        self._frames = TokenBucket(FRAMES_BURST, FRAMES_A_SECOND)
        self._bytes = TokenBucket(BYTES_BURST, BYTES_A_SECOND)

    def closing_code(self, message: Message) -> tuple[int, str] | None:
        """Return the code and the reason to close the socket at this frame, or nothing."""
        text = message.get("text")
        if text is None:
            return UNSUPPORTED, "binary frame"
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > FRAME_BYTES:
            return TOO_BIG, "frame too big"
        if not self._frames.take():
            return POLICY_VIOLATION, "too many frames"
        if not self._bytes.take(size):
            return POLICY_VIOLATION, "too many bytes"
        return None

    def lets_through(self, text: str) -> bool:
        """Whether a page sends such a frame."""
        if text.startswith(_CONNECT):
            first, self._is_connected = not self._is_connected, True
            return first
        return text in _KEEPING_ALIVE or text.startswith(_LEAVE) or _EVENT.match(text) is not None
