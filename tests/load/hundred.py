"""A hundred people who press Evaluate at the same moment: what it takes on one server after the other.

Each has a browser of their own with a draft that is saved and a socket that is read all the while. What
happens before the moment is not measured: the server has judged for some of them already, so that every
process has loaded what it needs.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Literal

import httpx

from tests.benchmarks.bench_hundred import memory_mb, p95
from tests.benchmarks.bench_hundred_builtin import cpu_of, memo_number
from tests.benchmarks.machine import machine
from tests.load.crowd import ARRIVING_AT_ONCE
from tests.load.people import EVALUATED, Measured, Person
from tests.load.servers import Running
from tests.load.stored import faults, read

Coach = Literal["builtin", "llm"]
MODEL_SECONDS = 8.0
LIMITS: dict[tuple[Coach, int], float] = {
    ("builtin", 1): 2.5,
    ("builtin", 2): 1.6,
    ("llm", 1): 9.2,
    ("llm", 2): 9.2,
}
"""Seconds from the click to the end at p95, by coach and number of processes."""
LONGEST_PAGE_MS = 150.0
WARMING = 8
"""People for each process whose memos are judged before."""
PAGES = ("/", "/memos", "/help")
PAGE_EVERY_SECONDS = 0.1


@dataclass
class Hundred:
    """What a hundred at once took on one server."""

    coach: Coach
    at_once: int
    measured: Measured = field(default_factory=Measured)
    pages: list[float] = field(default_factory=list)
    """Milliseconds of each page that somebody else fetched meanwhile."""
    cpu_ms: float = 0.0
    """Of a core for each evaluation, by all processes of the server."""
    memory: float = 0.0
    """The most that all processes of the server held meanwhile, in MB; what they share is counted once."""
    wrong: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> list[float]:
        """Return how long each evaluation took that was finished."""
        return [each / 1_000 for each in self.measured.milliseconds[EVALUATED]]


async def at_once(server: Running, coach: Coach, count: int, processes: int) -> Hundred:
    """Have so many evaluated at once, and look at what was kept.

    Raises:
        httpx.HTTPError: the server does not answer while they come.
    """
    found = Hundred(coach, count)
    async with httpx.AsyncClient(base_url=server.live.url, timeout=60) as client:
        # Each sends their own cookie; what the server gives to one must not go to all.
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        people = [
            Person(number, server.live, client, found.measured, memo_number(number), coach=coach)
            for number in range(count + WARMING * processes)
        ]
        try:
            for first in range(0, len(people), ARRIVING_AT_ONCE):
                await asyncio.gather(*(each.arrive() for each in people[first : first + ARRIVING_AT_ONCE]))
            for person in people:
                await person.save()
            await asyncio.gather(*(person.evaluate() for person in people[count:]))
            found.measured.begin_anew()
            cpu = sum(cpu_of(server.live).values())
            async with _watched(server, client, found):
                await asyncio.gather(*(_evaluated(person, found) for person in people[:count]))
            found.cpu_ms = (sum(cpu_of(server.live).values()) - cpu) / count
        finally:
            await asyncio.gather(*(person.leave() for person in people), return_exceptions=True)
    found.wrong = faults(read(server.database), [person.kept for person in people])
    found.wrong += [f"{what}, {often} times." for what, often in found.measured.errors.items()]
    return found


async def _evaluated(person: Person, found: Hundred) -> None:
    try:
        await person.evaluate()
    except (TimeoutError, httpx.HTTPError) as error:
        found.measured.errors[f"evaluate: {type(error).__name__}"] += 1


@asynccontextmanager
async def _watched(server: Running, client: httpx.AsyncClient, found: Hundred) -> AsyncIterator[None]:
    """Fetch pages as one more visitor, and look at the memory, until it is over."""
    watching = [asyncio.create_task(_fetch(client, found)), asyncio.create_task(_look(server, found))]
    try:
        yield
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)


async def _fetch(client: httpx.AsyncClient, found: Hundred) -> None:
    while True:
        for path in PAGES:
            began = time.monotonic()
            try:
                (await client.get(path, headers={"Accept": "text/html"})).raise_for_status()
            except httpx.HTTPError as error:
                found.measured.errors[f"a page: {type(error).__name__}"] += 1
            found.pages.append((time.monotonic() - began) * 1_000)
            await asyncio.sleep(PAGE_EVERY_SECONDS)


async def _look(server: Running, found: Hundred) -> None:
    while True:
        found.memory = max(found.memory, await asyncio.to_thread(memory_mb, server.live))
        await asyncio.sleep(0.5)


def passed(found: Hundred, processes: int) -> list[str]:
    """Return what is over its limit or wrong, a sentence each."""
    limit = LIMITS[found.coach, min(processes, 2)]
    said = list(found.wrong)
    if len(found.seconds) < found.at_once:
        said.append(f"{found.at_once - len(found.seconds)} evaluations were not finished.")
    if found.coach == "llm" and found.seconds and min(found.seconds) < MODEL_SECONDS:
        said.append("Evaluations ended before the model had spoken: others have judged.")
    if found.seconds and p95(found.seconds) > limit:
        said.append(f"An evaluation takes {p95(found.seconds):.2f} s at p95, the limit is {limit} s.")
    if found.pages and p95(found.pages) > LONGEST_PAGE_MS:
        said.append(f"A page takes {p95(found.pages):.0f} ms at p95, the limit is {LONGEST_PAGE_MS:.0f}.")
    return said


def as_table(columns: dict[str, list[Hundred]], count: int) -> str:
    """Return what was measured as a table, a column for each server."""
    at_most = "built-in 2.5 s by one process and 1.6 s by two, by the model 9.2 s"
    rows = [
        f"{count} people have their memo evaluated at once; a model takes {MODEL_SECONDS:.0f} s for each.",
        f"At most at p95: {at_most}, a page meanwhile {LONGEST_PAGE_MS:.0f} ms.",
        f"On {machine()}, which also run the load, the model and the database:",
        "",
        f"| {' | '.join(['p95 (highest)', *columns])} |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for index, first in enumerate(next(iter(columns.values()))):
        kind = {"builtin": "built-in", "llm": "by the model"}[first.coach]
        each = [found[index] for found in columns.values()]
        rows += [
            _row(f"{kind}: finished", [f"{len(one.seconds)} of {one.at_once}" for one in each]),
            _row(f"{kind}: from the click to the end", [_figures(one.seconds, 2, "s") for one in each]),
            _row(f"{kind}: a page meanwhile", [_figures(one.pages, 0, "ms") for one in each]),
            _row(f"{kind}: of a core for each", [f"{one.cpu_ms:.0f} ms" for one in each]),
            _row(f"{kind}: memory, highest", [f"{one.memory:.0f} MB" for one in each]),
            _row(f"{kind}: lost, twice or somebody else's", [str(len(one.wrong) or "none") for one in each]),
        ]
    return "\n".join(rows)


def _row(head: str, cells: list[str]) -> str:
    return f"| {head} | {' | '.join(cells)} |"


def _figures(taken: list[float], digits: int, unit: str) -> str:
    return "–" if not taken else f"{p95(taken):.{digits}f} {unit} ({max(taken):.{digits}f})"
