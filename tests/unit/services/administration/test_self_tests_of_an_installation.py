"""The self-tests of an installation try out its own parts, a model included where there is one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from memo_coach.operations.health import Health
from memo_coach.services.accounts.mail import Mail
from memo_coach.services.administration import self_tests
from memo_coach.services.coaches.models import Models, open_models
from memo_coach.services.container import Services
from memo_coach.services.streaming import MemoryBroadcast
from memo_coach.settings import load_settings
from memo_coach.storage.engine.database import Database
from memo_coach.translations import text
from tests.databases import only_on_sqlite
from tests.model_server import ModelServer, running_model_server
from tests.ports import free_port

NO_MAIL = Mail("", "")
EVERY = ("database", "migrations", "disk", "workers", "documents", "cache", "model", "mail", "logging")


class DeafBroadcast(MemoryBroadcast):
    """Loses what is announced."""

    async def announce(self, _evaluation_id: str) -> None:
        return None


class SilentListeners(MemoryBroadcast):
    """Counts who listens, to see that nobody is left."""

    listening = 0

    @contextmanager
    def listen(self, evaluation_id: str) -> Iterator[asyncio.Event]:
        type(self).listening += 1
        with super().listen(evaluation_id) as news:
            yield news
        type(self).listening -= 1


@pytest.fixture(scope="module")
def model_server() -> Iterator[ModelServer]:
    with running_model_server() as server:
        yield server


@pytest.fixture
async def no_models(migrated: Database, tmp_path: Path) -> AsyncIterator[Models]:
    opened = await open_models(load_settings({"DATA_DIR": str(tmp_path)}, env_file=None), migrated)
    yield opened
    await opened.close()


async def models_asking(case: str, server: ModelServer, database: Database, directory: Path) -> Models:
    environment = {
        "DATA_DIR": str(directory),
        "LLM_MODEL": f"openai/{case}",
        "LLM_API_BASE": server.url,
        "LLM_API_KEY": "test-key",
    }
    return await open_models(load_settings(environment, env_file=None), database)


@only_on_sqlite
async def test_open_services_pass_every_self_test_but_for_what_is_not_configured(services: Services) -> None:
    tests = services.self_tests
    assert tests.names == EVERY
    assert all(text(f"debug.test_{name}") for name in EVERY)
    found = {name: await tests.run(name) for name in tests.names}
    results = {name: result.result for name, result in found.items()}
    assert results == {**dict.fromkeys(EVERY, "ok"), "model": "absent", "mail": "absent"}
    assert "LLM_MODEL" in found["model"].detail
    assert all(result.detail.endswith(".") and result.milliseconds >= 0 for result in found.values())


@only_on_sqlite
async def test_news_that_does_not_arrive_is_noticed(
    no_models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(self_tests, "LONGEST_WAIT_FOR_NEWS", 0.05)
    tests = self_tests.self_tests(Health(), DeafBroadcast(), no_models, NO_MAIL)
    found = await tests.run("cache")
    assert (found.result, found.detail) == ("failed", "News was announced and did not arrive.")


@only_on_sqlite
async def test_nobody_is_left_listening(no_models: Models) -> None:
    tests = self_tests.self_tests(Health(), SilentListeners(), no_models, NO_MAIL)
    assert (await tests.run("cache")).result == "ok"
    assert SilentListeners.listening == 0


@only_on_sqlite
async def test_the_configured_model_is_really_asked(
    migrated: Database, model_server: ModelServer, tmp_path: Path
) -> None:
    models = await models_asking("fine", model_server, migrated, tmp_path)
    try:
        found = await self_tests.self_tests(Health(), MemoryBroadcast(), models, NO_MAIL).run("model")
    finally:
        await models.close()
    assert found.result == "ok"
    assert "openai/fine answered with" in found.detail
    assert model_server.calls("fine") == 1


@only_on_sqlite
async def test_a_model_that_refuses_the_key_is_noticed_and_the_key_is_not_told(
    migrated: Database, model_server: ModelServer, tmp_path: Path
) -> None:
    models = await models_asking("refused-key", model_server, migrated, tmp_path)
    try:
        found = await self_tests.self_tests(Health(), MemoryBroadcast(), models, NO_MAIL).run("model")
    finally:
        await models.close()
    assert found.result == "failed"
    assert found.detail.startswith("openai/refused-key gave no answer (refused-key")
    assert "test-key" not in found.detail


async def test_the_server_for_mail_is_greeted_and_one_that_cannot_be_used_is_told(no_models: Models) -> None:
    port = free_port()
    mail = Mail(f"smtp://127.0.0.1:{port}", "coach@example.org")
    tests = self_tests.self_tests(Health(), MemoryBroadcast(), no_models, mail)
    absent = await tests.run("mail")
    assert (absent.result, absent.detail) == ("failed", "127.0.0.1 cannot be used; the log says why.")
    server = Controller(Sink(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        found = await tests.run("mail")
    finally:
        server.stop()
    assert (found.result, found.detail) == ("ok", "127.0.0.1 lets this service in. Nothing was sent.")
