"""What has to be done now and then, whoever is there: calls that nobody ended, drafts that nobody wants."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from memo_coach.operations import metrics
from memo_coach.services.accounts.opening import Accounts
from memo_coach.services.coaches.models import Models
from memo_coach.services.memos.retention import Retention
from memo_coach.services.processes.leases import Lease
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable

_log = structlog.get_logger(__name__)

EVERY_SECONDS = 60.0


class Housekeeping:
    """Does it until it is closed."""

    def __init__(
        self,
        models: Models,
        retention: Retention,
        accounts: Accounts,
        lease: Lease,
        every: float = EVERY_SECONDS,
    ) -> None:
        """``lease`` is held by the one process of the installation that does it."""
        self._lease = lease
        self._models = models
        self._retention = retention
        self._accounts = accounts
        self._budget = models.budget
        self._every = every
        self._over = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, at once. From now on the figures are fresh whenever somebody reads them."""
        metrics.register_refresh("budget", self._budget.show_spending)
        metrics.register_refresh("circuits", self._show_circuits)
        self._task = asyncio.create_task(self._run(), name="housekeeping")

    async def close(self) -> None:
        """End it after what it is doing."""
        metrics.register_refresh("budget", None)
        metrics.register_refresh("circuits", None)
        self._over.set()
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _sweep(self) -> None:
        if await self._lease.hold(timedelta(seconds=2.5 * self._every)):
            await self._budget.sweep()
            await self._retention.sweep()
            await self._accounts.sweep()

    async def _show_circuits(self) -> None:
        if self._models.providers is not None:
            metrics.show_circuits(self._models.providers.circuits())

    async def _run(self) -> None:
        while not self._over.is_set():
            try:
                await self._sweep()
            except (SQLAlchemyError, DatabaseUnusable) as error:
                _log.error("housekeeping failed", exc_info=error)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every):
                    await self._over.wait()
        with suppress(SQLAlchemyError, DatabaseUnusable):  # it runs out by itself
            await self._lease.release()
