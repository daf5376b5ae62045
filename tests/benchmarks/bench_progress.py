"""Measure progress: what the page of somebody with 10,000 evaluations takes, on SQLite and on Postgres.

    python tests/benchmarks/bench_progress.py            prints a table
    python tests/benchmarks/bench_progress.py --write    writes it into docs/performance.md as well

The owner has 1,000 memos of ten versions, each judged on seven criteria with eight comments; every second
memo was judged by a model, with the built-in coach's whole reading beside. Another owner has as much. Both
databases know how their rows are spread (ANALYZE), as one that has run for a day does. The quickest of
some rounds counts, for the rest is other work; the exit status is 1 where even that passes the limit.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sqlalchemy import insert, text

from memo_coach.services.progress.service import ProgressService
from memo_coach.services.progress.views import Judge
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
from memo_coach.storage.tables import CommentRow, CriterionRow, Evaluation, Memo, MemoVersion, Table, Visitor
from tests.benchmarks.machine import machine
from tests.benchmarks.publishing import publish
from tests.databases import database_at
from tests.postgres_server import running_postgres
from tests.stored_rows import NOON

LIMIT_MS = 100.0
MEMOS, VERSIONS, CRITERIA, COMMENTS = 1_000, 10, 7, 8
ROUNDS = 30
_SAYING = "What a demanding reader asks here, and why it matters to what is to be decided. " * 4
_READING = {"comments": [_SAYING] * 20}
OWNER, MODEL = "owner", "openai/some-model"


def rows_of(owner: str, memo_number: int) -> list[tuple[type[Table], list[dict[str, Any]]]]:
    """Return the rows of one memo with all its versions and their evaluations, in the order of storing."""
    memo, is_models = f"{owner}-{memo_number}", memo_number % 2 == 1
    judge = "llm" if is_models else "builtin"
    began = NOON + timedelta(hours=memo_number)
    versions, evaluations, criteria, comments = [], [], [], []
    for version in range(1, VERSIONS + 1):
        evaluation = f"{memo}-{version}"
        created = began + timedelta(minutes=version)
        versions.append(
            {"memo": memo, "number": version, "text": _SAYING * 10, "text_sha256": evaluation, "words": 500,
             "language": "en", "created": created}
        )  # fmt: skip
        evaluations.append(
            {"id": evaluation, "owner": owner, "memo": memo, "version": version, "rubric": "investment-memo",
             "rubric_version": "1", "coach": judge, "status": "done", "attempt": 1,
             "failures": 0, "changes": 1, "done_steps": 1, "total_steps": 1, "overall": {"summary": _SAYING},
             "score": 1 + (memo_number * 7 + version * 3) % 41 / 10, "created": created, "finished": created,
             "characters": 3_000, "removed_characters": 0, "cached": False,
             "judged_by": judge, "model": MODEL if is_models else None,
             "cache_key": evaluation if is_models else None,
             "second_opinion": _READING if is_models else None}
        )  # fmt: skip
        criteria += [
            {"evaluation": evaluation, "criterion": f"c{number}", "position": number,
             "name": f"Criterion {number}", "weight": 1.0, "effective_weight": 1.0,
             "score": 1 + (version + number) % 5, "justification": _SAYING,
             "evidence": [{"start": 0, "end": 9, "quote": _SAYING}], "coach": judge}
            for number in range(CRITERIA)
        ]  # fmt: skip
        comments += [
            {"evaluation": evaluation, "id": f"k{number}", "criterion": f"c{number % CRITERIA}",
             "kind": "opportunity", "comment": _SAYING, "questions": [_SAYING], "rank": number,
             "priority": 0.1, "finding": "" if is_models else f"kind.{(memo_number + version) * number % 19}"}
            for number in range(COMMENTS)
        ]  # fmt: skip
    title = [{"id": memo, "owner": owner, "title": f"Memo {memo_number}", "language": "en", "words": 500,
              "created": began, "changed": began, "draft_rubric": "r", "draft_revision": 0,
              "draft_set_aside": False}]  # fmt: skip
    return [(Memo, title), (MemoVersion, versions), (Evaluation, evaluations), (CriterionRow, criteria),
            (CommentRow, comments)]  # fmt: skip


async def fill(database: Database, memos: int = MEMOS) -> None:
    """Store what two owners have."""
    for owner in (OWNER, "another"):
        async with database.write() as session:
            await session.execute(insert(Visitor), [{"id": owner, "created": NOON, "last_seen": NOON}])
        for first in range(0, memos, 50):
            async with database.write() as session:
                for number in range(first, min(first + 50, memos)):
                    for table, rows in rows_of(owner, number):
                        await session.execute(insert(table), rows)
    async with database.write() as session:
        await session.execute(text("ANALYZE"))


async def milliseconds(work: Callable[[], Awaitable[object]]) -> list[float]:
    """Return how long some rounds took, the first of which, that opens files, left out."""
    taken = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - began) * 1_000)
    return taken[1:]


async def measured(database: Database, folder: Path) -> list[tuple[str, list[float]]]:
    """Return what was looked at, and how long each look took."""
    await schema.upgrade(database)
    await fill(database)
    progress = ProgressService(UnitOfWork(database, folder))
    memo, model = f"{OWNER}-{MEMOS - 2}", Judge("llm", MODEL)
    view = await progress.of_owner(OWNER)
    assert view.evaluations == MEMOS * VERSIONS
    assert len(view.lines) == 2
    looks: dict[str, Callable[[], Awaitable[object]]] = {
        "all memos, both coaches": lambda: progress.of_owner(OWNER),
        "all memos, one coach": lambda: progress.of_owner(OWNER, judge=model),
        "the versions of one memo": lambda: progress.of_owner(OWNER, memo_id=memo),
        "beside the feedback": lambda: progress.before(OWNER, f"{memo}-{VERSIONS}"),
    }
    found = [(name, await milliseconds(work)) for name, work in looks.items()]
    await database.close()
    return found


def main() -> int:
    """Measure, print, and with ``--write`` publish."""
    parser = argparse.ArgumentParser(description="Measure the progress of somebody with 10,000 evaluations.")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    write = parser.parse_args().write
    lines = [
        f"On {machine()}:",
        "",
        f"| progress of 10,000 evaluations | database | quickest of {ROUNDS} | median | limit |",
        "|---|---|---:|---:|---:|",
    ]
    passed = False
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with running_postgres() as server:
            databases = {
                "SQLite": Database(f"sqlite+aiosqlite:///{place / 'progress.db'}"),
                "Postgres": database_at(server.url(server.create_database())),
            }
            for kind, database in databases.items():
                for name, taken in asyncio.run(measured(database, place)):
                    quickest, median = min(taken), statistics.median(taken)
                    passed |= quickest > LIMIT_MS
                    lines.append(
                        f"| {name} | {kind} | {quickest:.1f} ms | {median:.1f} ms | {LIMIT_MS:.0f} ms |"
                    )
    table = "\n".join(lines)
    sys.stdout.write(table + "\n")
    if write:
        publish("progress", table)
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main())
