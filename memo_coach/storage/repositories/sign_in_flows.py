"""Sign-ins that have begun at a provider: whoever deletes the row goes on with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.tables import SignInFlow


class SignInFlowRepository:
    """The rows of sign-ins that have begun."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, flow: SignInFlow) -> None:
        """Store one."""
        self._session.add(flow)
        await self._session.flush()

    async def take(self, state_sha256: str, browser_sha256: str, now: datetime) -> SignInFlow | None:
        """Take one that this browser has begun out of the database; of all who do so at once one gets it."""
        statement = (
            delete(SignInFlow)
            .where(
                col(SignInFlow.state_sha256) == state_sha256,
                col(SignInFlow.browser_sha256) == browser_sha256,
                col(SignInFlow.expires) > now,
            )
            .returning(SignInFlow)
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def keep_newest(self, most: int) -> None:
        """Delete the oldest where there are more than so many: anybody may begin one."""
        newest = select(col(SignInFlow.expires)).order_by(col(SignInFlow.expires).desc())
        oldest = (await self._session.execute(newest.offset(most).limit(1))).scalar_one_or_none()
        if oldest is not None:
            await self._session.execute(delete(SignInFlow).where(col(SignInFlow.expires) <= oldest))

    async def remove_expired(self, now: datetime, most: int) -> int:
        """Delete those that nobody came back from in time; count them."""
        expired = select(col(SignInFlow.state_sha256)).where(col(SignInFlow.expires) <= now).limit(most)
        removed = (
            delete(SignInFlow)
            .where(col(SignInFlow.state_sha256).in_(expired))
            .returning(col(SignInFlow.state_sha256))
        )
        return len((await self._session.execute(removed)).all())
