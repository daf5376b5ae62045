"""A real Redis, or Valkey, for tests: the machine's own, started on a free port of the loopback address."""

from __future__ import annotations

import contextlib
import functools
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import redis

from tests.installing import install, one_install_at_a_time
from tests.ports import free_port

PATIENCE_SECONDS = 30


class RedisServer:
    """A server that can be killed and started again on the same address; it keeps nothing."""

    def __init__(self, program: str) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._program = program
        self._directory = Path(tempfile.mkdtemp(prefix="memo-redis-"))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        """Start it and wait for its answer."""
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, *arguments, *options], stdout=log, stderr=log, cwd=self._directory
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.answers():
            assert self._process.poll() is None, (self._directory / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE_SECONDS)
            self._process = None

    def remove(self) -> None:
        """End it and delete all that it had."""
        self.kill()
        shutil.rmtree(self._directory, ignore_errors=True)

    def answers(self) -> bool:
        """Whether it can be used."""
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    @contextlib.contextmanager
    def client(self) -> Iterator[redis.Redis]:
        """Yield a client of it."""
        client = redis.Redis.from_url(self.url, decode_responses=True)
        try:
            yield client
        finally:
            client.close()


@functools.cache
def program() -> str | None:
    """Find the server of this machine, else install one; ``None`` where that cannot be."""
    found = _of_the_system()
    if found is None:
        with one_install_at_a_time():
            found = _of_the_system()
            if found is None:
                install("redis-server")
                found = _of_the_system()
    return found


def _of_the_system() -> str | None:
    return shutil.which("valkey-server") or shutil.which("redis-server")


@contextlib.contextmanager
def running_redis() -> Iterator[RedisServer]:
    """Yield a running server, removed afterwards."""
    found = program()
    assert found is not None, "There is neither Valkey nor Redis. On Debian: apt-get install redis-server"
    server = RedisServer(found)
    try:
        server.start()
        yield server
    finally:
        server.remove()
