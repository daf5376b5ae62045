"""The production stack's Redis, with its own options and rules, on the machine's own program."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import yaml

from memo_coach.services.processes.redis_messages import RedisMessages, fault_of
from tests.redis_server import RedisServer, program
from tests.unit.production.compose import REPOSITORY, production
from tests.waiting import until

pytestmark = pytest.mark.skipif(program() is None, reason="neither Valkey nor Redis is installed")

PASSWORD = "p" * 40
RULES = REPOSITORY / "ansible" / "roles" / "secrets" / "vars" / "main.yml"
HASHED = re.compile(r"\{\{ \w+ \| hash\('sha256'\) \}\}")
CHANNEL = "memo-coach:an installation"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    rules = yaml.safe_load(RULES.read_text())["secrets_redis_users"]
    users = tmp_path / "users"
    written, count = HASHED.subn(hashlib.sha256(PASSWORD.encode()).hexdigest(), rules)
    assert count >= 1
    users.write_text(written)
    options = production()["services"]["redis"]["command"]
    found = program()
    assert found is not None
    started = RedisServer(found)
    try:
        started.start(*(str(users) if word == "/run/secrets/redis_users" else word for word in options))
        yield started
    finally:
        started.remove()


def address(server: RedisServer, password: str = PASSWORD) -> str:
    return f"redis://memo-coach:{password}@127.0.0.1:{server.port}/0"


async def test_two_processes_hear_each_other(server: RedisServer) -> None:
    one, other = (RedisMessages(address(server), CHANNEL) for _ in range(2))
    heard = asyncio.Event()
    other.listen("changed", lambda *_: heard.set())
    try:
        for each in (one, other):
            await each.start()
        await until(lambda: one.is_listening and other.is_listening)
        one.tell("changed", "an id")
        await asyncio.wait_for(heard.wait(), 30)
        assert await one.check()() == "Redis answers."
    finally:
        for each in (one, other):
            await each.close()


def test_who_has_no_password_is_told_that_it_is_there_and_nothing_else(server: RedisServer) -> None:
    assert fault_of(address(server)) is None
    assert fault_of(address(server, "another password")) == "AuthenticationError"
    with server.client() as client:
        assert client.ping()
        for refused in (["PUBLISH", CHANNEL, ""], ["CONFIG", "GET", "*"], ["SET", "a", "b"], ["INFO"]):
            with pytest.raises(redis.exceptions.NoPermissionError):
                client.execute_command(*refused)


def test_the_service_can_store_nothing_change_nothing_and_speak_on_no_other_channel(
    server: RedisServer,
) -> None:
    with redis.Redis.from_url(address(server)) as client:
        assert client.publish(CHANNEL, "") == 0
        for refused in (
            ["SET", "a", "b"],
            ["CONFIG", "SET", "maxmemory", "0"],
            ["CLIENT", "KILL", "TYPE", "normal"],
            ["PUBLISH", "another", ""],
            ["EVAL", "return 1", "0"],
            ["SHUTDOWN", "NOSAVE"],
        ):
            with pytest.raises(redis.exceptions.NoPermissionError):
                client.execute_command(*refused)
