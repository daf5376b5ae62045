"""Two processes on one Postgres and one Redis: what one does the other knows, and goes on where it dies."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.scale.held_server import HeldServer
from tests.integration.web.sockets import HYDRATE, opened
from tests.live_server import LiveServer
from tests.postgres_server import PostgresServer, running_postgres
from tests.redis_server import RedisServer, program, running_redis
from tests.scripted_coach import STEPS
from tests.waiting import PATIENCE_SECONDS, wait_until

pytestmark = pytest.mark.skipif(program() is None, reason="neither Valkey nor Redis is installed")

EVALUATE = "reflex___state____state.memo_coach___ui___states___write____write_state.evaluate"
FEEDBACK = "reflex___state____state.memo_coach___ui___states___feedback____feedback_state.open"
CHAT = "reflex___state____state.memo_coach___ui___states___chat____chat_state.open"
ASK = "reflex___state____state.memo_coach___ui___states___chat____chat_state.ask"
RUBRIC = "investment-memo"
DONE = '"status":"done"'
TEXT = "Subject: A new pump\n\nPlease approve 5,000 dollars for a new pump by 1 May."


class Installation:
    """Two servers, and what they share."""

    def __init__(self, postgres: PostgresServer, redis: RedisServer, directory: Path) -> None:
        self.postgres, self.redis, self._let_go = postgres, redis, directory / "let-go"
        self.database = postgres.create_database()
        environment = {
            "DATABASE_URL": postgres.url(self.database),
            "REDIS_URL": redis.url,
            "HELD_UNTIL": str(self._let_go),
        }
        self.first, self.second = (HeldServer(directory / name, **environment) for name in ("a", "b"))

    def let_go(self) -> None:
        """Have the coach go on, in both."""
        self._let_go.touch()

    def hold(self) -> None:
        """Have the coach wait before its next step."""
        self._let_go.unlink()

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Read the database."""
        return self.postgres.administer(statement, database=self.database)


