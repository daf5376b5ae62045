"""What a rehearsal that was killed left on this machine, from whichever folder it was run.

Its engine's processes may live on, and its containers' networks stay mounted: their addresses would answer
in the place of the next server's. Whoever removes them holds the machine's lock: no rehearsal is at work.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

from tests.rehearsal import commands, paths
from tests.rehearsal.engine import BRIDGE, NETWORK_BRIDGE

ENGINES = ("dockerd", "containerd")
"""How the names of an engine's programs begin."""
STAND_IN = str(Path("tests", "rehearsal", "stand_in_cloud.py"))
LAYERS = str(Path("build", "rehearsal", "cache", "engine"))
"""Where every rehearsal's own engine keeps its layers, below the project's folder."""
GONE_SECONDS = 20


def remove() -> None:
    """End what still runs of a rehearsal, and take away its engine's mounts and bridges."""
    if os.geteuid() != 0:
        return  # then there has been no engine of our own
    mounts = list(ours(Path("/proc/self/mountinfo").read_text(encoding="utf-8")))
    running = {*programs(), *inhabitants(mounts)}
    for process in running:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    commands.until(
        "The end of what a killed rehearsal had started", lambda: not _alive(running), GONE_SECONDS
    )
    for place in reversed(mounts):
        commands.run("engine", "umount", "--lazy", place, check=False)
    for bridge in (BRIDGE, NETWORK_BRIDGE):
        if (Path("/sys/class/net") / bridge).exists():
            commands.run("engine", "ip", "link", "delete", bridge)
    shutil.rmtree(paths.ENGINE, ignore_errors=True)


def ours(mountinfo: str) -> Iterator[str]:
    """Yield the places where an engine of ours has mounted something, in the order of mounting."""
    for line in mountinfo.splitlines():
        place = line.split()[4].encode().decode("unicode_escape")
        if place.startswith(f"{paths.ENGINE}/") or f"/{LAYERS}" in place:
            yield place


def programs() -> Iterator[int]:
    """Yield the processes of a stand-in cloud, and of an engine that keeps its sockets where ours does."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            is_engine = Path(words[0]).name.startswith(ENGINES)
            if any(STAND_IN in word or (is_engine and str(paths.ENGINE) in word) for word in words):
                yield int(folder.name)


def inhabitants(mounts: list[str]) -> Iterator[int]:
    """Yield the processes in those networks that are mounted, but for this machine's own."""
    own = Path("/proc/self/ns/net").stat().st_ino
    networks = {Path(place).stat().st_ino for place in mounts if "/netns/" in place} - {own}
    for folder in Path("/proc").glob("[0-9]*") if networks else ():
        with contextlib.suppress(OSError):
            if (folder / "ns" / "net").stat().st_ino in networks:
                yield int(folder.name)


def _alive(processes: set[int]) -> list[int]:
    alive = []
    for process in processes:
        with contextlib.suppress(OSError):
            # The end of its name is the last parenthesis; what follows is its state.
            state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(") ")[2][:1]
            if state not in "ZX":
                alive.append(process)
    return alive
