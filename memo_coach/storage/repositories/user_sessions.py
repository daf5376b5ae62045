"""Sessions of accounts, found by the hash of their token. They are an account's: methods take its id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.engine.ordering import by_bytes
from memo_coach.storage.tables import User, UserSession
from memo_coach.storage.tables.base import table_of

_SESSIONS, _USERS = table_of(UserSession), table_of(User)
# On the tables and made once: it is asked at each request and each event.
_OF_TOKEN = (
    select(
        *(_SESSIONS.c.id, _SESSIONS.c.made, _SESSIONS.c.last_used, _SESSIONS.c.by_password_alone),
        *(_USERS.c.id, _USERS.c.owner, _USERS.c.name, _USERS.c.role, _USERS.c.is_disabled),
    )
    .join(_USERS, _USERS.c.id == _SESSIONS.c.user_id)
    .where(_SESSIONS.c.token_sha256 == bindparam("token"))
)


class SessionOfUser(NamedTuple):
    """A session, with what is asked of its account at each request."""

    id: str
    made: datetime
    last_used: datetime
    by_password_alone: bool
    user_id: str
    owner: str
    name: str
    role: str
    is_disabled: bool


class UserSessionRepository:
    """The rows of sessions."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: UserSession) -> None:
        """Store a session."""
        self._session.add(row)
        await self._session.flush()

    async def of_token(self, token_sha256: str) -> SessionOfUser | None:
        """Return a session with what is asked of its account at each request."""
        found = (await self._session.execute(_OF_TOKEN, {"token": token_sha256})).one_or_none()
        return None if found is None else SessionOfUser(*found)

    async def touch(self, session_id: str, now: datetime) -> None:
        """Note that a session is used."""
        statement = update(UserSession).where(col(UserSession.id) == session_id).values(last_used=now)
        await self._session.execute(statement)

    async def get(self, user_id: str, session_id: str) -> UserSession | None:
        """Return one session of an account."""
        statement = select(UserSession).where(
            col(UserSession.user_id) == user_id, col(UserSession.id) == session_id
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def change(self, user_id: str, session_id: str, values: Mapping[str, Any]) -> None:
        """Give one session of an account other values."""
        statement = update(UserSession).where(
            col(UserSession.user_id) == user_id, col(UserSession.id) == session_id
        )
        await self._session.execute(statement.values(**values))

    async def of_user(self, user_id: str) -> Sequence[UserSession]:
        """Return an account's sessions, the one used last first."""
        statement = (
            select(UserSession)
            .where(col(UserSession.user_id) == user_id)
            .order_by(col(UserSession.last_used).desc(), by_bytes(col(UserSession.id)))
        )
        return (await self._session.execute(statement)).scalars().all()

    async def addresses_of(self, email: str) -> Sequence[str]:
        """Return from where the account with an address was signed in to, as far as its sessions are kept."""
        statement = (
            select(col(UserSession.address))
            .join(User, col(User.id) == col(UserSession.user_id))
            .where(col(User.email) == email, col(UserSession.address).is_not(None))
        )
        return [address for address in (await self._session.execute(statement)).scalars() if address]

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

    async def count_used_since(self, moment: datetime) -> int:
        """Count the sessions of anybody's that were used since a moment."""
        statement = select(func.count()).where(col(UserSession.last_used) >= moment)
        return int((await self._session.execute(statement)).scalar_one())

    async def end_by_password_alone(self, user_id: str) -> None:
        """Delete an account's sessions that were begun with nothing but a password."""
        mine = col(UserSession.user_id) == user_id
        await self._session.execute(delete(UserSession).where(mine, col(UserSession.by_password_alone)))

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
