"""Measure a hundred evaluations at once by the built-in coach, the pages meanwhile, and what each costs.

    python tests/benchmarks/bench_hundred_builtin.py            prints a table
    python tests/benchmarks/bench_hundred_builtin.py --write    writes it into docs/performance.md as well

A hundred visitors, each from an address of their own, with a session and a socket as a browser has them, hand
in a memo of 3,000 characters at the same moment; each is taken to the feedback as a browser is, and follows
it to its end. No two memos are alike. The load is a process of its own, and shares the machine's cores.
The exit status is 1 where a limit is passed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from reflex.state import OnLoadInternalState

from memo_coach.coaching import samples
from memo_coach.coaching.builtin.coach import evaluate_memo
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.rubric.reader import shipped_rubric
from memo_coach.server.build import build
from memo_coach.ui.states.write import WriteState
from tests.benchmarks.bench_hundred import Found, click, fetch_pages, p95
from tests.benchmarks.machine import machine
from tests.benchmarks.publishing import publish
from tests.integration.web.sockets import HYDRATE, TestSocket, cookie_of, opened
from tests.live_server import LiveServer, serving

AT_ONCE = 100
WAVES = 3
CHARACTERS = 3_000
LONGEST_P95_SECONDS = 2.5
LONGEST_PAGE_MS = 200.0
RUBRIC = "investment-memo"
_TOO_LONG = 60.0
_TICK_MS = 1_000 / os.sysconf("SC_CLK_TCK")
_FEEDBACK = re.compile(r"/feedback/([\w-]{10,})")
_ENDED = re.compile(r'"status[^"]*":\s*"(done|failed|cancelled)"')


@dataclass
class Wave:
    """What one wave took."""

    seconds: list[float] = field(default_factory=list)
    """From the click to the end, of those that were finished."""
    others: int = 0
    """Those that ended in another way, or not at all."""
    cpu: dict[str, float] = field(default_factory=dict)
    """Milliseconds of a core for each evaluation, by part."""


def memo_number(number: int) -> str:
    """Make a memo of :data:`CHARACTERS` from the samples; each number has sections and figures of its own."""
    chance = random.Random(number)
    folder = Path(next(iter(samples.__path__))) / "en"
    parts = [part for path in sorted(folder.glob("*.md")) for part in path.read_text("utf-8").split("\n\n")]
    chance.shuffle(parts)
    text = f"Subject: Approve proposal {number}\n\n" + "\n\n".join(parts)
    varied = re.sub(r"\d", lambda digit: str((int(digit[0]) + chance.randrange(10)) % 10), text)
    return varied[:CHARACTERS]


async def judged(socket: TestSocket, text: str) -> float | None:
    """Hand in a memo and follow it; give the seconds from the click to the end, where it is done."""
    began = time.monotonic()
    form = {"memo": text, "rubric": RUBRIC, "coach": "builtin"}
    await socket.event(f"{WriteState.get_full_name()}.evaluate", {"form": form})
    asked = False
    async with asyncio.timeout(_TOO_LONG):
        async for frame in socket.frames():
            if not asked and (found := _FEEDBACK.search(frame)):
                asked, page = True, f"/feedback/{found[1]}"
                await socket.event(
                    f"{OnLoadInternalState.get_full_name()}.on_load_internal",
                    router_data={"pathname": page, "asPath": page},
                )
            elif ended := _ENDED.search(frame):
                return time.monotonic() - began if ended[1] == "done" else None
    return None


async def visited(
    server: LiveServer, cookie: str, text: str, address: str, gate: asyncio.Barrier
) -> float | None:
    """Come as a visitor, and hand in a memo when all others do."""
    async with opened(server, cookie, forwarded_for=address) as socket:
        await socket.event(HYDRATE)
        await socket.answers(1.0)
        await gate.wait()
        return await judged(socket, text)


async def waved(server: LiveServer, number: int, at_once: int, found: Found) -> Wave:
    """Measure one wave."""
    cookies = [await asyncio.to_thread(cookie_of, server) for _ in range(at_once)]
    gate, wave = asyncio.Barrier(at_once + 1), Wave()
    writers = [
        asyncio.create_task(
            visited(server, cookie, memo_number(number * at_once + each), f"198.51.{number}.{each + 1}", gate)
        )
        for each, cookie in enumerate(cookies)
    ]
    while gate.n_waiting < at_once:  # noqa: ASYNC110 - until all have their sockets
        await asyncio.sleep(0.1)
    found.pages.clear()
    found.events.clear()
    before, load = cpu_of(server), time.process_time()
    await gate.wait()
    for seconds in await asyncio.gather(*writers):
        if seconds is None:
            wave.others += 1
        else:
            wave.seconds.append(seconds)
    after = cpu_of(server)
    wave.cpu = {part: (after[part] - before.get(part, 0.0)) / at_once for part in after}
    wave.cpu["the load"] = (time.process_time() - load) * 1_000 / at_once
    return wave


async def measured(server: LiveServer, at_once: int, waves: int) -> tuple[list[Wave], Found]:
    """Measure some waves one after the other, the pages meanwhile."""
    found, all_found, over = Found(), Found(), asyncio.Event()
    bystanders = [
        asyncio.create_task(work(server, await asyncio.to_thread(cookie_of, server), found, over))
        for work in (fetch_pages, click)
    ]
    # The first one reads the coach's words, and that is not what is measured here.
    await waved(server, 250, 1, found)
    done = []
    for number in range(waves):
        done.append(await waved(server, number, at_once, found))
        all_found.pages += found.pages
        all_found.events += found.events
    over.set()
    await asyncio.gather(*bystanders)
    return done, all_found


def cpu_of(server: LiveServer) -> dict[str, float]:
    """Return the milliseconds of a core that the server has used, by part.

    The worker's first thread runs the event loop: events, statements, answers, and what is computed there.
    Its other threads are the server's own beneath it, and those that wait for the disk or compute. The other
    processes are the one that was started and the one that reads memos beside.
    """
    spent = {"the event loop": 0.0, "other threads": 0.0, "other processes": 0.0}
    worker = worker_of(server)
    for process in server.processes():
        for thread in Path(f"/proc/{process}/task").glob("*/stat"):
            used = ticks_of(thread) * _TICK_MS
            first = int(thread.parent.name) == process
            if process != worker:
                spent["other processes"] += used
            else:
                spent["the event loop" if first else "other threads"] += used
    return spent


def worker_of(server: LiveServer) -> int:
    """Return the process that answers: the child of the first one that has used most."""
    processes = server.processes()
    children = [each for each in processes if parent_of(each) in processes]
    of_first = [each for each in children if parent_of(each) not in children]
    return max(of_first, key=lambda process: ticks_of(Path(f"/proc/{process}/stat")))


def parent_of(process: int) -> int:
    """Return the parent of a process."""
    return int(Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[1])


def ticks_of(stat: Path) -> int:
    """Return the clock ticks that a process or thread has used; the name before them may hold spaces."""
    fields = stat.read_text("utf-8").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def coach_ms(at_once: int) -> float:
    """Return the milliseconds that the coach alone takes for one of these memos, parsing included."""
    rubric = shipped_rubric(RUBRIC)
    memos = [memo_number(number) for number in range(at_once)]
    evaluate_memo(parse_memo(memos[0]), rubric)
    began = time.process_time()
    for memo in memos:
        evaluate_memo(parse_memo(memo), rubric)
    return (time.process_time() - began) * 1_000 / len(memos)


def stored(folder: Path) -> dict[tuple[str, int], int]:
    """Count the evaluations in the database by status and number of attempts."""
    with closing(sqlite3.connect(folder / "memo_coach.db")) as database:
        rows = database.execute("SELECT status, attempt, count(*) FROM evaluations GROUP BY 1, 2").fetchall()
    return {(status, attempt): count for status, attempt, count in rows}


def as_table(at_once: int, waves: list[Wave], found: Found, alone: float) -> tuple[str, bool]:
    """Return the figures as a table, and whether all are within their limits."""
    seconds = [each for wave in waves for each in wave.seconds]
    taken, wanted = p95(seconds or [_TOO_LONG]), at_once * len(waves)
    rows = (
        ("evaluations done, each once", f"{len(seconds)} of {wanted}", "all", len(seconds) == wanted),
        ("from the click to the end, p95 (each wave)",
         f"{taken:.2f} s ({', '.join(f'{p95(wave.seconds or [_TOO_LONG]):.2f}' for wave in waves)})",
         f"< {LONGEST_P95_SECONDS} s", taken < LONGEST_P95_SECONDS),
        ("a page meanwhile, p95 (highest)", f"{p95(found.pages):.0f} ms ({max(found.pages):.0f} ms)",
         f"< {LONGEST_PAGE_MS:.0f} ms", p95(found.pages) < LONGEST_PAGE_MS),
        ("a click meanwhile, p95 (highest)", f"{p95(found.events):.0f} ms ({max(found.events):.0f} ms)",
         f"< {LONGEST_PAGE_MS:.0f} ms", p95(found.events) < LONGEST_PAGE_MS),
    )  # fmt: skip
    parts = {part: statistics.median(wave.cpu[part] for wave in waves) for part in waves[0].cpu}
    lines = [
        f"{at_once} built-in evaluations at once, {len(waves)} times, memos of {CHARACTERS:,} characters.",
        f"On {machine()}, which also run the load:",
        "",
        "| what | measured | limit |",
        "|---|---|---|",
        *(f"| {what} | {figure} | {limit} |" for what, figure, limit, _ in rows),
        "",
        f"Milliseconds of a core for each, where the coach alone takes {alone:.1f}: "
        + ", ".join(f"{part} {used:.1f}" for part, used in parts.items())
        + ".",
    ]
    return "\n".join(lines), all(within for *_, within in rows)


def main() -> int:
    """Measure, print, and with ``--write`` publish."""
    parser = argparse.ArgumentParser(description="Measure a hundred built-in evaluations at once.")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    parser.add_argument("--waves", type=int, default=WAVES)
    arguments = parser.parse_args()
    build()
    alone = coach_ms(arguments.at_once)
    with tempfile.TemporaryDirectory() as folder:
        with serving(Path(folder), TRUSTED_PROXIES="127.0.0.0/8") as server:
            waves, found = asyncio.run(measured(server, arguments.at_once, arguments.waves))
        kept = stored(Path(folder))
    table, within = as_table(arguments.at_once, waves, found, alone)
    sys.stdout.write(f"{table}\n")
    wanted = {("done", 1): arguments.at_once * arguments.waves + 1}
    if kept != wanted:
        sys.stderr.write(f"The database has {kept} instead of {wanted}.\n")
    if arguments.write:
        publish("hundred-builtin", table)
    return 0 if within and kept == wanted else 1


if __name__ == "__main__":
    sys.exit(main())
