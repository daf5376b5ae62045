"""Measure SQLite under an event loop: statements in a second, way by way, and how long the loop stands.

    python tests/benchmarks/bench_database.py            prints two tables
    python tests/benchmarks/bench_database.py --write    writes them into docs/performance.md as well

The ways take turns, some rounds each, and the middle of their ratios to ours counts: other work on the
machine disturbs all of them. The loop is watched by a task that wants a turn each millisecond, on a database
of 20,000 evaluations; the shortest of some rounds' longest freezes counts, for the rest is other work.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sqlalchemy import create_engine, delete, event, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session
from sqlmodel import col

from memo_coach.services.memos.retention import Retention
from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.sqlite_file import refuse_damaged_file
from memo_coach.storage.fingerprint import fingerprint
from memo_coach.storage.repositories.evaluations import EvaluationRepository
from memo_coach.storage.repositories.memos import MemoRepository
from memo_coach.storage.repositories.model_uses import ModelUseRepository
from memo_coach.storage.tables import CommentRow, Evaluation, Memo, MemoVersion, Visitor
from tests.benchmarks.machine import machine
from tests.benchmarks.publishing import publish
from tests.stored_rows import NOON

AT_ONCE, TRANSACTIONS, READS = 50, 10, 6
OWNERS, MEMOS, VERSIONS, COMMENTS = 100, 20, 10, 8
TEXT, COMMENT = "A sentence of the memo that somebody has written here. " * 110, "What a reader asks. " * 15
DRAFT = "What was begun and given up. " * 10_000
ROUNDS = 5
STATEMENT = select(Visitor).where(col(Visitor.id) == "one")


@dataclass(frozen=True)
class Way:
    """One way to run transactions of some statements that read, and of one that writes."""

    name: str
    read: Callable[[], Awaitable[None]]
    write: Callable[[int], Awaitable[None]]


def _look(session: Session) -> None:
    for _ in range(READS):
        session.execute(STATEMENT).scalar_one()


def _visitor(number: int) -> Visitor:
    return Visitor(id=f"v{number}", created=NOON, last_seen=NOON)


def ours(database: Database) -> Way:
    """Return the way of this program."""

    async def read() -> None:
        async with database.read() as session:
            for _ in range(READS):
                (await session.execute(STATEMENT)).scalar_one()

    async def write(number: int) -> None:
        async with database.write() as session:
            session.add(_visitor(number))
            await session.flush()

    return Way("statements where they are called", read, write)


@asynccontextmanager
async def public_ways(path: Path) -> AsyncIterator[list[Way]]:
    """Yield the ways of SQLAlchemy's manual: its asyncio with aiosqlite, and threads."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", pool_size=25)
    in_threads = create_engine(f"sqlite:///{path}", pool_size=25)
    for each in (engine.sync_engine, in_threads):
        event.listen(each, "connect", lambda found, _: found.execute("PRAGMA synchronous = FULL"))
    alone = asyncio.Lock()

    async def read() -> None:
        async with AsyncSession(engine) as session:
            for _ in range(READS):
                (await session.execute(STATEMENT)).scalar_one()

    async def write(number: int) -> None:
        async with alone, AsyncSession(engine) as session, session.begin():
            session.add(_visitor(number))

    async def read_at_once() -> None:
        async with AsyncSession(engine) as session:
            await session.run_sync(_look)

    async def read_in_thread() -> None:
        await asyncio.to_thread(_in_session, _look)

    async def write_in_thread(number: int) -> None:
        async with alone:
            await asyncio.to_thread(_in_session, lambda session: session.add(_visitor(number)))

    def _in_session(work: Callable[[Session], None]) -> None:
        with Session(in_threads) as session, session.begin():
            work(session)

    yield [
        Way("aiosqlite, statement by statement", read, write),
        Way("aiosqlite, a transaction in one `run_sync`", read_at_once, write),
        Way("a thread for each transaction", read_in_thread, write_in_thread),
    ]
    await engine.dispose()
    in_threads.dispose()


async def rate(work: Callable[[], Awaitable[None]], statements: int) -> float:
    """Return the statements in a second of many tasks on one loop."""

    async def repeated() -> None:
        for _ in range(TRANSACTIONS):
            await work()

    began = time.perf_counter()
    await asyncio.gather(*(repeated() for _ in range(AT_ONCE)))
    return AT_ONCE * TRANSACTIONS * statements / (time.perf_counter() - began)


