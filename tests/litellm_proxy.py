"""The proxy that litellm ships, answering with fixed texts: a server that this project did not write.

It has an environment of its own, made once from ``requirements/model-proxy.lock``, since it needs packages
that the application does without. It keeps no database, sends no telemetry, and whatever it wanted to fetch
from elsewhere would end at a proxy that says nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import yaml

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "model-proxy.lock"
FOLDER = ROOT / "build"
PREFIX = "litellm-proxy-"
PATIENCE_SECONDS = 300
"""It takes 10 seconds to start where nothing else runs, and two minutes where far too much does."""

RATE_LIMIT = "litellm.RateLimitError"
SERVER_ERROR = "litellm.InternalServerError"
CONTEXT_TOO_LONG = "litellm.ContextWindowExceededError"
"""Texts for which the proxy answers with the error of that name instead."""


class LitellmProxy:
    """A running proxy."""

    def __init__(self, port: int, outside: socket.socket) -> None:
        self.url = f"http://127.0.0.1:{port}/v1"
        # It refuses to start with a key that could be guessed.
        self.key = f"sk-{secrets.token_hex(16)}"
        self._outside = outside

    @property
    def reached_out(self) -> bool:
        """Whether it tried to reach anything beyond this machine."""
        try:
            connection, _address = self._outside.accept()
        except BlockingIOError:
            return False
        connection.close()
        return True


@contextlib.contextmanager
def running_litellm_proxy(texts: Mapping[str, str]) -> Iterator[LitellmProxy]:
    """Yield a proxy whose models, by name, each answer with one text, in small pieces where streamed."""
    program = _installed() / "bin" / "litellm"
    with contextlib.ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix=PREFIX)))
        outside = held.enter_context(socket.create_server(("127.0.0.1", 0)))
        outside.setblocking(False)
        port = free_port()
        proxy = LitellmProxy(port, outside)
        configuration = folder / "config.yaml"
        configuration.write_text(yaml.safe_dump(_configuration(texts), allow_unicode=True))
        log = held.enter_context((folder / "log").open("w+b"))
        process = subprocess.Popen(
            [program, "--config", configuration, "--host", "127.0.0.1", "--port", str(port)],
            cwd=folder, env=_environment(folder, proxy.key, outside), stdout=log, stderr=log,
        )  # fmt: skip
        try:
            _wait(process, port, folder / "log")
            yield proxy
        finally:
            _end(process)


def _environment(folder: Path, key: str, outside: socket.socket) -> dict[str, str]:
    nowhere = f"http://127.0.0.1:{outside.getsockname()[1]}"
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LITELLM_MASTER_KEY": key,
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_TELEMETRY": "False",
        "HTTP_PROXY": nowhere,
        "HTTPS_PROXY": nowhere,
        "NO_PROXY": "127.0.0.1",
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _configuration(texts: Mapping[str, str]) -> dict[str, object]:
    models = [
        {
            "model_name": name,
            "litellm_params": {"model": f"openai/{name}", "api_key": "test-key", "mock_response": text},
        }
        for name, text in texts.items()
    ]
    return {"model_list": models, "litellm_settings": {"telemetry": False, "num_retries": 0}}


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/health/liveliness", timeout=2).is_success:
                return
        time.sleep(0.1)
    raise AssertionError(f"litellm's proxy did not start. Its log:\n{log.read_text()[-4000:]}")


def _installed() -> Path:
    """Return the environment of the proxy, made now where it is not there or not whole."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    digest = hashlib.sha256(LOCK.read_bytes() + version.encode()).hexdigest()[:12]
    place = FOLDER / f"{PREFIX}{digest}"
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{PREFIX}lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "whole").is_file():
            for old in FOLDER.glob(f"{PREFIX}*/"):
                shutil.rmtree(old)
            _run("-m", "venv", "--without-pip", str(place))
            into = ("--python", str(place / "bin" / "python"))
            _run(
                "-m",
                "uv",
                "pip",
                "install",
                "--quiet",
                *into,
                "--no-deps",
                "--require-hashes",
                "-r",
                str(LOCK),
            )
            (place / "whole").touch()
    return place


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT)
