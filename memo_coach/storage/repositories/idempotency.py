"""Requests that their senders may repeat. Every method takes the owner and sees nobody else's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.repositories.ownership import owned
from memo_coach.storage.tables import IdempotencyKey


class IdempotencyRepository:
    """The rows of repeatable requests. Lock the owner before one is looked for and added."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, owner: str, key_sha256: str) -> IdempotencyKey | None:
        """Find a request by the hash of its key."""
        statement = select(IdempotencyKey).where(
            owned(col(IdempotencyKey.owner), owner), col(IdempotencyKey.key_sha256) == key_sha256
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def add(self, owner: str, row: IdempotencyKey) -> None:
        """Store a request of the owner's."""
        row.owner = owner
        self._session.add(row)
        await self._session.flush()

    async def count(self, owner: str) -> int:
        """Count the owner's requests."""
        statement = (
            select(func.count()).select_from(IdempotencyKey).where(owned(col(IdempotencyKey.owner), owner))
        )
        return (await self._session.execute(statement)).scalar_one()

    async def finish(self, owner: str, key_sha256: str, attempt: str, result: dict[str, Any]) -> None:
        """Keep what came of a request, where it is still this attempt's."""
        statement = update(IdempotencyKey).where(
            owned(col(IdempotencyKey.owner), owner),
            col(IdempotencyKey.key_sha256) == key_sha256,
            col(IdempotencyKey.attempt) == attempt,
        )
        await self._session.execute(statement.values(result=result))

    async def remove(self, owner: str, key_sha256: str, attempt: str) -> None:
        """Forget a request of which nothing came, where it is still this attempt's."""
        await self._session.execute(
            delete(IdempotencyKey).where(
                owned(col(IdempotencyKey.owner), owner),
                col(IdempotencyKey.key_sha256) == key_sha256,
                col(IdempotencyKey.attempt) == attempt,
            )
        )

    async def remove_of(self, owner: str, before: datetime) -> None:
        """Forget the owner's requests that were made before a moment."""
        await self._session.execute(
            delete(IdempotencyKey).where(
                owned(col(IdempotencyKey.owner), owner), col(IdempotencyKey.made) < before
            )
        )

    async def remove_expired(self, before: datetime, most: int) -> int:
        """Forget requests of anybody's that were made before a moment; count them."""
        keys = (col(IdempotencyKey.owner), col(IdempotencyKey.key_sha256))
        expired = select(*keys).where(col(IdempotencyKey.made) < before).limit(most)
        removed = 0
        for owner, key_sha256 in (await self._session.execute(expired)).all():
            await self._session.execute(
                delete(IdempotencyKey).where(
                    owned(col(IdempotencyKey.owner), owner), col(IdempotencyKey.key_sha256) == key_sha256
                )
            )
            removed += 1
        return removed
