"""Somebody is told when something is wrong with the server, once, and when it is well again."""

from __future__ import annotations

import json
import os
import runpy
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from tests.ports import free_port

ROOT = Path(__file__).parents[3]
PROGRAM = ROOT / "ansible" / "roles" / "watch" / "files" / "memo_coach_watch.py"
HOST = "memo.example.org"
NOW = datetime.now(UTC)
GOOD = {"result": "ok", "finished": NOW.isoformat()}


@dataclass
class Receiver:
    """Whoever is told: a webhook, and a heartbeat's address."""

    url: str = ""
    told: list[dict[str, Any]] = field(default_factory=list)
    heartbeats: int = 0
    status: int = 200


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.end()

        def do_GET(self) -> None:
            found.heartbeats += 1
            self.end()

        def end(self) -> None:
            self.send_response(found.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with served(ThreadingHTTPServer(("127.0.0.1", 0), Answering)) as port:
        found.url = f"http://127.0.0.1:{port}"
        yield found


@contextmanager
def served(server: ThreadingHTTPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Watched:
    """A server that is looked after."""

    folder: Path
    settings: dict[str, Any]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        file = self.folder / "watch.json"
        file.write_text(json.dumps(self.settings))
        environment = {"MEMO_COACH_WATCH": str(file), "PATH": f"{self.folder}:{os.environ['PATH']}"}
        return subprocess.run(
            [sys.executable, str(PROGRAM), *arguments],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def note(self, kind: str, **status: Any) -> None:
        (self.folder / f"{kind}.json").write_text(json.dumps(status))

    def command(self, name: str, *said: str, status: int = 0) -> None:
        file = self.folder / name
        file.write_text("#!/bin/sh\n" + "".join(f"echo '{line}'\n" for line in said) + f"exit {status}\n")
        file.chmod(0o755)


@pytest.fixture
def watched(tmp_path: Path, receiver: Receiver) -> Watched:
    made = Watched(tmp_path, {
        "site": HOST, "address": "127.0.0.1", "port": 1, "status": str(tmp_path), "disks": ["/"],
        "told": str(tmp_path / "told.json"), "webhook": receiver.url, "heartbeat": receiver.url,
        "looks": ["runs"],
    })  # fmt: skip
    made.note("backup", **GOOD)
    made.note("check", **GOOD)
    return made


def test_while_all_is_well_the_heartbeat_is_sent_and_nobody_is_told(
    watched: Watched, receiver: Receiver
) -> None:
    assert watched.run("look").returncode == 0
    assert (receiver.heartbeats, receiver.told) == (1, [])


def test_what_is_wrong_is_told_once_and_so_is_its_end(watched: Watched, receiver: Receiver) -> None:
    watched.note("backup", result="failed", finished=NOW.isoformat(), error="The disk is full.")
    assert [watched.run("look").returncode for _ in range(2)] == [1, 1]
    assert receiver.heartbeats == 0
    (told,) = receiver.told
    assert told["subject"] == f"[{HOST}] Something is wrong"
    assert told["lines"] == ["The last backup failed: The disk is full."]
    watched.note("backup", **GOOD)
    assert watched.run("look").returncode == 0
    assert receiver.told[1]["subject"] == f"[{HOST}] All is well again"
    assert receiver.told[1]["lines"] == ["Well again: The last backup failed: The disk is full."]


def test_what_goes_on_is_told_again_the_next_day(watched: Watched, receiver: Receiver) -> None:
    watched.note("check", result="failed", finished=NOW.isoformat(), error="A pack is damaged.")
    watched.run("look")
    file = Path(watched.settings["told"])
    ((name, (moment, sentence)),) = json.loads(file.read_text()).items()
    file.write_text(json.dumps({name: [moment - 24 * 3600, sentence]}))
    watched.run("look")
    assert [each["lines"] for each in receiver.told] == [["The last check failed: A pack is damaged."]] * 2


def test_what_could_not_be_told_is_told_the_next_time(watched: Watched, receiver: Receiver) -> None:
    watched.note("backup", result="failed", finished=NOW.isoformat())
    receiver.status = 500
    ended = watched.run("look")
    assert ended.returncode == 3
    assert "Nobody could be told" in ended.stderr
    receiver.status = 200
    watched.run("look")
    assert len(receiver.told) == 2


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        ("backup", {**GOOD, "finished": (NOW - timedelta(hours=30)).isoformat()}, "backup is 30 hours old"),
        ("check", {**GOOD, "finished": (NOW - timedelta(days=10)).isoformat()}, "check is 240 hours old"),
        ("backup", {"result": "ok"}, "cannot be read"),
    ],
)
def test_a_run_that_is_old_or_unreadable_is_told(
    watched: Watched, receiver: Receiver, kind: str, status: dict[str, Any], said: str
) -> None:
    watched.note(kind, **status)
    watched.run("look")
    assert said in receiver.told[0]["text"]


def test_a_new_server_has_a_day_for_its_first_backup(watched: Watched, receiver: Receiver) -> None:
    (watched.folder / "backup.json").unlink()
    assert watched.run("look").returncode == 0
    assert receiver.told == []


def test_a_mail_is_sent_as_well(watched: Watched, receiver: Receiver) -> None:
    letters = []

    class Kept(Message):
        def handle_message(self, message: Any) -> None:
            letters.append(message)

    port = free_port()
    post = Controller(Kept(), hostname="127.0.0.1", port=port)
    post.start()
    try:
        server = f"smtp://127.0.0.1:{port}"
        watched.settings["mail"] = {"to": "ops@example.org", "from": "coach@example.org", "server": server}
        assert watched.run("failed", "memo-coach-backup.service").returncode == 0
    finally:
        post.stop()
    assert letters[0]["Subject"] == f"[{HOST}] memo-coach-backup.service has failed"
    assert letters[0]["To"] == "ops@example.org"
    assert "journalctl --unit memo-coach-backup.service" in receiver.told[0]["text"]


def test_units_and_containers_that_are_not_well_are_told(watched: Watched, receiver: Receiver) -> None:
    watched.settings["looks"] = ["units", "containers"]
    watched.command("systemctl", "docker.service loaded failed failed Docker")
    watched.command(
        "docker", "app\trunning\tUp 2 hours (unhealthy)", "traefik\trestarting\tRestarting (1)",
        "postgres\trunning\tUp 2 hours (healthy)", "prepare\texited\tExited (0) 2 hours ago",
        "old\texited\tExited (137) 1 minute ago",
    )  # fmt: skip
    watched.run("look")
    assert receiver.told[0]["lines"] == [
        "docker.service has failed: journalctl --unit docker.service",
        "The container app is not well: Up 2 hours (unhealthy).",
        "The container traefik is not well: Restarting (1).",
        "The container old has ended: Exited (137) 1 minute ago.",
    ]


def test_what_cannot_be_looked_at_is_told_too(watched: Watched, receiver: Receiver) -> None:
    watched.settings["looks"] = ["containers"]
    watched.command("docker", status=1)
    assert watched.run("look").returncode == 1
    assert "Nobody knows about containers" in receiver.told[0]["text"]


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ((HOST, 60, 200), []),
        ((HOST, 5, 200), [f"The certificate of {HOST} is good for 5 days only: it is not renewed."]),
        (("traefik.default", 60, 200), [f"The certificate that is shown is not one for {HOST}."]),
        ((HOST, 60, 503), [f"https://{HOST}/health/ready answers 503: the application is not ready."]),
    ],
)
def test_the_site_and_its_certificate_are_looked_at(
    watched: Watched, receiver: Receiver, shown: tuple[str, int, int], said: list[str]
) -> None:
    watched.settings["looks"] = ["site"]
    with site(watched.folder, *shown) as port:
        watched.settings["port"] = port
        watched.run("look")
    assert [line for each in receiver.told for line in each["lines"]] == said


