"""A socket client for tests: speaks to the server as a page does, and as a page would not."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import uuid
from collections.abc import AsyncIterator
from typing import Any

from websockets import ClientConnection, ConnectionClosed, InvalidStatus, State
from websockets.asyncio.client import connect

from tests.live_server import LiveServer

HYDRATE = "reflex___state____state.hydrate"


class HandshakeRefused(Exception):
    """The server did not open the socket; ``status`` is its HTTP answer."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with {status}")
        self.status = status


GONE = (ConnectionError, ConnectionClosed)
"""What a client notices of a socket that the server has closed."""


class TestSocket:
    """An open socket, connected to the namespace of events."""

    __test__ = False

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    @property
    def closed(self) -> bool:
        """Whether the server has closed it."""
        return self._connection.state is not State.OPEN

    async def send(self, frame: str | bytes) -> None:
        """Send a frame as it is, text or binary."""
        await self._connection.send(frame)

    async def event(self, name: str, payload: Any = None, **fields: Any) -> None:
        """Send an event."""
        event = {
            "name": name,
            "payload": payload or {},
            "router_data": {"pathname": "/", "asPath": "/"},
            **fields,
        }
        await self.send("42/_event," + json.dumps(["event", event]))

    def cut(self) -> None:
        """Break it off as a network does: without a word."""
        self._connection.transport.abort()

    async def until_told(self, what: str) -> None:
        """Read what arrives until something is in it."""
        async for frame in self.frames():
            if what in frame:
                return
        raise AssertionError(f"the socket was closed before {what!r} came")

    async def answers(self, seconds: float = 0.5) -> list[Any]:
        """Return what arrives until nothing has arrived for that long."""
        found = []
        with contextlib.suppress(TimeoutError, asyncio.TimeoutError, ConnectionClosed):
            while True:
                data = await asyncio.wait_for(self._connection.recv(), seconds)
                if data == "2":
                    await self.send("3")
                elif isinstance(data, str) and data.startswith("42/_event,"):
                    found.append(json.loads(data.partition(",")[2])[1])
        return found

    async def coming(self) -> AsyncIterator[Any]:
        """Yield what arrives, as it arrives, for as long as the socket is open."""
        async for frame in self.frames():
            yield json.loads(frame)[1]

    async def frames(self) -> AsyncIterator[str]:
        """Yield the JSON text of what arrives, for a load to which reading all of it would be too much."""
        async for data in self._connection:
            if data == "2":
                await self.send("3")
            elif isinstance(data, str) and data.startswith("42/_event,"):
                yield data.partition(",")[2]

    async def closing_code(self, seconds: float = 5) -> int | None:
        """Wait for the server to close it; give the code."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await asyncio.wait_for(self._connection.recv(), seconds)
        return self._connection.close_code


@contextlib.asynccontextmanager
async def opened(
    server: LiveServer,
    cookie: str | None,
    origin: str | None = "own",
    tab: str | None = None,
    forwarded_for: str | None = None,
) -> AsyncIterator[TestSocket]:
    """Yield a connected socket.

    Raises:
        HandshakeRefused: the server does not open it.
    """
    headers = {"Cookie": cookie} if cookie else {}
    if origin is not None:
        headers["Origin"] = server.url if origin == "own" else origin
    if forwarded_for is not None:
        headers["X-Forwarded-For"] = forwarded_for
    url = f"ws{server.url.removeprefix('http')}/_event/?token={tab or uuid.uuid4()}&EIO=4&transport=websocket"
    try:
        connection = await connect(
            url, additional_headers=headers, max_size=None, proxy=None, compression=None
        )
    except InvalidStatus as error:
        raise HandshakeRefused(error.response.status_code) from error
    async with connection:
        await asyncio.wait_for(connection.recv(), 5)  # the greeting
        await connection.send("40/_event,{}")
        await asyncio.wait_for(connection.recv(), 5)  # connected
        yield TestSocket(connection)


def cookie_of(server: LiveServer) -> str:
    """Return the ``Cookie`` header of a new visitor."""
    with server.browser() as browser:
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def forged_cookie() -> str:
    """Return a ``Cookie`` header of the right form that this server did not give out."""
    return f"memo_coach={secrets.token_urlsafe(48)}"
