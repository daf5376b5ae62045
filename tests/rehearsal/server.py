"""A fresh Debian 13 server: a container that boots systemd, with what the cloud gave to its machine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tests.rehearsal import commands, paths, registry
from tests.rehearsal.engine import LABEL, PREFIX, Engine
from tests.rehearsal.machine import Machine
from tests.rehearsal.network import SERVER, Network

CONTAINER = f"{PREFIX}-server"
IMAGE = f"{PREFIX}/server:trixie"
BOOT_SECONDS = 180
PACKAGES = f"{PREFIX}-packages"
"""A volume with the packages that a server has fetched: the next one asks Debian for its lists only."""

LEGACY = "SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1"
CAPABILITIES = (
    "NET_ADMIN",
    "NET_BROADCAST",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_RAWIO",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_TTY_CONFIG",
    "LEASE",
    "AUDIT_CONTROL",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "LINUX_IMMUTABLE",
    "DAC_READ_SEARCH",
)
"""What systemd and an engine need inside. SYS_TIME and SYS_MODULE belong to the machine below."""


@dataclass(frozen=True)
class CloudInit:
    """What the cloud hands to a machine at its first boot."""

    user_data: str
    instance_id: str
    hostname: str = "memo-coach"

    def write(self, folder: Path) -> None:
        """Write it as cloud-init's NoCloud source reads it."""
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        (folder / "user-data").write_text(self.user_data, encoding="utf-8")
        meta = {"instance-id": self.instance_id, "local-hostname": self.hostname}
        (folder / "meta-data").write_text(json.dumps(meta), encoding="utf-8")


def only_root(public_key: str) -> str:
    """Return the user data of a provider that hands out a server with root and a key."""
    root = {"name": "root", "ssh_authorized_keys": [public_key]}
    return "#cloud-config\n" + json.dumps({"disable_root": False, "ssh_pwauth": False, "users": [root]})


@dataclass(frozen=True)
class Server:
    """The server, from below: what its console would show."""

    machine: Machine

    def run(
        self,
        *command: str,
        name: str = "server",
        seconds: float = 120,
        check: bool = True,
        stdin: str | None = None,
    ) -> str:
        """Run a command on its console as root; give what it says."""
        interactive = ("--interactive",) if stdin is not None else ()
        return self.machine.engine.run(
            name, "exec", *interactive, CONTAINER, *command, seconds=seconds, check=check, stdin=stdin
        ).stdout

    def status(self, *command: str, name: str = "server", seconds: float = 120) -> tuple[int, str]:
        """Run a command; give its exit status and all that it says."""
        done = self.machine.engine.run(name, "exec", CONTAINER, *command, seconds=seconds, check=False)
        return done.returncode, done.stdout + done.stderr

    def destroy(self) -> None:
        """Destroy it, with every disk that it has."""
        self.machine.engine.run("server", "container", "rm", "--force", "--volumes", CONTAINER)


def make_image(engine: Engine) -> str:
    """Return the image of a fresh server, as a cloud has it; it is made where it is not there."""
    return registry.make(engine, IMAGE, paths.IMAGES / "server.Dockerfile")


def boot(machine: Machine, network: Network, cloud_init: CloudInit, site_host: str) -> Server:
    """Make the server and wait until it has booted and cloud-init is done.

    Raises:
        RehearsalError: it has failed units, or cloud-init complains.
    """
    image = make_image(machine.engine)
    seed = paths.RUN / "cloud-init"
    cloud_init.write(seed)
    machine.engine.run("server", "volume", "create", "--label", LABEL, PACKAGES)
    machine.engine.run(
        "server",
        "create",
        "--name",
        CONTAINER,
        "--label",
        LABEL,
        "--hostname",
        cloud_init.hostname,
        *network.options(SERVER),
        # What the name's record in the world's DNS would say.
        "--add-host",
        f"{site_host}:{network.address(SERVER)}",
        *container_options(machine),
        image,
    )
    machine.engine.run("server", "cp", f"{seed}/.", f"{CONTAINER}:/var/lib/cloud/seed/nocloud")
    machine.engine.run("server", "start", CONTAINER)
    server = Server(machine)
    commands.until("The server's boot", lambda: _has_booted(server), BOOT_SECONDS, every=2)
    state = server.run("systemctl", "is-system-running", check=False).strip()
    failed = server.run("systemctl", "list-units", "--failed", "--plain", "--no-legend", check=False).strip()
    commands.require(state == "running", f"The server is {state}, not running; failed units:\n{failed}")
    status, said = server.status("cloud-init", "status", "--wait", "--long", seconds=BOOT_SECONDS)
    # 2 is "done, with recoverable complaints"; a schema that cloud-init does not know would be among them.
    commands.require(status == 0, f"cloud-init ended with {status}:\n{said}")
    return server


HOLD_THE_LOCK = """
import fcntl, sys, time
lock = open("/var/lib/dpkg/lock-frontend", "w")
fcntl.lockf(lock, fcntl.LOCK_EX)
time.sleep(float(sys.argv[1]))
"""


def hold_the_package_lock(server: Server, seconds: int) -> None:
    """Let nobody install packages for so long, as unattended upgrades do."""
    server.run(
        "systemd-run", "--collect", "--unit", "first-upgrades", "python3", "-c", HOLD_THE_LOCK, str(seconds)
    )


def _has_booted(server: Server) -> bool:
    return server.run("systemctl", "is-system-running", check=False).strip() in {"running", "degraded"}


def container_options(machine: Machine) -> list[str]:
    """Return what lets systemd and an engine live in a container, as little as this kernel allows."""
    options = [
        "--tmpfs",
        "/run:exec",
        "--tmpfs",
        "/run/lock",
        "--tmpfs",
        "/tmp:exec",
        "--volume",
        "/var/lib/docker",
        "--volume",
        "/var/lib/containerd",
        "--volume",
        f"{PACKAGES}:/var/cache/apt/archives",
        "--env",
        "container=docker",
        "--cgroupns",
        "private" if machine.unified_cgroups else "host",
    ]
    if not machine.unified_cgroups:
        options += [
            "--volume",
            "/sys/fs/cgroup:/sys/fs/cgroup:rw",
            "--env",
            LEGACY,
            "--env",
            f"SYSTEMD_PROC_CMDLINE=systemd.unified_cgroup_hierarchy=0 {LEGACY}",
        ]
    if machine.privileged:
        return [*options, "--privileged"]
    for capability in CAPABILITIES:
        options += ["--cap-add", capability]
    return [
        *options,
        "--security-opt",
        "seccomp=unconfined",
        "--security-opt",
        "systempaths=unconfined",
        "--security-opt",
        "apparmor=unconfined",
        "--device-cgroup-rule",
        "a *:* rwm",
    ]
