"""What the stages of one run share, and how all of it is taken down again."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tests.rehearsal import commands, kernel, machine, network, paths
from tests.rehearsal.alerts import Told
from tests.rehearsal.ansible import Control, Key
from tests.rehearsal.cloud import SITE_HOST, Cloud
from tests.rehearsal.engine import Engine
from tests.rehearsal.machine import Machine
from tests.rehearsal.network import SERVER, Network
from tests.rehearsal.server import Server
from tests.rehearsal.stranger import Stranger
from tests.rehearsal.tls import Authority

Part = TypeVar("Part")


@dataclass
class World:
    """This machine, and what the stages before have made on it."""

    engine: Engine
    """The engine that carries everything."""
    network: Network
    ends: contextlib.ExitStack
    machine: Machine | None = None
    """What this machine's containers may do."""
    archive: Path | None = None
    """The product's images, as they are sent to a server."""
    mirror: str | None = None
    """The address of the registry from which a server pulls the others."""
    key: Key | None = None
    cloud: Cloud | None = None
    server: Server | None = None
    control: Control | None = None
    authority: Authority | None = None
    stranger: Stranger | None = None
    told: Told | None = None
    """Who is told when something is wrong."""
    first_link: str | None = None
    """By which the first administrator chooses a password; the playbook has shown it."""
    password: str = field(default_factory=lambda: secrets.token_urlsafe(20), repr=False)
    """That the first administrator chooses."""
    app_secret: str | None = field(default=None, repr=False)
    """Of the authenticator app that they set up."""
    memo_path: str | None = None
    """The page of the memo's feedback that the browser has written."""

    host: str = SITE_HOST

    @property
    def server_address(self) -> str:
        """Return the server's IPv4 address in the network."""
        return self.network.address(SERVER)


def needed(part: Part | None) -> Part:
    """Return a part that an earlier stage has made."""
    assert part is not None, "A stage was run without the one that it needs."
    return part


def make(ends: contextlib.ExitStack) -> World:
    """Make this machine ready; `ends` learns how to take away whatever is made on it.

    Raises:
        RehearsalError: this machine lacks something.
    """
    shutil.rmtree(paths.RUN, ignore_errors=True)
    paths.prepare()
    ends.callback(shutil.rmtree, paths.RUN, ignore_errors=True)
    ends.callback(shutil.rmtree, paths.SOCKETS, ignore_errors=True)
    before = kernel.kept() or kernel.note()
    file = kernel.keep(before)
    ends.callback(_put_back, before, file)
    engine = machine.make_ready(ends.callback)
    engine.remove_everything()
    ends.callback(engine.remove_everything)
    return World(engine, network.make(engine), ends)


def _put_back(before: kernel.Settings, file: Path) -> None:
    stuck = kernel.put_back(before)
    file.unlink(missing_ok=True)
    if stuck:
        with commands.log_of("kernel").open("a", encoding="utf-8") as log:
            log.write(f"The kernel does not take back before its next start: {', '.join(stuck)}\n")
