"""What this machine must have: packages, an engine, capabilities. It is installed where that is allowed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass

from tests.rehearsal import commands, engine, leftovers, network, paths
from tests.rehearsal.commands import RehearsalError

PROGRAMS = {
    "debootstrap": "debootstrap",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "ip": "iproute2",
    "openssl": "openssl",
    "certutil": "libnss3-tools",
}
"""Programs and the packages that bring them."""
OF_AN_ENGINE = {"dockerd": "docker.io", "docker": "docker.io", "iptables": "iptables"}
OPERATORS_TOOLS = ("ansible-playbook", "ansible-vault", "moto_server", "ssh-audit")


class MachineError(RehearsalError):
    """This machine lacks something that cannot be installed from here; the message says what."""


@dataclass(frozen=True)
class Machine:
    """What was found."""

    engine: engine.Engine
    privileged: bool
    """Whether containers may have every capability of the machine (`--privileged`)."""
    unified_cgroups: bool
    """Whether control groups are of version 2."""


def make_ready(on_end: Callable[[Callable[[], object]], object]) -> engine.Engine:
    """Install what is missing, and give an engine.

    Raises:
        MachineError: something is missing and this user may not install it.
    """
    for tool in OPERATORS_TOOLS:
        if not (paths.TOOLS / tool).is_file():
            raise MachineError(
                f"{tool} is not in {paths.TOOLS.relative_to(paths.ROOT)}: run `make check` once."
            )
    if shutil.which("terraform") is None:
        raise MachineError("Terraform 1.11 or newer is needed, and there is no `terraform` on the path.")
    found = engine.at_hand()
    if found is None and os.geteuid() != 0:
        raise MachineError(
            "No Docker engine answers, and starting one needs root. Start Docker, name an engine with "
            "DOCKER_HOST, or run the rehearsal as root."
        )
    install(PROGRAMS if found else {**PROGRAMS, **OF_AN_ENGINE})
    if found is None:
        leftovers.remove()
    if os.geteuid() == 0:
        network.forget_the_abandoned()
    return found or engine.start_own(on_end)


def install(programs: dict[str, str]) -> None:
    """Install the packages of those programs that are not there.

    Raises:
        MachineError: this user may not, or there is no apt here.
    """
    packages = sorted({package for program, package in programs.items() if _path_of(program) is None})
    if not packages:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise MachineError(
            f"Please install {', '.join(packages)}: this user or this system cannot do it here."
        )
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    commands.run("packages", "apt-get", "update", "--quiet", environment=quiet)
    commands.run(
        "packages",
        "apt-get",
        "install",
        "--yes",
        "--quiet",
        "--no-install-recommends",
        *packages,
        environment={**quiet, "RUNLEVEL": "1"},
    )


def _path_of(program: str) -> str | None:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def look_at(found: engine.Engine, image: str) -> Machine:
    """Find out what the engine's containers may do, with an image that is there."""
    probe = found.run("engine", "run", "--rm", "--privileged", image, "true", check=False)
    return Machine(found, probe.returncode == 0, found.info().get("CgroupVersion") == "2")
