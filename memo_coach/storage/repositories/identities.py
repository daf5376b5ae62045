"""By which subject a provider knows whose account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.tables import Identity
from memo_coach.storage.tables.base import table_of, values_of


class IdentityRepository:
    """The rows of identities."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def user_of(self, issuer: str, subject: str) -> str | None:
        """Return the id of the account of a provider's subject."""
        statement = select(col(Identity.user_id)).where(
            col(Identity.issuer) == issuer, col(Identity.subject) == subject
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def has_any(self, user_id: str) -> bool:
        """Whether an account is somebody's at a provider."""
        statement = select(exists().where(col(Identity.user_id) == user_id))
        return bool((await self._session.execute(statement)).scalar_one())

    async def add(self, identity: Identity) -> None:
        """Store an identity. Of the same person's two browsers that do so at once, either has."""
        dialect = self._session.get_bind().dialect.name
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        await self._session.execute(insert(table_of(Identity)).on_conflict_do_nothing(), values_of(identity))

    async def touch(self, issuer: str, subject: str, now: datetime) -> None:
        """Note that an identity was used."""
        await self._session.execute(
            update(Identity)
            .where(col(Identity.issuer) == issuer, col(Identity.subject) == subject)
            .values(last_used=now)
        )
