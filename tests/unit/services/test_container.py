"""Services that cannot be opened leave nothing open; closing closes all, also where a part of it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memo_coach.operations import metrics
from memo_coach.services import container
from memo_coach.services.accounts.visitors import VisitorService
from memo_coach.services.administration.housekeeping import Housekeeping
from memo_coach.services.chat.service import ChatService
from memo_coach.services.coaches.builtin_executor import BuiltinExecutor
from memo_coach.services.container import close_services, current, open_services
from memo_coach.services.errors import ServicesClosed
from memo_coach.services.evaluations.workers import Workers
from memo_coach.services.usage.budget import ModelBudget
from memo_coach.settings import Settings
from memo_coach.storage.engine.database import Database
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable


class Broken(Exception):
    """What breaks."""


async def breaks(*_arguments: Any, **_options: Any) -> None:
    raise Broken


def breaks_at_once(*_arguments: Any, **_options: Any) -> None:
    raise Broken


PLACES: dict[str, tuple[type, str, Callable[..., Any]]] = {
    "models": (ModelBudget, "open", breaks),
    "visitors": (VisitorService, "open", breaks),
    "workers": (Workers, "start", breaks_at_once),
    "housekeeping": (Housekeeping, "start", breaks_at_once),
}


@pytest.fixture
def databases(monkeypatch: pytest.MonkeyPatch) -> list[Database]:
    """Return the databases that are opened."""
    opened: list[Database] = []

    class Noted(Database):
        def __init__(self, url: str, **options: Any) -> None:
            super().__init__(url, **options)
            opened.append(self)

    monkeypatch.setattr(container, "Database", Noted)
    return opened


@pytest.fixture
def readings_closed(monkeypatch: pytest.MonkeyPatch) -> list[BuiltinExecutor]:
    """Return what was closed of that which reads memos beside."""
    closed: list[BuiltinExecutor] = []
    close = BuiltinExecutor.close

    def noted(self: BuiltinExecutor) -> None:
        closed.append(self)
        close(self)

    monkeypatch.setattr(BuiltinExecutor, "close", noted)
    return closed


def with_model(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"llm_model": "openai/some-model", "llm_api_base": "http://127.0.0.1:1/v1"}
    )


def connections(database: Database) -> int:
    pool: Any = database.sync_engine.pool
    return int(pool.checkedin() + pool.checkedout())


async def test_a_memo_can_be_kept_where_the_database_is_outside_the_data_directory(
    settings: Settings, tmp_path: Path
) -> None:
    elsewhere = settings.model_copy(update={"data_dir": tmp_path / "not" / "made" / "yet"})
    services = await open_services(elsewhere)
    try:
        owner, _ = await services.visitors.admit()
        text = "Please approve the pump."
        await services.drafts.save(owner, memo_id=None, text=text, rubric="investment-memo", base_revision=0)
        assert elsewhere.data_dir.stat().st_mode & 0o777 == 0o700
    finally:
        await close_services(services)


async def test_a_data_directory_that_cannot_be_made_is_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    with pytest.raises(DatabaseUnusable, match=r"cannot be made: .+ Set DATA_DIR"):
        await open_services(settings.model_copy(update={"data_dir": tmp_path / "file" / "data"}))


@pytest.mark.parametrize("place", PLACES)
async def test_services_that_break_half_way_leave_nothing_open(
    settings: Settings,
    databases: list[Database],
    readings_closed: list[BuiltinExecutor],
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    before = asyncio.all_tasks()
    target, name, fault = PLACES[place]
    with monkeypatch.context() as broken:
        broken.setattr(target, name, fault)
        with pytest.raises(Broken):
            await open_services(with_model(settings))
    (database,) = databases
    assert connections(database) == 0
    assert {task.get_name() for task in asyncio.all_tasks() - before if not task.done()} == set()
    assert len(readings_closed) == (place != "models")
    assert metrics._refreshes == {}
    with pytest.raises(ServicesClosed):
        current()
    again = await open_services(settings)
    assert current() is again
    await close_services(again)


async def test_models_that_break_half_way_close_their_providers(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from memo_coach.providers.providers import Providers  # noqa: PLC0415

    closed: list[Providers] = []
    close = Providers.close

    async def noted(self: Providers) -> None:
        closed.append(self)
        await close(self)

    monkeypatch.setattr(Providers, "close", noted)
    monkeypatch.setattr(ModelBudget, "open", breaks)
    with pytest.raises(Broken):
        await open_services(with_model(settings))
    assert len(closed) == 1


async def test_closing_closes_all_also_where_a_part_of_it_breaks(
    settings: Settings,
    databases: list[Database],
    readings_closed: list[BuiltinExecutor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ChatService, "close", breaks)
    services = await open_services(settings)
    with pytest.raises(Broken):
        await close_services(services)
    assert not services.workers.is_alive
    assert len(readings_closed) == 1
    assert connections(databases[0]) == 0
    await close_services(services)  # once more does no harm


async def test_opening_that_is_cancelled_leaves_nothing_open(
    settings: Settings, databases: list[Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = asyncio.Event()

    async def waits(*_arguments: Any) -> None:
        reached.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(VisitorService, "open", waits)
    opening = asyncio.create_task(open_services(settings))
    async with asyncio.timeout(20):
        await reached.wait()
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
    assert connections(databases[0]) == 0
