"""Tokens with which programs ask. Every method takes the owner, but for the one that a token opens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.engine.ordering import by_bytes
from memo_coach.storage.repositories.ownership import owned
from memo_coach.storage.tables import AccessToken, Deletion


class AccessTokenRepository:
    """The rows of tokens. Lock the owner before one is added."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_owner(self, owner: str, now: datetime) -> list[AccessToken]:
        """Return the tokens of an owner that have not expired, the newest first."""
        statement = (
            select(AccessToken)
            .where(owned(col(AccessToken.owner), owner), col(AccessToken.expires) > now)
            .order_by(col(AccessToken.made).desc(), by_bytes(col(AccessToken.id)))
        )
        return list((await self._session.execute(statement)).scalars())

    async def add(self, owner: str, token: AccessToken) -> None:
        """Store a token of the owner's."""
        token.owner = owner
        self._session.add(token)
        await self._session.flush()

    async def remove(self, owner: str, token_id: str) -> bool:
        """Delete a token; tell whether there was one."""
        statement = (
            delete(AccessToken)
            .where(owned(col(AccessToken.owner), owner), col(AccessToken.id) == token_id)
            .returning(col(AccessToken.id))
        )
        return (await self._session.execute(statement)).scalar_one_or_none() is not None

    async def remove_all_of(self, owner: str) -> int:
        """Delete the tokens of an owner; count them."""
        statement = delete(AccessToken).where(owned(col(AccessToken.owner), owner))
        return len((await self._session.execute(statement.returning(col(AccessToken.id)))).all())

    async def remove_everybodys(self) -> None:
        """Delete the tokens of all owners."""
        await self._session.execute(delete(AccessToken))

    async def with_hash(self, token_sha256: str, now: datetime) -> AccessToken | None:
        """Return the token with this hash, where it still opens something; whose it is, it says itself.

        What was deleted and may still be asked back belongs to a visitor of its own, for whom nobody asks.
        """
        statement = select(AccessToken).where(
            col(AccessToken.token_sha256) == token_sha256,
            col(AccessToken.expires) > now,
            ~exists().where(col(Deletion.id) == col(AccessToken.owner)),
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def note_use(self, owner: str, token_id: str, moment: datetime) -> None:
        """Keep when a token was used last."""
        statement = update(AccessToken).where(
            owned(col(AccessToken.owner), owner), col(AccessToken.id) == token_id
        )
        await self._session.execute(statement.values(last_used=moment))

    async def remove_expired(self, now: datetime, most: int) -> int:
        """Delete tokens of anybody's that open nothing any more; count them."""
        expired = select(col(AccessToken.id)).where(col(AccessToken.expires) <= now).limit(most)
        removed = delete(AccessToken).where(col(AccessToken.id).in_(expired)).returning(col(AccessToken.id))
        return len((await self._session.execute(removed)).all())
