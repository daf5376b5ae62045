"""Second factors and recovery codes. They are an account's: methods take its id."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.engine.ordering import by_bytes
from memo_coach.storage.tables import RecoveryCode, SecondFactor


class SecondFactorRepository:
    """The rows of second factors, and of the codes that stand in for them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, factor: SecondFactor) -> None:
        """Store a factor."""
        self._session.add(factor)
        await self._session.flush()

    async def of_user(self, user_id: str) -> Sequence[SecondFactor]:
        """Return an account's factors, the oldest first, also those that were never used."""
        statement = (
            select(SecondFactor)
            .where(col(SecondFactor.user_id) == user_id)
            .order_by(col(SecondFactor.made), by_bytes(col(SecondFactor.id)))
        )
        return (await self._session.execute(statement)).scalars().all()

    async def kinds_of(self, users: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the kinds of factors that accounts can sign in with, by the accounts' ids."""
        statement = (
            select(col(SecondFactor.user_id), col(SecondFactor.kind))
            .where(col(SecondFactor.user_id).in_(users), col(SecondFactor.is_confirmed))
            .distinct()
            .order_by(col(SecondFactor.kind))
        )
        found: dict[str, tuple[str, ...]] = {}
        for user_id, kind in await self._session.execute(statement):
            found[user_id] = (*found.get(user_id, ()), kind)
        return found

    async def by_credential(self, credential: str) -> SecondFactor | None:
        """Return the passkey that its device calls so, whosever it is; nobody else uses it meanwhile."""
        statement = select(SecondFactor).where(col(SecondFactor.credential) == credential).with_for_update()
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def change(self, user_id: str, factor_id: str, values: Mapping[str, Any]) -> bool:
        """Give one factor of an account other values; tell whether there is one."""
        statement = (
            update(SecondFactor)
            .where(col(SecondFactor.user_id) == user_id, col(SecondFactor.id) == factor_id)
            .values(**values)
            .returning(col(SecondFactor.id))
        )
        return (await self._session.execute(statement)).scalar_one_or_none() is not None

    async def take_step(self, user_id: str, factor_id: str, step: int, now: datetime) -> bool:
        """Note that an app's code of a half minute was taken; tell whether none so new was before."""
        statement = (
            update(SecondFactor)
            .where(
                col(SecondFactor.user_id) == user_id,
                col(SecondFactor.id) == factor_id,
                func.coalesce(col(SecondFactor.last_step), -1) < step,
            )
            .values(last_step=step, last_used=now, is_confirmed=True)
            .returning(col(SecondFactor.id))
        )
        return (await self._session.execute(statement)).scalar_one_or_none() is not None

    async def remove(self, user_id: str, factor_id: str) -> bool:
        """Delete one factor of an account; tell whether there was one."""
        statement = (
            delete(SecondFactor)
            .where(col(SecondFactor.user_id) == user_id, col(SecondFactor.id) == factor_id)
            .returning(col(SecondFactor.id))
        )
        return (await self._session.execute(statement)).scalar_one_or_none() is not None

    async def remove_unconfirmed(self, user_id: str) -> None:
        """Delete an account's apps that were never used."""
        mine = col(SecondFactor.user_id) == user_id
        await self._session.execute(delete(SecondFactor).where(mine, ~col(SecondFactor.is_confirmed)))

    async def remove_all(self, user_id: str) -> None:
        """Delete an account's factors and recovery codes."""
        await self._session.execute(delete(SecondFactor).where(col(SecondFactor.user_id) == user_id))
        await self.remove_codes(user_id)

    async def add_codes(self, user_id: str, marks: Sequence[str]) -> None:
        """Store recovery codes."""
        self._session.add_all(RecoveryCode(mark=mark, user_id=user_id) for mark in marks)
        await self._session.flush()

    async def count_codes(self, user_id: str) -> int:
        """Count an account's recovery codes that were not used."""
        statement = select(func.count()).where(col(RecoveryCode.user_id) == user_id)
        return int((await self._session.execute(statement)).scalar_one())

    async def use_code(self, user_id: str, mark: str) -> bool:
        """Delete a recovery code of an account; tell whether there was one."""
        statement = (
            delete(RecoveryCode)
            .where(col(RecoveryCode.user_id) == user_id, col(RecoveryCode.mark) == mark)
            .returning(col(RecoveryCode.mark))
        )
        return (await self._session.execute(statement)).scalar_one_or_none() is not None

    async def remove_codes(self, user_id: str) -> None:
        """Delete an account's recovery codes."""
        await self._session.execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
