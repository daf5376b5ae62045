"""Links that open once, found by the hash of their token: whoever deletes the row has opened it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.tables import OneTimeLink


class OneTimeLinkRepository:
    """The rows of one-time links."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, link: OneTimeLink) -> None:
        """Store a link."""
        self._session.add(link)
        await self._session.flush()

    async def find(self, token_sha256: str, now: datetime) -> OneTimeLink | None:
        """Return a link that can still be opened, without opening it."""
        statement = select(OneTimeLink).where(
            col(OneTimeLink.token_sha256) == token_sha256, col(OneTimeLink.expires) > now
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def made_since(self, user_id: str, purpose: str, since: datetime) -> bool:
        """Whether an account has a link for a purpose that was made after a moment."""
        statement = select(col(OneTimeLink.id)).where(
            col(OneTimeLink.user_id) == user_id,
            col(OneTimeLink.purpose) == purpose,
            col(OneTimeLink.made) > since,
        )
        return (await self._session.execute(statement.limit(1))).first() is not None

    async def can_be_opened(self, user_id: str, purpose: str, now: datetime) -> bool:
        """Whether an account has a link for a purpose that has not run out."""
        statement = select(col(OneTimeLink.id)).where(
            col(OneTimeLink.user_id) == user_id,
            col(OneTimeLink.purpose) == purpose,
            col(OneTimeLink.expires) > now,
        )
        return (await self._session.execute(statement.limit(1))).first() is not None

    async def remove_all(self) -> None:
        """Delete the links of everybody."""
        await self._session.execute(delete(OneTimeLink))

    async def open(self, token_sha256: str, now: datetime) -> OneTimeLink | None:
        """Open a link; of any number who do so at once one gets it, the others ``None``."""
        statement = (
            delete(OneTimeLink)
            .where(col(OneTimeLink.token_sha256) == token_sha256, col(OneTimeLink.expires) > now)
            .returning(OneTimeLink)
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def lock_those_of_nobody(self) -> None:
        """Let nobody else open a link of the first administrator until the transaction ends.

        Of two who open two such links at once, the second then sees that there is an administrator.
        """
        statement = select(col(OneTimeLink.id)).where(col(OneTimeLink.user_id).is_(None))
        await self._session.execute(statement.order_by(col(OneTimeLink.id)).with_for_update())

    async def remove(self, user_id: str | None, *purposes: str) -> None:
        """Delete the links of an account for some purposes: an older one opens nothing beside a newer."""
        mine = col(OneTimeLink.user_id).is_(None) if user_id is None else col(OneTimeLink.user_id) == user_id
        await self._session.execute(delete(OneTimeLink).where(mine, col(OneTimeLink.purpose).in_(purposes)))

    async def remove_expired(self, now: datetime, most: int) -> int:
        """Delete links that open nothing any more; count them."""
        expired = select(col(OneTimeLink.id)).where(col(OneTimeLink.expires) <= now).limit(most)
        removed = delete(OneTimeLink).where(col(OneTimeLink.id).in_(expired)).returning(col(OneTimeLink.id))
        return len((await self._session.execute(removed)).all())
