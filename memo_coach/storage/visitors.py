"""Visitors, and the secret with which this installation recognises the tokens that it gave out."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.tables import InstallationSecret, Visitor

SEEN_EVERY = timedelta(hours=1)
"""How exactly ``last_seen`` is kept: a write for each request would be a write too many."""


class VisitorRepository:
    """The rows of visitors."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def welcome(self, owner: str, now: datetime) -> None:
        """Note that a visitor writes: make the row at the first time, renew ``last_seen`` later."""
        last_seen = (
            await self._session.execute(select(col(Visitor.last_seen)).where(col(Visitor.id) == owner))
        ).scalar_one_or_none()
        if last_seen is None:
            await self._insert(Visitor(id=owner, created=now, last_seen=now))
        elif now - last_seen > SEEN_EVERY:
            await self._session.execute(update(Visitor).where(col(Visitor.id) == owner).values(last_seen=now))

    async def installation_secret(self, name: str, fresh: str) -> str:
        """Give the value that the installation keeps under a name; the first to ask brings it."""
        stored = await self._secret(name)
        if stored is None:
            await self._insert(InstallationSecret(name=name, value=fresh))
            stored = await self._secret(name)
        assert stored is not None, "it was there, or has been inserted"  # noqa: S101
        return stored

    async def _secret(self, name: str) -> str | None:
        statement = select(col(InstallationSecret.value)).where(col(InstallationSecret.name) == name)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def _insert(self, row: Visitor | InstallationSecret) -> None:
        try:
            async with self._session.begin_nested():
                self._session.add(row)
        except IntegrityError:
            # Another process was first; on SQLite that cannot be, on a database with more writers it can.
            self._session.expunge_all()