async def compared(folder: Path) -> str:
    """Return a table of the ways."""
    path = folder / "ways.db"
    database = Database(f"sqlite+aiosqlite:///{path}")
    await schema.upgrade(database)
    async with database.write() as session:
        session.add(Visitor(id="one", created=NOON, last_seen=NOON))
    numbers = iter(range(10**9))
    reads: dict[str, list[float]] = {}
    writes: dict[str, list[float]] = {}
    async with public_ways(path) as others:
        for number in range(ROUNDS + 1):
            for way in (ours(database), *others):
                found = await rate(way.read, READS), await rate(lambda way=way: way.write(next(numbers)), 1)  # type: ignore[misc]
                if number:  # the first round opens files
                    reads.setdefault(way.name, []).append(found[0])
                    writes.setdefault(way.name, []).append(found[1])
    await database.close()
    mine = next(iter(reads))
    lines = [
        "| way | statements that read, in a second | transactions that write, in a second |",
        "|---|---|---|",
    ]
    for name in reads:
        parts = (
            f"{statistics.median(kind[name]):,.0f} ({_ratio(kind[name], kind[mine]):.2f} of ours)"
            for kind in (reads, writes)
        )
        lines.append(f"| {name} | {' | '.join(parts)} |")
    return "\n".join(lines)


def _ratio(found: list[float], mine: list[float]) -> float:
    return statistics.median(one / other for one, other in zip(found, mine, strict=True))


