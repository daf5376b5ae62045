"""The audit log: entries are added and read, nothing else. It is the administrators': it takes no owner."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.engine.ordering import by_bytes
from memo_coach.storage.tables import AuditEntry


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are asked for; what is ``None`` does not matter."""

    action: str | None = None
    """The whole action, or where it ends in a dot what it begins with."""
    actions: Collection[str] | None = None
    """Any of these."""
    target: str | None = None
    actor_user: str | None = None
    before: datetime | None = None
    """Only entries older than this."""
    actor_part: str | None = None
    """Stands somewhere in what the actor was called."""
    target_part: str | None = None
    behind: tuple[datetime, str] | None = None
    """Only entries that come behind the one of this moment and id."""


class AuditRepository:
    """The rows of the audit log."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, entry: AuditEntry) -> None:
        """Add an entry to the transaction that does what it tells of."""
        self._session.add(entry)
        await self._session.flush()

    async def entries(self, wanted: AuditFilter, most: int) -> Sequence[AuditEntry]:
        """Return entries, the newest first, at most ``most``."""
        statement = select(AuditEntry)
        if wanted.action is not None:
            action = col(AuditEntry.action)
            prefix = wanted.action.endswith(".")
            statement = statement.where(
                action.startswith(wanted.action, autoescape=True) if prefix else action == wanted.action
            )
        if wanted.actions is not None:
            statement = statement.where(col(AuditEntry.action).in_(wanted.actions))
        if wanted.target is not None:
            statement = statement.where(col(AuditEntry.target) == wanted.target)
        if wanted.actor_user is not None:
            statement = statement.where(col(AuditEntry.actor_user) == wanted.actor_user)
        if wanted.before is not None:
            statement = statement.where(col(AuditEntry.moment) < wanted.before)
        for part, column in ((wanted.actor_part, AuditEntry.actor), (wanted.target_part, AuditEntry.target)):
            if part is not None:
                statement = statement.where(col(column).icontains(part, autoescape=True))
        if wanted.behind is not None:
            statement = statement.where(_is_behind(*wanted.behind))
        ordered = statement.order_by(col(AuditEntry.moment).desc(), by_bytes(col(AuditEntry.id)))
        return (await self._session.execute(ordered.limit(most))).scalars().all()

    async def actions(self) -> Sequence[str]:
        """Return the actions that there are entries of, in their order."""
        statement = select(col(AuditEntry.action)).distinct()
        return sorted((await self._session.execute(statement)).scalars())


def _is_behind(moment: datetime, entry_id: str) -> ColumnElement[bool]:
    made, name = col(AuditEntry.moment), by_bytes(col(AuditEntry.id))
    return or_(made < moment, and_(made == moment, name > by_bytes(literal(entry_id))))
