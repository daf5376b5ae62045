"""The audit log: who did what to what, written in the very transaction that does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services.accounts.principal import Actor
from memo_coach.services.clock import new_id, now
from memo_coach.storage.repositories.audit import AuditRepository
from memo_coach.storage.tables import AuditEntry

LONGEST_NAME = 200
"""Characters of an actor's name, a target and an address that are kept."""


async def record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    target: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry to a transaction: where the transaction fails, nothing was done and nothing is told.

    ``before`` and ``after`` hold settings and versions, never a memo's words and never a secret.
    """
    request = structlog.contextvars.get_contextvars().get("request_id")
    await AuditRepository(session).add(
        AuditEntry(
            id=new_id(),
            moment=now(),
            actor=actor.name[:LONGEST_NAME],
            actor_user=actor.user,
            action=action,
            target=target[:LONGEST_NAME],
            before=None if before is None else dict(before),
            after=None if after is None else dict(after),
            address=None if actor.address is None else actor.address[:LONGEST_NAME],
            request_id=None if request is None else str(request),
        )
    )
