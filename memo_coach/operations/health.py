"""Health: a registry of checks, each bounded in time, and the report that all of them make.

Anybody may read the report, so its sentences name no path and no figure that is nobody's business.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.schema import refuse_unusable, status
from memo_coach.storage.engine.sqlite_file import (
    DatabaseDamaged,
    DatabaseUnusable,
    file_identity,
    refuse_damaged_file,
    refuse_read_only_file,
)
from memo_coach.translations import ENGLISH, speaking, text
from memo_coach.translations.sentences import sentence, spoken

LONGEST_SECONDS = 3.0
"""What takes longer is not usable."""
PATIENCE_SECONDS = 1.0
"""For a locked database: a call into SQLite cannot be cut short, so it has to give up by itself."""
LEAST_FREE_BYTES = 50 * 1024 * 1024
"""SQLite needs room for its log; below this, saving may fail at any moment."""

LONGEST_LOOK_SECONDS = 1.0
LOOK_EVERY_SECONDS = 600.0
"""How often, and for how long at a time, an SQLite file is looked through: that reads all of it."""

CheckFunction = Callable[[], Awaitable[str]]
"""Gives a sentence on what it found. Raises :class:`Unhealthy` where it is not usable."""


class Unhealthy(Exception):
    """Something is not usable. ``str(error)`` is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check."""

    name: str
    ok: bool
    detail: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The results of all checks."""

    ok: bool
    checks: tuple[Check, ...]


class Health:
    """A registry of checks."""

    def __init__(self) -> None:
        self._checks: dict[str, CheckFunction] = {}
        self._one_at_a_time = asyncio.Lock()
        self._latest: tuple[float, HealthReport] | None = None

    def register(self, name: str, check: CheckFunction) -> None:
        """Add a check."""
        self._checks[name] = check

    @property
    def checks(self) -> Mapping[str, CheckFunction]:
        """Return the checks by name, in the order of their registration."""
        return MappingProxyType(self._checks)

    async def ready(self) -> HealthReport:
        """Run all checks, side by side; whoever asks meanwhile gets the same report. It is in English."""
        asked = time.monotonic()
        async with self._one_at_a_time:
            if self._latest is not None and self._latest[0] >= asked:
                return self._latest[1]
            # One report for all who ask, and most of them are programs.
            with speaking(ENGLISH):
                report = await self._run_all()
            self._latest = (time.monotonic(), report)
            return report

    async def _run_all(self) -> HealthReport:
        checks = await asyncio.gather(*(_run(name, check) for name, check in self._checks.items()))
        return HealthReport(all(check.ok for check in checks), tuple(checks))


async def _run(name: str, check: CheckFunction) -> Check:
    started = time.perf_counter()
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            ok, detail = True, spoken(await check())
    except Unhealthy as error:
        ok, detail = False, spoken(error)
    except DatabaseUnusable as error:
        ok, detail = False, spoken(error.public)
    except TimeoutError:
        ok, detail = False, text("health.no_answer", seconds=f"{LONGEST_SECONDS:g}")
    return Check(name, ok, detail, round((time.perf_counter() - started) * 1000, 1))


def database_check(database: Database) -> CheckFunction:
    """Make the check that the database can be read and written, and is the file that was opened."""
    opened = file_identity(database.path)
    look = _FileLook(database)

    async def check() -> str:
        if file_identity(database.path) != opened:
            raise Unhealthy(sentence("database.replaced"))
        await look.refuse_damaged()
        if database.path is not None:
            refuse_read_only_file(database.path)
        # A connection of its own: one from the pool would answer from a file that is no longer there.
        probe = Database(database.url, pooled=False, patience=PATIENCE_SECONDS)
        try:
            async with probe.write_connection() as connection:
                await connection.run_sync(_refuse_read_only)
        except DBAPIError as error:
            raise probe.unusable("written", error) from error
        return sentence("database.can_be_used")

    return check


class _FileLook:
    """Looks through an SQLite file now and then: a damaged page is noticed only where it is read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._again_at = 0.0
        self._found: DatabaseUnusable | None = None

    async def refuse_damaged(self) -> None:
        path = self._database.path
        if path is None:
            return
        if self._found is None and (self._database.is_damaged or time.monotonic() >= self._again_at):
            try:
                await asyncio.to_thread(refuse_damaged_file, path, LONGEST_LOOK_SECONDS)
            except DatabaseUnusable as error:
                # It stays so until the file is another one, and that takes a restart.
                self._found = error
            self._again_at = time.monotonic() + LOOK_EVERY_SECONDS
        if self._found is None and self._database.is_damaged:
            self._found = DatabaseDamaged(path, sentence("database.statement_found_it"))
        if self._found is not None:
            raise self._found


def _refuse_read_only(connection: Connection) -> None:
    """See that a transaction that was begun to write may do so: a server can be a copy of another one."""
    if connection.dialect.name != "postgresql":
        return  # on SQLite the file says so
    if connection.exec_driver_sql("SHOW transaction_read_only").scalar_one() == "on":
        raise Unhealthy(sentence("database.takes_no_changes", at=""))


def migrations_check(database: Database) -> CheckFunction:
    """Make the check that the tables are those that the program expects."""

    async def check() -> str:
        if database.path is not None and not database.path.is_file():
            raise Unhealthy(sentence("database.no_database_file"))
        probe = Database(database.url, pooled=False, patience=PATIENCE_SECONDS)
        found = await status(probe)
        refuse_unusable(found)
        return sentence("database.at_migration", newest=found.newest)

    return check


def disk_check(directory: Path) -> CheckFunction:
    """Make the check that the data directory is there and its disk has room."""

    async def check() -> str:
        try:
            free = (await asyncio.to_thread(shutil.disk_usage, directory)).free
        except OSError as error:
            raise Unhealthy(text("health.directory_unreachable", reason=error.strerror)) from error
        if free < LEAST_FREE_BYTES:
            raise Unhealthy(text("health.disk_short", free=free // 2**20))
        return text("health.disk_has_room")

    return check
