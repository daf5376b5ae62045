"""Load real servers side by side, and publish what each takes.

    python -m tests.load                          3,000 people, 1,000 of them at work, on each server in turn
    python -m tests.load --connected 300 --at-work 100 --seconds 60
    python -m tests.load --servers sqlite         only those servers
    python -m tests.load --soak 1800              how the memory of one server goes over half an hour of work
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

from memo_coach.server.build import build
from tests.benchmarks.bench_hundred import memory_mb, p95
from tests.benchmarks.machine import machine
from tests.benchmarks.publishing import publish
from tests.load.crowd import Crowd, gather_crowd
from tests.load.servers import SERVERS, Running, running
from tests.load.stored import faults, read

CONNECTED = 3_000
AT_WORK = 1_000
SECONDS = 300.0
WARM_SECONDS = 30.0
LONGEST_P95_MS = 200.0
INTERACTIONS = ("click", "draft saved", "hints", "evaluate", "page changed")
LOOK_EVERY_SECONDS = 60.0


def main() -> int:
    """Measure, print, and with ``--write`` publish."""
    parser = argparse.ArgumentParser(description="Load real servers side by side.")
    parser.add_argument("--connected", type=int, default=CONNECTED)
    parser.add_argument("--at-work", type=int, default=AT_WORK)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--warm", type=float, default=WARM_SECONDS)
    parser.add_argument("--servers", nargs="+", choices=sorted(SERVERS), default=sorted(SERVERS))
    parser.add_argument("--soak", type=float, help="seconds of work in which only memory is looked at")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    arguments = parser.parse_args()
    build()
    _allow_descriptors()
    if arguments.soak is not None:
        return _soak(arguments)
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
        _milliseconds(took["evaluated, from the click to the end"]),
        f"{len(took['evaluated, from the click to the end'])}",
        f"{100 * crowd.cpu_seconds / crowd.seconds:.0f} %",
        f"{1_000 * crowd.cpu_seconds / crowd.seconds / crowd.at_work:.2f} ms",
        f"{100 * crowd.load_seconds / crowd.seconds:.0f} %",
        f"{crowd.memory_before:.0f}, {crowd.memory_connected:.0f}, {crowd.memory_after:.0f} MB",
        f"{per_person:.2f} MB",
        "none" if not wrong else f"{len(wrong)}, see above",
    ]


def _milliseconds(taken: list[float]) -> str:
    return "–" if not taken else f"{p95(taken):.0f} ms ({max(taken):.0f})"


def _table(arguments: argparse.Namespace, columns: list[list[str]]) -> str:
    heads = (
        "p95 (highest)", "all interactions", *INTERACTIONS, "evaluated, from the click to the end",
        "evaluations in that time", "of a core, by the server", "of a core for each at work, a second",
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


def _soak(arguments: argparse.Namespace) -> int:
    """Say once a minute what one server holds while people are at work, and how fast that grows."""
    with running(arguments.servers[0]) as server:
        points, found = asyncio.run(_soaked(server, arguments))
    later = points[len(points) // 4 :]
    slope = _slope(later) * 3_600
    sys.stdout.write(
        f"Over {arguments.soak / 60:.0f} minutes: {points[0][1]:.0f} to {points[-1][1]:.0f} MB, "
        f"{slope:+.1f} MB an hour after the first quarter; descriptors {points[0][2]} to {points[-1][2]}.\n"
    )
    sys.stdout.writelines(f"{each}\n" for each in found)
    return int(bool(found))


async def _soaked(
    server: Running, arguments: argparse.Namespace
) -> tuple[list[tuple[float, float, int]], list[str]]:
    working = asyncio.create_task(
        gather_crowd(server.live, arguments.connected, arguments.at_work, arguments.soak, arguments.warm)
    )
    points: list[tuple[float, float, int]] = []
    loop = asyncio.get_running_loop()
    while not working.done():
        points.append((loop.time(), memory_mb(server.live), server.descriptors()))
        sys.stderr.write(f"{points[-1][0] - points[0][0]:.0f} s: {points[-1][1]:.1f} MB, {points[-1][2]}\n")
        await asyncio.wait({working}, timeout=LOOK_EVERY_SECONDS)
    return points, _wrong(server, working.result())


def _slope(points: list[tuple[float, float, int]]) -> float:
    """Return the MB a second by which memory grows, by least squares."""
    if len(points) < 2:
        return 0.0
    mean_time = sum(time for time, *_ in points) / len(points)
    mean = sum(memory for _, memory, _ in points) / len(points)
    spread = sum((time - mean_time) ** 2 for time, *_ in points)
    return sum((time - mean_time) * (memory - mean) for time, memory, _ in points) / spread


if __name__ == "__main__":
    sys.exit(main())
