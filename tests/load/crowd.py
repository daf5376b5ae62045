"""A crowd: so many people connected, some of them at work, and what each interaction takes."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy

import httpx

from tests.benchmarks.bench_hundred import memory_mb
from tests.benchmarks.bench_hundred_builtin import cpu_of, memo_number
from tests.live_server import LiveServer
from tests.load.people import Kept, Measured, Person
from tests.load.servers import cpu_beside

ARRIVING_AT_ONCE = 20
OPEN_AT_MOST = 200


@dataclass
class Crowd:
    """What a crowd at work was measured to take."""

    connected: int
    at_work: int
    seconds: float
    measured: Measured = field(default_factory=Measured)
    kept: list[Kept] = field(default_factory=list)
    cpu_seconds: float = 0.0
    """Of a core, by the server's processes while it was measured."""
    beside_seconds: float = 0.0
    """Of a core, by the database and Redis where they are processes of their own."""
    load_seconds: float = 0.0
    """Of a core, by the load itself meanwhile."""
    memory_before: float = 0.0
    memory_connected: float = 0.0
    memory_after: float = 0.0
    """MB of all processes of the server: before anybody came, when all were connected, and at the end."""


async def gather_crowd(
    server: LiveServer,
    connected: int,
    at_work: int,
    seconds: float,
    warm_seconds: float,
    *,
    came: asyncio.Event | None = None,
) -> Crowd:
    """Have a crowd come, work, and leave; ``came`` is set while all are there.

    Raises:
        httpx.HTTPError: the server does not answer while they come.
    """
    crowd = Crowd(connected, at_work, seconds)
    crowd.memory_before = memory_mb(server)
    limits = httpx.Limits(max_connections=OPEN_AT_MOST, max_keepalive_connections=OPEN_AT_MOST)
    async with httpx.AsyncClient(base_url=server.url, limits=limits, timeout=60) as client:
        # Each sends their own cookie; what the server gives to one must not go to all.
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        people = [
            Person(number, server, client, crowd.measured, memo_number(number)) for number in range(connected)
        ]
        try:
            for first in range(0, connected, ARRIVING_AT_ONCE):
                await asyncio.gather(*(each.arrive() for each in people[first : first + ARRIVING_AT_ONCE]))
            crowd.memory_connected = memory_mb(server)
            if came is not None:
                came.set()
            await _worked(server, crowd, people[:at_work], warm_seconds)
        finally:
            if came is not None:
                came.clear()
            await asyncio.gather(*(person.leave() for person in people), return_exceptions=True)
    crowd.memory_after = memory_mb(server)
    crowd.kept = [person.kept for person in people]
    return crowd


async def _worked(server: LiveServer, crowd: Crowd, people: list[Person], warm_seconds: float) -> None:
    working = asyncio.gather(*(person.work(warm_seconds + crowd.seconds) for person in people))
    await asyncio.sleep(warm_seconds)
    crowd.measured.begin_anew()
    cpu, load, beside = sum(cpu_of(server).values()), time.process_time(), cpu_beside(server)
    await working
    crowd.beside_seconds = cpu_beside(server) - beside
    crowd.cpu_seconds = (sum(cpu_of(server).values()) - cpu) / 1_000
    crowd.load_seconds = time.process_time() - load
