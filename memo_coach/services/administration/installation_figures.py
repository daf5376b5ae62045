"""The figures that are looked up when somebody reads them: queue, sessions, Redis, backups."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Final

from memo_coach.operations import metrics
from memo_coach.operations.backup.status import Kind, last_runs
from memo_coach.operations.health import CheckFunction, Unhealthy
from memo_coach.services.clock import now
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.installation_usage import InstallationUsageRepository
from memo_coach.storage.repositories.user_sessions import UserSessionRepository

RUNS: Final[tuple[Kind, ...]] = ("backup", "check", "restore", "prune", "archive", "recovery", "drill")
IN_USE: Final = timedelta(hours=1)
"""A session that was used within this counts as one that is in use."""


class InstallationFigures:
    """Looks them up, whenever the figures are read, until it is closed."""

    def __init__(
        self, database: Database, status_directory: Path, *, redis: CheckFunction | None = None
    ) -> None:
        """``redis`` is the check that Redis answers, where one is configured."""
        self._database = database
        self._status_directory = status_directory
        self._redis = redis

    def start(self) -> None:
        """Begin."""
        metrics.register_refresh("queue", self._look_into_database)
        metrics.register_refresh("runs", self._look_at_runs)
        metrics.register_refresh("redis", None if self._redis is None else self._ask_redis)

    def close(self) -> None:
        """End it."""
        for name in ("queue", "runs", "redis"):
            metrics.register_refresh(name, None)

    async def _look_into_database(self) -> None:
        moment = now()
        async with self._database.read() as session:
            queue = await InstallationUsageRepository(session).queue()
            sessions = await UserSessionRepository(session).count_used_since(moment - IN_USE)
        oldest = timedelta() if queue.oldest is None else moment - queue.oldest
        metrics.show_queue(
            waiting=queue.waiting, running=queue.running, oldest_seconds=oldest.total_seconds()
        )
        metrics.show_sessions(sessions)

    async def _look_at_runs(self) -> None:
        for run in await asyncio.to_thread(last_runs, self._status_directory, RUNS):
            metrics.show_run(run.kind, finished=run.finished, succeeded=run.is_ok)

    async def _ask_redis(self) -> None:
        assert self._redis is not None, "it is asked where there is one"  # noqa: S101
        try:
            await self._redis()
        except Unhealthy:
            metrics.show_redis(is_up=False)
        else:
            metrics.show_redis(is_up=True)
