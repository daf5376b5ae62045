"""Load real servers side by side, and publish what each takes.

    python -m tests.load                          3,000 people, 1,000 of them at work, on each server in turn
    python -m tests.load --connected 300 --at-work 100 --seconds 60
    python -m tests.load --servers sqlite         only those servers
    python -m tests.load --hundred                a hundred evaluations at once, built-in and by a model
    python -m tests.load --soak 30                how memory and descriptors go over half an hour of work
    python -m tests.load --write                  writes the table into docs/performance.md as well

The load is a process of its own on the machine's cores, which the servers and their database share with it.
A person at work clicks every 5 s, has a draft saved every 10, asks for hints every 20 and has a memo judged
every 5 minutes; the others have their pages open. When all is over the database is read: every accepted
evaluation is there once and done, every acknowledged draft is there, each its writer's. The exit status is 1
where something was refused or lost, or the p95 of an interaction is over its limit.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import time
from dataclasses import dataclass

from memo_coach.server.build import build
from tests.benchmarks.bench_hundred import memory_mb, model_process, p95
from tests.benchmarks.machine import machine
from tests.benchmarks.publishing import publish
from tests.load.crowd import Crowd, gather_crowd
from tests.load.hundred import Hundred, as_table, at_once, passed
from tests.load.people import EVALUATED
from tests.load.servers import SERVERS, Running, processes_of, running
from tests.load.stored import faults, read

CONNECTED = 3_000
AT_WORK = 1_000
SECONDS = 300.0
WARM_SECONDS = 30.0
LONGEST_P95_MS = 200.0
INTERACTIONS = ("click", "draft saved", "hints", "evaluate", "page changed")
LOOK_EVERY_SECONDS = 60.0
MOST_LOOKS = 30
AT_ONCE = 100
LONGEST_SLOPE_MB = 24.0
"""By which memory may grow in an hour of work, after the first quarter of a soak."""


def main() -> int:
    """Measure, print, and with ``--write`` publish."""
    parser = argparse.ArgumentParser(description="Load real servers side by side.")
    parser.add_argument("--connected", type=int, default=CONNECTED)
    parser.add_argument("--at-work", type=int, default=AT_WORK)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--warm", type=float, default=WARM_SECONDS)
    parser.add_argument("--servers", nargs="+", choices=sorted(SERVERS), default=sorted(SERVERS))
    parser.add_argument(
        "--soak", type=float, help="minutes of work in which memory and descriptors are looked at"
    )
    parser.add_argument(
        "--hundred", type=int, nargs="?", const=AT_ONCE, help="have so many evaluated at once"
    )
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    arguments = parser.parse_args()
    build()
    _allow_descriptors()
    if arguments.soak is not None:
        return max([_soak(name, arguments) for name in arguments.servers])
    if arguments.hundred is not None:
        return _hundred(arguments)
    columns, wrong = [], []
    for name in arguments.servers:
        with running(name) as server:
            crowd = asyncio.run(
                gather_crowd(
                    server.live, arguments.connected, arguments.at_work, arguments.seconds, arguments.warm
                )
            )
            found = _wrong(server, crowd)
        columns.append(_column(name, crowd, found))
        wrong += found
        sys.stderr.write("\n".join(columns[-1]) + "\n")
    table = _table(arguments, columns)
    sys.stdout.write(table + "\n" + "".join(f"{each}\n" for each in wrong))
    if arguments.write:
        publish("load", table)
    return int(bool(wrong))


def _allow_descriptors() -> None:
    """Let this process and those it starts have as many sockets as the system allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _wrong(server: Running, crowd: Crowd) -> list[str]:
    """Return what must not be, a sentence each."""
    found = faults(read(server.database), crowd.kept)
    found += [f"{what}, {count} times." for what, count in crowd.measured.errors.items()]
    taken = _interactions(crowd)
    if not taken or p95(taken) > LONGEST_P95_MS:
        found.append(
            f"An interaction takes {p95(taken or [0.0]):.0f} ms at p95, the limit is {LONGEST_P95_MS:.0f}."
        )
    return [f"{server.name}: {each}" for each in found]


def _interactions(crowd: Crowd) -> list[float]:
    return [each for kind in INTERACTIONS for each in crowd.measured.milliseconds[kind]]


def _column(name: str, crowd: Crowd, wrong: list[str]) -> list[str]:
    """Return the column of a server, from its head down."""
    took = crowd.measured.milliseconds
    per_person = (crowd.memory_connected - crowd.memory_before) / crowd.connected
    return [
        name,
        _milliseconds(_interactions(crowd)),
        *(_milliseconds(took[kind]) for kind in INTERACTIONS),
        _milliseconds(took[EVALUATED]),
        f"{len(took[EVALUATED])}",
        f"{100 * crowd.cpu_seconds / crowd.seconds:.0f} %",
        f"{1_000 * crowd.cpu_seconds / crowd.seconds / crowd.at_work:.2f} ms",
        "–" if crowd.beside_seconds == 0 else f"{100 * crowd.beside_seconds / crowd.seconds:.0f} %",
        f"{100 * crowd.load_seconds / crowd.seconds:.0f} %",
        f"{crowd.memory_before:.0f}, {crowd.memory_connected:.0f}, {crowd.memory_after:.0f} MB",
        f"{per_person:.2f} MB",
        "none" if not wrong else f"{len(wrong)}, see above",
    ]


def _milliseconds(taken: list[float]) -> str:
    return "–" if not taken else f"{p95(taken):.0f} ms ({max(taken):.0f})"


