"""A clone of the project in which nothing is installed yet, and ``make run`` in it, as a newcomer does."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.checks.repository import files
from tests.installation.environments import ROOT

PATIENCE_SECONDS = 900
NOWHERE = "http://127.0.0.1:9"
"""The port of the discard service, where nobody answers."""
WITHOUT_NETWORK = {
    "http_proxy": NOWHERE, "https_proxy": NOWHERE, "HTTP_PROXY": NOWHERE, "HTTPS_PROXY": NOWHERE,
    "PIP_INDEX_URL": NOWHERE, "NPM_CONFIG_REGISTRY": NOWHERE, "no_proxy": "127.0.0.1",
}  # fmt: skip


class FreshClone:
    """What is in the work tree now, in a folder of its own, with caches of its own that are empty."""

    def __init__(self, place: Path) -> None:
        self.folder = place / "clone"
        for name in files():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, self.folder / name)
        self.python = self.folder / ".venv" / "bin" / "python"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        # What a caller has set about make, Python or where things are, a newcomer has not.
        left_out = ("MAKE", "MFLAGS", "VIRTUAL_ENV", "PYTHON", "CI", "DATA_DIR", "HOST", "PYTEST", "COV_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        self._environment = {
            **kept, "PORT": str(self.port),
            "PIP_CACHE_DIR": str(place / "pip"), "npm_config_cache": str(place / "npm"),
        }  # fmt: skip

    @contextlib.contextmanager
    def running(self, **environment: str) -> Iterator[float]:
        """Yield the seconds from ``make run`` to its first answer; end it afterwards, with all it started."""
        log = self.folder.with_name("run.log")
        started = time.monotonic()
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["make", "run"], cwd=self.folder, env={**self._environment, **environment},
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        try:
            self._wait(process, log)
            yield time.monotonic() - started
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(30)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def _wait(self, process: subprocess.Popen[bytes], log: Path) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until and process.poll() is None:
            refused = contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError)
            with refused, urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5) as answer:
                assert b"<html" in answer.read(4096).lower()
                return
            time.sleep(0.05)
        raise AssertionError(f"`make run` has not answered. It said:\n{log.read_text()[-4000:]}")
