"""How an installation stands: its version, database, backups, budget, queue, workers, models and disk.

What is told holds neither addresses nor paths nor keys: who may look at it need not run the machine.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from memo_coach import __version__
from memo_coach.operations.backup.status import Kind, LastRun, last_runs
from memo_coach.providers.circuit import CircuitState
from memo_coach.services.coaches.models import Models
from memo_coach.services.errors import Unavailable
from memo_coach.services.evaluations.workers import Workers
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.budget import DaySpending
from memo_coach.settings import Settings
from memo_coach.storage.engine import schema
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.size import database_bytes
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.storage.repositories.installation_usage import InstallationUsageRepository
from memo_coach.translations import text

_log = structlog.get_logger(__name__)

_RUNS: Final[tuple[Kind, ...]] = ("backup", "check", "restore")


@dataclass(frozen=True, slots=True)
class DiskState:
    """The disk that the data directory is on, in bytes."""

    free: int
    total: int


@dataclass(frozen=True, slots=True)
class InstallationState:
    """How it stands at a moment."""

    version: str
    database: str
    """``sqlite`` or ``postgresql``."""
    database_bytes: int
    migration: str
    is_migrated: bool
    """Whether the tables are those that this version expects."""
    runs: tuple[LastRun, ...]
    """The last backup, check of the backups, and restore, as far as there was one."""
    budget: DaySpending
    waiting: int
    """Evaluations in the queue."""
    running: int
    oldest_waiting: datetime | None
    workers_work: bool
    """Whether those of this process do."""
    circuits: Mapping[str, CircuitState]
    """Of each model that is configured."""
    disk: DiskState | None
    """``None`` where it cannot be reached."""


class InstallationStateService:
    """Looks at each part; who may ask is decided where they ask."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        unit_of_work: UnitOfWork,
        *,
        models: Models,
        workers: Workers,
        disk_usage: Callable[[Path], tuple[int, int, int]] = shutil.disk_usage,
    ) -> None:
        self._settings = settings
        self._database = database
        self._unit_of_work = unit_of_work
        self._models = models
        self._workers = workers
        self._disk_usage = disk_usage

    async def now(self) -> InstallationState:
        """Return how it stands.

        Raises:
            Unavailable: the database cannot be used.
        """
        migration = await self._migration()
        async with self._unit_of_work.read() as session:
            size = await database_bytes(session)
            queue = await InstallationUsageRepository(session).queue()
        return InstallationState(
            version=__version__,
            database="sqlite" if self._database.is_sqlite else "postgresql",
            database_bytes=size,
            migration=migration.current or "",
            is_migrated=migration.is_current,
            runs=await asyncio.to_thread(last_runs, self._settings.backup_status_directory, _RUNS),
            budget=await self._models.budget.spent_today(),
            waiting=queue.waiting,
            running=queue.running,
            oldest_waiting=queue.oldest,
            workers_work=self._workers.is_alive,
            circuits={} if self._models.providers is None else self._models.providers.circuits(),
            disk=await asyncio.to_thread(self._disk),
        )

    async def _migration(self) -> schema.SchemaStatus:
        try:
            return await schema.status(self._database)
        except DatabaseUnusable as error:
            _log.error("database cannot be read", exc_info=error)
            raise Unavailable(text("problem.cannot_be_used")) from error

    def _disk(self) -> DiskState | None:
        try:
            total, _, free = self._disk_usage(self._settings.data_dir)
        except OSError:
            return None
        return DiskState(free, total)
