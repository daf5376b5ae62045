"""What one process tells reaches the others, by a real Redis; and nothing breaks while that is away."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from memo_coach.operations.health import Unhealthy
from memo_coach.services.processes.redis_messages import RedisMessages, fault_of
from memo_coach.services.processes.shared_broadcast import SharedBroadcast
from tests.redis_server import RedisServer, program, running_redis
from tests.waiting import PATIENCE_SECONDS, until

pytestmark = pytest.mark.skipif(program() is None, reason="neither Valkey nor Redis is installed")


@contextlib.asynccontextmanager
async def process(server: RedisServer, channel: str = "one installation") -> AsyncIterator[RedisMessages]:
    messages = RedisMessages(server.url, channel)
    await messages.start()
    try:
        await until(lambda: messages.is_listening)
        yield messages
    finally:
        await messages.close()


async def test_the_others_hear_it_once_and_another_installation_not_at_all() -> None:
    heard: asyncio.Queue[tuple[str, str, float]] = asyncio.Queue()
    with running_redis() as server:
        async with (
            process(server) as first,
            process(server) as second,
            process(server, "another installation") as stranger,
        ):
            for name, messages in (("first", first), ("second", second), ("stranger", stranger)):
                messages.listen("taken", lambda key, amount, name=name: heard.put_nowait((name, key, amount)))
            stranger.tell("taken", "theirs")
            first.tell("taken", "ours", 2)
            first.tell("taken", "ours", 3)
            async with asyncio.timeout(PATIENCE_SECONDS):
                assert await heard.get() == ("second", "ours", 5.0)
            with server.client() as client:
                channel = "one installation"
                for strange in ("no JSON", "[]", '{"from": "x", "told": [["taken", "k", 1e999]]}', "\xff"):
                    client.publish(channel, strange)
                client.publish(channel, '{"from": "x", "told": [["taken", "k", 1]]}')
            async with asyncio.timeout(PATIENCE_SECONDS):
                assert {(await heard.get())[1] for _ in range(2)} == {"k"}
            assert heard.empty()


async def test_a_redis_that_goes_and_comes_back_is_used_again() -> None:
    with running_redis() as server:
        async with process(server) as first, process(server) as second:
            broadcast = SharedBroadcast(second)
            assert await first.check()()
            server.kill()
            with pytest.raises(Unhealthy):
                await first.check()()
            assert fault_of(server.url) == "ConnectionError"
            first.tell("changed", "told while nobody hears")
            await until(lambda: not first.is_listening and not second.is_listening)
            server.start()
            await until(lambda: first.is_listening and second.is_listening)
            with broadcast.listen("evaluation") as news:
                await SharedBroadcast(first).announce("evaluation")
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await news.wait()
            assert await first.check()()


async def test_a_redis_that_is_full_carries_messages_all_the_same() -> None:
    heard = asyncio.Event()
    with running_redis() as server:
        async with process(server) as first, process(server) as second:
            with server.client() as client:
                client.config_set("maxmemory", "1")
                client.config_set("maxmemory-policy", "noeviction")
            second.listen("queued", lambda _key, _amount: heard.set())
            first.tell("queued", "evaluations")
            async with asyncio.timeout(PATIENCE_SECONDS):
                await heard.wait()
