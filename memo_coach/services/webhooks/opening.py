"""The services of webhooks, put together once per process."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.storage_budget import StorageBudget
from memo_coach.services.webhooks.deliverer import WebhookDeliverer
from memo_coach.services.webhooks.destinations import Destinations
from memo_coach.services.webhooks.sending import Sender
from memo_coach.services.webhooks.service import WebhookService
from memo_coach.services.webhooks.signing import WebhookSecrets
from memo_coach.services.webhooks.trying import WebhookTests
from memo_coach.settings import Settings
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.visitors import VisitorRepository

_SECRET: Final = "webhooks"  # noqa: S105 - the name of the secret


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What there is about webhooks."""

    service: WebhookService
    deliverer: WebhookDeliverer
    tests: WebhookTests


async def open_webhooks(
    settings: Settings, database: Database, unit_of_work: UnitOfWork, budget: StorageBudget
) -> Webhooks:
    """Put the services together; read the installation's secret, or make it the first time."""
    async with database.write() as session:
        key = await VisitorRepository(session).installation_secret(_SECRET, secrets.token_hex(32))
    webhook_secrets = WebhookSecrets(bytes.fromhex(key))
    destinations = Destinations(settings.webhook_targets)
    sender = Sender(destinations)
    return Webhooks(
        WebhookService(unit_of_work, budget, webhook_secrets, destinations),
        WebhookDeliverer(
            database,
            webhook_secrets,
            sender,
            public_url=settings.public_url,
            by_account=settings.auth_mode == "accounts",
        ),
        WebhookTests(unit_of_work, webhook_secrets, sender),
    )
