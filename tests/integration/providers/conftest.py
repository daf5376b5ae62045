"""A server that speaks OpenAI's protocol, and providers that are closed after each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from memo_coach.providers.litellm_client import ClientSettings, LitellmClient
from memo_coach.providers.providers import Providers
from tests.integration.providers.asking import Ledger, settings
from tests.model_server import ModelServer, running_model_server

MakeProviders = Callable[..., Providers]


@pytest.fixture(scope="session")
def loaded_library() -> None:
    """Load the providers' library before tests that look at the clock."""
    LitellmClient(ClientSettings("", "", "openai", 1.0, 1.0, 0.0, None))


@pytest.fixture(scope="session")
def shared_server(loaded_library: None) -> Iterator[ModelServer]:
    with running_model_server() as running:
        yield running


@pytest.fixture
def server(shared_server: ModelServer) -> ModelServer:
    shared_server.reset()
    return shared_server


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """Give accounts; after the test each call must be settled once."""
    kept = Ledger()
    yield kept
    kept.check()


@pytest.fixture
async def providers_of(server: ModelServer) -> AsyncIterator[MakeProviders]:
    """Give what makes providers of the server's models, closed in the end."""
    made: list[Providers] = []

    def make(*models: str, fell_back: Any = None, **others: Any) -> Providers:
        given = {"url": server.url} | others
        made.append(Providers(settings(given.pop("url"), *models, **given), fell_back=fell_back))
        return made[-1]

    yield make
    for each in made:
        await each.close()
