"""Memos that are imported, with all that belongs to them. Every method takes the owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.repositories.ownership import owned
from memo_coach.storage.tables import Evaluation, ImportedMemo, Memo
from memo_coach.storage.tables.base import Table, table_of, values_of


@dataclass(frozen=True, slots=True)
class StoredMemo:
    """By what a memo is known again."""

    created: datetime
    changed: datetime
    source: str | None
    """From what it was imported, hashed."""


class ImportRepository:
    """What an import looks at and adds."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def memos(self, owner: str) -> list[StoredMemo]:
        """Return what there is of the owner's."""
        statement = (
            select(col(Memo.created), col(Memo.changed), col(ImportedMemo.source_sha256))
            .join(ImportedMemo, col(ImportedMemo.memo) == col(Memo.id), isouter=True)
            .where(owned(col(Memo.owner), owner))
        )
        return [StoredMemo(*row) for row in await self._session.execute(statement)]

    async def count_evaluations(self, owner: str) -> int:
        """Count the owner's evaluations."""
        statement = select(func.count()).select_from(Evaluation).where(owned(col(Evaluation.owner), owner))
        return (await self._session.execute(statement)).scalar_one()

    async def add(self, owner: str, rows: Sequence[Table]) -> None:
        """Store some rows of one table, which refer to what is stored already.

        Raises:
            LookupError: a row says that it is somebody else's.
        """
        for row in rows:
            if getattr(row, "owner", owner) != owner:
                raise LookupError(type(row).__name__)
        await self._session.execute(insert(table_of(type(rows[0]))), [values_of(row) for row in rows])
