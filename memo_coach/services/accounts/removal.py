"""Deleting an account: whoever it was is signed out at once, and all that they wrote goes for good."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services import clock
from memo_coach.services.data.deletion import DeletionService
from memo_coach.storage.repositories.deletions import DeletionRepository
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.tables import Deletion, User


class AccountRemoval:
    """Removes accounts within a transaction, and has what they wrote removed after it."""

    def __init__(self, deletions: DeletionService, now: Callable[[], datetime] | None = None) -> None:
        self._deletions = deletions
        self._now = now or clock.now

    async def remove(self, session: AsyncSession, user: User) -> list[str]:
        """Remove an account; return its evaluations that were still to be judged.

        What it wrote is set aside and due at once: a large one goes in the background, as all deletions do.
        """
        moment = self._now()
        deletion = Deletion(id=clock.new_id(), owner=user.owner, due=moment)
        owner, user_id = user.owner, user.id
        cancelled = await DeletionRepository(session).set_all_aside(owner, deletion, moment) or []
        await UserRepository(session).remove(user_id, owner)
        return cancelled

    async def begun(self, cancelled: Iterable[str]) -> None:
        """Have what was set aside removed; call this after the transaction."""
        await self._deletions.begun(cancelled)
