"""What its owner deleted: set aside at once, given back where that is asked in time, then removed.

What is set aside belongs to a visitor that no browser can be. So nothing that asks for an owner's rows finds
it, and when that visitor goes, it goes with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.repositories.evaluations import EvaluationRepository
from memo_coach.storage.repositories.ownership import owned
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.storage.tables import Deletion, Evaluation, Memo, Visitor, metadata
from memo_coach.storage.tables.base import table_of

_KEPT: Final = frozenset({"model_calls", "model_uses", "deletions", "users"})
"""Tables that name an owner for limits and sums, with no word of theirs: no fresh allowance by deleting. An
account stays when what it wrote is deleted, and goes by a way of its own."""


@dataclass(frozen=True, slots=True)
class RemovedDeletions:
    """What has gone for good."""

    deletions: int
    evaluations: tuple[str, ...]
    """Ids of those that were not finished."""


def owners_tables() -> tuple[Table, ...]:
    """Return the tables whose rows a writer wrote or caused, each of which says whose they are."""
    return tuple(table for table in metadata.sorted_tables if "owner" in table.c and table.name not in _KEPT)


class DeletionRepository:
    """The rows of deletions, and those that they hold."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def set_memo_aside(
        self, owner: str, memo_id: str, deletion: Deletion, now: datetime
    ) -> list[str] | None:
        """Put a memo, with all that is about it, out of everybody's reach; ``None`` where there is none.

        Returns:
            The evaluations that were still to be judged: they are cancelled.
        """
        await VisitorRepository(self._session).lock(owner)
        found = select(col(Memo.id)).where(owned(col(Memo.owner), owner), col(Memo.id) == memo_id)
        if (await self._session.execute(found)).first() is None:
            return None
        cancelled = await EvaluationRepository(self._session).cancel_all(owner, now, memo_id)
        await self._begin(owner, deletion, now)
        for table, is_about in _about(memo_id):
            await self._give(table, owner, deletion.id, is_about)
        return cancelled

    async def set_evaluation_aside(
        self, owner: str, evaluation_id: str, deletion: Deletion, now: datetime
    ) -> bool | None:
        """Put one evaluation, with all that is about it, out of everybody's reach; its memo stays.

        Returns:
            Whether it was still to be judged: then it is cancelled. ``None`` where there is none.
        """
        await VisitorRepository(self._session).lock(owner)
        evaluations = EvaluationRepository(self._session)
        if await evaluations.get(owner, evaluation_id) is None:
            return None
        cancelled = await evaluations.cancel(owner, evaluation_id, now)
        await self._begin(owner, deletion, now)
        for table in owners_tables():
            if table is table_of(Evaluation):
                await self._give(table, owner, deletion.id, table.c.id == evaluation_id)
            elif "evaluation" in table.c:
                await self._give(table, owner, deletion.id, table.c.evaluation == evaluation_id)
        return cancelled

    async def set_all_aside(self, owner: str, deletion: Deletion, now: datetime) -> list[str] | None:
        """Put all that an owner has out of everybody's reach; ``None`` where they have nothing.

        Returns:
            The evaluations that were still to be judged: they are cancelled.
        """
        visitors = VisitorRepository(self._session)
        await visitors.lock(owner)
        if not await visitors.exists(owner):
            return None
        cancelled = await EvaluationRepository(self._session).cancel_all(owner, now)
        await self._begin(owner, deletion, now)
        for table in owners_tables():
            await self._give(table, owner, deletion.id, true())
        return cancelled

    async def begin_empty(self, owner: str, deletion: Deletion, now: datetime) -> None:
        """Begin with nothing set aside: what comes to it belongs to nobody until it is given "back".

        Whatever becomes of who adds to it, it goes when it is due.
        """
        await self._begin(owner, deletion, now)

    async def make_due(self, deletion_id: str, now: datetime) -> None:
        """Let what is set aside go now."""
        await self._session.execute(update(Deletion).where(col(Deletion.id) == deletion_id).values(due=now))

    async def give_back(self, owner: str, deletion_id: str, now: datetime) -> bool:
        """Return to its owner what they deleted; tell whether it was still there."""
        await VisitorRepository(self._session).lock_or_create(owner, now)
        mine = and_(
            col(Deletion.id) == deletion_id, owned(col(Deletion.owner), owner), col(Deletion.due) > now
        )
        # The row is taken first: of one who asks it back and one who removes it, one comes second.
        taken = await self._session.execute(delete(Deletion).where(mine).returning(col(Deletion.id)))
        if taken.scalar_one_or_none() is None:
            return False
        for table in owners_tables():
            await self._make_room(table, owner, deletion_id)
            await self._give(table, deletion_id, owner, true())
        await self._session.execute(delete(Visitor).where(col(Visitor.id) == deletion_id))
        return True

    async def next_due(self) -> datetime | None:
        """Return when the next one is to go."""
        return (await self._session.execute(select(func.min(col(Deletion.due))))).scalar_one_or_none()

    async def remove_due(self, now: datetime, limit: int) -> RemovedDeletions:
        """Remove for good what is due, ``limit`` at most, the longest due first."""
        due = (
            select(col(Deletion.id)).where(col(Deletion.due) <= now).order_by(col(Deletion.due)).limit(limit)
        )
        taken = delete(Deletion).where(col(Deletion.id).in_(due)).returning(col(Deletion.id))
        gone = list((await self._session.execute(taken)).scalars())
        unfinished = select(col(Evaluation.id)).where(
            col(Evaluation.owner).in_(gone), col(Evaluation.finished).is_(None)
        )
        evaluations = tuple((await self._session.execute(unfinished)).scalars())
        await self._session.execute(delete(Visitor).where(col(Visitor.id).in_(gone)))
        return RemovedDeletions(len(gone), evaluations)

    async def _begin(self, owner: str, deletion: Deletion, now: datetime) -> None:
        self._session.add(Visitor(id=deletion.id, created=now, last_seen=now))
        await self._session.flush()
        deletion.owner = owner
        self._session.add(deletion)
        await self._session.flush()

    async def _give(self, table: Table, owner: str, to: str, which: ColumnElement[bool]) -> None:
        await self._session.execute(update(table).where(owned(table.c.owner, owner), which).values(owner=to))

    async def _make_room(self, table: Table, owner: str, deletion_id: str) -> None:
        """Remove what took, meanwhile, the place of something that comes back: a choice made anew, say."""
        keys = [column.name for column in table.primary_key if column.name != "owner"]
        if "owner" not in table.primary_key.columns:
            return
        back = table.alias()
        same = [back.c[name] == table.c[name] for name in keys]
        await self._session.execute(
            delete(table).where(
                owned(table.c.owner, owner),
                exists().where(owned(back.c.owner, deletion_id), *same).correlate(table),
            )
        )


def _about(memo_id: str) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Yield the tables that have something about a memo, with the condition that it is about this one."""
    memos = table_of(Memo)
    evaluations = select(col(Evaluation.id)).where(col(Evaluation.memo) == memo_id)
    for table in owners_tables():
        if table is memos:
            yield table, table.c.id == memo_id
        elif "memo" in table.c:
            yield table, table.c.memo == memo_id
        elif "evaluation" in table.c:
            yield table, table.c.evaluation.in_(evaluations)
