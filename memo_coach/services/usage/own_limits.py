"""What an account may use of its own, where an administrator has set it apart from everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services.accounts.views import UserLimits
from memo_coach.storage.repositories.users import UserRepository


def limits_of(stored: Mapping[str, Any] | None) -> UserLimits:
    """Return limits as they were stored."""
    given = dict(stored or {})
    models = given.pop("models", None)
    return UserLimits(**given, models=None if models is None else tuple(models))


async def own_limits(session: AsyncSession, owner: str) -> UserLimits:
    """Return the limits of the account whose writing is an owner's; a visitor has none of their own."""
    return limits_of(await UserRepository(session).limits_of(owner))


async def lock_spending_limit(session: AsyncSession, owner: str) -> int | None:
    """Return what an account may spend in a day, in millionths of a US dollar; ``None`` for no limit.

    Where there is one, nobody else spends for this account until the transaction ends.
    """
    limit = (await own_limits(session, owner)).micro_usd_a_day
    if limit is None:
        return None
    # Asked again behind the lock: an administrator may have changed it just now.
    limits = limits_of(await UserRepository(session).limits_of(owner, lock=True))
    return limits.micro_usd_a_day
