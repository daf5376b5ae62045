"""How much anyone may send."""

from __future__ import annotations

import asyncio
import contextlib

import httpx
import pytest

from memo_coach.services.usage.token_bucket import TokenBucket
from memo_coach.web.events.socket_frames import FRAMES_BURST
from memo_coach.web.middleware.socket_limit import SOCKETS_OF_OWNER
from tests.integration.web.sockets import GONE, HYDRATE, HandshakeRefused, cookie_of, opened
from tests.live_server import LiveServer

MEBIBYTE = 1024 * 1024


def test_a_body_that_declares_too_much_is_refused(server: LiveServer) -> None:
    with server.browser() as browser, contextlib.suppress(httpx.WriteError):
        assert browser.post("/draft/new", content=b"x" * (2 * MEBIBYTE)).status_code == 413


def test_a_body_that_grows_too_large_is_refused(server: LiveServer) -> None:
    pieces = (b'{"text": "' + b"x" * 65536 for _ in range(40))
    with server.browser() as browser, contextlib.suppress(httpx.WriteError):
        assert browser.put("/draft", content=pieces).status_code == 413


def test_headers_of_a_size_that_no_browser_sends_are_refused(server: LiveServer) -> None:
    with server.client() as client:
        assert client.get("/", headers={"X-Long": "x" * 40_000}).status_code == 431


async def test_a_frame_too_big_closes_the_socket(server: LiveServer) -> None:
    async with opened(server, cookie_of(server)) as socket:
        await socket.send("42/_event," + "x" * 1_000_001)
        assert await socket.closing_code() == 1009


async def test_a_flood_of_frames_closes_the_socket(server: LiveServer) -> None:
    async with opened(server, cookie_of(server)) as socket:
        with contextlib.suppress(*GONE):
            for _ in range(FRAMES_BURST * 3):
                await socket.event(HYDRATE)
        # 1006: the reason is lost where the kernel resets a connection that is still being written to.
        assert await socket.closing_code() in {1008, 1006}
    async with opened(server, cookie_of(server)) as another:
        await another.event(HYDRATE)
        assert await another.answers()


async def test_a_person_in_a_hurry_is_not_cut_off(server: LiveServer) -> None:
    async with opened(server, cookie_of(server)) as socket:
        for _ in range(20):
            await socket.event(HYDRATE)
            await asyncio.sleep(0.05)
        assert len(await socket.answers()) >= 20
        assert not socket.closed


async def test_one_browser_opens_only_so_many_sockets(server: LiveServer) -> None:
    cookie = cookie_of(server)
    async with contextlib.AsyncExitStack() as sockets:
        for _ in range(SOCKETS_OF_OWNER):
            await sockets.enter_async_context(opened(server, cookie))
        with pytest.raises(HandshakeRefused):
            await sockets.enter_async_context(opened(server, cookie))
        await sockets.enter_async_context(opened(server, cookie_of(server)))


def test_the_bucket_lets_a_burst_through_and_then_its_rate() -> None:
    now = 0.0
    bucket = TokenBucket(burst=3, rate=2, clock=lambda: now)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now = 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    now = 100.0
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
