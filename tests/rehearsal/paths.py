"""Where the rehearsal finds the project and where it may write."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMAGES = Path(__file__).resolve().parent / "images"
TOOLS = ROOT / ".venv-operations" / "bin"
"""The operators' tools of this project: Ansible, the stand-in cloud, Traefik's binary."""

BUILD = ROOT / "build" / "rehearsal"
LOGS = BUILD / "logs"
CACHE = BUILD / "cache"
"""What is kept from one run to the next: the base system and an engine's layers."""
RUN = BUILD / "run"
"""What belongs to one run: keys, state, inventory. Emptied when a run begins and removed when it ends."""

OF_THE_MACHINE = Path("/run") if os.access("/run", os.W_OK) else Path("/tmp")
"""For what concerns the whole machine until its next start, whichever folder a rehearsal is run from."""
LOCK = OF_THE_MACHINE / "memo-coach-rehearsal.lock"
KERNEL_SETTINGS = OF_THE_MACHINE / "memo-coach-rehearsal-kernel.json"
ENGINE = OF_THE_MACHINE / "memo-coach-rehearsal"
"""The sockets of an engine of our own: a path may have 107 bytes at most, and a project may lie deep."""

SOCKETS = Path("/tmp/memo-coach-rehearsal-ssh")
"""Where Ansible keeps its ways to the server open; a socket's path may have at most 107 bytes."""

CERTIFICATES = Path(os.environ.get("SSL_CERT_FILE") or "/etc/ssl/certs/ca-certificates.crt")
"""The authorities that this machine trusts. Its builds may reach package indexes by a proxy."""


def prepare() -> None:
    """Make the folders of a run; its own folder is made empty and for nobody else."""
    for folder in (LOGS, CACHE, RUN, SOCKETS):
        folder.mkdir(parents=True, exist_ok=True)
    for private in (RUN, SOCKETS):
        private.chmod(0o700)
