"""What tests of signing in share."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from memo_coach.services import container
from memo_coach.services.container import Services, close_services, open_services
from memo_coach.settings import load_settings
from tests.scripted_coach import OwnRubrics, ScriptedCoach
from tests.unit.conftest import HASTY

Opening = Callable[..., contextlib.AbstractAsyncContextManager[Services]]


@pytest.fixture
async def installation(
    tmp_path: Path,
    migrated_url: str,
    coach: ScriptedCoach,
    cheap_hashing: None,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Services]:
    """Services of an installation in which one signs in."""
    monkeypatch.setattr(container, "RubricService", OwnRubrics)
    given = {"DATA_DIR": str(tmp_path), "PORT": "1", "DATABASE_URL": migrated_url, "AUTH_MODE": "accounts"}
    opened = await open_services(load_settings(given, env_file=None), HASTY)
    yield opened
    await close_services(opened)


@pytest.fixture
def opening(
    tmp_path: Path,
    migrated_url: str,
    coach: ScriptedCoach,
    cheap_hashing: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Opening:
    """Return what opens the services of an installation with some settings."""
    monkeypatch.setattr(container, "RubricService", OwnRubrics)

    @contextlib.asynccontextmanager
    async def opened(**settings: str) -> AsyncIterator[Services]:
        own = {"DATA_DIR": str(tmp_path), "PORT": "1", "DATABASE_URL": migrated_url}
        given = {**own, "AUTH_MODE": "accounts", "OIDC_NAME": "the team", **settings}
        services = await open_services(load_settings(given, env_file=None), HASTY)
        yield services
        await close_services(services)

    return opened