def test_a_site_that_does_not_answer_is_told(watched: Watched, receiver: Receiver) -> None:
    watched.settings["looks"] = ["site"]
    watched.run("look")
    assert f"https://{HOST} does not answer on this server" in receiver.told[0]["text"]


@pytest.mark.parametrize(
    ("available", "said"),
    [(60_000, []), (20_000, ["Only 19 MB of 976 MB of memory are left."])],
)
def test_memory_is_looked_at(tmp_path: Path, available: int, said: list[str]) -> None:
    file = tmp_path / "meminfo"
    file.write_text(f"MemTotal: 1000000 kB\nMemFree: 1 kB\nMemAvailable: {available} kB\n")
    assert list(runpy.run_path(str(PROGRAM))["memory"](file).values()) == said


@pytest.mark.parametrize(("days", "is_told"), [(1, False), (4, True)])
def test_an_upgrade_that_waits_for_a_restart_is_told_after_days(
    tmp_path: Path, days: int, *, is_told: bool
) -> None:
    file = tmp_path / "reboot-required"
    file.touch()
    later = file.stat().st_mtime + days * 86_400
    assert bool(runpy.run_path(str(PROGRAM))["reboot"](later, file)) is is_told


def test_no_address_that_is_a_secret_is_said(watched: Watched) -> None:
    watched.settings["webhook"] = "no-address/with-a-secret"
    watched.note("backup", result="failed", finished=NOW.isoformat())
    ended = watched.run("look")
    assert ended.returncode == 3
    assert "with-a-secret" not in ended.stderr + ended.stdout


@contextmanager
def site(folder: Path, named: str, days: int, status: int) -> Iterator[int]:
    """Serve a site of that readiness, with a certificate of its own for so many days."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", key, "-out", certificate, "-subj", f"/CN={named}", "-addext",
         f"subjectAltName=DNS:{named}", "-days", str(days)],
        check=True, capture_output=True,
    )  # fmt: skip

    class Ready(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health/ready" else 404)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ready)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with served(server) as port:
        yield port


def archived(watched: Watched, *, waited: str) -> None:
    watched.settings |= {"archive": True, "looks": ["runs", "archive"]}
    watched.note("archive", **GOOD)
    watched.note("drill", **GOOD)
    watched.command("docker", waited)


def test_an_archive_that_takes_everything_is_no_reason_to_tell(watched: Watched, receiver: Receiver) -> None:
    archived(watched, waited="42.1")
    assert watched.run("look").returncode == 0
    assert receiver.told == []


def test_an_archive_that_is_behind_is_told(watched: Watched, receiver: Receiver) -> None:
    archived(watched, waited="660.0")
    watched.run("look")
    (line,) = receiver.told[0]["lines"]
    assert line.startswith("What the database wrote has waited 11 minutes for its archive.")


def test_a_base_backup_and_a_drill_that_failed_are_told_where_there_is_an_archive(
    watched: Watched, receiver: Receiver
) -> None:
    archived(watched, waited="0")
    watched.note("archive", result="failed", finished=NOW.isoformat(), error="The store is away.")
    watched.note("drill", **{**GOOD, "finished": (NOW - timedelta(days=9)).isoformat()})
    watched.run("look")
    assert receiver.told[0]["lines"] == [
        "The last archive failed: The store is away.",
        "The last good drill is 216 hours old.",
    ]


def test_without_an_archive_nobody_asks_for_one(watched: Watched, receiver: Receiver) -> None:
    watched.settings["looks"] = ["runs", "archive"]
    assert watched.run("look").returncode == 0
    assert receiver.told == []
