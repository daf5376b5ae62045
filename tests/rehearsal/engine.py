"""The Docker engine that carries the rehearsal: the one at hand, or one of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.rehearsal import commands, firewall, paths

PREFIX = "memo-coach-rehearsal"
"""How every container, network and image of the rehearsal begins."""
LABEL = "memo-coach.rehearsal=true"
MADE_FROM = "memo-coach.rehearsal.made-from"
"""The label that tells which recipe an image was made by."""
BRIDGE = "memocoachreh0"
"""The bridge of an engine of our own. The rehearsal's network has the other one, on whichever engine."""
NETWORK_BRIDGE = "memocoachreh1"
BRIDGE_ADDRESS = "10.213.76.1/24"
BRIDGE_NETWORK = "10.213.76.0/24"


class Engine:
    """An engine that answers, and the client that belongs to it."""

    def __init__(self, host: str | None) -> None:
        self.host = host
        # The distribution's client first: another one on the path may be too new for this engine.
        self.client = "/usr/bin/docker" if Path("/usr/bin/docker").is_file() else "docker"
        self.environment = {"DOCKER_HOST": host} if host else {}

    def run(
        self,
        name: str,
        *arguments: str,
        seconds: float = 600,
        stdin: str | None = None,
        check: bool = True,
        environment: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the client; its log is named after what it is for."""
        return commands.run(
            name,
            self.client,
            *arguments,
            seconds=seconds,
            stdin=stdin,
            check=check,
            environment={**self.environment, **(environment or {})},
        )

    def answers(self) -> bool:
        """Whether there is a client and an engine behind it."""
        if shutil.which(self.client) is None:
            return False
        return self.run("engine", "info", "--format", "{{.ID}}", seconds=20, check=False).returncode == 0

    def info(self) -> dict[str, Any]:
        """Return what the engine says of itself."""
        found: dict[str, Any] = json.loads(self.run("engine", "info", "--format", "{{json .}}").stdout)
        return found

    def has_image(self, image: str) -> bool:
        """Whether an image is there under this name."""
        return self.run("engine", "image", "inspect", image, check=False).returncode == 0

    def label_of(self, image: str, label: str) -> str | None:
        """Return the value of an image's label, or nothing where the image or the label is not there."""
        template = f'{{{{index .Config.Labels "{label}"}}}}'
        found = self.run("engine", "image", "inspect", "--format", template, image, check=False)
        return (found.stdout.strip() or None) if found.returncode == 0 else None

    def build(
        self, image: str, dockerfile: Path, context: Path, *arguments: str, seconds: float = 1200
    ) -> None:
        """Build an image under the rehearsal's name."""
        self.run(
            "images",
            "build",
            "--network",
            "host",
            "--label",
            LABEL,
            "--tag",
            image,
            "--file",
            str(dockerfile),
            *arguments,
            str(context),
            seconds=seconds,
            environment={"DOCKER_BUILDKIT": "1"},
        )

    def remove_everything(self) -> None:
        """Remove the rehearsal's containers, volumes and networks, of this run or of a broken one."""
        for what, remove in (
            (("container", "ls", "--all", "--quiet"), ("container", "rm", "--force", "--volumes")),
            (("volume", "ls", "--quiet"), ("volume", "rm", "--force")),
            (("network", "ls", "--quiet"), ("network", "rm")),
        ):
            found = self.run("engine", *what, "--filter", f"label={LABEL}", check=False).stdout.split()
            if found:
                self.run("engine", *remove, *found, check=False)


def at_hand() -> Engine | None:
    """Return the engine that ``DOCKER_HOST`` or the client's context names, if it answers."""
    engine = Engine(os.environ.get("DOCKER_HOST"))
    return engine if engine.answers() else None


def start_own(on_end: Callable[[Callable[[], object]], object]) -> Engine:
    """Start an engine of our own, beside any other: data, sockets and bridge are in our folder.

    Its layers stay as a cache; `on_end` is told how to end it and to remove its bridge.

    Raises:
        RehearsalError: it did not start.
    """
    runtime = paths.ENGINE
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    host = f"unix://{runtime}/docker.sock"
    before = firewall.rules()
    commands.run("engine", "ip", "link", "add", BRIDGE, "type", "bridge", check=False)
    commands.run("engine", "ip", "address", "replace", BRIDGE_ADDRESS, "dev", BRIDGE)
    commands.run("engine", "ip", "link", "set", BRIDGE, "up")
    process = commands.start(
        "dockerd",
        "dockerd",
        "--host",
        host,
        "--data-root",
        str(paths.CACHE / "engine"),
        "--exec-root",
        str(runtime / "exec"),
        "--pidfile",
        str(runtime / "pid"),
        "--bridge",
        BRIDGE,
    )

    def end() -> None:
        commands.stop(process, patience_seconds=60)
        commands.run("engine", "ip", "link", "delete", BRIDGE, check=False)
        firewall.restore(before, BRIDGE, BRIDGE_NETWORK)
        # The engine leaves the name of this machine's network mounted where it kept those of its containers.
        commands.run("engine", "umount", "--lazy", str(runtime / "exec" / "netns" / "default"), check=False)
        shutil.rmtree(runtime, ignore_errors=True)

    on_end(end)
    engine = Engine(host)
    commands.until("An engine of our own", lambda: process.poll() is not None or engine.answers(), 60)
    commands.require(
        process.poll() is None and engine.answers(),
        f"The engine did not start:\n{commands.last_lines(commands.log_of('dockerd'))}",
    )
    return engine
