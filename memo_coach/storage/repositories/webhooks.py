"""Webhooks as their owners see them. Every method takes the owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.engine.ordering import by_bytes
from memo_coach.storage.repositories.ownership import owned
from memo_coach.storage.tables import Webhook, WebhookDelivery


class WebhookRepository:
    """The rows of webhooks. Lock the owner before one is added."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_owner(self, owner: str) -> Sequence[Webhook]:
        """Return the webhooks of an owner, the newest first."""
        statement = (
            select(Webhook)
            .where(owned(col(Webhook.owner), owner))
            .order_by(col(Webhook.made).desc(), by_bytes(col(Webhook.id)))
        )
        return (await self._session.execute(statement)).scalars().all()

    async def add(self, owner: str, webhook: Webhook) -> None:
        """Store a webhook of the owner's."""
        webhook.owner = owner
        self._session.add(webhook)
        await self._session.flush()

    async def remove(self, owner: str, webhook_id: str) -> bool:
        """Delete a webhook with what there is to tell it; tell whether there was one."""
        statement = (
            delete(Webhook)
            .where(owned(col(Webhook.owner), owner), col(Webhook.id) == webhook_id)
            .returning(col(Webhook.id))
        )
        return (await self._session.execute(statement)).scalar_one_or_none() is not None

    async def deliveries(self, owner: str, webhook_id: str, most: int) -> Sequence[WebhookDelivery]:
        """Return what a webhook is told of, the newest first."""
        statement = (
            select(WebhookDelivery)
            .where(owned(col(WebhookDelivery.owner), owner), col(WebhookDelivery.webhook) == webhook_id)
            .order_by(col(WebhookDelivery.made).desc(), by_bytes(col(WebhookDelivery.evaluation)))
            .limit(most)
        )
        return (await self._session.execute(statement)).scalars().all()

    async def counts(self, owner: str) -> dict[tuple[str, str], int]:
        """Count what the webhooks of an owner are told of, by webhook and status."""
        webhook, status = col(WebhookDelivery.webhook), col(WebhookDelivery.status)
        statement = (
            select(webhook, status, func.count())
            .where(owned(col(WebhookDelivery.owner), owner))
            .group_by(webhook, status)
        )
        return {(row[0], row[1]): row[2] for row in await self._session.execute(statement)}

    async def remove_over(self, before: datetime, most: int) -> int:
        """Delete, of anybody's, what is over and older than a moment; count it."""
        evaluation, webhook = col(WebhookDelivery.evaluation), col(WebhookDelivery.webhook)
        over = (
            select(evaluation)
            .where(col(WebhookDelivery.due).is_(None), col(WebhookDelivery.made) < before)
            .limit(most)
        )
        removed = (
            delete(WebhookDelivery)
            .where(evaluation.in_(over), col(WebhookDelivery.due).is_(None))
            .returning(webhook)
        )
        return len((await self._session.execute(removed)).all())
