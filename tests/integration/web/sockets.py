"""A socket client for tests: speaks to the server as a page does, and as a page would not."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import uuid
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from tests.live_server import LiveServer

HYDRATE = "reflex___state____state.hydrate"


class TestSocket:
    """An open socket, connected to the namespace of events."""

    __test__ = False

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.raw = socket

    async def event(self, name: str, payload: Any = None, **fields: Any) -> None:
        """Send an event."""
        event = {
            "name": name,
            "payload": payload or {},
            "router_data": {"pathname": "/", "asPath": "/"},
            **fields,
        }
        await self.raw.send_str("42/_event," + json.dumps(["event", event]))

    async def answers(self, seconds: float = 0.5) -> list[Any]:
        """Give what arrives until nothing has arrived for that long."""
        found = []
        with contextlib.suppress(TimeoutError, asyncio.TimeoutError):
            while True:
                message = await self.raw.receive(timeout=seconds)
                if message.type is not aiohttp.WSMsgType.TEXT:
                    break
                if message.data == "2":
                    await self.raw.send_str("3")
                elif message.data.startswith("42/_event,"):
                    found.append(json.loads(message.data.partition(",")[2])[1])
        return found

    async def closing_code(self, seconds: float = 5) -> int | None:
        """Wait for the server to close it; give the code."""
        while not self.raw.closed:
            await self.raw.receive(timeout=seconds)
        return self.raw.close_code


@contextlib.asynccontextmanager
async def opened(
    server: LiveServer, cookie: str | None, origin: str | None = "own", tab: str | None = None
) -> AsyncIterator[TestSocket]:
    """Give a connected socket.

    Raises:
        aiohttp.WSServerHandshakeError: the server refuses it.
    """
    headers = {"Cookie": cookie} if cookie else {}
    if origin is not None:
        headers["Origin"] = server.url if origin == "own" else origin
    url = f"{server.url}/_event/?token={tab or uuid.uuid4()}&EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as session, session.ws_connect(url, headers=headers) as raw:
        await raw.receive(timeout=5)  # the greeting
        await raw.send_str("40/_event,{}")
        await raw.receive(timeout=5)  # connected
        yield TestSocket(raw)


def cookie_of(server: LiveServer) -> str:
    """Give the ``Cookie`` header of a new visitor."""
    with server.browser() as browser:
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def forged_cookie() -> str:
    """Give a ``Cookie`` header of the right form that this server did not give out."""
    return f"memo_coach={secrets.token_urlsafe(48)}"
