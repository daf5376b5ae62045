"""How often a person, and an address, has had a model at work: what limits count."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.table_base import table_of, values_of
from memo_coach.storage.tables import ModelUse

PRUNED_AT_ONCE = 500
"""What is no longer counted goes in steps: nobody has to wait for thousands of rows."""

_USES = table_of(ModelUse)
_INSERT = insert(_USES)


def _newest(whose: ColumnElement[str]) -> Select[datetime]:
    return (
        select(_USES.c.created)
        .where(
            whose == bindparam("whose"),
            _USES.c.purpose == bindparam("this"),
            _USES.c.created > bindparam("since"),
        )
        .order_by(_USES.c.created.desc())
        .offset(bindparam("newer"))
        .limit(1)
    )


_NEWEST_OF_OWNER, _NEWEST_OF_ADDRESS = _newest(_USES.c.owner), _newest(_USES.c.address)


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

    async def newest_of_owner(
        self, owner: str, purpose: str, since: datetime, position: int
    ) -> datetime | None:
        """Give when the owner's use at a position was: 1 is the newest. Only those after a time count."""
        return await self._newest(_NEWEST_OF_OWNER, owner, purpose, since, position)

    async def newest_of_address(
        self, address: str, purpose: str, since: datetime, position: int
    ) -> datetime | None:
        """Give when the address's use at a position was: 1 is the newest. Only those after a time count."""
        return await self._newest(_NEWEST_OF_ADDRESS, address, purpose, since, position)

    async def add(self, owner: str, use: ModelUse) -> None:
        """Store a use."""
        use.owner = owner
        await self._session.execute(_INSERT, values_of(use))

    async def prune(self, before: datetime, *, owner: str | None = None) -> int:
        """Remove uses older than a time, of one owner or of all; give how many, at most a few hundred."""
        old = select(col(ModelUse.id)).where(col(ModelUse.created) < before)
        if owner is not None:
            old = old.where(col(ModelUse.owner) == owner)
        # What another process is just removing needs nobody else.
        old = old.limit(PRUNED_AT_ONCE).with_for_update(skip_locked=True)
        found = (await self._session.execute(old)).scalars().all()
        if found:
            await self._session.execute(delete(ModelUse).where(col(ModelUse.id).in_(found)))
        return len(found)

    async def _newest(
        self, statement: Select[datetime], whose: str, purpose: str, since: datetime, position: int
    ) -> datetime | None:
        parameters = {"whose": whose, "this": purpose, "since": since, "newer": position - 1}
        return (await self._session.execute(statement, parameters)).scalar_one_or_none()
