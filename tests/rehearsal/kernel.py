"""The kernel's settings of this machine: a server in a container shares most of them with it.

The playbooks harden the server's kernel. In a virtual machine that would be its own; in a container the
settings outside `net` belong to the machine below, so they are noted before and put back after.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from tests.rehearsal import paths

SETTINGS = Path("/proc/sys")
SHARED = ("kernel", "fs", "vm", "net/ipv4/ip_forward")
"""What is not a container's own, and what an engine switches on for itself."""
OF_THE_MOMENT = (
    "kernel/random",
    "kernel/ns_last_pid",
    "kernel/pty/nr",
    "fs/inode",
    "fs/dentry",
    "fs/file-nr",
    "fs/quota",
    "fs/aio-nr",
    "kernel/hostname",
    "kernel/domainname",
    "vm/stat_refresh",
)
"""What changes by itself, is a counter, or acts when it is read."""
Settings = dict[str, str]


def note() -> Settings:
    """Return every shared setting that can be written, by its path under /proc/sys."""
    found: Settings = {}
    for area in SHARED:
        top = SETTINGS / area
        for file in [top] if top.is_file() else sorted(top.rglob("*")):
            name = str(file.relative_to(SETTINGS))
            if name.startswith(OF_THE_MOMENT) or not file.is_file() or not file.stat().st_mode & 0o200:
                continue
            with contextlib.suppress(OSError, UnicodeDecodeError):
                found[name] = file.read_text(encoding="ascii")
    return found


def put_back(before: Settings) -> list[str]:
    """Write what has changed since; give the names of those that the kernel will not take back."""
    stuck = []
    for name, now in note().items():
        if name in before and now != before[name]:
            try:
                (SETTINGS / name).write_text(before[name], encoding="ascii")
            except OSError:
                stuck.append(name.replace("/", "."))
    return stuck


def keep(before: Settings) -> Path:
    """Write the settings down, for the case that this process is killed; give the file."""
    file = paths.KERNEL_SETTINGS
    if not file.is_file():
        file.write_text(json.dumps(before), encoding="utf-8")
    return file


def kept() -> Settings | None:
    """Return what a run that was killed had written down."""
    file = paths.KERNEL_SETTINGS
    if not file.is_file():
        return None
    found: Settings = json.loads(file.read_text(encoding="utf-8"))
    return found
