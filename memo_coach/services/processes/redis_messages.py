"""Messages by Redis (or Valkey): published on one channel, and never stored there.

What is to be told is gathered for a moment and goes as one message, so that fifty remarks of an evaluation
are one piece of news. While Redis is away each process goes on by itself; it is tried again until it is back.
Content is JSON of ids and figures: nothing that comes from there is more than a hint to look.
"""

from __future__ import annotations

import asyncio
import json
import math
import secrets
import time
from collections.abc import Awaitable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, cast

import structlog

from memo_coach.operations.health import CheckFunction, Unhealthy
from memo_coach.services.processes.messages import TOPICS, Messages, Topic
from memo_coach.translations import text

if TYPE_CHECKING:
    from redis.asyncio import Redis
    from redis.asyncio.client import PubSub

_log = structlog.get_logger(__name__)

GATHER_SECONDS: Final = 0.02
"""What is told within this goes as one message."""
MOST_WAITING: Final = 5_000
"""Keys that wait to be told; what is beyond is lost, as everything is while Redis is away."""
MOST_BYTES: Final = 1_000_000
"""Of a message that is read; ours have a tenth of it at most."""
LONGEST_KEY: Final = 200
CONNECT_SECONDS: Final = 2.0
QUIET_SECONDS: Final = 5.0
"""After which a connection is asked whether it is still one."""
LONGEST_PAUSE_SECONDS: Final = 2.0
"""Between two tries to reach it."""


class RedisMessages(Messages):
    """The messages of one process among several."""

    def __init__(self, url: str, channel: str) -> None:
        """``channel`` is the installation's own: several may share a Redis."""
        super().__init__()
        self._url = url
        self._channel = channel
        self._name = secrets.token_hex(8)
        self._redis: Redis | None = None
        self._waiting: dict[tuple[Topic, str], float] = {}
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_listening = False
        self._is_told_of = False

    @property
    def is_listening(self) -> bool:
        """Whether what other processes tell is heard."""
        return self._is_listening

    def tell(self, topic: Topic, key: str, amount: float = 1.0) -> None:
        """Tell the other processes, in a moment; the amounts of one key are added up."""
        place = (topic, key)
        if place not in self._waiting and len(self._waiting) >= MOST_WAITING:
            return
        self._waiting[place] = self._waiting.get(place, 0.0) + amount
        self._news.set()

    async def start(self) -> None:
        """Begin; whether Redis is there shows by and by."""
        # It takes a while to load, and a process that is alone does without.
        from redis.asyncio import Redis  # noqa: PLC0415
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415

        self._redis = Redis.from_url(
            self._url,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=CONNECT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._tasks = [
            asyncio.create_task(self._send(), name="messages: sending"),
            asyncio.create_task(self._listen(), name="messages: listening"),
        ]

    async def close(self) -> None:
        """Send what there is to send, and end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._redis is not None:
            with suppress(*_faults()):
                await self._publish(self._redis)
            await self._redis.aclose()

    def check(self) -> CheckFunction:
        """Make the check that Redis answers, and that this process hears the others."""

        async def look() -> str:
            redis = self._redis
            try:
                # Its type says that it may not have to be awaited, which is the other client's.
                answers = redis is not None and await cast("Awaitable[bool]", redis.ping())
            except _faults():
                answers = False
            if not answers or not self._is_listening:
                raise Unhealthy(text("health.cache_gone"))
            return text("health.cache_answers")

        return look

    async def _send(self) -> None:
        redis = self._redis
        assert redis is not None, "start() has made it"  # noqa: S101
        while True:
            await self._news.wait()
            await asyncio.sleep(GATHER_SECONDS)
            try:
                await self._publish(redis)
            except _faults() as error:
                self._note_gone(error)

    async def _publish(self, redis: Redis) -> None:
        waiting, self._waiting = self._waiting, {}
        self._news.clear()
        if waiting:
            told = [[topic, key, amount] for (topic, key), amount in waiting.items()]
            await redis.publish(self._channel, json.dumps({"from": self._name, "told": told}))

    async def _listen(self) -> None:
        redis, pause = self._redis, 0.05
        assert redis is not None, "start() has made it"  # noqa: S101
        while True:
            began = time.monotonic()
            try:
                async with redis.pubsub() as subscription:
                    await subscription.subscribe(self._channel)
                    await self._hear(subscription)
            except _faults() as error:
                self._is_listening = False
                self._note_gone(error)
            pause = (
                0.05 if time.monotonic() - began > QUIET_SECONDS else min(2 * pause, LONGEST_PAUSE_SECONDS)
            )
            await asyncio.sleep(pause)

    async def _hear(self, subscription: PubSub) -> None:
        """Hear until the connection breaks, which a question shows where nothing comes."""
        is_asked = False
        while True:
            message = await subscription.get_message(timeout=QUIET_SECONDS)
            if message is None:
                if is_asked:
                    raise TimeoutError
                await subscription.ping()
            is_asked = message is None
            if message is None:
                continue
            if message["type"] == "subscribe":
                self._is_listening = True
                self._note_there()
            elif message["type"] == "message":
                self._read(message["data"])

    def _read(self, data: bytes) -> None:
        """Tell the listeners what one message says; what is none of ours is left alone."""
        if len(data) > MOST_BYTES:
            return
        try:
            found = json.loads(data)
            sender, told = found["from"], [_checked(*each) for each in found["told"]]
        except (ValueError, TypeError, KeyError, RecursionError):
            _log.warning("message not understood", size=len(data))
            return
        if sender != self._name:
            for topic, key, amount in told:
                self._heard(topic, key, amount)

    def _note_gone(self, error: BaseException) -> None:
        if not self._is_told_of:
            self._is_told_of = True
            # Its message may hold the address, with a password in it.
            _log.warning("Redis cannot be used; this process goes on by itself", fault=type(error).__name__)

    def _note_there(self) -> None:
        if self._is_told_of:
            self._is_told_of = False
            _log.info("Redis can be used again")


def _checked(topic: Any, key: Any, amount: Any) -> tuple[Topic, str, float]:  # noqa: ANN401 - as it came
    if topic not in TOPICS or not isinstance(key, str) or len(key) > LONGEST_KEY:
        raise ValueError
    if not isinstance(amount, int | float) or not math.isfinite(amount):
        raise ValueError
    return topic, key, float(amount)


def _faults() -> tuple[type[Exception], ...]:
    from redis.exceptions import RedisError  # noqa: PLC0415 - see start()

    return RedisError, OSError, TimeoutError


def fault_of(url: str) -> str | None:
    """Say what keeps a Redis from being used, in a word that holds nothing of its address; or nothing."""
    from redis import Redis  # noqa: PLC0415 - see start()

    client = Redis.from_url(url, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=CONNECT_SECONDS)
    try:
        client.ping()
    except _faults() as error:
        return type(error).__name__
    finally:
        client.close()
    return None
