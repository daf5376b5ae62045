"""The stack on the server, seen from the server's console."""

from __future__ import annotations

import json
import re

from tests.rehearsal.commands import require, until
from tests.rehearsal.server import Server

INSTALLATION = "/opt/memo-coach"
COMMAND = "/usr/local/sbin/memo-coach"
STATUS = "/var/lib/memo-coach/status"
COMPOSE = (
    "docker",
    "compose",
    "--project-directory",
    INSTALLATION,
    "--file",
    f"{INSTALLATION}/docker-compose.prod.yml",
)
HEALTHY_SECONDS = 180
WELCOME = "/welcome#"
WRITTEN = (
    "/etc", "/home", "/opt", "/root", "/tmp", "/var/log", "/var/lib/memo-coach",
    "/var/lib/docker/containers", "/var/lib/docker/volumes",
)  # fmt: skip
"""Where something of the server's may have been written: its own files, containers' logs and volumes."""
TIME = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b")


def compose(
    server: Server, *arguments: str, seconds: float = 180, check: bool = True, name: str = "stack"
) -> str:
    """Run Compose for the stack; give what it says."""
    return server.run(*COMPOSE, *arguments, seconds=seconds, check=check, name=name)


OTHER_AFTER_A_RESTORE = frozenset({"user_sessions", "one_time_links", "access_tokens", "leases"})
"""Tables that a restore empties, for who was let in is asked again; and what running processes hold."""


def fingerprint(server: Server) -> dict[str, object]:
    """Return rows and checksums of all tables, by the product's own command."""
    said = compose(server, "exec", "-T", "app", "memo-coach", "db", "fingerprint")
    found: dict[str, object] = json.loads(said)
    require(found, "The database's fingerprint is empty.")
    return found


def snapshots(server: Server) -> int:
    """Return the number of finished backups in the repository."""
    return count_snapshots(server.run(COMMAND, "backup", "list", name="stack", seconds=180))


def count_snapshots(listed: str) -> int:
    """Return the number of backups in what `memo-coach backup list` says: one a line, with its time."""
    return sum(1 for line in listed.splitlines() if TIME.search(line))


def status(server: Server, kind: str) -> dict[str, object]:
    """Return the result of the last ``backup``, ``check`` or ``restore``, as it was left for monitoring."""
    found: dict[str, object] = json.loads(server.run("cat", f"{STATUS}/{kind}.json", name="stack"))
    return found


def wait_until_healthy(server: Server) -> None:
    """Wait until every service of the stack that has a healthcheck passes it."""

    def healthy() -> bool:
        said = compose(server, "ps", "--format", "json", check=False)
        services = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
        return len(services) >= 4 and all(service.get("Health") == "healthy" for service in services)

    until("A healthy stack", healthy, HEALTHY_SECONDS, every=2)


def insist_on_no_trace(server: Server, link: str) -> None:
    """Insist that a link which was shown once is in no file and no log of the server, nor one like it."""
    token = link.partition("#")[2]
    logs = server.run("sh", "-c", f"journalctl --no-pager | grep --fixed-strings '{WELCOME}' || true")
    looked = ("grep", "--recursive", "--files-with-matches", "--fixed-strings", "--devices=skip")
    files = server.status(*looked, f"--regexp={token}", f"--regexp={WELCOME}", *WRITTEN, seconds=300)[1]
    # Programs of the image have that address in them, and no token; they are not in these folders.
    found = [line for line in (*logs.splitlines(), *files.splitlines()) if not line.startswith("grep:")]
    require(not found, f"A link for the first administrator is on the server, in {found[:5]}.")


def ask_the_doctor(server: Server) -> None:
    """Insist that the doctor finds nothing wrong with signing in."""
    said = compose(server, "exec", "-T", "app", "memo-coach", "doctor", check=False)
    for part in ("signing in", "administrator", "mail", "proxy", "clock"):
        require(f"ok      {part}: " in said, f"The doctor does not find {part} good:\n{said}")
