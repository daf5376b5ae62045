"""Sessions of accounts, found by the hash of their token. They are an account's: methods take its id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.engine.ordering import by_bytes
from memo_coach.storage.tables import User, UserSession


class UserSessionRepository:
    """The rows of sessions."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: UserSession) -> None:
        """Store a session."""
        self._session.add(row)
        await self._session.flush()

    async def of_token(self, token_sha256: str) -> tuple[UserSession, User] | None:
        """Return a session with its account."""
        statement = (
            select(UserSession, User)
            .join(User, col(User.id) == col(UserSession.user_id))
            .where(col(UserSession.token_sha256) == token_sha256)
        )
        found = (await self._session.execute(statement)).one_or_none()
        return None if found is None else (found[0], found[1])

    async def touch(self, session_id: str, now: datetime) -> None:
        """Note that a session is used."""
        statement = update(UserSession).where(col(UserSession.id) == session_id).values(last_used=now)
        await self._session.execute(statement)

    async def of_user(self, user_id: str) -> Sequence[UserSession]:
        """Return an account's sessions, the one used last first."""
        statement = (
            select(UserSession)
            .where(col(UserSession.user_id) == user_id)
            .order_by(col(UserSession.last_used).desc(), by_bytes(col(UserSession.id)))
        )
        return (await self._session.execute(statement)).scalars().all()

    async def end(self, user_id: str, session_id: str) -> bool:
        """Delete one session of an account; tell whether there was one."""
        statement = (
            delete(UserSession)
            .where(col(UserSession.user_id) == user_id, col(UserSession.id) == session_id)
            .returning(col(UserSession.id))
        )
        return (await self._session.execute(statement)).scalar_one_or_none() is not None

    async def end_token(self, token_sha256: str) -> None:
        """Delete the session of a token."""
        await self._session.execute(delete(UserSession).where(col(UserSession.token_sha256) == token_sha256))

    async def end_all(self, user_id: str, *, but: str | None = None) -> int:
        """Delete an account's sessions, ``but`` one where named; count them."""
        statement = delete(UserSession).where(col(UserSession.user_id) == user_id)
        if but is not None:
            statement = statement.where(col(UserSession.id) != but)
        return len((await self._session.execute(statement.returning(col(UserSession.id)))).all())

    async def end_everybodys(self) -> None:
        """Delete the sessions of all accounts."""
        await self._session.execute(delete(UserSession))

    async def last_used(self, most: int) -> Sequence[UserSession]:
        """Return the sessions of anybody's that were used last."""
        statement = select(UserSession).order_by(col(UserSession.last_used).desc()).limit(most)
        return (await self._session.execute(statement)).scalars().all()

    async def keep_newest(self, user_id: str, most: int) -> None:
        """Delete an account's sessions beyond so many, those first that were used longest ago."""
        kept = (
            select(col(UserSession.id))
            .where(col(UserSession.user_id) == user_id)
            .order_by(col(UserSession.last_used).desc(), col(UserSession.id))
            .limit(most)
        )
        await self._session.execute(
            delete(UserSession).where(col(UserSession.user_id) == user_id, col(UserSession.id).not_in(kept))
        )

    async def remove_expired(self, made_before: datetime, used_before: datetime, most: int) -> int:
        """Delete sessions of anybody's that open nothing any more; count them."""
        expired = (
            select(col(UserSession.id))
            .where(or_(col(UserSession.made) < made_before, col(UserSession.last_used) < used_before))
            .limit(most)
        )
        removed = delete(UserSession).where(col(UserSession.id).in_(expired)).returning(col(UserSession.id))
        return len((await self._session.execute(removed)).all())
