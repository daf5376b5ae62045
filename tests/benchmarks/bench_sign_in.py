"""Measure a hundred people who sign in at once, and what a page asks of the services meanwhile.

    python tests/benchmarks/bench_sign_in.py            prints a table
    python tests/benchmarks/bench_sign_in.py --write    writes it into docs/performance.md as well

In one process and on SQLite, without the way over HTTP, which is small beside a hash: a hundred accounts sign
in at the same moment from one network. Meanwhile somebody who is signed in asks again and again whose session
theirs is and which memos they have. The exit status is 1 where a limit is passed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from memo_coach.services.accounts.password_hashing import LANES, MEMORY_KIB, PASSES, THREADS
from memo_coach.services.accounts.principal import Actor, Role
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.settings import load_settings
from memo_coach.storage.repositories.users import UserRepository
from tests.accounts import PASSWORD, signed_in
from tests.benchmarks.bench_hundred import p95
from tests.benchmarks.machine import machine
from tests.benchmarks.publishing import publish

AT_ONCE = 100
WAVES = 3
LONGEST_P95_SECONDS = 3.0
LONGEST_PAGE_MS = 200.0
_LOOK_EVERY = 0.01


@dataclass
class Measured:
    """What was measured over all waves."""

    seconds: list[float] = field(default_factory=list)
    page_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    """Of a core for each sign-in."""


async def add_accounts(services: Services) -> None:
    """Make the accounts; one password, hashed once, for all of them."""
    hashed = await services.accounts.hashing.run(services.accounts.hashing.hasher.hash, PASSWORD.encode())
    for number in range(AT_ONCE + 1):
        user = await services.users.create(
            Actor("bench"), email=f"{number}@example.org", name="", role=Role.WRITER
        )
        async with services.database.write() as session:
            await UserRepository(session).change(user.id, {"password_hash": hashed})


async def look(services: Services, token: str, measured: Measured) -> None:
    """Ask what a page asks, until this is cancelled."""
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(0)
        principal = await services.sessions.principal(token)
        assert principal is not None
        await services.memos.list(principal.owner)
        measured.page_ms.append((time.perf_counter() - begun) * 1_000)
        await asyncio.sleep(_LOOK_EVERY)


async def timed(services: Services, number: int) -> float:
    """Sign one in; give the seconds that it took."""
    begun = time.perf_counter()
    await signed_in(services, f"{number}@example.org")
    return time.perf_counter() - begun


async def measure() -> Measured:
    """Measure all waves."""
    measured = Measured()
    with tempfile.TemporaryDirectory() as directory:
        services = await open_services(load_settings({"DATA_DIR": directory}, env_file=None))
        await add_accounts(services)
        looking = asyncio.create_task(
            look(services, (await signed_in(services, f"{AT_ONCE}@example.org")).token, measured)
        )
        for _ in range(WAVES):
            cpu = time.process_time()
            measured.seconds += await asyncio.gather(*(timed(services, number) for number in range(AT_ONCE)))
            measured.cpu_ms.append((time.process_time() - cpu) * 1_000 / AT_ONCE)
        looking.cancel()
        await close_services(services)
    return measured


def table_of(measured: Measured) -> str:
    """Return the table."""
    seconds, page, work = measured.seconds, measured.page_ms, measured.cpu_ms
    return f"""### A hundred sign in at once

Argon2id with {MEMORY_KIB // 1024} MiB, {PASSES} passes, {LANES} lane; {THREADS} threads hash at once.
One process, SQLite. {machine()}.

| | median | p95 | longest | limit |
|---|---|---|---|---|
| signing in, s | {_columns(seconds)} | p95 {LONGEST_P95_SECONDS:g} |
| what a page asks meanwhile, ms | {_columns(page)} | p95 {LONGEST_PAGE_MS:g} |
| work of a core for each, ms | {median(work):.0f} | | | |
"""


def _columns(values: list[float]) -> str:
    return " | ".join(f"{value:.2f}" for value in (median(values), p95(values), max(values)))


def main() -> int:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    measured = asyncio.run(measure())
    table = table_of(measured)
    sys.stdout.write(table)
    if arguments.write:
        publish("sign-in", table)
    return int(p95(measured.seconds) > LONGEST_P95_SECONDS or p95(measured.page_ms) > LONGEST_PAGE_MS)


if __name__ == "__main__":
    sys.exit(main())
