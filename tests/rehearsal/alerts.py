"""Who is told when something is wrong: stand-ins of a webhook and of a service that waits for heartbeats."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.rehearsal.commands import require, until
from tests.rehearsal.server import Server

COMMAND = "/usr/local/bin/memo-coach-watch"
SECONDS = 60
WATCHED = "memo-coach-backup.service"
BROKEN = "memo-coach-rehearsal-broken.service"


@dataclass
class Told:
    """What has come in."""

    server: ThreadingHTTPServer
    lines: list[str] = field(default_factory=list)
    heartbeats: int = 0

    @property
    def url(self) -> str:
        """The address that is told."""
        host, port = self.server.server_address[:2]
        return f"http://{host!s}:{port}/told"

    def stop(self) -> None:
        """Listen no more."""
        self.server.shutdown()
        self.server.server_close()


def listen(address: str) -> Told:
    """Listen at an address of this machine that the server reaches."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.lines += [found["subject"], *found["lines"]]
            self._end()

        def do_GET(self) -> None:
            told.heartbeats += 1
            self._end()

        def _end(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    told = Told(ThreadingHTTPServer((address, 0), Answering))
    threading.Thread(target=told.server.serve_forever, daemon=True).start()
    return told


def insist_on_heartbeat(server: Server, told: Told) -> None:
    """Look after the server while all is well: the heartbeat comes."""
    before = told.heartbeats
    status, said = server.status(COMMAND, "look", name="alerts")
    require(status == 0, f"On a server that is well, the watch finds:\n{said}")
    require(told.heartbeats > before, "On a server that is well, no heartbeat came.")


def insist_on_telling(server: Server, told: Told, words: str) -> None:
    """Look after the server while something is wrong: it is told, by this look or the timer's before."""
    status, said = server.status(COMMAND, "look", name="alerts")
    require(status == 1, f"While something is wrong, the watch ended with {status}:\n{said}")
    until(f"An alert that says {words!r}", lambda: any(words in line for line in told.lines), SECONDS)


def insist_on_telling_of_units(server: Server, told: Told) -> None:
    """Insist that the failure of a unit is told at once, and that the units that matter are such ones."""
    shown = server.run("systemctl", "show", WATCHED, "--property=OnFailure")
    require(f"memo-coach-alert@{WATCHED}" in shown, f"The failure of {WATCHED} is told to nobody: {shown}")
    server.run(
        "systemd-run", f"--unit={BROKEN}", f"--property=OnFailure=memo-coach-alert@{BROKEN}.service",
        "/bin/false",
    )  # fmt: skip
    until("An alert of a unit that failed", lambda: any(BROKEN in line for line in told.lines), SECONDS)
    server.run("systemctl", "reset-failed", BROKEN, check=False)
