"""The tables refuse what must not be, and give times back as they were."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, StatementError

from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
from memo_coach.storage.tables import (
    CommentRow,
    CriterionRow,
    Evaluation,
    Memo,
    MemoVersion,
    RemarkMark,
    Visitor,
)
from tests.databases import database_at

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    database = database_at(migrated_url)
    await schema.upgrade(database)
    async with database.write() as session:
        session.add(Visitor(id="v", created=NOON, last_seen=NOON))
        await session.flush()
        session.add(
            Memo(
                id="m",
                owner="v",
                title="T",
                language="en",
                words=1,
                created=NOON,
                changed=NOON,
                draft_rubric="r",
            )
        )
        await session.flush()
        session.add(
            MemoVersion(memo="m", number=1, text="T", text_sha256="", words=1, language="en", created=NOON)
        )
        await session.flush()
        session.add(evaluation())
    yield database
    await database.close()


def evaluation(**changed: Any) -> Evaluation:
    values: dict[str, Any] = {
        "id": "e", "owner": "v", "memo": "m", "version": 1, "rubric": "r", "rubric_version": "1",
        "coach": "builtin", "status": "queued", "created": NOON,
    }  # fmt: skip
    return Evaluation(**{**values, **changed})


def criterion(**changed: Any) -> CriterionRow:
    values: dict[str, Any] = {
        "evaluation": "e", "criterion": "c", "position": 0, "name": "C", "weight": 100.0,
        "effective_weight": 100.0, "score": 3.0, "justification": "", "evidence": [],
    }  # fmt: skip
    return CriterionRow(**{**values, **changed})


def comment(**changed: Any) -> CommentRow:
    values: dict[str, Any] = {
        "evaluation": "e", "id": "x", "criterion": "c", "kind": "opportunity", "comment": "", "questions": [],
    }  # fmt: skip
    return CommentRow(**{**values, **changed})


def mark(**changed: Any) -> RemarkMark:
    values: dict[str, Any] = {
        "memo": "m", "key": "k", "owner": "v", "says": "c/f", "passage": "", "is_only": True,
        "state": "done", "version": 1, "marked": NOON,
    }  # fmt: skip
    return RemarkMark(**{**values, **changed})


@pytest.mark.parametrize(
    "row",
    [
        evaluation(id="f", status="paused"),
        evaluation(id="f", score=0.9),
        evaluation(id="f", score=5.1),
        evaluation(id="f", status="done", finished=None),
        evaluation(id="f", status="queued", finished=NOON),
        evaluation(id="f", done_steps=3, total_steps=2),
        evaluation(id="f", version=2),
        evaluation(id="f", owner="nobody"),
        MemoVersion(memo="m", number=1, text="", text_sha256="", words=0, language="en", created=NOON),
        MemoVersion(memo="m", number=0, text="", text_sha256="", words=0, language="en", created=NOON),
        criterion(score=5.5),
        criterion(evaluation="none"),
        comment(kind="praise"),
        comment(start_position=1, end_position=2),
        comment(start_position=2, end_position=1, quote="x"),
        comment(evaluation="none"),
        mark(state="open"),
        mark(memo="none"),
        mark(owner="nobody"),
        mark(version=0),
    ],
    ids=repr,
)
async def test_what_must_not_be_is_refused(database: Database, row: Any) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            session.add(row)


@pytest.mark.parametrize("make", [criterion, comment, mark])
async def test_a_criterion_comment_or_mark_stands_once(database: Database, make: Any) -> None:
    async with database.write() as session:
        session.add(make())
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            session.add(make())


async def test_a_time_comes_back_in_utc_with_its_zone(database: Database) -> None:
    paris = NOON.astimezone(timezone(timedelta(hours=2)))
    async with database.write() as session:
        session.add(Visitor(id="p", created=paris, last_seen=paris))
    async with database.read() as session:
        visitor = (await session.execute(select(Visitor).where(Visitor.id == "p"))).scalar_one()
    assert visitor.created == NOON
    assert visitor.created.utcoffset() == timedelta(0)


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a time zone"):
        async with database.write() as session:
            session.add(Visitor(id="n", created=datetime(2026, 5, 1), last_seen=NOON))  # noqa: DTZ001


async def test_an_error_within_a_transaction_undoes_all_of_it(database: Database) -> None:
    async def fail_half_way() -> None:
        async with database.write() as session:
            session.add(Visitor(id="gone", created=NOON, last_seen=NOON))
            await session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail_half_way()
    async with database.read() as session:
        assert (await session.execute(select(Visitor).where(Visitor.id == "gone"))).first() is None
