"""Bodies that come at once share a bounded room, and leave it when they are answered."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from memo_coach.web.body_room import SMALL_BYTES, BodyRoom
from memo_coach.web.middleware.body_limit import BodyLimitMiddleware

LARGE = SMALL_BYTES + 1


async def answered(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body, as every route does, and answer."""
    await Request(scope, receive).body()
    await Response(status_code=204)(scope, receive, send)


class Sender:
    """A request of which a part of the body has come."""

    def __init__(self, app: BodyLimitMiddleware, address: str, count: int) -> None:
        self._rest: asyncio.Queue[Message] = asyncio.Queue()
        self._rest.put_nowait({"type": "http.request", "body": b"x" * count, "more_body": True})
        self.sent: list[Message] = []
        scope = {
            "type": "http", "method": "PUT", "path": "/uploads", "client": (address, 1),
            "headers": [(b"transfer-encoding", b"chunked")],
        }  # fmt: skip
        self._task = asyncio.create_task(app(scope, self._rest.get, self._keep))

    async def _keep(self, message: Message) -> None:
        self.sent.append(message)

    async def end(self) -> int:
        """Send the end of the body; return the answer's status."""
        self._rest.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        await self._task
        status: int = self.sent[0]["status"]
        return status


@pytest.mark.parametrize(("room", "of_address", "other"), [(9 * LARGE, LARGE, 204), (LARGE, 9 * LARGE, 429)])
async def test_large_bodies_have_a_room_for_an_address_and_one_for_all(
    room: int, of_address: int, other: int
) -> None:
    app = BodyLimitMiddleware(answered, room=BodyRoom(room, of_address))
    first = Sender(app, "192.0.2.1", LARGE)
    await asyncio.sleep(0)
    second = Sender(app, "192.0.2.1", LARGE)
    assert await second.end() == 429
    assert "Too much" in json.loads(second.sent[1]["body"])["detail"]
    assert await Sender(app, "192.0.2.1", SMALL_BYTES).end() == 204
    assert await Sender(app, "192.0.2.2", LARGE).end() == other
    assert await first.end() == 204
    assert await Sender(app, "192.0.2.1", LARGE).end() == 204
