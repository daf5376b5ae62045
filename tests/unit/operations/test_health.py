"""The service says whether it can be used, and why not."""

from __future__ import annotations

import asyncio
import shutil
from collections import namedtuple

import pytest

from memo_coach.operations import health
from memo_coach.operations.health import Check, Health, HealthReport
from memo_coach.services.container import Services
from memo_coach.settings import Settings
from memo_coach.translations import speaking
from tests.databases import only_on_sqlite


def failed(report: HealthReport) -> dict[str, str]:
    assert report.ok == all(check.ok for check in report.checks)
    return {check.name: check.detail for check in report.checks if not check.ok}


async def test_open_services_are_ready(services: Services) -> None:
    with speaking("es"):
        report = await services.health.ready()
    assert failed(report) == {}
    assert "There is room on the disk." in {check.detail for check in report.checks}, "programs read it"
    names = {check.name for check in report.checks}
    assert names == {"database", "migrations", "disk", "workers", "documents"}
    assert all(check.detail.endswith(".") and check.milliseconds >= 0 for check in report.checks)


@only_on_sqlite
async def test_a_deleted_database_is_noticed_and_not_made_anew(
    services: Services, settings: Settings
) -> None:
    settings.database_path.unlink()
    assert "removed or replaced" in failed(await services.health.ready())["database"]
    assert not settings.database_path.exists()


@only_on_sqlite
async def test_a_database_that_another_program_locks_is_noticed(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LONGEST_SECONDS", 0.2)
    async with services.database.write_connection():
        assert "No answer within" in failed(await services.health.ready())["database"]
    assert failed(await services.health.ready()) == {}


async def test_tables_of_a_newer_version_are_noticed(services: Services) -> None:
    async with services.database.write_connection() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "newer version of the program" in failed(await services.health.ready())["migrations"]


async def test_tables_that_were_never_made_are_noticed(services: Services) -> None:
    async with services.database.write_connection() as connection:
        await connection.exec_driver_sql("DELETE FROM alembic_version")
    assert "memo-coach db upgrade" in failed(await services.health.ready())["migrations"]


@only_on_sqlite
async def test_a_damaged_file_is_noticed(services: Services, settings: Settings) -> None:
    await services.database.close()
    for path in settings.data_dir.glob("*-wal"):
        path.unlink()
    with settings.database_path.open("r+b") as handle:
        handle.write(b"damaged!" * 512)
    assert "migrations" in failed(await services.health.ready())


async def test_a_full_disk_is_noticed(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 10**6))
    assert "MiB left" in failed(await services.health.ready())["disk"]


async def test_workers_that_ended_are_noticed(services: Services) -> None:
    await services.workers.close()
    assert "workers" in failed(await services.health.ready())


async def test_a_check_that_never_answers_fails_in_time_beside_those_that_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "LONGEST_SECONDS", 0.05)

    async def never() -> str:
        await asyncio.sleep(60)
        return ""

    async def good() -> str:
        return "Good."

    registry = Health()
    registry.register("never", never)
    registry.register("good", good)
    report = await registry.ready()
    assert [(check.name, check.ok) for check in report.checks] == [("never", False), ("good", True)]
    assert isinstance(report.checks[0], Check)
