"""The servers that load is put on: by database and by processes."""

from __future__ import annotations

import contextlib
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


@contextlib.contextmanager
def running(name: str) -> Iterator[Running]:
    """Yield one of :data:`SERVERS`, by its name, on an empty database of its own."""
    engine, processes = SERVERS[name]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = dict(_TRUSTING)
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
