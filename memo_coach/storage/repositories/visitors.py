"""Visitors, and the secret with which this installation recognises the tokens that it gave out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.tables import InstallationSecret, Visitor
from memo_coach.storage.tables.base import table_of

SEEN_EVERY = timedelta(hours=1)
"""How exactly ``last_seen`` is kept: a write for each request would be a write too many."""

EVERYBODY = "*"
"""In the place of an owner."""
_ENDED = "sessions-ended:"
_ENDED_STAMP = "sessions-ended"

_VISITORS = table_of(Visitor)
_EXISTS = select(_VISITORS.c.id).where(_VISITORS.c.id == bindparam("owner"))
# Without the key: rows that refer to the visitor may still be added by a transaction without lock.
_LOCK = (
    select(_VISITORS.c.created, _VISITORS.c.last_seen)
    .where(_VISITORS.c.id == bindparam("owner"))
    .with_for_update(key_share=True)
)


class VisitorRepository:
    """The rows of visitors."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock_or_create(self, owner: str, now: datetime) -> datetime:
        """Note that a visitor writes, and lock them: make the row at first, renew ``last_seen`` later.

        Give when they first wrote: now, where this is the first time.
        """
        found = await self._lock(owner)
        if found is None:
            if await self._insert(Visitor, {"id": owner, "created": now, "last_seen": now}):
                return now  # a row that this transaction has made is nobody else's to change
            found = await self._lock(owner)
            assert found is not None, "it was there, or has been inserted"  # noqa: S101
        created, last_seen = found
        if now - last_seen > SEEN_EVERY:
            await self._session.execute(update(Visitor).where(col(Visitor.id) == owner).values(last_seen=now))
        return created

    async def last_seen(self, owner: str) -> datetime | None:
        """Return when a visitor was here last, within :data:`SEEN_EVERY`; ``None`` for one without a row."""
        statement = select(col(Visitor.last_seen)).where(col(Visitor.id) == owner)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def renew(self, owner: str, now: datetime) -> None:
        """Note that a visitor who has a row is here."""
        await self._session.execute(update(Visitor).where(col(Visitor.id) == owner).values(last_seen=now))

    async def lock(self, owner: str) -> None:
        """Let nobody else change what this visitor owns until the transaction ends.

        Limits, numbers of versions and revisions of drafts are read and then written; on a database with
        many writers two of them would otherwise read the same. SQLite has one writer, and this does nothing.
        """
        if self._session.get_bind().dialect.name == "postgresql":
            await self._lock(owner)

    async def _lock(self, owner: str) -> tuple[datetime, datetime] | None:
        found = (await self._session.execute(_LOCK, {"owner": owner})).one_or_none()
        return None if found is None else (found.created, found.last_seen)

    async def latest(self, most: int) -> Sequence[Visitor]:
        """Return the visitors that wrote last, the newest first."""
        statement = select(Visitor).order_by(col(Visitor.last_seen).desc(), col(Visitor.id)).limit(most)
        return (await self._session.execute(statement)).scalars().all()

    async def exists(self, owner: str) -> bool:
        """Whether a visitor wrote anything."""
        return (await self._session.execute(_EXISTS, {"owner": owner})).first() is not None

    async def revoke_sessions(self, owner: str, moment: datetime) -> None:
        """Keep that an owner's tokens, or :data:`EVERYBODY`'s, count no more if given out until a moment."""
        names = [f"{_ENDED}{owner}", _ENDED_STAMP]
        await self._session.execute(delete(InstallationSecret).where(col(InstallationSecret.name).in_(names)))
        for name, value in zip(names, (moment.isoformat(), secrets.token_hex(8)), strict=True):
            await self._insert(InstallationSecret, {"name": name, "value": value})

    async def revocations_stamp(self) -> str | None:
        """Return a value that is another one each time that a session was ended."""
        return await self._secret(_ENDED_STAMP)

    async def revocations(self) -> dict[str, datetime]:
        """Return until which moment tokens count no more, for each owner of whom that is kept."""
        name = col(InstallationSecret.name)
        statement = select(name, col(InstallationSecret.value))
        found = await self._session.execute(statement.where(name.startswith(_ENDED, autoescape=True)))
        return {key.removeprefix(_ENDED): datetime.fromisoformat(value) for key, value in found.all()}

    async def installation_secret(self, name: str, fresh: str) -> str:
        """Return the value that the installation keeps under a name; the first to ask brings it."""
        stored = await self._secret(name)
        if stored is None:
            await self._insert(InstallationSecret, {"name": name, "value": fresh})
            stored = await self._secret(name)
        assert stored is not None, "it was there, or has been inserted"  # noqa: S101
        return stored

    async def _secret(self, name: str) -> str | None:
        statement = select(col(InstallationSecret.value)).where(col(InstallationSecret.name) == name)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def _insert(self, table: type[Visitor | InstallationSecret], values: dict[str, Any]) -> bool:
        """Store a row where there is none; tell whether it was stored."""
        # Another process may be first: SQLite has one writer, Postgres has many.
        dialect = self._session.get_bind().dialect.name
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        statement = insert(table_of(table)).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
        stored = await self._session.execute(statement, values)
        return cast("CursorResult[Any]", stored).rowcount > 0
