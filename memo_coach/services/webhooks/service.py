"""The webhooks of the owners: made, listed, removed. They are told by :mod:`.deliverer`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast

from memo_coach.services import clock
from memo_coach.services.clock import new_id
from memo_coach.services.errors import NotFound, TooMany
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.quotas import MOST_WEBHOOKS
from memo_coach.services.usage.storage_budget import StorageBudget, StorageRequest
from memo_coach.services.webhooks.destinations import Destinations
from memo_coach.services.webhooks.sending import Outcome
from memo_coach.services.webhooks.signing import WebhookSecrets
from memo_coach.services.webhooks.trying import problem_of
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.storage.repositories.webhooks import WebhookRepository
from memo_coach.storage.tables import Webhook, WebhookDelivery
from memo_coach.translations import number, text

DeliveryStatus = Literal["waiting", "delivered", "given_up"]
MOST_SHOWN: Final = 50
_ROW_BYTES: Final = 900


@dataclass(frozen=True, slots=True)
class WebhookView:
    """A webhook, as its owner sees it in the list."""

    webhook_id: str
    url: str
    made: datetime
    counts: Mapping[DeliveryStatus, int]
    """Of the evaluations that it was, or is to be, told of, in the last thirty days."""
    problem: str | None = None
    """Why it could not be told of the newest one so far."""


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook that was made just now, with its secret, which nobody is shown again."""

    secret: str
    view: WebhookView

    def __repr__(self) -> str:
        """Leave the secret out, wherever this is printed."""
        return f"NewWebhook({self.view!r})"


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One evaluation that a webhook is told of."""

    evaluation_id: str
    status: DeliveryStatus
    tries: int
    made: datetime
    next_try: datetime | None
    problem: str | None
    """A sentence about the last try, where that failed."""


class WebhookService:
    """The webhooks of the owners."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        budget: StorageBudget,
        webhook_secrets: WebhookSecrets,
        destinations: Destinations,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._budget = budget
        self._secrets = webhook_secrets
        self._destinations = destinations
        self._now = now

    async def make(self, owner: str, url: str, *, address: str | None = None) -> NewWebhook:
        """Have an address told of each evaluation that ends from now on.

        Raises:
            WebhookRefused: nothing is sent to such an address.
            TooMany, Unavailable: with a sentence.
        """
        url = self._destinations.checked(url.strip())
        moment = self._now()
        async with self._unit_of_work.write(adds=True) as session:
            since = await VisitorRepository(session).lock_or_create(owner, moment)
            webhooks = WebhookRepository(session)
            if len(await webhooks.of_owner(owner)) >= MOST_WEBHOOKS:
                raise TooMany(text("webhooks.too_many", most=number(MOST_WEBHOOKS)))
            await self._budget.count_kept(session, StorageRequest(address, _ROW_BYTES, since, moment))
            row = Webhook(id=new_id(), owner=owner, url=url, salt=secrets.token_urlsafe(24), made=moment)
            await webhooks.add(owner, row)
            return NewWebhook(self._secrets.shown(row.id, row.salt), _view(row, {}))

    async def made(self, owner: str, webhook_id: str) -> NewWebhook:
        """Return a webhook with its secret once more, for who has lost the answer of having made it.

        Raises:
            NotFound: the owner has no such webhook (any more).
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            rows = await WebhookRepository(session).of_owner(owner)
        for row in rows:
            if row.id == webhook_id:
                return NewWebhook(self._secrets.shown(row.id, row.salt), _view(row, {}))
        raise NotFound

    async def of_owner(self, owner: str) -> tuple[WebhookView, ...]:
        """List the webhooks, the newest first.

        Raises:
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            webhooks = WebhookRepository(session)
            rows, counts = await webhooks.of_owner(owner), await webhooks.counts(owner)
            newest = {row.id: await webhooks.deliveries(owner, row.id, 1) for row in rows}
        return tuple(_view(row, counts, newest[row.id]) for row in rows)

    async def deliveries(self, owner: str, webhook_id: str) -> tuple[DeliveryView, ...]:
        """List what a webhook was or is to be told of, the newest first.

        Raises:
            NotFound: the owner has no such webhook.
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            webhooks = WebhookRepository(session)
            if webhook_id not in {row.id for row in await webhooks.of_owner(owner)}:
                raise NotFound
            rows = await webhooks.deliveries(owner, webhook_id, MOST_SHOWN)
        return tuple(map(_delivery, rows))

    async def remove(self, owner: str, webhook_id: str) -> None:
        """Tell an address nothing any more, from now on.

        Raises:
            NotFound: the owner has no such webhook.
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.write() as session:
            if not await WebhookRepository(session).remove(owner, webhook_id):
                raise NotFound


def _view(
    row: Webhook, counts: Mapping[tuple[str, str], int], newest: Sequence[WebhookDelivery] = ()
) -> WebhookView:
    found = {
        cast("DeliveryStatus", status): count
        for (webhook, status), count in counts.items()
        if webhook == row.id
    }
    return WebhookView(row.id, row.url, row.made, found, _problem(newest[0]) if newest else None)


def _problem(row: WebhookDelivery) -> str | None:
    return None if row.status == "delivered" else problem_of(Outcome(row.answered, row.fault))


def _delivery(row: WebhookDelivery) -> DeliveryView:
    status = cast("DeliveryStatus", row.status)
    return DeliveryView(row.evaluation, status, row.tries, row.made, row.due, _problem(row))
