"""Tells webhooks what there is to tell, and tries again with ever longer pauses where one does not answer.

What there is to tell is in the database from the transaction on that ended an evaluation, so nothing is
lost where a process ends. An owner's receivers are told one after the other: a slow one keeps nobody else
waiting.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from memo_coach.services import clock
from memo_coach.services.webhooks.sending import Outcome, Sender
from memo_coach.services.webhooks.signing import WebhookSecrets, signed_headers
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.repositories.webhook_deliveries import Taken, WebhookDeliveryRepository
from memo_coach.storage.repositories.webhooks import WebhookRepository

_log = structlog.get_logger(__name__)

PAUSES: Final = (5, 60, 300, 1_800, 7_200, 18_000, 43_200)
"""Seconds after each try that failed. The eighth is the last, some twenty hours after the first."""
MOST_TRIES: Final = len(PAUSES) + 1
LEASE: Final = timedelta(seconds=60)
"""After which a try whose process has died is made again; one takes ten seconds at most."""
AT_ONCE: Final = 16
LOOK_SECONDS: Final = 30.0
"""How often it is looked for what another process has left."""
KEPT: Final = timedelta(days=30)
"""For how long what is over is shown."""
REMOVED_EVERY: Final = timedelta(minutes=10)
_REMOVED_AT_ONCE: Final = 500
_GONE: Final = 410
_FAULTS: Final = (SQLAlchemyError, DatabaseUnusable)


class WebhookDeliverer:
    """Delivers until it is closed."""

    def __init__(
        self,
        database: Database,
        secrets: WebhookSecrets,
        sender: Sender,
        *,
        public_url: str,
        by_account: bool = False,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        """``by_account`` is whether an owner is told only while their account is not disabled."""
        self._database = database
        self._secrets = secrets
        self._sender = sender
        self._public_url = public_url
        self._by_account = by_account
        self._now = now
        self._news = asyncio.Event()
        self._closing = False
        self._running: dict[str, asyncio.Task[None]] = {}
        """By owner."""
        self._task: asyncio.Task[None] | None = None
        self._removed = now()
        """When old ones were removed last."""

    def start(self) -> None:
        """Begin, with what was left by who went before."""
        self._task = asyncio.create_task(self._run(), name="webhook deliverer")

    def wake(self) -> None:
        """Look now: there is something to tell."""
        self._news.set()

    async def close(self) -> None:
        """Begin nothing more, and wait for what is being told."""
        self._closing = True
        self._news.set()
        waited = {*self._running.values(), *(() if self._task is None else (self._task,))}
        if waited:
            await asyncio.wait(waited)

    async def remove_old(self) -> int:
        """Forget some of what is over and was shown for long enough; count it."""
        async with self._database.write(aside=True) as session:
            return await WebhookRepository(session).remove_over(self._now() - KEPT, _REMOVED_AT_ONCE)

    async def _run(self) -> None:
        while not self._closing:
            self._news.clear()
            wait = LOOK_SECONDS
            try:
                wait = await self._begin_what_is_due()
                if self._now() - self._removed >= REMOVED_EVERY:
                    self._removed = self._now()
                    await self.remove_old()
            except _FAULTS as error:
                _log.error("webhooks cannot be read", exc_info=error)
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._news.wait()

    async def _begin_what_is_due(self) -> float:
        """Begin what there is room for; give the seconds until there may be more."""
        moment = self._now()
        async with self._database.read() as session:
            due = await WebhookDeliveryRepository(session).next_due()
        if due is None or len(self._running) >= AT_ONCE:
            return LOOK_SECONDS
        if due > moment:
            return min(LOOK_SECONDS, (due - moment).total_seconds() + 0.01)
        async with self._database.write() as session:
            taken = await WebhookDeliveryRepository(session).take_due(
                moment, moment + LEASE, list(self._running), AT_ONCE - len(self._running)
            )
        for each in taken:
            task = asyncio.create_task(self._deliver(each), name="webhook delivery")
            self._running[each.owner] = task
            task.add_done_callback(partial(self._ended, each.owner))
        # What else is due is its owners', who are told something else just now, or set aside.
        return LOOK_SECONDS

    def _ended(self, owner: str, task: asyncio.Task[None]) -> None:
        del self._running[owner]
        if not task.cancelled() and (error := task.exception()) is not None:
            # The lease runs out, and it is tried again.
            _log.error("webhook delivery broke", exc_info=error)
        self._news.set()

    async def _deliver(self, taken: Taken) -> None:
        outcome = await self._outcome(taken)
        if outcome.is_accepted:
            status, due = "delivered", None
        elif taken.tries >= MOST_TRIES or outcome.answered == _GONE or outcome.fault == "no_account":
            status, due = "given_up", None
        else:
            status, due = "waiting", self._now() + _pause(taken.tries)
        async with self._database.write() as session:
            await WebhookDeliveryRepository(session).note(
                taken, status, due=due, answered=outcome.answered, fault=outcome.fault
            )
        _log.info(
            "webhook told",
            webhook=taken.webhook,
            evaluation=taken.evaluation,
            tries=taken.tries,
            status=status,
            answered=outcome.answered,
            reason=outcome.fault,
        )

    async def _outcome(self, taken: Taken) -> Outcome:
        if taken.tries > MOST_TRIES:
            return Outcome(fault="broken_off")
        if self._by_account:
            async with self._database.read() as session:
                user = await UserRepository(session).by_owner(taken.owner)
            if user is None or user.is_disabled:
                return Outcome(fault="no_account")
        body = self._body(taken)
        secret = self._secrets.of(taken.webhook, taken.salt)
        headers = signed_headers(secret, f"msg_{taken.evaluation}_{taken.webhook}", self._now(), body)
        return await self._sender.send(taken.url, headers, body)

    def _body(self, taken: Taken) -> bytes:
        """Return what is told: ids and the score, no word of the memo. It is the same in each try."""
        finished = taken.finished
        told = {
            "type": f"evaluation.{taken.status}",
            "timestamp": None if finished is None else finished.isoformat(),
            "data": {
                "evaluation": taken.evaluation,
                "memo": taken.memo,
                "version": taken.version,
                "rubric": taken.rubric,
                "status": taken.status,
                "score": taken.score,
                "url": f"{self._public_url}/api/v1/evaluations/{taken.evaluation}",
            },
        }
        return json.dumps(told, separators=(",", ":")).encode("ascii")


def _pause(tries: int) -> timedelta:
    # Spread, so that a receiver that comes back is not asked everything at once.
    return timedelta(seconds=PAUSES[min(tries, len(PAUSES)) - 1] * random.uniform(1.0, 1.2))  # noqa: S311
