"""How often signing in failed: rows under keyed hashes, which name neither an account nor an address."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.tables import SignInAttempts
from memo_coach.storage.tables.base import table_of


class SignInAttemptRepository:
    """The rows of failed attempts."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, marks: Collection[str]) -> Sequence[SignInAttempts]:
        """Return what is known under some marks."""
        statement = select(SignInAttempts).where(col(SignInAttempts.mark).in_(marks))
        return (await self._session.execute(statement)).scalars().all()

    async def lock(self, mark: str, now: datetime) -> SignInAttempts:
        """Return what is known under a mark, nothing where it is new; nobody else changes it meanwhile."""
        dialect = self._session.get_bind().dialect.name
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        fresh = {"mark": mark, "failures": 0, "changed": now, "blocked_until": None, "forget": now}
        await self._session.execute(insert(table_of(SignInAttempts)).on_conflict_do_nothing(), fresh)
        statement = select(SignInAttempts).where(col(SignInAttempts.mark) == mark).with_for_update()
        return (await self._session.execute(statement)).scalar_one()

    async def store(self, row: SignInAttempts) -> None:
        """Store what was changed of a row that was locked."""
        self._session.add(row)
        await self._session.flush()

    async def remove(self, marks: Collection[str]) -> None:
        """Forget what is known under some marks."""
        await self._session.execute(delete(SignInAttempts).where(col(SignInAttempts.mark).in_(marks)))

    async def remove_forgotten(self, now: datetime, most: int) -> int:
        """Delete rows that say nothing any more; count them."""
        old = select(col(SignInAttempts.mark)).where(col(SignInAttempts.forget) <= now).limit(most)
        removed = (
            delete(SignInAttempts)
            .where(col(SignInAttempts.mark).in_(old))
            .returning(col(SignInAttempts.mark))
        )
        return len((await self._session.execute(removed)).all())
