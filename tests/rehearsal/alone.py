"""Docker and nothing else: the small stack on its own, its data lost, and brought back from its backup."""

from __future__ import annotations

import json

from tests.rehearsal import paths, stack
from tests.rehearsal.ansible import VERSION
from tests.rehearsal.commands import require
from tests.rehearsal.server import Server

FOLDER = "/root/small"
PROJECT = "memo-coach-small"
ADDRESS = "127.0.0.1:3100"
PUBLIC_URL = "https://small.rehearsal.test"
FILE = "docker-compose.small.yml"
COMPOSE = (
    "docker",
    "compose",
    "--ansi",
    "never",
    "--project-directory",
    FOLDER,
    "--file",
    f"{FOLDER}/{FILE}",
)
ENVIRONMENT = f"""
PUBLIC_URL={PUBLIC_URL}
LISTEN={ADDRESS}
MEMO_COACH_VERSION={VERSION}
RESTIC_PASSWORD=the small stack's own
"""
RESTORE = ("run", "--rm", "--entrypoint", "memo-coach", "backup", "restore")
START = ("up", "--detach", "--no-build", "--wait")


def insist(server: Server) -> str:
    """Start it by one command, back it up by one line, lose its volume, restore; the tables are equal.

    Raises:
        RehearsalError: something of this does not come true.
    """
    server.run("mkdir", "-p", FOLDER)
    compose = (paths.ROOT / FILE).read_text(encoding="utf-8")
    for name, content in ((FILE, compose), (".env", ENVIRONMENT)):
        server.run("sh", "-c", f"cat > {FOLDER}/{name}", stdin=content)
    try:
        return _insist(server)
    finally:
        _compose(server, "--profile", "backup", "down", "--volumes", check=False)


def _insist(server: Server) -> str:
    _compose(server, *START)
    require(_ready(server) == "200", "The small stack does not answer behind a proxy.")
    log = _compose(server, "logs", "--no-log-prefix", "app")
    require(f"{PUBLIC_URL}/welcome#" in log, "Nobody is told how to become the first administrator.")
    _compose(
        server, "exec", "-T", "app", "memo-coach", "users", "add", "ada@example.org", "--admin", "--link"
    )
    before = _fingerprint(server)
    _compose(server, "run", "--rm", "backup")
    _compose(server, "run", "--rm", "backup")
    _compose(server, "rm", "--stop", "--force", "app")
    server.run("docker", "volume", "rm", f"{PROJECT}_data")
    _compose(server, *RESTORE)
    _compose(server, *START)
    after = _fingerprint(server)
    for table in stack.OTHER_AFTER_A_RESTORE:
        before.pop(table, None)
        after.pop(table, None)
    require(before == after, f"The restored tables are others.\nBefore: {before}\nAfter: {after}")
    return "one command, accounts on; backed up twice, its volume lost, restored: tables equal"


def _compose(server: Server, *arguments: str, check: bool = True) -> str:
    return server.run(*COMPOSE, *arguments, name="alone", seconds=300, check=check)


def _fingerprint(server: Server) -> dict[str, object]:
    found: dict[str, object] = json.loads(
        _compose(server, "exec", "-T", "app", "memo-coach", "db", "fingerprint")
    )
    return found


def _ready(server: Server) -> str:
    asked = ("curl", "--silent", "--noproxy", "*", "--output", "/dev/null", "--write-out", "%{http_code}")
    headers = ("--header", "Host: small.rehearsal.test", "--header", "X-Forwarded-For: 198.51.100.9")
    return server.run(*asked, *headers, f"http://{ADDRESS}/health/ready", name="alone", check=False)
