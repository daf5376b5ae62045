"""The server as an operator meets it: starts at once, ends in order, says what is wrong."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.live_server import ROOT, LiveServer, serving
from tests.waiting import PATIENCE_SECONDS, wait_until

_FRAMEWORKS = "import alembic.context, granian, reflex.app, sqlalchemy.ext.asyncio, sqlmodel"
MOST_WORK = 2.0
"""Of a whole start, of two processes, over one that only loads the frameworks; measured 1.1 to 1.5."""


def test_the_server_starts_without_node_and_with_little_more_work_than_its_frameworks_are(
    site: Path, tmp_path: Path
) -> None:
    # A ratio of work, not time: the clock on the wall depends on what else the machine does.
    def start() -> None:
        server = LiveServer(tmp_path, PATH="/nonexistent")
        try:
            server.start()
            with server.client() as client:
                assert client.get("/").status_code == 200
        finally:
            server.stop()

    start()  # the first one compiles our modules
    ours = min(_work_of(start) for _ in range(2))
    theirs = min(
        _work_of(lambda: subprocess.run([sys.executable, "-c", _FRAMEWORKS], check=True)) for _ in range(2)
    )
    assert ours < MOST_WORK * theirs


def _work_of(run: Callable[[], object]) -> float:
    before = _work_of_children()
    run()
    return _work_of_children() - before


def _work_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def test_sigterm_ends_the_server_in_order_and_keeps_what_was_saved(site: Path, tmp_path: Path) -> None:
    server = LiveServer(tmp_path)
    server.start()
    with server.browser() as browser:
        body = {"memo_id": None, "text": "Keep me.", "rubric": "investment-memo", "base_revision": 0}
        assert browser.put("/draft", json=body).status_code == 200
        assert server.stop() == 0
        server.start()
        assert browser.get("/draft").json()["text"] == "Keep me."
    server.kill()


def test_a_taken_port_is_told_in_one_line(site: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {**os.environ, "PORT": str(taken.getsockname()[1]), "DATA_DIR": str(tmp_path)}
        finished = subprocess.run(
            [sys.executable, "-m", "memo_coach.server.serve"],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
    assert finished.returncode == 3
    assert len(finished.stderr.splitlines()) == 1
    assert "Traceback" not in finished.stderr


def served(data_dir: Path, port: int) -> subprocess.CompletedProcess[str]:
    """Serve until the server ends by itself."""
    environment = {**os.environ, "PORT": str(port), "DATA_DIR": str(data_dir)}
    return subprocess.run(
        [sys.executable, "-m", "memo_coach.server.serve"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def database(site: Path, tmp_path: Path) -> Path:
    """Return the file of a database that was served once."""
    with serving(tmp_path):
        pass
    return tmp_path / "memo_coach.db"


def test_a_damaged_database_ends_the_server_with_one_sentence(database: Path) -> None:
    with database.open("r+b") as handle:
        handle.seek(4096)
        handle.write(b"damaged!" * (4096 // 8) * 20)
    finished = served(database.parent, LiveServer(database.parent).port)
    assert finished.returncode == 3
    assert len(finished.stderr.splitlines()) == 1
    assert "is damaged: " in finished.stderr
    assert ".recover" in finished.stderr


def test_a_database_that_only_a_worker_finds_unusable_ends_the_server_instead_of_starting_it_again(
    database: Path,
) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DROP TABLE installation_secrets")
    finished = served(database.parent, LiveServer(database.parent).port)
    assert finished.returncode == 3
    assert finished.stderr.count("cannot be opened: no such table") == 1
    assert "Traceback" not in finished.stderr


def test_a_server_whose_database_is_damaged_while_it_serves_is_not_ready_and_says_why(
    site: Path, tmp_path: Path
) -> None:
    with serving(tmp_path) as server, server.client() as client:
        with (tmp_path / "memo_coach.db").open("r+b") as handle:
            handle.seek(4096)
            handle.write(b"damaged!" * (4096 // 8) * 20)
        answer = client.get("/health/ready")
        assert answer.status_code == 503
        (found,) = [check for check in answer.json()["checks"] if check["name"] == "database"]
        assert found["detail"].startswith("The database file is damaged.")
        assert str(tmp_path) not in answer.text
        assert client.get("/health/live").status_code == 200


def test_behind_tls_the_cookie_is_bound_to_the_host_and_http_is_forbidden(site: Path, tmp_path: Path) -> None:
    with (
        serving(
            tmp_path, PUBLIC_URL="https://memos.example.org", APP_ENV="production", AUTH_MODE="open"
        ) as server,
        server.client(Host="memos.example.org", Accept="text/html") as client,
    ):
        headers = client.get("/").headers
    assert headers["set-cookie"].startswith("__Host-memo_coach=")
    assert "Secure" in headers["set-cookie"]
    assert headers["strict-transport-security"] == "max-age=86400"
    assert "wss://memos.example.org" in headers["content-security-policy"]


def test_the_log_names_no_query_and_no_text(site: Path, tmp_path: Path) -> None:
    with serving(tmp_path, LOG_LEVEL="DEBUG") as server, server.browser() as browser:
        browser.get("/draft?memo=a-very-secret-query")
        body = {"memo_id": None, "text": "Zanzibar.", "rubric": "investment-memo", "base_revision": 0}
        browser.put("/draft", json=body)
        token = next(iter(browser.cookies.values()))
    log = server.log.read_text()
    assert "path=/draft" in log
    for secret in ("a-very-secret-query", "Zanzibar", token):
        assert secret not in log


def _answers(server: LiveServer) -> bool:
    with contextlib.suppress(httpx.TransportError), server.client() as client:
        client.get("/health/live")
        return True
    return False


def test_a_killed_server_leaves_no_process_that_holds_its_address(site: Path, tmp_path: Path) -> None:
    server = LiveServer(tmp_path)
    server.start()
    try:
        server.kill_first_process()
        wait_until(lambda: not _answers(server), "no worker answers without its server")
        server.start()
        assert server.client().get("/health/live").is_success
    finally:
        server.stop()
