"""Measure usage: the administrators' page with 100,000 evaluations in ninety days, on both databases.

    python tests/benchmarks/bench_usage.py

Half of the evaluations were made by a model, each with the built-in coach's whole reading beside and a call.
The exit status is 1 where even the quickest of some rounds passes the limit.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sqlalchemy import insert, text

from memo_coach.services.administration.usage import UsageService, UsageView, usage_as_csv
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
from memo_coach.storage.tables import Evaluation, Memo, MemoVersion, ModelCall, Spending, Table, Visitor
from memo_coach.ui.states.usage import charts_of
from tests.databases import database_at
from tests.postgres_server import running_postgres

LIMIT_MS = 300.0
EVALUATIONS, PEOPLE, DAYS, ROUNDS, AT_ONCE = 100_000, 500, 90, 7, 2_000
NOW = datetime(2026, 5, 31, 18, tzinfo=UTC)
_READING = {"comments": ["What a demanding reader asks here, and why it matters. " * 8] * 10}


def evaluation(number: int) -> dict[str, Any]:
    """Return the row of one evaluation."""
    owner, is_models = f"owner-{number % PEOPLE}", number % 2 == 1
    created = NOW - timedelta(minutes=number * DAYS * 24 * 60 / EVALUATIONS * 0.99)
    failed = number % 50 == 0
    return {
        "id": f"e{number}", "owner": owner, "memo": f"m-{owner}", "version": 1, "rubric": "r",
        "rubric_version": "1", "coach": "llm" if is_models else "builtin",
        "status": "failed" if failed else "done", "attempt": 1, "failures": 0, "changes": 1,
        "done_steps": 1, "total_steps": 1, "overall": _READING, "created": created, "finished": created,
        "characters": 3_000, "removed_characters": 0, "cached": False, "score": None,
        "judged_by": "llm" if is_models else "builtin", "seconds": (number * 7919 % 1000) / 100,
        "second_opinion": _READING if is_models else None,
    }  # fmt: skip


def call(number: int) -> dict[str, Any]:
    """Return the row of the call that an evaluation was made by."""
    created = NOW - timedelta(minutes=number * DAYS * 24 * 60 / EVALUATIONS * 0.99)
    return {
        "id": f"c{number}", "owner": f"owner-{number % PEOPLE}", "evaluation": f"e{number}",
        "purpose": "evaluation", "model": "openai/some-model",
        "status": "failed" if number % 30 == 0 else "done", "day": created.date().isoformat(),
        "reserved_micro_usd": 1, "micro_usd": 1, "prompt_tokens": 1, "completion_tokens": 1,
        "estimated": False, "retries": 0, "created": created,
    }  # fmt: skip


async def fill(database: Database) -> None:
    """Store them."""
    owners = [f"owner-{number}" for number in range(PEOPLE)]
    rows: list[tuple[type[Table], list[dict[str, Any]]]] = [
        (Visitor, [{"id": each, "created": NOW, "last_seen": NOW} for each in owners]),
        (Memo, [{"id": f"m-{each}", "owner": each, "title": "T", "language": "en", "words": 1, "created": NOW,
                 "changed": NOW, "draft_rubric": "r", "draft_revision": 0, "draft_set_aside": False}
                for each in owners]),
        (MemoVersion, [{"memo": f"m-{each}", "number": 1, "text": "T", "text_sha256": "x", "words": 1,
                        "language": "en", "created": NOW} for each in owners]),
        (Spending, [{"day": (NOW.date() - timedelta(days=number)).isoformat(), "reserved_micro_usd": 0,
                     "spent_micro_usd": number * 1_000} for number in range(DAYS)]),
    ]  # fmt: skip
    async with database.write() as session:
        for table, values in rows:
            await session.execute(insert(table), values)
    for first in range(0, EVALUATIONS, AT_ONCE):
        numbers = range(first, first + AT_ONCE)
        async with database.write() as session:
            await session.execute(insert(Evaluation), [evaluation(number) for number in numbers])
            await session.execute(insert(ModelCall), [call(number) for number in numbers if number % 2])
    async with database.write() as session:
        await session.execute(text("ANALYZE"))


async def looked(database: Database, folder: Path) -> tuple[list[float], list[float]]:
    """Return how long each look took, and how much of that this process computed, in milliseconds.

    The first is left out, which opens files. On SQLite the process computes all of it, whatever else the
    machine has to do.
    """
    await schema.upgrade(database)
    await fill(database)
    usage = UsageService(UnitOfWork(database, folder), lambda: NOW)
    taken, computed = [], []
    for _ in range(ROUNDS + 1):
        began, computing = time.perf_counter(), time.process_time()
        view = await usage.of_days(DAYS)
        computed.append((time.process_time() - computing) * 1_000)
        taken.append((time.perf_counter() - began) * 1_000)
    assert view.evaluations == EVALUATIONS
    await database.close()
    sys.stdout.write(f"{len(usage_as_csv(view).encode()):,} bytes of CSV, {_drawn(view):,} of charts\n")
    return taken[1:], computed[1:]


def _drawn(view: UsageView) -> int:
    """Return how many bytes all drawings of a page have."""
    return sum(len(chart.drawing.encode()) for chart in charts_of(view.days))


def main() -> int:
    """Measure, and print."""
    passed = False
    with tempfile.TemporaryDirectory() as folder, running_postgres() as server:
        place = Path(folder)
        databases = {
            "SQLite": Database(f"sqlite+aiosqlite:///{place / 'usage.db'}"),
            "Postgres": database_at(server.url(server.create_database())),
        }
        for kind, database in databases.items():
            taken, computed = asyncio.run(looked(database, place))
            passed |= min(taken) > LIMIT_MS
            sys.stdout.write(
                f"{kind}: {min(taken):.0f} ms at best, {statistics.median(taken):.0f} ms median;"
                f" computed {min(computed):.0f} ms at best, {statistics.median(computed):.0f} ms median\n"
            )
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main())
