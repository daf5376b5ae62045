"""Measure an import: its memory, its processor time, and how long it keeps others from being answered.

    python tests/benchmarks/bench_import.py            prints a table
    python tests/benchmarks/bench_import.py --write    writes it into docs/performance.md as well

Each document is imported in a process of its own, on SQLite and on Postgres. What holds the event loop is
measured as the processor time of single steps on it, so that other work on the machine does not count; how
late something was that should happen every 5 ms is measured by the clock, and does. The exit status is 1
where a step passes the limit.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from asyncio.events import Handle
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from memo_coach.services.container import close_services, open_services
from memo_coach.services.data.import_pieces import Piece
from memo_coach.services.data.importing import MOST_IMPORT_BYTES, ImportService, ImportView
from memo_coach.settings import load_settings
from memo_coach.storage.engine import schema
from tests.benchmarks.machine import machine
from tests.benchmarks.publishing import publish
from tests.postgres_server import running_postgres

LIMIT_MS = 50.0
TICK = 0.005
CASES = {"30 MB, 100 memos": (100, 10, 17_000),
         "30 MB, one memo": (1, 1_000, 17_000), "200 MB, one memo": (1, 2_000, 90_000)}  # fmt: skip
"""Memos, evaluations of each, and characters of their texts."""
MOMENT = "2026-11-01T07:00:00Z"
_RANDOM = random.Random(7)
_LETTERS = "abcdefghijklmnoprstuv"
_WORDS = ["".join(_RANDOM.choices(_LETTERS, k=length)) for length in range(2, 12) for _ in range(200)]
_TEXT = " ".join(_RANDOM.choices(_WORDS, k=300_000))


def words(characters: int) -> str:
    """Return a text that is packed to a third or so, as memos are."""
    start = _RANDOM.randrange(len(_TEXT) - characters)
    return _TEXT[start : start + characters].strip()


def evaluation(number: int, text: str) -> dict[str, Any]:
    """Return an evaluation as the built-in coach makes it: seven criteria, eight comments, a conversation."""
    return {
        "id": f"e{number}", "version": number, "status": "done", "created": MOMENT, "finished": MOMENT,
        "rubric": "investment-memo", "rubric_version": "1", "coach": "builtin", "judged_by": "builtin",
        "model": None, "fallback_from": None, "cached": False, "prompt_version": None, "by_one_coach": True,
        "removed_characters": 0, "seconds": 0.1, "error": None, "second_opinion": None,
        "overall": {"score": 3.5, "summary": words(400), "strengths": [], "opportunities": [words(200)]},
        "criteria": [
            {"id": f"c{each}", "name": f"Criterion {each}", "weight": 10, "effective_weight": 10, "score": 3,
             "justification": words(300),
             "evidence": [{"start": 0, "end": 40, "quote": text[:40]}] * 3}
            for each in range(7)
        ],
        "comments": [
            {"id": f"k{each}", "criterion": f"c{each % 7}", "kind": "opportunity", "start": 0, "end": 40,
             "quote": text[:40], "comment": words(300), "questions": [words(100)], "rank": each}
            for each in range(8)
        ],
        "chat": [
            {"role": role, "text": words(300), "status": "done", "created": MOMENT}
            for role in ("person", "coach")
        ],
    }  # fmt: skip


def document(memos: int, evaluations: int, characters: int) -> Iterator[str]:
    """Yield an export, piece by piece."""
    yield '{"format": "memo-coach-export", "version": 1, "memos": ['
    for number in range(memos):
        head = {"id": "m", "title": f"Memo {number}", "language": "en", "words": 9, "created": MOMENT,
                "rubric": "investment-memo", "changed": f"2026-11-02T07:{number // 60:02}:{number % 60:02}Z",
                "draft": None}  # fmt: skip
        texts = [words(max(characters, 1_000)) for _ in range(evaluations)]
        yield (", " if number else "") + json.dumps(head)[:-1] + ', "versions": ['
        for each, text in enumerate(texts, 1):
            version = {"number": each, "text": text, "language": "en", "words": 9, "created": MOMENT}
            yield (", " if each > 1 else "") + json.dumps(version)
        yield '], "evaluations": ['
        for each, text in enumerate(texts, 1):
            yield (", " if each > 1 else "") + json.dumps(evaluation(each, text))
        yield "]}"
    yield "]}"


@asynccontextmanager
async def watched(found: dict[str, float]) -> AsyncIterator[None]:
    """Measure the steps of the event loop, and how late what should happen every :data:`TICK` was."""
    run = Handle._run
    steps: list[float] = []
    late: list[float] = []

    def measured_run(handle: Handle) -> None:
        began = time.thread_time()
        run(handle)
        steps.append(time.thread_time() - began)

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK)
            late.append(time.perf_counter() - began - TICK)

    Handle._run = measured_run  # type: ignore[method-assign, assignment]
    ticking = asyncio.create_task(tick())
    try:
        yield
    finally:
        ticking.cancel()
        Handle._run = run  # type: ignore[method-assign]
    found["step"] = max(steps) * 1_000
    found["late"] = statistics.quantiles(late, n=20)[-1] * 1_000
    found["latest"] = max(late) * 1_000


async def import_one(file: Path, folder: Path, url: str) -> dict[str, float]:
    """Import a file; return what was measured."""
    environment = {"DATA_DIR": str(folder), "PORT": "1", **({"DATABASE_URL": url} if url else {})}
    services = await open_services(load_settings(environment, env_file=None))
    found: dict[str, float] = {}
    try:
        await schema.upgrade(services.database)
        _token, owner = await services.visitors.admit()
        memory = memory_now()
        before = resource.getrusage(resource.RUSAGE_SELF)
        began = time.perf_counter()
        async with watched(found):
            if size_of(file) <= MOST_IMPORT_BYTES:
                done = await services.imports.import_file(owner, await asyncio.to_thread(file.read_bytes))
            else:
                done = await import_in_pieces(services.imports, owner, file)
        after = resource.getrusage(resource.RUSAGE_SELF)
        assert done.added, "it is new here"
        found["memory"] = (after.ru_maxrss * 1_024 - memory) / 1e6
        found["cpu"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found["wall"] = time.perf_counter() - began
    finally:
        await close_services(services)
    return found


async def import_in_pieces(imports: ImportService, owner: str, file: Path) -> ImportView:
    """Import a file as a browser sends a large one."""
    start, whole = 0, size_of(file)
    with file.open("rb") as opened:
        while content := opened.read(MOST_IMPORT_BYTES):
            done = await imports.import_piece(owner, Piece(content, start, whole))
            start += len(content)
    assert done is not None, "the last piece has come"
    return done


def memory_now() -> int:
    """Return how many bytes of memory this process has."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()


