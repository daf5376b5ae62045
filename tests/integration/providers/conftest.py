"""A server that speaks OpenAI's protocol, and providers that are closed after each test."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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
    """Yield accounts; after the test each call must be settled once."""
    kept = Ledger()
    yield kept
    kept.check()


@pytest.fixture
async def providers_of(server: ModelServer) -> AsyncIterator[MakeProviders]:
    """Yield what makes providers of the server's models, closed in the end."""
    made: list[Providers] = []

    def make(*models: str, fell_back: Any = None, **others: Any) -> Providers:
        given = {"url": server.url} | others
        made.append(Providers(settings(given.pop("url"), *models, **given), fell_back=fell_back))
        return made[-1]

    yield make
    for each in made:
        await each.close()


class _Echo(BaseHTTPRequestHandler):
    """Answers with the status that the path begins with, and with the key and the prompt that it was sent."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        said = json.dumps({"error": {"message": f"{self.headers['authorization']} {body}"}}).encode()
        self.send_response(int(self.path.split("/")[1]))
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args: object) -> None:
        """Say nothing on the terminal."""


@pytest.fixture
def echo_url() -> Iterator[str]:
    """Yield a server whose errors repeat what it was sent."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
