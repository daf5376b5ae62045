"""Programs that tests need and a machine may not have: installed from its distribution, one at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@contextlib.contextmanager
def one_install_at_a_time() -> Iterator[None]:
    """Let the processes of a run wait for the one that installs: apt serves one and fails the others."""
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(package: str) -> None:
    """Install a package of Debian's, where this is one and root asks; elsewhere nothing happens."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    for command in (("update",), ("install", "--yes", "--no-install-recommends", package)):
        said = subprocess.run(["apt-get", "--quiet", *command], check=False, capture_output=True, text=True)
        if said.returncode != 0:
            sys.stderr.write(
                f"apt-get {' '.join(command)} ended with {said.returncode}: {said.stderr[-500:]}\n"
            )
