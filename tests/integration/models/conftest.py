"""What the tests of the model's coach share: one server that plays the model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.model_server import ModelServer, running_model_server


@pytest.fixture(scope="session")
def running() -> Iterator[ModelServer]:
    """Give the server that all tests of a process share."""
    with running_model_server() as server:
        yield server


@pytest.fixture
def server(running: ModelServer) -> Iterator[ModelServer]:
    """Give the server as it is at the start."""
    running.reset()
    yield running
    running.reset()