def _table(arguments: argparse.Namespace, columns: list[list[str]]) -> str:
    heads = (
        "p95 (highest)", "all interactions", *INTERACTIONS, EVALUATED,
        "evaluations in that time", "of a core, by the server", "of a core for each at work, a second",
        "of a core, by database and Redis",
        "of a core, by the load", "memory: before, all connected, at the end", "memory for each connected",
        "refused, lost, twice or somebody else's",
    )  # fmt: skip
    crowd = f"{arguments.connected:,} people connected, {arguments.at_work:,} of them at work"
    times = f"for {arguments.seconds:.0f} s after {arguments.warm:.0f} s of warming up"
    rows = [
        f"{crowd} {times}. Most at p95: {LONGEST_P95_MS:.0f} ms.",
        f"On {machine()}, which also run the load and the database:",
        "",
    ]
    for index, cells in enumerate(zip(heads, *columns, strict=True)):
        rows.append(f"| {' | '.join(cells)} |")
        if index == 0:
            rows.append("|---" * len(cells) + "|")
    return "\n".join(rows)


def _hundred(arguments: argparse.Namespace) -> int:
    """Have a hundred evaluated at once by each coach on each server, print, and with ``--write`` publish."""
    columns: dict[str, list[Hundred]] = {}
    over = []
    for name in arguments.servers:
        columns[name] = []
        with model_process() as url:
            model = {"LLM_MODEL": "openai/slow", "LLM_API_BASE": url, "LLM_API_KEY": "a key"}
            asking = model | {"LLM_DAILY_BUDGET_USD": "1000"}
            for coach, environment in (("builtin", {}), ("llm", asking)):
                processes = processes_of(name)
                with running(name, **environment) as server:
                    found = asyncio.run(at_once(server, coach, arguments.hundred, processes))
                columns[name].append(found)
                over += [f"{name}, {coach}: {each}" for each in passed(found, processes)]
        sys.stderr.write(as_table({name: columns[name]}, arguments.hundred) + "\n")
    table = as_table(columns, arguments.hundred)
    sys.stdout.write(table + "\n" + "".join(f"{each}\n" for each in over))
    if arguments.write:
        publish("hundred-side-by-side", table)
    return int(bool(over))


def _soak(name: str, arguments: argparse.Namespace) -> int:
    """Say once a minute what one server holds while people are at work, and how fast that grows."""
    with running(name) as server:
        points, found = asyncio.run(_soaked(server, arguments))
    working = [point for point in points if point.at_work]
    later = working[len(working) // 4 :]
    slope = _slope([(point.seconds, point.memory) for point in later]) * 3_600
    more = _slope([(point.seconds, float(point.descriptors)) for point in later]) * 3_600
    crowd = f"{arguments.connected:,} people connected, {arguments.at_work:,} of them at work"
    grown = f"memory changes by {slope:+.1f} MB an hour (at most {LONGEST_SLOPE_MB:.0f})"
    lines = [
        f"{name}: {crowd} for {arguments.soak:.0f} minutes.",
        f"On {machine()}, which also run the load and the database:",
        "",
        "| minutes | memory | open files and sockets |",
        "|---:|---:|---:|",
    ]
    lines += [
        f"| {point.seconds / 60:.1f} | {point.memory:.0f} MB | {point.descriptors:,} |"
        for point in working[:: max(1, len(working) // 6)]
    ]
    lines += ["", f"After the first quarter {grown}, open files and sockets by {more:+.0f}."]
    table = "\n".join(lines)
    if slope > LONGEST_SLOPE_MB:
        found.append(f"{name}: memory grows by {slope:.1f} MB an hour, the limit is {LONGEST_SLOPE_MB:.0f}.")
    sys.stdout.write(f"{table}\n" + "".join(f"{each}\n" for each in found))
    if arguments.write:
        publish("soak-" + name.replace(", ", "-").replace(" ", "-").lower(), table)
    return int(bool(found))


@dataclass(frozen=True)
class Point:
    """What a server held at one moment of a soak."""

    seconds: float
    memory: float
    descriptors: int
    at_work: bool
    """Whether all had come by then and nobody had gone."""


async def _soaked(server: Running, arguments: argparse.Namespace) -> tuple[list[Point], list[str]]:
    came = asyncio.Event()
    crowd = asyncio.create_task(
        gather_crowd(
            server.live,
            arguments.connected,
            arguments.at_work,
            60 * arguments.soak,
            arguments.warm,
            came=came,
        )
    )
    points: list[Point] = []
    began = time.monotonic()
    while not crowd.done():
        memory = await asyncio.to_thread(memory_mb, server.live)
        points.append(Point(time.monotonic() - began, memory, server.descriptors(), came.is_set()))
        sys.stderr.write(f"{points[-1].seconds:.0f} s: {memory:.1f} MB, {points[-1].descriptors}\n")
        every = min(LOOK_EVERY_SECONDS, 60 * arguments.soak / MOST_LOOKS)
        await asyncio.wait({crowd}, timeout=every)
    # The last look may have seen people go.
    return points[:-1], _wrong(server, crowd.result())


def _slope(points: list[tuple[float, float]]) -> float:
    """Return by how much something grows in a second, by least squares."""
    if len(points) < 2:
        return 0.0
    mean_time = sum(moment for moment, _ in points) / len(points)
    mean = sum(value for _, value in points) / len(points)
    spread = sum((moment - mean_time) ** 2 for moment, _ in points)
    return sum((moment - mean_time) * (value - mean) for moment, value in points) / spread


if __name__ == "__main__":
    sys.exit(main())
