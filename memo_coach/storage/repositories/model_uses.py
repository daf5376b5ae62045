"""How often a person, and an address, has had a model at work: what limits count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import Select, bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.storage.tables import ModelUse
from memo_coach.storage.tables.base import table_of, values_of

PRUNED_AT_ONCE = 500
"""What is no longer counted goes in steps: nobody has to wait for thousands of rows."""

_USES = table_of(ModelUse)
_INSERT = insert(_USES)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the row of somebody's uses: 1 is the newest. Only those after ``since`` count."""

    whose: Literal["owner", "address"]
    name: str
    """The owner's id, or the address's mark."""
    since: datetime
    position: int


@lru_cache(maxsize=16)
def _newest(whose: tuple[str, ...]) -> Select[Any]:
    """Make one statement that looks at several places: a limit on people and addresses is several."""
    return select(
        *(
            select(_USES.c.created)
            .where(
                _USES.c[column] == bindparam(f"name{number}"),
                _USES.c.purpose == bindparam("this"),
                _USES.c.created > bindparam(f"since{number}"),
            )
            .order_by(_USES.c.created.desc())
            .offset(bindparam(f"newer{number}"))
            .limit(1)
            .scalar_subquery()
            for number, column in enumerate(whose)
        )
    )


class ModelUseRepository:
    """The rows of uses."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock_address(self, address: str) -> None:
        """Let nobody else count or add this address's uses until the transaction ends.

        ``address`` is a mark of hexadecimal digits. Behind one address there may be many people, so locking
        the person is not enough. SQLite has one writer, and this does nothing.
        """
        if self._session.get_bind().dialect.name == "postgresql":
            key = int.from_bytes(bytes.fromhex(address)[:8], signed=True)
            await self._session.execute(select(func.pg_advisory_xact_lock(key)))

    async def newest(self, purpose: str, places: Sequence[Place]) -> list[datetime | None]:
        """Return when the use at each place was, or ``None`` where there are fewer; one place at least."""
        parameters: dict[str, Any] = {"this": purpose}
        for number, place in enumerate(places):
            parameters |= {
                f"name{number}": place.name,
                f"since{number}": place.since,
                f"newer{number}": place.position - 1,
            }
        statement = _newest(tuple(place.whose for place in places))
        return list((await self._session.execute(statement, parameters)).one())

    async def add(self, owner: str, use: ModelUse) -> None:
        """Store a use."""
        use.owner = owner
        await self._session.execute(_INSERT, values_of(use))

    async def prune(self, before: datetime) -> int:
        """Remove uses older than a time; give how many, at most a few hundred."""
        # What another process is just removing needs nobody else.
        old = select(_USES.c.id).where(_USES.c.created < before).limit(PRUNED_AT_ONCE)
        found = (await self._session.execute(old.with_for_update(skip_locked=True))).scalars().all()
        if found:
            await self._session.execute(delete(_USES).where(_USES.c.id.in_(found)))
        return len(found)
