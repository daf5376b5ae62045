"""Drafts that were given up, and visitors who left nothing else. The one place that looks at all owners."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.tables import ChatMessage, Evaluation, ImportedMemo, Memo, MemoVersion, User, Visitor


@dataclass(frozen=True, slots=True)
class InactiveVisitor:
    """A visitor who has not been here for long, and whether something of theirs can go."""

    id: str
    last_seen: datetime
    is_removable: bool


def _given_up(before: datetime) -> ColumnElement[bool]:
    """A memo that was never handed in, and has not been changed for as long."""
    return (col(Memo.changed) < before) & ~exists().where(col(MemoVersion.memo) == col(Memo.id))


def _has_account() -> ColumnElement[bool]:
    """A visitor that an account writes as: it stays as long as the account does, with nothing in it too."""
    return col(Visitor.id).in_(select(col(User.owner)))


class RetentionRepository:
    """What nobody has come back to."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def inactive(
        self, before: datetime, after: InactiveVisitor | None, limit: int
    ) -> list[InactiveVisitor]:
        """Return visitors who were here last before a time, longest ago first, from behind ``after``."""
        seen = (col(Visitor.last_seen), col(Visitor.id))
        memos = exists().where(col(Memo.owner) == col(Visitor.id))
        is_removable = or_(~memos & ~_has_account(), memos.where(_given_up(before)))
        statement = select(*seen, is_removable).where(seen[0] < before).order_by(*seen).limit(limit)
        if after is not None:
            # The first condition says nothing that the second does not, but an index answers it.
            later = tuple_(*seen) > tuple_(after.last_seen, after.id)
            statement = statement.where(seen[0] >= after.last_seen, later)
        found = await self._session.execute(statement)
        return [InactiveVisitor(owner, last_seen, bool(some)) for last_seen, owner, some in found]

    async def remove_unused(self, before: datetime, most: int) -> int:
        """Remove memos that nobody wrote, had judged, asked about or imported since; count them."""
        evaluations = exists().where(col(Evaluation.memo) == col(Memo.id))
        unused = (
            select(col(Memo.id))
            .where(
                col(Memo.changed) < before,
                ~evaluations.where(col(Evaluation.created) >= before),
                ~evaluations.where(
                    col(ChatMessage.evaluation) == col(Evaluation.id), col(ChatMessage.created) >= before
                ),
                ~exists().where(col(ImportedMemo.memo) == col(Memo.id), col(ImportedMemo.imported) >= before),
            )
            .limit(most)
        )
        removed = delete(Memo).where(col(Memo.id).in_(unused)).returning(col(Memo.id))
        return len((await self._session.execute(removed)).all())

    async def remove(self, owners: Collection[str], before: datetime, most_drafts: int) -> tuple[int, int]:
        """Remove what these visitors gave up, and those of them who then have nothing; count both.

        Whoever has come back since is left alone.
        """
        locked = (
            select(col(Visitor.id))
            .where(col(Visitor.id).in_(owners), col(Visitor.last_seen) < before)
            # Nobody may add a memo to a visitor who goes; one who is just adding it has come back.
            .with_for_update(skip_locked=True)
        )
        gone = list((await self._session.execute(locked)).scalars())
        if not gone:
            return 0, 0
        drafts = select(col(Memo.id)).where(col(Memo.owner).in_(gone), _given_up(before)).limit(most_drafts)
        removed = list((await self._session.execute(drafts)).scalars())
        await self._session.execute(delete(Memo).where(col(Memo.id).in_(removed)))
        memos = exists().where(col(Memo.owner) == col(Visitor.id))
        nothing_left = col(Visitor.id).in_(gone) & ~memos & ~_has_account()
        without = delete(Visitor).where(nothing_left).returning(col(Visitor.id))
        return len(removed), len((await self._session.execute(without)).all())
