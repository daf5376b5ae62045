"""Rows for tests of storage, which refer to one another as real ones do."""

from __future__ import annotations

from datetime import UTC, datetime

from memo_coach.storage.database import Database
from memo_coach.storage.tables import Evaluation, Memo, MemoVersion, Visitor

NOON = datetime(2026, 5, 1, 12, 30, 15, 123456, tzinfo=UTC)


async def add_visitor(database: Database, name: str = "v") -> None:
    """Add a visitor with a memo ``m-NAME`` that has one version."""
    async with database.write() as session:
        session.add(Visitor(id=name, created=NOON, last_seen=NOON))
        await session.flush()
        session.add(memo_of(name, f"m-{name}"))
        await session.flush()
        session.add(
            MemoVersion(
                memo=f"m-{name}", number=1, text="T", text_sha256="x", words=1, language="en", created=NOON
            )
        )


def memo_of(owner: str, memo_id: str) -> Memo:
    """Make a memo without a draft."""
    return Memo(
        id=memo_id, owner=owner, title="T", language="en", words=1, created=NOON, changed=NOON,
        draft_rubric="r",
    )  # fmt: skip


def queued(owner: str, evaluation_id: str, created: datetime = NOON) -> Evaluation:
    """Make an evaluation that waits in the queue."""
    return Evaluation(
        id=evaluation_id, owner=owner, memo=f"m-{owner}", version=1, rubric="r", rubric_version="1",
        coach="builtin", status="queued", created=created,
    )  # fmt: skip
