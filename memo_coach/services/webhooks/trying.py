"""Sending a webhook a test at its owner's word, so that they see whether its receiver takes what is sent."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from memo_coach.services import clock
from memo_coach.services.clock import new_id
from memo_coach.services.errors import NotFound, TooMany
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.token_bucket import TokenBuckets
from memo_coach.services.webhooks.sending import Outcome, Sender
from memo_coach.services.webhooks.signing import WebhookSecrets, signed_headers
from memo_coach.storage.repositories.webhooks import WebhookRepository
from memo_coach.storage.tables import Webhook
from memo_coach.translations import text

OF_OWNER: Final = (5, 1 / 30)
"""So many tests of an owner's at once, and a second in the long run: each asks somebody's server."""
AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class TestView:
    """What came of a test."""

    is_accepted: bool
    answered: int | None
    """The status of HTTP; ``None`` where there was no answer."""
    problem: str | None
    """A sentence, where it was not accepted."""


class WebhookTests:
    """Sends tests: once, at once, and nothing of them is kept."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        webhook_secrets: WebhookSecrets,
        sender: Sender,
        *,
        now: Callable[[], datetime] = clock.now,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._secrets = webhook_secrets
        self._sender = sender
        self._now = now
        self._of_owner: TokenBuckets[str] = TokenBuckets(*OF_OWNER, clock=seconds)
        self._places = asyncio.Semaphore(AT_ONCE)

    async def send(self, owner: str, webhook_id: str) -> TestView:
        """Send a test, signed as everything else is, and wait for the answer.

        Raises:
            NotFound: the owner has no such webhook.
            TooMany: they have sent many tests just now.
            Unavailable: the database cannot be read.
        """
        async with self._unit_of_work.read() as session:
            rows = await WebhookRepository(session).of_owner(owner)
        row = next((each for each in rows if each.id == webhook_id), None)
        if row is None:
            raise NotFound
        if not self._of_owner.of(owner).take():
            raise TooMany(text("webhooks.tested_too_fast"))
        async with self._places:
            outcome = await self._sent(row)
        return TestView(outcome.is_accepted, outcome.answered, problem_of(outcome))

    async def _sent(self, row: Webhook) -> Outcome:
        moment = self._now()
        told = {"type": "webhook.test", "timestamp": moment.isoformat(), "data": {"webhook": row.id}}
        body = json.dumps(told, separators=(",", ":")).encode("ascii")
        secret = self._secrets.of(row.id, row.salt)
        headers = signed_headers(secret, f"msg_test_{new_id()}", moment, body)
        return await self._sender.send(row.url, headers, body)


def problem_of(outcome: Outcome) -> str | None:
    """Return why a receiver does not have it, in a sentence; ``None`` where it has."""
    if outcome.is_accepted:
        return None
    if outcome.fault is not None:
        return text(f"webhooks.fault_{outcome.fault}")
    return None if outcome.answered is None else text("webhooks.answered", status=outcome.answered)
