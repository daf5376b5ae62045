"""Which of the configured models somebody may have at work: what their role may, or their own account."""

from __future__ import annotations

from collections.abc import Callable

from memo_coach.coaching.documents.auth import AuthDocument
from memo_coach.services.accounts.principal import Role
from memo_coach.services.usage.own_limits import limits_of
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.users import UserRepository


class ModelPermissions:
    """Knows it for each owner. Asked anew each time: what is taken away is gone at once."""

    def __init__(self, database: Database, auth: Callable[[], AuthDocument]) -> None:
        """``auth`` gives the document on accounts as it is in force."""
        self._database = database
        self._auth = auth

    async def of(self, owner: str | None, configured: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of the configured models that an owner may use, in their order.

        The operator, and who has no account because nobody signs in here, may use all of them.
        """
        if owner is None or not configured:
            return configured
        async with self._database.read() as session:
            found = await UserRepository(session).role_and_limits_of(owner)
        if found is None:
            return configured
        role, stored = found
        own = limits_of(stored).models
        allowed = own if own is not None else self._auth().models_of(role == Role.ADMINISTRATOR)
        return configured if allowed is None else tuple(name for name in configured if name in allowed)
