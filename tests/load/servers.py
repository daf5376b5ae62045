"""The servers that load is put on: by database and by processes."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.live_server import LiveServer, serving
from tests.postgres_server import running_postgres
from tests.redis_server import running_redis

SERVERS = {
    f"{name}, {count}": (engine, processes)
    for engine, name in (("sqlite", "SQLite"), ("postgres", "Postgres"))
    for processes, count in ((1, "one process"), (2, "two processes"))
}
_TRUSTING = {"TRUSTED_PROXIES": "127.0.0.0/8", "LOG_LEVEL": "WARNING"}
"""Each person has an address of their own, as behind a proxy."""


@dataclass(frozen=True)
class Running:
    """A server that load is put on."""

    name: str
    live: LiveServer
    database: str
    """The address of its database, or the path of its file."""

    def descriptors(self) -> int:
        """Return how many files and sockets its processes have open."""
        return sum(
            len(list(Path(f"/proc/{process}/fd").iterdir()))
            for process in self.live.processes()
            if Path(f"/proc/{process}/fd").is_dir()
        )


def cpu_beside(live: LiveServer) -> float:
    """Return the seconds of a core that the database and Redis have used, which are our own children.

    What their processes used that have ended counts in their parents.
    """
    servers = set(live.processes())
    used = parents = 0
    stats = {int(each.parent.name): each for each in Path("/proc").glob("[0-9]*/stat")}
    fields = {number: _fields_of(path) for number, path in stats.items() if number not in servers}
    ours = {number for number, found in fields.items() if found and int(found[1]) == os.getpid()}
    for number, found in fields.items():
        if number in ours:
            parents += sum(int(ticks) for ticks in found[11:15])
        elif found and int(found[1]) in ours:
            used += sum(int(ticks) for ticks in found[11:13])
    return (used + parents) / os.sysconf("SC_CLK_TCK")


def _fields_of(stat: Path) -> list[str]:
    try:
        return stat.read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:  # the process has ended meanwhile
        return []


def processes_of(name: str) -> int:
    """Return how many processes one of :data:`SERVERS` has."""
    return SERVERS[name][1]


@contextlib.contextmanager
def running(name: str, **environment: str) -> Iterator[Running]:
    """Yield one of :data:`SERVERS`, by its name, on an empty database of its own."""
    engine, processes = SERVERS[name]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = _TRUSTING | environment
        database = str(folder / "memo_coach.db")
        if engine == "postgres":
            postgres = stack.enter_context(running_postgres())
            database = postgres.url(postgres.create_database())
            environment["DATABASE_URL"] = database
        if processes > 1:
            redis = stack.enter_context(running_redis())
            environment |= {"WORKERS": str(processes), "REDIS_URL": redis.url}
        live = stack.enter_context(serving(folder, **environment))
        yield Running(name, live, database)
