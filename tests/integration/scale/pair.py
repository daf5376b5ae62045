"""Two servers of one installation: one database, one Redis, and a program that asks either."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.command_line import run_command
from tests.live_server import LiveServer
from tests.postgres_server import PostgresServer, running_postgres
from tests.redis_server import RedisServer, running_redis
from tests.waiting import PATIENCE_SECONDS

EMAIL = "ada@example.org"


class Pair:
    """The two servers, and what they share."""

    def __init__(
        self, postgres: PostgresServer, redis: RedisServer, directory: Path, **environment: str
    ) -> None:
        self._postgres, self.redis = postgres, redis
        self._directory = directory
        self._database = postgres.create_database()
        self._environment = {
            "DATABASE_URL": postgres.url(self._database),
            "REDIS_URL": redis.url,
            "AUTH_MODE": "accounts",
            **environment,
        }
        self.first, self.second = (LiveServer(directory / name, **self._environment) for name in ("a", "b"))

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Read the database."""
        return self._postgres.administer(statement, database=self._database)

    def administrator(self) -> str:
        """Make an account that administers; give a token of its own for everything."""
        self._say("users", "add", EMAIL, "--admin", "--link")
        ((owner,),) = self.rows(f"SELECT owner FROM users WHERE email = '{EMAIL}'")
        scopes = [word for scope in ("read", "write", "admin") for word in ("--scope", scope)]
        return self._say("tokens", "add", "--owner", owner, "--name", "tests", *scopes)

    def _say(self, *command: str) -> str:
        environment = {**self._environment, "DATA_DIR": str(self._directory / "a")}
        done = run_command(command, environment=environment, directory=self._directory)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()


@contextmanager
def running_pair(directory: Path, **environment: str) -> Iterator[Pair]:
    """Yield two running servers, ended afterwards."""
    with running_postgres() as postgres, running_redis() as redis:
        pair = Pair(postgres, redis, directory, **environment)
        with ExitStack() as ends:
            for server in (pair.first, pair.second):
                ends.callback(server.kill)
                server.start()
            yield pair


@contextmanager
def programs(pair: Pair, token: str) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Yield one program as it asks the first and the second server."""
    headers = {"Authorization": f"Bearer {token}"}
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(httpx.Client(base_url=server.url, headers=headers, timeout=PATIENCE_SECONDS))
            for server in (pair.first, pair.second)
        )
        yield first, second


def judged(program: httpx.Client, text: str, coach: str = "builtin") -> dict[str, Any]:
    """Have a memo judged, and return the finished evaluation."""
    asked = {"text": text, "rubric": "status-update", "coach": coach}
    found: dict[str, Any] = program.post("/api/v1/evaluations?wait=60", json=asked).raise_for_status().json()
    while found["status"] in ("queued", "running"):
        found = program.get(f"/api/v1/evaluations/{found['id']}").raise_for_status().json()
    assert found["status"] == "done", found
    return found
