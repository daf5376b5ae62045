"""The real server on a real Postgres: a memo is judged, kills lose nothing, a dead database is told of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.web.sockets import opened
from tests.live_server import LiveServer, serving
from tests.postgres_server import PostgresServer, running_postgres
from tests.waiting import wait_until

EVALUATE = "reflex___state____state.memo_coach___ui___states___write____write_state.evaluate"
RUBRIC = "investment-memo"
TEXT = (
    "Subject: A new pump\n\nPlease approve 5,000 dollars for a new pump by 1 May. The old one fails monthly."
)


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """Yield a Postgres that the test may kill."""
    with running_postgres() as server:
        yield server


def save(browser: httpx.Client, text: str, memo: str | None = None, revision: int = 0) -> httpx.Response:
    draft = {"memo_id": memo, "text": text, "rubric": RUBRIC, "base_revision": revision}
    return browser.put("/draft", json=draft)


async def submit(server: LiveServer, browser: httpx.Client, text: str, memo: str) -> str:
    """Hand a memo in over the socket, as the button does; give the evaluation's id."""
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    async with opened(server, cookie) as socket:
        await socket.event(EVALUATE, {"form": {"memo": text, "rubric": RUBRIC, "memo_id": memo}})
        answers = str(await socket.answers(2))
    assert "/feedback/" in answers, answers
    return answers.partition("/feedback/")[2][:22]


def status_of(postgres: PostgresServer, database: str, evaluation: str) -> list[tuple[Any, ...]]:
    statement = f"SELECT status FROM evaluations WHERE id = '{evaluation}'"
    return postgres.administer(statement, database=database)


async def test_a_memo_is_judged_and_survives_the_kill_of_the_server(
    site: Path,  # built
    tmp_path: Path,
    postgres: PostgresServer,
) -> None:
    name = postgres.create_database()
    with serving(tmp_path, DATABASE_URL=postgres.url(name)) as server:
        with server.browser() as browser:
            draft = save(browser, TEXT).raise_for_status().json()
            evaluation = await submit(server, browser, TEXT, draft["memo_id"])
            wait_until(lambda: status_of(postgres, name, evaluation) == [("done",)])
            second = save(browser, "The next one.").raise_for_status().json()
            third = await submit(server, browser, TEXT + " Twice.", draft["memo_id"])
            server.kill()
            server.start()
            kept = browser.get("/draft", params={"memo": second["memo_id"]}).raise_for_status().json()
            assert kept["text"] == "The next one."
        wait_until(lambda: status_of(postgres, name, third) == [("done",)])
        assert status_of(postgres, name, evaluation) == [("done",)]
        versions = postgres.administer("SELECT memo, number FROM memo_versions", database=name)
        assert sorted(versions) == [(draft["memo_id"], 1), (draft["memo_id"], 2)]
        assert server.stop() == 0
    postgres.drop_database(name)
    assert_clean(server, postgres)


def assert_clean(server: LiveServer, postgres: PostgresServer) -> None:
    """See that the server made no SQLite file and wrote neither a traceback nor the password."""
    log = server.log.read_text()
    assert "Traceback" not in log
    assert postgres.password not in log
    assert list(server.data_dir.glob("*.db*")) == []


def test_a_postgres_that_dies_is_told_in_a_sentence_and_healed_without_a_restart(
    site: Path,  # built
    tmp_path: Path,
    own_postgres: PostgresServer,
) -> None:
    name = own_postgres.create_database()
    url = own_postgres.url(name)
    with serving(tmp_path, DATABASE_URL=url) as server, server.browser() as browser:
        draft = save(browser, TEXT).raise_for_status().json()
        assert browser.get("/health/ready").status_code == 200
        own_postgres.kill()
        health = browser.get("/health/ready")
        failed = {check["name"]: check["detail"] for check in health.json()["checks"] if not check["ok"]}
        assert health.status_code == 503
        assert set(failed) == {"database", "migrations"}
        assert failed["database"] == "The database server cannot be reached: nothing listens there."
        refused = save(browser, TEXT + " More.", draft["memo_id"], draft["revision"])
        assert refused.status_code == 503
        assert "fault is on our side" in refused.json()["detail"]
        assert browser.get("/health/live").status_code == 200
        own_postgres.start()
        wait_until(lambda: browser.get("/health/ready").status_code == 200)
        saved = save(browser, TEXT + " More.", draft["memo_id"], draft["revision"]).raise_for_status().json()
        assert (saved["memo_id"], saved["revision"]) == (draft["memo_id"], draft["revision"] + 1)
        assert server.stop() == 0
    assert own_postgres.password not in server.log.read_text()
