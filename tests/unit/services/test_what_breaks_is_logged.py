"""What breaks in the background is logged with the line where it broke, without a word of the memo."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog

from memo_coach.operations.logging import configure_logging
from memo_coach.services.administration.housekeeping import Housekeeping
from memo_coach.services.container import Services
from memo_coach.services.memos.retention import Retention
from memo_coach.services.processes.leases import Lease
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from tests.databases import only_on_sqlite
from tests.scripted_coach import ScriptedCoach

SECRET = "The pump of Aunt Clementine costs 4,711 dollars."


class Log(io.StringIO):
    """What is logged; a test can wait for a line."""

    def __init__(self) -> None:
        super().__init__()
        self._written = asyncio.Event()

    def write(self, text: str) -> int:
        self._written.set()
        return super().write(text)

    def lines(self, event: str) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.getvalue().splitlines()]
        return [line for line in found if line["event"] == event]

    async def first(self, event: str) -> dict[str, Any]:
        async with asyncio.timeout(20):
            while not (found := self.lines(event)):
                self._written.clear()
                await self._written.wait()
        return found[0]


@pytest.fixture
def log(services: Services) -> Iterator[Log]:
    """Yield what is logged from now on; the services have set logging up as they opened."""
    root, stream = logging.getLogger(), Log()
    handlers, level = root.handlers[:], root.level
    configure_logging("INFO", "json", stream)
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@only_on_sqlite
async def test_a_coach_that_breaks(services: Services, owner: str, coach: ScriptedCoach, log: Log) -> None:
    def break_down(_step: int) -> None:
        text = coach.texts[-1]
        raise RuntimeError(text)

    coach.before = break_down
    evaluation = await services.evaluations.submit(owner, text=SECRET, rubric="investment-memo")
    async for _ in services.evaluations.follow(owner, evaluation):
        pass
    broken = log.lines("coach broke")
    assert [line["attempt"] for line in broken] == [1, 2, 3]
    place = f"test_what_breaks_is_logged.py:{break_down.__code__.co_firstlineno + 2} break_down"
    for line in broken:
        assert line["exception"].startswith("RuntimeError at ")
        assert place in line["exception"]
        assert "memo_coach/services/evaluations/attempts.py:" in line["exception"]
    assert "Clementine" not in log.getvalue()


@only_on_sqlite
async def test_a_queue_that_cannot_be_read(services: Services, log: Log) -> None:
    async with services.database.write_connection() as connection:
        await connection.exec_driver_sql("ALTER TABLE evaluations RENAME TO taken_away")
    services.workers.wake()
    line = await log.first("queue cannot be read")
    assert line["exception"].startswith("sqlalchemy.exc.OperationalError at ")
    assert "memo_coach/services/evaluations/workers.py:" in line["exception"]
    assert "no such table" not in log.getvalue()


@only_on_sqlite
async def test_housekeeping_that_fails(services: Services, monkeypatch: pytest.MonkeyPatch, log: Log) -> None:
    async def sweep() -> None:
        raise DatabaseUnusable(SECRET)

    monkeypatch.setattr(services.models.budget, "sweep", sweep)
    retention = Retention(services.database, timedelta(days=1))
    housekeeping = Housekeeping(
        services.models, retention, services.accounts, Lease(services.database, "test"), every=3600
    )
    housekeeping.start()
    line = await log.first("housekeeping failed")
    await housekeeping.close()
    assert line["exception"].startswith("memo_coach.storage.engine.sqlite_file.DatabaseUnusable at ")
    assert " sweep, memo_coach/services/administration/housekeeping.py:" in line["exception"]
    assert "Clementine" not in log.getvalue()
