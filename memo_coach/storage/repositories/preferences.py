"""What writers start with. Every method takes the owner and sees nobody else's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.repositories.ownership import owned
from memo_coach.storage.tables import Preferences


class PreferencesRepository:
    """The rows of preferences."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, owner: str) -> Preferences | None:
        """Find what the owner chose."""
        statement = select(Preferences).where(owned(col(Preferences.owner), owner))
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def keep(
        self, owner: str, moment: datetime, *, rubric: str | None = None, coach: str | None = None
    ) -> None:
        """Store what is chosen; what is ``None`` stays as it was. Lock the owner before."""
        found = await self.get(owner)
        if found is None:
            self._session.add(Preferences(owner=owner, rubric=rubric, coach=coach, changed=moment))
            await self._session.flush()
            return
        found.rubric, found.coach = rubric or found.rubric, coach or found.coach
        found.changed = moment
        await self._session.flush()
