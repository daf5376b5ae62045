"""What there is to tell webhooks, as who delivers it sees it. It serves nobody in particular.

A try is begun by taking it: its number guards what is stored of it, and until its lease ends nobody else
takes it. So a process that dies in the middle has it tried again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import String, bindparam, exists, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.engine.ordering import by_bytes
from memo_coach.storage.tables import Deletion, Evaluation, Webhook, WebhookDelivery
from memo_coach.storage.tables.base import UtcDateTime, table_of

_HOOKS: Final = table_of(Webhook)
_DELIVERIES: Final = table_of(WebhookDelivery)
_LOOKED_AT: Final = 200
_MOMENT: Final = bindparam("moment", type_=UtcDateTime)
# It runs at the end of each evaluation.
_QUEUE: Final = insert(_DELIVERIES).from_select(
    ["webhook", "evaluation", "owner", "status", "tries", "due", "made"],
    select(
        _HOOKS.c.id,
        bindparam("ended", type_=String),
        _HOOKS.c.owner,
        literal("waiting"),
        literal(0),
        _MOMENT,
        _MOMENT,
    ).where(
        _HOOKS.c.owner.in_(select(col(Evaluation.owner)).where(col(Evaluation.id) == bindparam("ended")))
    ),
    include_defaults=False,
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A try that was begun, with all that it tells."""

    webhook: str
    evaluation: str
    owner: str
    tries: int
    url: str
    salt: str
    memo: str
    version: int
    rubric: str
    status: str
    score: float | None
    finished: datetime | None


async def queue_deliveries(session: AsyncSession, evaluation_id: str, moment: datetime) -> None:
    """Have the webhooks of its owner told of an evaluation, within the transaction that ends it."""
    await session.execute(_QUEUE, {"ended": evaluation_id, "moment": moment})


class WebhookDeliveryRepository:
    """The rows of what there is to tell."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take_due(
        self, now: datetime, lease_until: datetime, busy: Collection[str], at_most: int
    ) -> list[Taken]:
        """Begin what is due first: one try for each owner, of owners that are not busy.

        What its owner deleted, and may still ask back, belongs to a visitor of its own, and waits.
        """
        owner = col(WebhookDelivery.owner)
        due = (
            select(col(WebhookDelivery.webhook), col(WebhookDelivery.evaluation), owner)
            .where(
                col(WebhookDelivery.due) <= now,
                owner.not_in(busy),
                ~exists().where(col(Deletion.id) == owner),
            )
            .order_by(col(WebhookDelivery.due), by_bytes(col(WebhookDelivery.evaluation)))
            .limit(_LOOKED_AT)
            .with_for_update(skip_locked=True, of=WebhookDelivery)
        )
        first: dict[str, tuple[str, str]] = {}
        for webhook, evaluation, whose in await self._session.execute(due):
            if len(first) < at_most:
                first.setdefault(whose, (webhook, evaluation))
        return [await self._begin(*keys, lease_until) for keys in first.values()]

    async def _begin(self, webhook: str, evaluation: str, lease_until: datetime) -> Taken:
        is_it = (col(WebhookDelivery.webhook) == webhook, col(WebhookDelivery.evaluation) == evaluation)
        begun = update(WebhookDelivery).where(*is_it)
        tries = col(WebhookDelivery.tries)
        await self._session.execute(begun.values(tries=tries + 1, due=lease_until, answered=None, fault=None))
        found = (
            select(
                col(WebhookDelivery.webhook),
                col(WebhookDelivery.evaluation),
                col(WebhookDelivery.owner),
                tries,
                *(col(each) for each in (Webhook.url, Webhook.salt, Evaluation.memo, Evaluation.version)),
                *(col(each) for each in (Evaluation.rubric, Evaluation.status)),
                *(col(each) for each in (Evaluation.score, Evaluation.finished)),
            )
            .join(Webhook, col(Webhook.id) == col(WebhookDelivery.webhook))
            .join(Evaluation, col(Evaluation.id) == col(WebhookDelivery.evaluation))
            .where(*is_it)
        )
        row = (await self._session.execute(found)).one()
        return Taken(*tuple(row))

    async def note(
        self,
        taken: Taken,
        status: str,
        *,
        due: datetime | None,
        answered: int | None = None,
        fault: str | None = None,
    ) -> None:
        """Store what came of a try, where no other one was begun since."""
        statement = update(WebhookDelivery).where(
            col(WebhookDelivery.webhook) == taken.webhook,
            col(WebhookDelivery.evaluation) == taken.evaluation,
            col(WebhookDelivery.tries) == taken.tries,
        )
        await self._session.execute(statement.values(status=status, due=due, answered=answered, fault=fault))

    async def next_due(self) -> datetime | None:
        """Return when the next try is due."""
        return (await self._session.execute(select(func.min(col(WebhookDelivery.due))))).scalar_one_or_none()
