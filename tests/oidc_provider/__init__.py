"""A real provider of OpenID Connect: oidc-provider from npm, run by the Node that builds the pages.

Its packages are named with their hashes in ``package-lock.json`` beside this file, which says nothing of
where they come from. They are installed once for each lock, into ``build/``, by whoever needs them first.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.live_server import ROOT
from tests.ports import free_port

HERE = Path(__file__).parent
SECRET = "a secret/of the + tests"
CLIENT = "memo-coach"
_FILES = ("package.json", "package-lock.json", "provider.mjs")
_PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class RunningProvider:
    """The provider while it runs."""

    issuer: str

    def add_person(self, subject: str, **claims: object) -> None:
        """Let somebody have an account there, or change what is said of them."""
        httpx.put(f"{self.issuer}/people/{subject}", json=claims).raise_for_status()

    def settings(self) -> dict[str, str]:
        """Return the variables of an installation whose provider this is."""
        return {"OIDC_ISSUER": self.issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}


@contextlib.contextmanager
def running_provider(redirect_uri: str) -> Iterator[RunningProvider]:
    """Yield a provider that knows one installation, and ends afterwards."""
    folder, port = installed(), free_port()
    program = [str(_PROGRAMS / "node"), "provider.mjs", str(port), SECRET, redirect_uri]
    process = subprocess.Popen(
        program, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        assert any("listening" in line for line in process.stdout), "the provider did not start"
        yield RunningProvider(f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait()


def installed() -> Path:
    """Return the folder with the provider and its packages, made where it is not there yet."""
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in _FILES)).hexdigest()[:16]
    folder = ROOT / "build" / f"oidc-provider-{digest}"
    folder.parent.mkdir(exist_ok=True)
    with (folder.parent / "oidc-provider.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not folder.exists():
            _install(folder)
    return folder


def _install(folder: Path) -> None:
    fresh = folder.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for name in _FILES:
        shutil.copy2(HERE / name, fresh / name)
    path = f"{_PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [str(_PROGRAMS / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=fresh, env={**os.environ, "PATH": path}, check=True, capture_output=True)
    fresh.rename(folder)
