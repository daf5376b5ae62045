"""The server's own credentials come from the metadata service, by a token, into a file for root alone."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROGRAM = ROOT / "ansible" / "roles" / "backups" / "files" / "fetch_role_credentials.py"
TOKEN = "a-token-of-the-metadata-service"
ROLES = "/latest/meta-data/iam/security-credentials/"
GIVEN = {"AccessKeyId": "an-id", "SecretAccessKey": "a-key", "Token": "a-session"}


@dataclass
class Metadata:
    """A metadata service of the second version: it answers nobody without a token."""

    address: str = ""
    answers: dict[str, str] = field(
        default_factory=lambda: {ROLES: "the-role\n", f"{ROLES}the-role": json.dumps(GIVEN)}
    )


@pytest.fixture
def metadata() -> Iterator[Metadata]:
    service = Metadata()

    class Answering(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            asked = self.path == "/latest/api/token" and self.headers["X-aws-ec2-metadata-token-ttl-seconds"]
            self.answer(TOKEN if asked else None)

        def do_GET(self) -> None:
            known = self.headers["X-aws-ec2-metadata-token"] == TOKEN
            self.answer(service.answers.get(self.path) if known else None)

        def answer(self, text: str | None) -> None:
            body = (text or "").encode()
            self.send_response(200 if text is not None else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    service.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield service
    server.shutdown()
    thread.join()
    server.server_close()


def fetch(address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": address,
        "PATH": os.environ["PATH"],
        "http_proxy": "http://127.0.0.1:9",
    }
    return subprocess.run(
        [sys.executable, str(PROGRAM), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_credentials_are_written_for_their_owner_alone(metadata: Metadata, tmp_path: Path) -> None:
    file = tmp_path / "new" / "credentials"
    assert fetch(metadata.address, str(file)).returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o400
    assert file.read_text().splitlines() == [
        "[default]",
        "aws_access_key_id = an-id",
        "aws_secret_access_key = a-key",
        "aws_session_token = a-session",
    ]


def test_newer_credentials_take_the_place_of_older_ones(metadata: Metadata, tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    fetch(metadata.address, str(file))
    metadata.answers[f"{ROLES}the-role"] = json.dumps({**GIVEN, "Token": "a-later-session"})
    fetch(metadata.address, str(file))
    assert "a-later-session" in file.read_text()
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("path", "answer", "sentence"),
    [
        (ROLES, "", "has no role"),
        (f"{ROLES}the-role", "no JSON", "holds none"),
        (f"{ROLES}the-role", '{"AccessKeyId": "an-id"}', "holds none"),
    ],
)
def test_an_answer_without_credentials_leaves_no_file(
    metadata: Metadata, tmp_path: Path, path: str, answer: str, sentence: str
) -> None:
    metadata.answers[path] = answer
    ended = fetch(metadata.address, str(tmp_path / "credentials"))
    assert ended.returncode == 3
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_service_that_does_not_answer_is_said_to(tmp_path: Path) -> None:
    ended = fetch("http://127.0.0.1:9", str(tmp_path / "credentials"))
    assert ended.returncode == 3
    assert "did not answer" in ended.stderr


def test_without_a_file_it_says_how_it_is_used(metadata: Metadata) -> None:
    assert fetch(metadata.address).returncode == 2


def test_the_archive_gets_them_as_its_own_settings_for_its_user(metadata: Metadata, tmp_path: Path) -> None:
    file = tmp_path / "credentials.conf"
    user = os.geteuid()
    assert fetch(metadata.address, str(file), str(user)).returncode == 0
    assert (stat.S_IMODE(file.stat().st_mode), file.stat().st_uid) == (0o400, user)
    assert file.read_text().splitlines() == [
        "[global]",
        "repo1-s3-key=an-id",
        "repo1-s3-key-secret=a-key",
        "repo1-s3-token=a-session",
    ]
