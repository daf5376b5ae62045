"""Mistakes that are made on purpose: an installation that says so in words, and ports that are open.

A scan that finds such ports silent shows the firewall, not an idle server.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from tests.rehearsal import ansible, commands
from tests.rehearsal.server import Server

PROGRAM_PORT, CONTAINER_PORT = 8000, 18001
UNIT = CONTAINER = "rehearsal-mistake"
PATIENCE_SECONDS = 30


def insist_on_words(server: Server, control: ansible.Control) -> None:
    """Insist that site.yml refuses a name that leads nowhere and a port that is taken, before all else.

    Raises:
        RehearsalError: it does not, or in other words.
    """
    said = control.refusal("site.yml", "--extra-vars", "site_host=nowhere.rehearsal.test")
    commands.require(
        "nowhere.rehearsal.test leads to no address" in said, f"A name that leads nowhere is said as: {said}"
    )
    server.run("systemd-run", "--collect", "--unit", UNIT, "python3", "-m", "http.server", "80")
    try:
        _insist_on_answer(server, "http://127.0.0.1:80/")
        said = control.refusal("site.yml")
    finally:
        server.run("systemctl", "stop", UNIT, check=False)
    commands.require(
        "something else has one of them" in said and "python3" in said,
        f"A port that is taken is said as: {said}",
    )


@contextlib.contextmanager
def made(server: Server, *, six: bool) -> Iterator[tuple[int, ...]]:
    """Have a program listen on all addresses, and a container publish a port to all; give the ports.

    Raises:
        RehearsalError: one of them does not answer on the server itself.
    """
    try:
        _start_a_program(server, "::" if six else "0.0.0.0")
        _publish_a_port(server)
        yield PROGRAM_PORT, CONTAINER_PORT
    finally:
        server.run("systemctl", "stop", UNIT, check=False)
        server.run("docker", "rm", "--force", CONTAINER, check=False)


def _start_a_program(server: Server, address: str) -> None:
    listen = ("python3", "-m", "http.server", "--directory", "/run/systemd", "--bind", address)
    server.run("systemd-run", "--collect", "--unit", UNIT, *listen, str(PROGRAM_PORT))
    for local in ("127.0.0.1", *(["[::1]"] if ":" in address else [])):
        _insist_on_answer(server, f"http://{local}:{PROGRAM_PORT}/")


def _publish_a_port(server: Server) -> None:
    server.run(
        "docker",
        "run",
        "--detach",
        "--name",
        CONTAINER,
        "--no-healthcheck",
        "--publish",
        f"0.0.0.0:{CONTAINER_PORT}:{CONTAINER_PORT}",
        "--entrypoint",
        "python",
        f"memo-coach:{ansible.VERSION}",
        "-m",
        "http.server",
        str(CONTAINER_PORT),
    )
    template = "{{.NetworkSettings.Networks.bridge.IPAddress}}"
    address = server.run("docker", "inspect", "--format", template, CONTAINER).strip()
    _insist_on_answer(server, f"http://{address}:{CONTAINER_PORT}/")


def _insist_on_answer(server: Server, url: str) -> None:
    asked = ("curl", "--silent", "--fail", "--noproxy", "*", "--max-time", "5", "--output", "/dev/null", url)
    commands.until(
        f"An answer of {url} on the server itself", lambda: server.status(*asked)[0] == 0, PATIENCE_SECONDS
    )
