"""The heartbeat: while a process works on evaluations it says so, and hears which are no longer its own."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from memo_coach.services.evaluations.running import RunningEvaluations
from memo_coach.services.evaluations.worker_queue import DATABASE_FAULTS, WorkerQueue

_log = structlog.get_logger(__name__)


class LeaseRenewal:
    """Renews the leases of all that runs here, in one go, until it is told to end."""

    def __init__(self, queue: WorkerQueue, running: RunningEvaluations, *, every: float) -> None:
        """``every`` is so many seconds between two renewals."""
        self._queue = queue
        self._running = running
        self._every = every
        self._over = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._renew_leases(), name="evaluation heartbeat")

    async def close(self) -> None:
        """End after the renewal that is under way."""
        # Not cancelled, for it may be in the middle of a query.
        self._over.set()
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _renew_leases(self) -> None:
        """Renew the leases, and stop what is no longer ours."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every):
                    await self._over.wait()
            if self._over.is_set():
                return
            if not self._running:
                continue
            running = dict(self._running.jobs)
            try:
                held = await self._queue.renew(running)
            except DATABASE_FAULTS as error:
                _log.error("leases cannot be renewed", exc_info=error)
                continue
            for job in running.values():
                lost = (job.evaluation_id, job.attempt) not in held
                # Meanwhile it may have ended, and another attempt may be under way.
                if lost and self._running.jobs.get(job.evaluation_id) is job:
                    self._running.stop(job.evaluation_id)