def size_of(file: Path) -> int:
    """Return how many bytes a file has."""
    return file.stat().st_size


def written(case: tuple[int, int, int], file: Path) -> float:
    """Write an export, packed; return how many MB of JSON it has."""
    with gzip.open(file, "wt", encoding="utf-8", compresslevel=6) as packed:
        return sum(packed.write(piece) for piece in document(*case)) / 1e6


def measured(file: Path, folder: Path, url: str) -> dict[str, float]:
    """Import a file in a process of its own; return what was measured there."""
    command = [sys.executable, __file__, "--import", str(file), "--folder", str(folder), "--url", url]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    """Measure, print, and with ``--write`` publish."""
    parser = argparse.ArgumentParser(description="Measure imports.")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    parser.add_argument("--import", dest="file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--url", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.file:
        sys.stdout.write(json.dumps(asyncio.run(import_one(given.file, given.folder, given.url))) + "\n")
        return 0
    head = (
        "import of",
        "database",
        "JSON",
        "memory, more",
        "processor time",
        "longest step",
        "late, p95",
        "at most",
    )
    lines = [f"On {machine()}:", "", f"| {' | '.join(head)} |", "|---|---|---:|---:|---:|---:|---:|---:|"]
    passed = False
    with running_postgres() as server, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "export.json.gz"
        for name, case in CASES.items():
            size = written(case, file)
            for kind in ("SQLite", "Postgres"):
                url = server.url(server.create_database()) if kind == "Postgres" else ""
                found = measured(file, Path(folder) / f"{name}, {kind}", url)
                passed |= found["step"] > LIMIT_MS
                figures = (
                    f"{size:.0f} MB", f"{found['memory']:.0f} MB", f"{found['cpu']:.1f} s",
                    f"{found['step']:.0f} ms", f"{found['late']:.0f} ms", f"{found['latest']:.0f} ms",
                )  # fmt: skip
                lines.append(f"| {name} | {kind} | {' | '.join(figures)} |")
                sys.stdout.write(lines[-1] + "\n")
                sys.stdout.flush()
    table = "\n".join(lines)
    sys.stdout.write(table + "\n")
    if given.write:
        publish("import", table)
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main())
