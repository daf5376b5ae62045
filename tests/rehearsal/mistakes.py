"""Ports that are opened by mistake: a scan that finds them silent shows the firewall, not an idle server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from tests.rehearsal import ansible, commands
from tests.rehearsal.server import Server

PROGRAM_PORT, CONTAINER_PORT = 8000, 18001
UNIT = CONTAINER = "rehearsal-mistake"
PATIENCE_SECONDS = 30


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