@pytest.fixture(scope="module")
def installation(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with running_postgres() as postgres, running_redis() as redis:
        made = Installation(postgres, redis, tmp_path_factory.mktemp("installation"))
        try:
            for server in (made.first, made.second):
                server.start()
            yield made
        finally:
            for server in (made.first, made.second):
                server.kill()


@contextmanager
def browser_of(installation: Installation) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Yield one browser as it asks the first and the second server."""
    with installation.first.browser() as first, installation.second.client() as second:
        second.cookies = first.cookies
        second.headers["Origin"] = installation.second.url
        second.timeout = httpx.Timeout(PATIENCE_SECONDS)
        yield first, second


def cookie_of(browser: httpx.Client) -> str:
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def page_of(kind: str, evaluation: str) -> dict[str, str]:
    path = f"/{kind}/{evaluation}"
    return {"pathname": path, "asPath": path}


def submitted(browser: httpx.Client, text: str) -> str:
    answer = browser.post("/api/v1/evaluations", json={"text": text}).raise_for_status()
    return str(answer.json()["id"])


def left(browser: httpx.Client) -> int:
    found = re.search(r"r=(\d+)", browser.get("/api/v1/rubrics").headers["RateLimit"])
    assert found is not None
    return int(found[1])


def test_limits_are_joint(installation: Installation) -> None:
    with browser_of(installation) as (first, second):
        left(first)
        for _ in range(60):
            first.get("/api/v1/rubrics")
        of_first = left(first)
        assert of_first < 120 - 30
        wait_until(lambda: left(second) < 120 - 30, "the other process has heard of it")


async def test_a_page_of_one_process_follows_what_another_one_does(installation: Installation) -> None:
    with browser_of(installation) as (first, _):
        evaluation = submitted(first, TEXT)
        async with opened(installation.second, cookie_of(first)) as socket:
            await socket.event(FEEDBACK, router_data=page_of("feedback", evaluation))
            await socket.until_told('"running"')
            installation.let_go()
            await socket.until_told('"done"')
    installation.hold()


@pytest.mark.parametrize("processes", [1, 2])
async def test_a_socket_that_breaks_off_a_hundred_times_loses_nothing(
    installation: Installation, processes: int
) -> None:
    installation.let_go()
    tab, saved, evaluations = str(uuid.uuid4()), {"memo_id": None, "revision": 0}, 0
    with browser_of(installation) as browsers:
        cookie = cookie_of(browsers[0])
        judged = submitted(browsers[0], f"{TEXT} Judged, to be asked about.")
        for cut in range(100):
            server = (installation.first, installation.second)[cut % processes]
            # What a browser asks over HTTP comes to whichever process it comes to.
            browser = browsers[(cut // 2) % processes]
            async with opened(server, cookie, tab=tab) as socket:
                await socket.event(HYDRATE)
                words = f"{TEXT} {'more ' * cut}"
                draft = {"memo_id": saved["memo_id"], "text": words, "rubric": RUBRIC}
                draft["base_revision"] = saved["revision"]
                saved = browser.put("/draft", json=draft).raise_for_status().json()
                if cut % 10 == 3:
                    form = {"memo": f"{TEXT} {cut // 20}", "rubric": RUBRIC}
                    await socket.event(EVALUATE, {"form": form})
                if cut % 20 == 13:  # the same button once more, and now it stays until it is told
                    await socket.until_told("/feedback/")
                    evaluations += 1
                if cut % 20 == 7:
                    await socket.event(
                        ASK, {"form": {"question": "Why?"}}, router_data=page_of("chat", judged)
                    )
                    await socket.until_told("Why?")
                socket.cut()
        async with opened(server, cookie, tab=tab) as socket:
            await socket.event(CHAT, router_data=page_of("chat", judged))
            await socket.until_told("Why?")
        for browser in browsers:
            kept = browser.get("/draft", params={"memo": saved["memo_id"]}).json()
            assert (kept["text"], kept["revision"]) == (words, saved["revision"])
    owned = f"owner = (SELECT owner FROM evaluations WHERE id = '{judged}')"
    unfinished = f"SELECT count(*) FROM evaluations WHERE {owned} AND status <> 'done'"
    wait_until(lambda: installation.rows(unfinished) == [(0,)])
    # A press whose page went counts as well, where it arrived; none made a second memo of the same text.
    texts = f"SELECT count(DISTINCT (memo, version)) FROM evaluations WHERE {owned}"
    assert installation.rows(texts) == [(1 + evaluations,)]
    asked = f"SELECT count(*) FROM chat_messages WHERE evaluation = '{judged}' AND status = 'done'"
    wait_until(lambda: installation.rows(asked) == [(2 * 5,)])
    installation.hold()


def test_what_a_killed_process_held_the_other_one_finishes_once(installation: Installation) -> None:
    with browser_of(installation) as (first, second), browser_of(installation) as (another, _):
        evaluations = [
            submitted(each, f"{TEXT} {number}") for number in range(3) for each in (first, another)
        ]
        running = "SELECT count(DISTINCT worker) FROM evaluations WHERE status = 'running'"
        # More than one process takes at once: the other one was told, and helps.
        wait_until(lambda: installation.rows(running) == [(2,)], "both are at work")
        with second.stream("GET", f"/api/v1/evaluations/{evaluations[0]}/events") as events:
            installation.first.kill()
            installation.let_go()
            assert DONE in "".join(events.iter_text())
        wait_until(
            lambda: (
                installation.rows("SELECT count(*) FROM evaluations WHERE status IN ('queued', 'running')")
                == [(0,)]
            )
        )
    names = ", ".join(f"'{each}'" for each in evaluations)
    done = f"SELECT count(*) FROM evaluations WHERE status = 'done' AND id IN ({names})"
    assert installation.rows(done) == [(len(evaluations),)]
    each = f"SELECT count(*) FROM criterion_scores WHERE evaluation IN ({names}) GROUP BY evaluation"
    assert installation.rows(each) == [(STEPS,)] * len(evaluations)
    installation.first.start()


def test_without_redis_or_postgres_it_says_so_and_recovers_by_itself(installation: Installation) -> None:
    with browser_of(installation) as (first, second):
        installation.redis.kill()
        wait_until(lambda: failing(second) == {"cache"})
        evaluation = submitted(first, f"{TEXT} Without Redis.")
        with second.stream("GET", f"/api/v1/evaluations/{evaluation}/events") as events:
            assert DONE in "".join(events.iter_text())
        installation.redis.start()
        wait_until(lambda: failing(first) == failing(second) == set())
        installation.postgres.kill()
        refused = second.post("/api/v1/evaluations", json={"text": TEXT})
        assert refused.status_code == 503
        assert "fault is on our side" in refused.json()["detail"]
        assert second.get("/", headers={"Accept": "text/html"}).status_code == 200
        installation.postgres.start()
        wait_until(lambda: failing(first) == failing(second) == set())
        assert submitted(second, f"{TEXT} Afterwards.")
    for server in (installation.first, installation.second):
        assert "Traceback" not in server.log.read_text()


def failing(browser: httpx.Client) -> set[str]:
    return {each["name"] for each in browser.get("/health/ready").json()["checks"] if not each["ok"]}


def test_the_workers_of_one_server_start_on_an_empty_database_and_answer_for_each_other(
    site: Path,  # built
    tmp_path: Path,
) -> None:
    with running_redis() as redis:
        server = LiveServer(tmp_path, REDIS_URL=redis.url, WORKERS="2")
        server.start()
        with server.browser() as browser:
            for number in range(3):
                text = {"text": f"{TEXT} {number}"}
                assert browser.post("/api/v1/evaluations?wait=60", json=text).json()["status"] == "done"
        seen = set()
        for _ in range(4):
            with server.client() as client:  # a connection of its own, which either may take
                seen.update(re.findall(r'evaluations_total.*"done"} .*', client.get("/metrics").text))
        assert seen == {'evaluations_total{coach="builtin",reason="",status="done"} 3.0'}
        assert server.stop() == 0
        assert "Traceback" not in server.log.read_text()