async def fill(path: Path) -> None:
    """Make a database of 20,000 evaluations and some 200 MB; the first owner has as much as anybody may."""
    database = Database(f"sqlite+aiosqlite:///{path}")
    await schema.upgrade(database)
    await database.close()
    noon = NOON.replace(tzinfo=None).isoformat(" ")
    with closing(sqlite3.connect(path)) as found:
        found.executescript("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF")

        def add(table: str, **values: object) -> None:
            names, places = ", ".join(f'"{name}"' for name in values), ", ".join("?" * len(values))
            found.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(values.values()))

        def add_memo(owner: str, memo: str, draft: str | None) -> None:
            add("memos", id=memo, owner=owner, title="T", language="en", words=1, created=noon,
                changed=noon, draft_text=draft, draft_rubric="r", draft_revision=1, draft_saved=noon,
                draft_set_aside=0)  # fmt: skip

        for number in range(OWNERS):
            # The first one has ten times what the others have: 200 memos, 2,000 evaluations.
            owner = f"owner{number}"
            add("visitors", id=owner, created=noon, last_seen=noon)
            for each in range(MEMOS * 10 if number == 0 else MEMOS * 9 // 10 + 1):
                memo = f"memo{number}-{each}"
                add_memo(owner, memo, None)
                for version in range(1, VERSIONS + 1):
                    evaluation = f"{memo}-{version}"
                    body = f"{evaluation} {TEXT}"
                    add("memo_versions", memo=memo, number=version, text=body, words=1, language="en",
                        text_sha256=hashlib.sha256(body.encode()).hexdigest(), created=noon)  # fmt: skip
                    add("evaluations", id=evaluation, owner=owner, memo=memo, version=version, rubric="r",
                        rubric_version="1", coach="builtin", status="done", attempt=1, failures=0, changes=1,
                        done_steps=1, total_steps=1, overall=json.dumps({"summary": COMMENT}), score=3.0,
                        created=noon, finished=noon)  # fmt: skip
                    for comment in range(COMMENTS):
                        add("comments", evaluation=evaluation, id=f"c{comment}", criterion="ask",
                            kind="opportunity", comment=COMMENT, questions="[]", finding="", rank=comment,
                            priority=0.0)  # fmt: skip
        for number in range(20):
            add("visitors", id=f"gone{number}", created="2020-01-01", last_seen="2020-01-01")
            for each in range(10):
                add_memo(f"gone{number}", f"draft{number}-{each}", DRAFT)
                found.execute(
                    "UPDATE memos SET changed = '2020-01-01' WHERE id = ?", (f"draft{number}-{each}",)
                )
        for number in range(5_000):
            add("model_uses", id=f"use{number}", owner="owner0", purpose="chat", created="2020-01-01")
        found.commit()
        found.execute("ANALYZE")
        found.commit()


Work = Callable[[], Awaitable[object]]


def slow_reading(database: Database) -> dict[str, Work]:
    """Return what reads and may take long, by a name for people."""
    owner, path = "owner0", database.path or Path()

    def reading(work: Callable[[AsyncSession], Awaitable[object]]) -> Callable[[], Awaitable[object]]:
        async def run() -> object:
            async with database.read() as session:
                return await work(session)

        return run

    async def library(session: AsyncSession) -> object:
        lines = await MemoRepository(session).lines(owner, 200)
        return await EvaluationRepository(session).lines_of(owner, [line.id for line in lines])

    async def standing(session: AsyncSession) -> object:
        found = EvaluationRepository(session)
        return await found.standing(owner, memo_id="memo0-0", version=1, rubric="r", coach="builtin")

    async def count(session: AsyncSession) -> object:
        rows = (Visitor, Memo, MemoVersion, Evaluation, CommentRow)
        return [await session.execute(select(func.count()).select_from(each)) for each in rows]

    async def search(session: AsyncSession) -> object:
        return await session.execute(
            select(col(MemoVersion.memo)).where(col(MemoVersion.text).contains("xyz"))
        )

    return {
        "a list of 200 memos and 2,000 evaluations": reading(library),
        "what an owner of 2,000 evaluations has": reading(standing),
        "counts of every table": reading(count),
        "a search in all texts": reading(search),
        "a look through the file": lambda: asyncio.to_thread(refuse_damaged_file, path, 60.0),
        "the fingerprint of every table, as a backup takes it": lambda: fingerprint(database),
    }


def slow_writing(database: Database) -> dict[str, Work]:
    """Return what changes much and may take long, by a name for people."""
    counter = iter(range(10**9))

    async def delete_memo() -> None:
        async with database.write() as session:
            assert await MemoRepository(session).delete("owner0", f"memo0-{next(counter)}")

    async def delete_owner() -> None:
        async with database.write(aside=True) as session:
            await session.execute(delete(Visitor).where(col(Visitor.id) == f"owner{next(counter) + 1}"))

    async def drafts() -> None:
        retention = Retention(database, timedelta(days=30))
        await retention._step()

    async def uses() -> None:
        async with database.write() as session:
            await ModelUseRepository(session).prune(NOON)

    async def checkpoint() -> None:
        for _ in range(20):
            async with database.write() as session:
                session.add(Visitor(id=f"new{next(counter)}", created=NOON, last_seen=NOON))
                await session.execute(text(f"UPDATE memos SET draft_text = '{DRAFT}' WHERE id = 'memo1-0'"))

    return {
        "a memo with ten versions deleted": delete_memo,
        "a visitor with 190 evaluations deleted": delete_owner,
        "a step of housekeeping: ten drafts of 300 kB": drafts,
        "500 uses removed": uses,
        "20 commits of 300 kB, checkpoints among them": checkpoint,
    }


async def longest_freeze(work: Work) -> float:
    """Return the milliseconds for which the loop stood longest while something was done."""
    longest, over = 0.0, False

    async def watch() -> None:
        nonlocal longest
        last = time.perf_counter()
        while not over:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            longest, last = max(longest, now - last - 0.001), now

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.005)
    await work()
    await asyncio.sleep(0)
    over = True
    await watching
    return longest * 1_000


async def frozen(folder: Path) -> str:
    """Return a table of the longest freezes."""
    path = folder / "large.db"
    await fill(path)
    size = path.stat().st_size / 1e6
    database = Database(f"sqlite+aiosqlite:///{path}")
    lines = [f"| what, on {size:,.0f} MB and 20,000 evaluations | takes | the loop stands |", "|---|---|---|"]
    for name, work in (slow_reading(database) | slow_writing(database)).items():
        taken, freezes = [], []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            freezes.append(await longest_freeze(work))
            taken.append((time.perf_counter() - began) * 1_000)
        lines.append(f"| {name} | {min(taken):,.0f} ms | {min(freezes):.1f} ms |")
    await database.close()
    return "\n".join(lines)


def main() -> int:
    """Measure, print, and with ``--write`` publish."""
    parser = argparse.ArgumentParser(description="Measure SQLite under an event loop.")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/performance.md")
    write = parser.parse_args().write
    parts = [f"On {machine()}:"]
    with tempfile.TemporaryDirectory() as folder:
        for measured in (compared, frozen):
            parts.append(asyncio.run(measured(Path(folder))))
            sys.stdout.write(f"{parts[-1]}\n\n")
    if write:
        publish("database", "\n\n".join(parts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
