"""Accounts. They are the administrators' and sign-in's: these methods take ids of accounts, not owners."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.engine.ordering import by_bytes
from memo_coach.storage.repositories.ownership import owned
from memo_coach.storage.tables import User, Visitor
from memo_coach.storage.tables.base import table_of, values_of

ADMINISTRATOR = "administrator"


def _can_administer() -> ColumnElement[bool]:
    """Whoever may, and has a way in: an invitation that nobody has taken up administers nothing."""
    return (
        (col(User.role) == ADMINISTRATOR)
        & ~col(User.is_disabled)
        & or_(col(User.password_hash).is_not(None), col(User.last_sign_in).is_not(None))
    )


class UserRepository:
    """The rows of accounts."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, user: User, now: datetime) -> bool:
        """Store an account with the visitor whose its writing is; tell whether its address was free."""
        self._session.add(Visitor(id=user.owner, created=now, last_seen=now))
        await self._session.flush()
        # Of two who add the same address at once one comes second, and is told so without an error.
        dialect = self._session.get_bind().dialect.name
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        statement = insert(table_of(User)).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
        stored = await self._session.execute(statement, values_of(user))
        return cast("CursorResult[Any]", stored).rowcount > 0

    async def get(self, user_id: str) -> User | None:
        """Return an account."""
        found = await self._session.execute(select(User).where(col(User.id) == user_id))
        return found.scalar_one_or_none()

    async def names_of(self, user_ids: Collection[str]) -> dict[str, str]:
        """Return what accounts are called, by their ids; those that are gone are not there."""
        statement = select(col(User.id), col(User.name)).where(col(User.id).in_(user_ids))
        return {row.id: row.name for row in await self._session.execute(statement)}

    async def lock(self, user_id: str) -> User | None:
        """Return an account, which nobody else changes until the transaction ends."""
        statement = select(User).where(col(User.id) == user_id).with_for_update()
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def by_email(self, email: str) -> User | None:
        """Return the account with an address."""
        found = await self._session.execute(select(User).where(col(User.email) == email))
        return found.scalar_one_or_none()

    async def by_owner(self, owner: str) -> User | None:
        """Return the account whose writing is an owner's."""
        found = await self._session.execute(select(User).where(owned(col(User.owner), owner)))
        return found.scalar_one_or_none()

    async def limits_of(self, owner: str, *, lock: bool = False) -> dict[str, Any] | None:
        """Return the limits of the account whose writing is an owner's; ``None`` without any.

        With ``lock`` nobody else changes or locks the account until the transaction ends.
        """
        statement = select(col(User.limits)).where(owned(col(User.owner), owner))
        if lock:
            statement = statement.with_for_update()
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def role_and_limits_of(self, owner: str) -> tuple[str, dict[str, Any] | None] | None:
        """Return role and limits of the account whose writing is an owner's; ``None`` without an account."""
        statement = select(col(User.role), col(User.limits)).where(owned(col(User.owner), owner))
        found = (await self._session.execute(statement)).one_or_none()
        return None if found is None else (found[0], found[1])

    async def page(self, query: str, after: str | None, most: int) -> Sequence[User]:
        """Return accounts in whose address or name something stands, from behind an address, by address."""
        email = by_bytes(col(User.email))
        statement = select(User).order_by(email).limit(most)
        if query:
            statement = statement.where(
                or_(
                    func.lower(col(User.email)).contains(query.lower(), autoescape=True),
                    func.lower(col(User.name)).contains(query.lower(), autoescape=True),
                )
            )
        if after is not None:
            statement = statement.where(email > after)
        return (await self._session.execute(statement)).scalars().all()

    async def change(self, user_id: str, values: Mapping[str, Any]) -> None:
        """Give an account other values."""
        await self._session.execute(update(User).where(col(User.id) == user_id).values(**values))

    async def remove(self, user_id: str, owner: str) -> None:
        """Delete an account with its sessions and links, and the visitor that it wrote as."""
        await self._session.execute(delete(User).where(col(User.id) == user_id))
        await self._session.execute(delete(Visitor).where(col(Visitor.id) == owner))

    async def has_administrator(self) -> bool:
        """Whether somebody can administer."""
        return bool((await self._session.execute(select(exists().where(_can_administer())))).scalar_one())

    async def has_break_glass(self) -> bool:
        """Whether somebody can administer by a password where others have none."""
        statement = select(
            exists().where(_can_administer(), col(User.is_break_glass), col(User.password_hash).is_not(None))
        )
        return bool((await self._session.execute(statement)).scalar_one())

    async def lock_administrators(self) -> list[str]:
        """Return the ids of who can administer; none of them changes until the transaction ends.

        Of two administrators who demote each other at once, the second then sees that they are the last.
        """
        statement = select(col(User.id)).where(_can_administer()).order_by(col(User.id)).with_for_update()
        return list((await self._session.execute(statement)).scalars())
