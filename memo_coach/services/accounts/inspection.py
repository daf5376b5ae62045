"""What accounts say of an installation: whether somebody administers, from where people come, the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services import clock
from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.user_sessions import UserSessionRepository
from memo_coach.storage.repositories.users import UserRepository

_SESSIONS: Final = 20
"""So many of the browsers that were used last are looked at."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found."""

    has_administrator: bool
    addresses: tuple[str, ...]
    """From where the browsers that were used last asked, the last one first."""
    newest: datetime | None
    """When somebody who is signed in was here last."""
    ahead_seconds: float | None
    """How much the clock of the database is ahead of ours; ``None`` where it is the same one."""


async def inspect(database: Database) -> Inspection | None:
    """Look at the accounts; ``None`` where the tables are not those of this version.

    Raises:
        DatabaseUnusable: the database cannot be read.
    """
    if not (await schema.status(database)).is_usable:
        return None
    async with database.read() as session:
        used = await UserSessionRepository(session).last_used(_SESSIONS)
        return Inspection(
            await UserRepository(session).has_administrator(),
            tuple(each.address for each in used if each.address),
            used[0].last_used if used else None,
            await _ahead_seconds(session),
        )


async def _ahead_seconds(session: AsyncSession) -> float | None:
    if session.get_bind().dialect.name != "postgresql":
        return None
    before = clock.now()
    theirs: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    ours = before + (clock.now() - before) / 2
    return (theirs.astimezone(UTC) - ours).total_seconds()
