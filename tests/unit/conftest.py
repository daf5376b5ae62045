"""What unit tests share: settings in a directory of their own, and services with a scripted coach."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from memo_coach.services import container
from memo_coach.services.accounts import password_hashing
from memo_coach.services.coaches import service as coaches
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.services.evaluations.worker_settings import WorkerSettings
from memo_coach.services.usage.storage_budget import StorageBudget, StorageLimits
from memo_coach.settings import Settings, load_settings
from tests.scripted_coach import OwnRubrics, ScriptedCoach

HASTY = WorkerSettings(lease=1.5, heartbeat=0.2, look=0.1, idle_look=0.1, drain=0.2, longest=5)


@pytest.fixture
def settings(tmp_path: Path, migrated_url: str) -> Settings:
    """Settings of a fresh installation, on SQLite and on Postgres."""
    environment = {"DATA_DIR": str(tmp_path / "data"), "PORT": "1", "DATABASE_URL": migrated_url}
    (tmp_path / "data").mkdir(exist_ok=True)
    return load_settings(environment, env_file=None)


@pytest.fixture
def coach() -> Iterator[ScriptedCoach]:
    """The coach that speaks in ``services``; a test may change its pace."""
    scripted = ScriptedCoach()
    shipped = coaches._COACHES["builtin"]
    coaches.register_coach("builtin", lambda: scripted)
    yield scripted
    coaches.register_coach("builtin", shipped)


@pytest.fixture
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with as little work as Argon2 knows: they are hashed some thousand times in a run."""
    least = {"MEMORY_KIB": 8, "PASSES": 1}
    nobodys = password_hashing._NOBODYS
    for name, value in least.items():
        letter = "m" if name == "MEMORY_KIB" else "t"
        nobodys = nobodys.replace(f"{letter}={getattr(password_hashing, name)},", f"{letter}={value},")
        monkeypatch.setattr(password_hashing, name, value)
    monkeypatch.setattr(password_hashing, "_NOBODYS", nobodys)


@pytest.fixture
async def services(
    settings: Settings, coach: ScriptedCoach, cheap_hashing: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Services]:
    """Open services with a scripted coach and rubrics of their own."""
    monkeypatch.setattr(container, "RubricService", OwnRubrics)
    opened = await open_services(settings, HASTY)
    yield opened
    await close_services(opened)


@pytest.fixture
async def owner(services: Services) -> str:
    """A visitor."""
    _token, owner = await services.visitors.admit()
    return owner


@pytest.fixture
async def stranger(services: Services) -> str:
    """Another visitor."""
    _token, owner = await services.visitors.admit()
    return owner


class Seconds:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


Opening = Callable[[StorageLimits], Awaitable[Services]]


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def opening(
    settings: Settings, coach: ScriptedCoach, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Opening]:
    """Yield what opens services with limits of the test's own, by a clock that it moves."""
    monkeypatch.setattr(container, "RubricService", OwnRubrics)
    opened: list[Services] = []

    async def open_with(limits: StorageLimits) -> Services:
        budget = partial(StorageBudget, limits=limits, clock=seconds)
        monkeypatch.setattr(container, "StorageBudget", budget)
        opened.append(await open_services(settings, HASTY))
        return opened[-1]

    yield open_with
    for services in opened:
        await close_services(services)
