"""Ansible against the rehearsal's server: the production playbooks, with an inventory from Terraform."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from tests.rehearsal import at_work, commands, paths, tasks
from tests.rehearsal.at_work import Step
from tests.rehearsal.cloud import ADMINISTRATOR, ENVIRONMENT, Cloud
from tests.rehearsal.commands import RehearsalError
from tests.rehearsal.server import Server
from tests.rehearsal.tls import Authority

VERSION = "rehearsal"
PLAYBOOK_SECONDS = 1200
RECAP = re.compile(
    r"^memo-coach\s*:\s*ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE
)
LINK = re.compile(r"https://\S+/welcome#[\w-]{43}")
"""By which the first administrator chooses a password."""
FIRST_ADMINISTRATOR = "grace@example.org"
FOLDER = paths.ROOT / "ansible"
INVENTORY = paths.RUN / "inventories" / ENVIRONMENT
NOT_ENTERED = 255
"""What ssh ends with for an error of its own; any other status is the remote command's (ssh(1))."""


@dataclass(frozen=True)
class Key:
    """The administrator's key."""

    private: Path

    @property
    def public(self) -> str:
        """Return the line that goes to the server."""
        return self.private.with_suffix(".pub").read_text(encoding="ascii").strip()


def make_key() -> Key:
    """Make a key for this run."""
    key = Key(paths.RUN / "administrator")
    commands.run(
        "ssh", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "rehearsal", "-f", str(key.private)
    )
    return key


