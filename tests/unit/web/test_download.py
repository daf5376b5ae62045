"""A download that nobody takes gives its place back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
from starlette.types import Message

from memo_coach.web.download import Download


@pytest.mark.parametrize("times", [{"piece_seconds": 0.01}, {"seconds": 0.01}])
async def test_it_ends_where_it_is_not_taken(times: dict[str, float]) -> None:
    ended = asyncio.Event()

    async def pieces() -> AsyncGenerator[bytes]:
        try:
            while True:
                yield b"piece"
        finally:
            ended.set()

    async def never_taken(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    await Download(pieces(), **times).stream_response(never_taken)
    assert ended.is_set()
