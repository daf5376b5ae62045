"""Each process of a server and Redis are killed in turn under load: all that was acknowledged is kept."""

from __future__ import annotations

import os
import signal
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.web.sockets import GONE, HYDRATE, opened
from tests.live_server import LiveServer
from tests.postgres_server import running_postgres
from tests.redis_server import program, running_redis
from tests.waiting import PATIENCE_SECONDS, until_told, wait_until

pytestmark = pytest.mark.skipif(program() is None, reason="neither Valkey nor Redis is installed")

TEXT = "Subject: A new pump\n\nPlease approve 5,000 dollars for a new pump by 1 May."
WRITERS = 2


class Writer:
    """Somebody who writes and has evaluated, and asks again where no answer came, as a browser does."""

    def __init__(self, server: LiveServer, number: int) -> None:
        self._client = server.client(Origin=server.url)
        self._client.timeout = httpx.Timeout(PATIENCE_SECONDS)
        self._client.get("/", headers={"Accept": "text/html"}).raise_for_status()
        self._number = number
        self.draft: dict[str, Any] = {"memo_id": None, "revision": 0}
        self.text = ""
        self.evaluations: list[str] = []
        self.stopped = threading.Event()

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._client.cookies.items())

    def work(self) -> None:
        """Write and have evaluated until it is enough."""
        while not self.stopped.is_set():
            count = len(self.evaluations)
            text = f"{TEXT} {self._number} {count}."
            draft = {"memo_id": self.draft["memo_id"], "text": text, "rubric": "investment-memo"}
            draft["base_revision"] = self.draft["revision"]
            self.draft = self._acknowledged(lambda sent=draft: self._client.put("/draft", json=sent))
            self.text = text
            key = {"Idempotency-Key": f"{self._number}-{count}"}
            asked = self._acknowledged(
                lambda sent=text, key=key: self._client.post(
                    "/api/v1/evaluations", json={"text": sent}, headers=key
                )
            )
            self.evaluations.append(asked["id"])
            self.stopped.wait(0.2)

    def _acknowledged(self, asks: Callable[[], httpx.Response]) -> dict[str, Any]:
        def answer() -> dict[str, Any] | None:
            try:
                found = asks()
            except httpx.TransportError:
                return None
            if found.status_code >= 500 or found.status_code in (409, 429):
                return None
            said: dict[str, Any] = found.raise_for_status().json()
            return said

        return wait_until(answer, "it is acknowledged")

    def lost(self) -> list[str]:
        """Return what is not there of what was acknowledged."""
        kept = self._client.get("/draft", params={"memo": self.draft["memo_id"]}).raise_for_status().json()
        found = [] if kept["text"] == self.text else [f"the draft {self.text!r}, it is {kept['text']!r}"]
        for evaluation in self.evaluations:
            wait_until(lambda one=evaluation: self._status(one) not in ("queued", "running"))
            if self._status(evaluation) != "done":
                found.append(f"{evaluation} is {self._status(evaluation)}")
        return found

    def _status(self, evaluation: str) -> str:
        return str(self._client.get(f"/api/v1/evaluations/{evaluation}").raise_for_status().json()["status"])


def processes_of(server: LiveServer) -> set[int]:
    """Return the processes that answer: those that the first one has made of itself."""
    first = min(server.processes())
    return {
        each for each in server.processes() if _parent(each) == first and _command(each) == _command(first)
    }


def _parent(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[1])
    except OSError:  # it has ended meanwhile
        return 0


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b"ended"


async def answers(server: LiveServer, cookie: str, tab: str) -> bool:
    """Whether a page that comes back is shown."""
    try:
        async with opened(server, cookie, tab=tab) as socket:
            await socket.event(HYDRATE)
            await socket.until_told("is_hydrated")
    except (*GONE, TimeoutError, AssertionError):
        return False
    return True


async def test_each_process_and_redis_are_killed_in_turn_under_load_and_nothing_is_lost(
    site: Path,  # built
    tmp_path: Path,
) -> None:
    with running_postgres() as postgres, running_redis() as redis, ThreadPoolExecutor(WRITERS) as threads:
        address = postgres.url(postgres.create_database())
        server = LiveServer(tmp_path, DATABASE_URL=address, REDIS_URL=redis.url, WORKERS="2")
        server.start()
        tab = str(uuid.uuid4())
        writers = [Writer(server, number) for number in range(WRITERS)]
        working = [threads.submit(writer.work) for writer in writers]

        def all_go_on() -> None:
            before = [len(writer.evaluations) for writer in writers]
            wait_until(
                lambda: all(len(one.evaluations) > had + 1 for one, had in zip(writers, before, strict=True)),
                "everybody has gone on",
            )

        try:
            all_go_on()
            for victim in sorted(processes_of(server)):
                os.kill(victim, signal.SIGKILL)
                wait_until(lambda gone=victim: len(processes_of(server) - {gone}) == 2, "there are two again")
                all_go_on()
                assert await until_told(lambda: answers(server, writers[0].cookie, tab))
            redis.kill()
            all_go_on()
            assert await until_told(lambda: answers(server, writers[0].cookie, tab))
            redis.start()
            all_go_on()
        finally:
            for writer in writers:
                writer.stopped.set()
        for each in working:
            each.result()
        assert [writer.lost() for writer in writers] == [[]] * WRITERS
        with server.client() as client:
            wait_until(lambda: client.get("/health/ready").is_success, "all is well again")
        assert server.stop() == 0
        assert "Traceback" not in server.log.read_text()
