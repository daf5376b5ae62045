"""Who does what one process alone does for all of the installation. It serves nobody: there is no owner."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.tables import LeaseRow
from memo_coach.storage.tables.base import table_of


class LeaseRepository:
    """The rows of leases."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take(self, task: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take a lease that nobody holds, or renew one's own; tell whether it is the holder's."""
        dialect = self._session.get_bind().dialect.name
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        rows = table_of(LeaseRow)
        statement = insert(rows).values(task=task, holder=holder, until=until)
        free = or_(rows.c.until <= now, rows.c.holder == holder)
        taking = statement.on_conflict_do_update(
            index_elements=[rows.c.task], set_={"holder": holder, "until": until}, where=free
        ).returning(rows.c.task)
        return (await self._session.execute(taking)).scalar_one_or_none() is not None

    async def release(self, task: str, holder: str) -> None:
        """End a lease where it is the holder's."""
        await self._session.execute(
            delete(LeaseRow).where(col(LeaseRow.task) == task, col(LeaseRow.holder) == holder)
        )