@dataclass(frozen=True)
class Control:
    """The operator's machine: inventory, vault and the way to the server."""

    cloud: Cloud
    key: Key
    server_address: str

    @property
    def ssh_config(self) -> Path:
        """Return the file that leads the cloud's address to the container."""
        return paths.RUN / "ssh_config"

    def learn_host_keys(self, server: Server) -> None:
        """Take the server's host keys from its console, and lead the cloud's address to it."""
        known, public = paths.RUN / "known_hosts", self.cloud.outputs["ipv4_address"]
        keys = server.run("sh", "-c", "cat /etc/ssh/ssh_host_*_key.pub").splitlines()
        known.write_text("".join(f"{public} {' '.join(key.split()[:2])}\n" for key in keys), encoding="ascii")
        self.ssh_config.write_text(
            f"Host {public}\n  HostName {self.server_address}\n  HostKeyAlias {public}\n"
            f"  User {ADMINISTRATOR}\n"
            f"  IdentityFile {self.key.private}\n  IdentitiesOnly yes\n  UserKnownHostsFile {known}\n"
            f"  GlobalKnownHostsFile /dev/null\n  StrictHostKeyChecking yes\n  UpdateHostKeys no\n",
            encoding="ascii",
        )

    def becomes(self) -> str | None:
        """Enter by SSH with the key that Terraform was given; give who the administrator becomes by sudo.

        Nothing while SSH itself does not get in: a server that has just booted may still be restarting it.

        Raises:
            CommandFailedError: SSH got in, but the administrator may not become another.
        """
        return self._ssh(ADMINISTRATOR, "sudo", "-n", "id", "-un")

    def enters(self, account: str) -> bool:
        """Whether an account is entered by SSH with the key."""
        return self._ssh(account, "true") is not None

    def _ssh(self, account: str, *asked: str) -> str | None:
        command = ("ssh", "-F", str(self.ssh_config), "-o", "BatchMode=yes", "-o", "ConnectTimeout=10")
        where = ("-l", account, self.cloud.outputs["ipv4_address"])
        try:
            return commands.run("ssh", *command, *where, *asked, seconds=60).stdout.strip()
        except commands.CommandFailedError as error:
            if error.status != NOT_ENTERED:
                raise
            return None

    def write_inventory(self) -> None:
        """Write the inventory as an operator does: what Terraform says, to the environment's folder."""
        INVENTORY.mkdir(parents=True, exist_ok=True)
        (INVENTORY / "hosts.yml").write_text(self.cloud.outputs["ansible_inventory"], encoding="utf-8")

    def write_variables(self, authority: Authority, mirror: str, archive: Path, told: str) -> None:
        """Write what differs from an ordinary installation, and a vault with fresh secrets."""
        variables = {
            "acme_directory": authority.directory,
            "acme_ca_certificate": str(authority.own_certificate),
            "site_ca_certificate": str(authority.root),
            "docker_registry_mirrors": [mirror],
            "memo_coach_version": VERSION,
            "memo_coach_image_archive": str(archive),
            "backup_credentials_source": "vault",
            "vault_backup_access_key_id": "rehearsal",
            "vault_backup_secret_access_key": "rehearsal",
            "vault_alert_webhook_url": told,
            "vault_heartbeat_url": told,
            "first_administrator": FIRST_ADMINISTRATOR,
        }
        (paths.RUN / "variables.json").write_text(json.dumps(variables), encoding="utf-8")
        password = paths.RUN / "vault-password"
        password.write_text(secrets.token_urlsafe(32), encoding="ascii")
        password.chmod(0o600)
        self._ansible(
            "new-vault.yml",
            "--extra-vars",
            f"deployment={ENVIRONMENT} vault_file={INVENTORY / 'group_vars' / 'memo_coach' / 'vault.yml'}",
            "--extra-vars",
            f"vault_password_file={password}",
        )

    def play(self, playbook: str, *arguments: str) -> int:
        """Run a playbook on the server; give the number of changes.

        Raises:
            RehearsalError: it failed, or said nothing of the server.
        """
        return changes(self.said_by(playbook, *arguments))

    def refusal(self, playbook: str, *arguments: str) -> str:
        """Run a playbook that must fail; give the end of what it shows, on one line.

        Raises:
            RehearsalError: it did not fail.
        """
        try:
            self.said_by(playbook, *arguments)
        except commands.CommandFailedError as error:
            return " ".join(str(error).split())
        raise RehearsalError(f"{playbook} {' '.join(arguments)} was not refused.")

    def said_by(self, playbook: str, *arguments: str) -> str:
        """Run a playbook on the server; give what it shows to who runs it.

        Raises:
            RehearsalError: it failed.
        """
        return self._ansible(
            playbook,
            "--inventory",
            str(INVENTORY),
            "--vault-password-file",
            str(paths.RUN / "vault-password"),
            "--extra-vars",
            f"@{paths.RUN / 'variables.json'}",
            *arguments,
        )

    def _ansible(self, playbook: str, *arguments: str) -> str:
        log = commands.log_of("ansible-as-it-goes")
        before = log.stat().st_size if log.is_file() else 0
        try:
            return self._run(playbook, *arguments, log=log)
        finally:
            if log.is_file():
                said = log.read_bytes()[before:].decode(errors="replace")
                work = at_work.now()
                work.steps += [
                    Step(work.stage, f"{playbook}: {task}", seconds) for task, seconds in tasks.times(said)
                ]

    def _run(self, playbook: str, *arguments: str, log: Path) -> str:
        return commands.run(
            "ansible",
            str(paths.TOOLS / "ansible-playbook"),
            playbook,
            *arguments,
            directory=FOLDER,
            seconds=PLAYBOOK_SECONDS,
            environment={
                "ANSIBLE_HOME": str(paths.RUN / "ansible"),
                "ANSIBLE_NOCOLOR": "1",
                # Then each task is named when it begins, not when its first result is there.
                "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "true",
                "ANSIBLE_LOG_PATH": str(log),
                "ANSIBLE_CONFIG": str(FOLDER / "ansible.cfg"),
                "ANSIBLE_SSH_ARGS": f"-F {self.ssh_config} -o ControlMaster=auto -o ControlPersist=20s",
                "ANSIBLE_SSH_CONTROL_PATH_DIR": str(paths.SOCKETS),
                "PATH": f"{paths.TOOLS}:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin",
            },
        ).stdout


def changes(said: str) -> int:
    """Return how many changes a playbook's recap counts.

    Raises:
        RehearsalError: there is no recap, or it counts failures.
    """
    recap = RECAP.search(said)
    if recap is None or recap.group(2) != "0" or recap.group(3) != "0":
        raise RehearsalError("Ansible's recap does not say that the server was reached and nothing failed.")
    return int(recap.group(1))


def first_link(said: str) -> str:
    """Return the link that a playbook shows to who installs the site.

    Raises:
        RehearsalError: it shows none, or more than one.
    """
    found = set(LINK.findall(said))
    if len(found) != 1:
        raise RehearsalError(f"The playbook shows {len(found)} links for the first administrator, not one.")
    return str(found.pop())
