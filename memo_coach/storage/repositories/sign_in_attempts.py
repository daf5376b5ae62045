"""How often signing in failed: rows under keyed hashes, which name neither an account nor an address."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.tables import SignInAttempts
from memo_coach.storage.tables.base import table_of

Mark = tuple[str, str]
"""A mark, and its place."""


class SignInAttemptRepository:
    """The rows of failed attempts."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, marks: Collection[Mark]) -> Sequence[SignInAttempts]:
        """Return what is known under some marks."""
        statement = select(SignInAttempts).where(or_(*map(_is, marks)))
        return (await self._session.execute(statement)).scalars().all()

    async def lock(self, mark: Mark, now: datetime) -> SignInAttempts:
        """Return what is known under a mark, nothing where it is new; nobody else changes it meanwhile."""
        dialect = self._session.get_bind().dialect.name
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        fresh = {"failures": 0, "changed": now, "blocked_until": None, "forget": now}
        key = {"mark": mark[0], "place": mark[1]}
        await self._session.execute(insert(table_of(SignInAttempts)).on_conflict_do_nothing(), key | fresh)
        statement = select(SignInAttempts).where(_is(mark)).with_for_update()
        return (await self._session.execute(statement)).scalar_one()

    async def store(self, row: SignInAttempts) -> None:
        """Store what was changed of a row that was locked."""
        self._session.add(row)
        await self._session.flush()

    async def remove(self, mark: str) -> None:
        """Forget what is known under a mark, at all places."""
        await self._session.execute(delete(SignInAttempts).where(col(SignInAttempts.mark) == mark))

    async def remove_forgotten(self, now: datetime, most: int) -> int:
        """Delete rows that say nothing any more; count them."""
        key = (col(SignInAttempts.mark), col(SignInAttempts.place))
        old = select(*key).where(col(SignInAttempts.forget) <= now).limit(most)
        removed = delete(SignInAttempts).where(tuple_(*key).in_(old)).returning(key[0])
        return len((await self._session.execute(removed)).all())


def _is(mark: Mark) -> ColumnElement[bool]:
    return and_(col(SignInAttempts.mark) == mark[0], col(SignInAttempts.place) == mark[1])
