"""What a script, a neighbouring host or a full disk does to the plain routes."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from memo_coach.web.cookies import tokens_in
from memo_coach.web.middleware.body_limit import BodyLimitMiddleware
from memo_coach.web.middleware.rate_limit import RateLimitMiddleware
from tests.live_server import ROOT, LiveServer, serving
from tests.ports import free_port

TOKEN = "t" * 64


def draft(text: str, **changes: Any) -> dict[str, Any]:
    return {"memo_id": None, "text": text, "rubric": "investment-memo", "base_revision": 0, **changes}


@pytest.mark.parametrize(
    "others",
    ['prefs={"a": 1}', "words=a b c", "flag", "$x=1", "expires=Wed, 1 Jan", "naïve=1", "memo_coach=junk"],
)
def test_other_programs_cookies_do_not_cost_the_session(others: str) -> None:
    # On a laptop all programs share the cookies of 127.0.0.1, whatever their port.
    assert tokens_in(f"{others}; memo_coach={TOKEN}", secure=False) == (TOKEN,)


def test_a_cookie_that_somebody_added_does_not_hide_the_true_one(server: LiveServer) -> None:
    with server.browser() as browser:
        browser.put("/draft", json=draft("Mine.")).raise_for_status()
        token = browser.cookies["memo_coach"]
    with server.client() as client:
        cookies = f"memo_coach={'A' * 64}; memo_coach={token}"
        assert client.get("/draft", headers={"Cookie": cookies}).json()["text"] == "Mine."


def test_over_tls_a_plain_cookie_is_not_taken() -> None:
    # A neighbouring host can set it for the whole domain, and would then read what its victim writes.
    assert tokens_in(f"memo_coach={TOKEN}", secure=True) == ()
    assert tokens_in(f"memo_coach={TOKEN}; __Host-memo_coach={'v' * 64}", secure=True) == ("v" * 64,)


def test_a_page_that_brings_a_cookie_is_kept_by_no_shared_cache(server: LiveServer) -> None:
    with server.client(Accept="text/html") as client:
        answer = client.get("/")
    assert "set-cookie" in answer.headers
    assert "private" in answer.headers["cache-control"]


def test_a_draft_with_half_an_emoji_is_saved(server: LiveServer) -> None:
    body = b'{"memo_id":null,"text":"Half \\ud83d an emoji.","rubric":"investment-memo","base_revision":0}'
    with server.browser() as browser:
        assert browser.put("/draft", content=body).status_code == 200
        assert browser.get("/draft").json()["text"] == "Half � an emoji."


@pytest.mark.parametrize("body", [b"[" * 500_000, b'{"a":' * 100_000, b"\xff", b"", b"null", b"9" * 5_000])
def test_what_is_no_draft_is_refused_with_a_sentence(server: LiveServer, body: bytes) -> None:
    with server.browser() as browser:
        assert browser.put("/draft", content=body).status_code == 422


def test_an_id_that_cannot_be_stored_is_refused(server: LiveServer) -> None:
    body = b'{"memo_id":"\\ud83d","text":"x y","rubric":"investment-memo","base_revision":0}'
    with server.browser() as browser:
        assert browser.put("/draft", content=body).status_code == 422


def test_saves_at_the_same_moment_lose_no_text(server: LiveServer) -> None:
    with server.browser() as browser:
        first = browser.put("/draft", json=draft("The beginning.")).json()
        texts = [f"The beginning, as number {number} goes on." for number in range(40)]
        answers: list[dict[str, Any]] = []

        def save(text: str) -> None:
            answers.append(
                browser.put("/draft", json=draft(text, memo_id=first["memo_id"], base_revision=1)).json()
            )

        threads = [threading.Thread(target=save, args=(text,)) for text in texts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        kept = {browser.get(f"/draft?memo={answer['memo_id']}").json()["text"] for answer in answers}
    assert kept == set(texts)
    assert sum(not answer["forked"] for answer in answers) == 1


async def answer_of(app: Any, scope: dict[str, Any], receive: Any = None) -> int:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return int(sent[0]["status"]) if sent else 200


async def test_a_body_that_does_not_end_is_given_up() -> None:
    async def reader(_scope: Scope, receive: Receive, _send: Send) -> None:
        while (await receive()).get("more_body"):
            pass

    never = asyncio.Event()
    pieces = iter([{"type": "http.request", "body": b"a", "more_body": True}])

    async def receive() -> Message:
        for piece in pieces:
            return piece
        await never.wait()
        raise AssertionError

    scope = {"type": "http", "path": "/draft", "headers": []}
    assert await answer_of(BodyLimitMiddleware(reader, seconds=0.05), scope, receive) == 408


async def test_who_saves_without_a_pause_is_slowed_down_and_others_are_not() -> None:
    async def done(_scope: Scope, _receive: Receive, _send: Send) -> None: ...

    pace = RateLimitMiddleware(done, of_owner=(3, 0.0), from_address=(6, 0.0))

    async def write(owner: str, method: str = "PUT", path: str = "/draft") -> int:
        scope = {
            "type": "http", "method": method, "path": path,
            "client": ("10.0.0.1", 1), "state": {"owner": owner},
        }  # fmt: skip
        return await answer_of(pace, scope)

    assert [await write("one") for _ in range(4)] == [200, 200, 200, 429]
    assert await write("one", "GET") == 429, "a draft that is read is as long as one that is saved"
    assert await write("one", "GET", "/memos") == 200
    assert [await write("two") for _ in range(2)] == [200, 429]


def test_nothing_is_called_saved_after_the_database_was_removed(site: Path, tmp_path: Path) -> None:
    with serving(tmp_path) as server, server.browser() as browser:
        assert browser.put("/draft", json=draft("Before.")).status_code == 200
        (tmp_path / "memo_coach.db").rename(tmp_path / "elsewhere.db")
        refusal = browser.put("/draft", json=draft("Meanwhile."))
        assert refusal.status_code == 503
        assert "try again" in refusal.json()["detail"]
        ready = browser.get("/health/ready")
        assert ready.status_code == 503
        assert str(tmp_path) not in ready.text
        (tmp_path / "elsewhere.db").rename(tmp_path / "memo_coach.db")
        assert browser.put("/draft", json=draft("After.")).status_code == 200
        assert browser.get("/health/ready").status_code == 200


def test_a_locked_database_is_told_before_a_probe_gives_up(site: Path, tmp_path: Path) -> None:
    with serving(tmp_path) as server, server.client() as client:
        other = sqlite3.connect(tmp_path / "memo_coach.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        answer = client.get("/health/ready", timeout=8)
        assert answer.status_code == 503
        assert "locked" in answer.text
        assert time.monotonic() - started < 6
        other.close()
        assert client.get("/health/ready").status_code == 200


def test_nobody_else_on_the_machine_can_read_the_memos(site: Path, tmp_path: Path) -> None:
    (tmp_path / "memo_coach.db").touch(mode=0o644)
    with serving(tmp_path) as server, server.browser() as browser:
        browser.put("/draft", json=draft("For my eyes."))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("memo_coach.db*")}
    assert set(modes.values()) == {0o600}, modes


def corrupted(path: Path) -> None:
    path.write_bytes(b"garbage!" * 1000)


def of_a_newer_version(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")


def a_directory(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("broken", [corrupted, of_a_newer_version, a_directory])
def test_a_database_that_cannot_be_used_is_told_in_one_line(site: Path, tmp_path: Path, broken: Any) -> None:
    broken(tmp_path / "memo_coach.db")
    finished = start(DATA_DIR=str(tmp_path))
    assert finished.returncode == 3
    assert finished.stdout == ""
    assert len(finished.stderr.splitlines()) == 1


def test_a_wrong_setting_is_told_in_one_line(tmp_path: Path) -> None:
    finished = start(DATA_DIR=str(tmp_path), LOG_LEVEL="LOUD")
    assert finished.returncode == 1
    assert finished.stderr.startswith("LOG_LEVEL: ")
    assert len(finished.stderr.splitlines()) == 1


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    port = str(free_port())
    return subprocess.run(
        [sys.executable, "-m", "memo_coach.server.serve"],
        cwd=ROOT, env={**os.environ, "PORT": port, **environment},
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
