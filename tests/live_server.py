"""A real server of the production build, with a data folder of its own, for tests and benchmarks."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests import waiting
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 30


class LiveServer:
    """A server that can be stopped, killed and started again on the same address and the same data."""

    module = "memo_coach.server.serve"
    """What is run; a test may have one of its own around it."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.data_dir = data_dir
        self.log = data_dir / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # A person's second start has our modules compiled, as every start of an installation has them.
        compiling = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self.environment = {**compiling, "DATA_DIR": str(data_dir), "HOST": "127.0.0.1", **environment}
        self.environment["PORT"] = str(self.port)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it and wait for its first answer; give the seconds that this took."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self.module],
                cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        while time.monotonic() - started < waiting.PATIENCE_SECONDS:
            if self._process.poll() is not None:
                break
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/health/live", timeout=2).is_success:
                    return time.monotonic() - started
            time.sleep(0.02)
        raise AssertionError(f"The server did not start. Its log:\n{self.log.read_text()[-4000:]}")

    @property
    def is_running(self) -> bool:
        """Whether it was started and neither stopped nor killed since."""
        return self._process is not None

    def processes(self) -> list[int]:
        """Return the ids of all its processes."""
        if self._process is None:
            return []
        group = str(self._process.pid)
        # Field 5 of stat is the process group; the name before it may hold spaces.
        return [
            int(entry.parent.name)
            for entry in Path("/proc").glob("[0-9]*/stat")
            if _text_of(entry).rpartition(")")[2].split()[2:3] == [group]
        ]

    def stop(self) -> int:
        """End it as an operator does, with SIGTERM; give its exit status."""
        process = self._process
        if process is None:
            return 0
        process.send_signal(signal.SIGTERM)
        self._process = None
        return process.wait(PATIENCE_SECONDS)

    def kill(self) -> None:
        """End it, and every process of it, as a power cut does."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(PATIENCE_SECONDS)
            self._process = None

    def kill_first_process(self) -> None:
        """Kill only the process that was started, as somebody does who knows just its number."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE_SECONDS)
            self._process = None

    def client(self, **headers: str) -> httpx.Client:
        """Return a client as a browser without a session is one."""
        return httpx.Client(base_url=self.url, headers=headers, timeout=10)

    @contextlib.contextmanager
    def browser(self) -> Iterator[httpx.Client]:
        """Yield a client that has opened the first page: it has a session, and sends our own origin."""
        with self.client(Origin=self.url) as client:
            client.get("/", headers={"Accept": "text/html"}).raise_for_status()
            yield client


@contextlib.contextmanager
def serving(data_dir: Path, **environment: str) -> Iterator[LiveServer]:
    """Yield a running server, ended afterwards."""
    server = LiveServer(data_dir, **environment)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:  # the process has ended meanwhile
        return ""
