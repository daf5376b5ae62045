"""What a server holds of the site: versions' files, the application's containers, where the proxy leads."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

INSTALLATION = Path(os.environ.get("MEMO_COACH_INSTALLATION", "/opt/memo-coach"))
PORT = int(os.environ.get("MEMO_COACH_PORT", "3000"))
PROJECT, SERVICE = "memo-coach", "app"
COMPOSE_FILE, SETTINGS, FOLDER = "docker-compose.prod.yml", ".env", "ops"
SLOT = Path("traefik/dynamic/slot.yml")
"""Within ``ops``: where the proxy reads which container serves. It is the server's own, and no version's."""
SLOT_TEXT = """\
# Which container serves. Written by memo-coach-release; a rename puts it in place, all at once.
http:
  services:
    app:
      loadBalancer:
        servers:
          - url: http://{name}:3000
        serversTransport: app
  # Answers, inside the proxy's container alone, as soon as the proxy has read this.
  routers:
    slot:
      entryPoints: [ping]
      rule: Path(`/slot/{name}`)
      service: ping@internal
"""
_SERVES = re.compile(r"url: http://([a-z0-9][a-z0-9_.-]*):3000")
_SECRETS = re.compile(r"[A-Z_]+_SECRETS=")
VERSION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")


class ReleaseError(Exception):
    """It cannot be done; ``str(error)`` is a sentence for who deploys."""

    status = 1


def run(*command: str, check: bool = True, seconds: float = 600) -> str:
    """Run a program; give what it says.

    Raises:
        ReleaseError: it failed, with the end of what it says, or did not end in time.
    """
    shown = " ".join(command[-4:])
    try:
        done = subprocess.run(  # noqa: S603 - what is run stands in these two files
            command, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise ReleaseError(f"`{command[0]} … {shown}` did not end in {seconds:g} s.") from None
    if check and done.returncode:
        said = (done.stderr.strip() or done.stdout.strip())[-1500:]
        raise ReleaseError(f"`{command[0]} … {shown}` ended with {done.returncode}: {said}")
    return done.stdout


def docker(*arguments: str, check: bool = True) -> str:
    """Run a command of Docker's client."""
    return run("docker", *arguments, check=check)


@dataclass(frozen=True)
class Release:
    """The files of one version: the Compose file, the settings, and what the services mount."""

    folder: Path

    @property
    def is_there(self) -> bool:
        """Whether there are such files."""
        return (self.folder / SETTINGS).is_file()

    @property
    def settings(self) -> dict[str, str]:
        """Return the values of its settings, without their quotes."""
        lines = (self.folder / SETTINGS).read_text(encoding="utf-8").splitlines()
        pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        return {name: value.strip("'") for name, value in pairs}

    @property
    def version(self) -> str:
        """Return its version.

        Raises:
            ReleaseError: its settings name none.
        """
        version = self.settings.get("MEMO_COACH_VERSION", "")
        if not VERSION.fullmatch(version):
            raise ReleaseError(f"{self.folder / SETTINGS} names no version.")
        return version

    @property
    def images(self) -> list[str]:
        """Return the two images of ours that it runs, the application's first."""
        ours = (("MEMO_COACH_", "memo-coach"), ("MEMO_COACH_BACKUP_", "memo-coach-backup"))
        return [self._image(variable, name) for variable, name in ours]

    def _image(self, variable: str, name: str) -> str:
        settings = self.settings
        named = settings.get(f"{variable}IMAGE") or name
        return f"{named}:{self.version}{settings.get(f'{variable}DIGEST', '')}"

    def digest(self) -> str:
        """Return what changes with any of its files."""
        found = hashlib.sha256()
        for path in sorted(files(self.folder)):
            found.update(f"{path}\0".encode() + hashlib.sha256((self.folder / path).read_bytes()).digest())
        return found.hexdigest()

    def note_secrets(self) -> None:
        """Write into the settings what changes with each service's secrets, so that it is made anew then.

        A container keeps the files that it was started with. What is written tells nothing of what they hold.
        """
        services = json.loads(self.compose("config", "--format", "json"))["services"]
        lines = (self.folder / SETTINGS).read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not _SECRETS.match(line)]
        for service, each in sorted(services.items()):
            found = hashlib.sha256()
            for secret in each.get("secrets", ()):
                found.update(f"{secret['source']}\0".encode())
                found.update((INSTALLATION / "secrets" / secret["source"]).read_bytes())
            kept.append(f"{service.upper()}_SECRETS='{found.hexdigest()[:32]}'")
        put(self.folder / SETTINGS, "".join(f"{line}\n" for line in kept).encode())

    def compose(self, *arguments: str, check: bool = True) -> str:
        """Run Compose with its files, for the one project that there is."""
        own = ("--env-file", str(self.folder / SETTINGS), "--file", str(self.folder / COMPOSE_FILE))
        where = ("--project-name", PROJECT, "--project-directory", str(INSTALLATION))
        return docker("compose", "--ansi", "never", *where, *own, *arguments, check=check)


@dataclass(frozen=True)
class Container:
    """A container of the application."""

    identity: str

    def known(self, template: str) -> str:
        """Return what the engine knows of it; nothing where it is gone."""
        return docker("inspect", "--format", template, self.identity, check=False).strip()

    @property
    def name(self) -> str:
        """Return the name under which the proxy reaches it."""
        return self.known("{{.Name}}").removeprefix("/")

    @property
    def is_running(self) -> bool:
        """Whether it runs."""
        return self.known("{{.State.Status}}") == "running"

    @property
    def has_failed(self) -> bool:
        """Whether it has ended by itself, started anew or not."""
        return self.known("{{.State.Status}} {{.RestartCount}}") not in {"running 0", "created 0"}

    def readiness(self) -> tuple[bool, str]:
        """Ask whether it is ready; give that, and what fails in words."""
        networks = json.loads(self.known("{{json .NetworkSettings.Networks}}") or "{}")
        address = next((each["IPAddress"] for each in networks.values() if each["IPAddress"]), "")
        asking = http.client.HTTPConnection(address or "127.0.0.1", PORT, timeout=5)
        try:
            if not address:
                return False, "it has no address"
            # As its own healthcheck asks: other names than the site's are refused.
            asking.request("GET", "/health/ready", headers={"Host": f"127.0.0.1:{PORT}"})
            answer = asking.getresponse()
            return answer.status == http.HTTPStatus.OK, failing(answer.read(65536))
        except (OSError, http.client.HTTPException) as error:
            return False, f"it does not answer ({error})"
        finally:
            asking.close()

    def remove(self) -> None:
        """Take it away at once."""
        docker("rm", "--force", self.identity, check=False)


def failing(body: bytes) -> str:
    """Return the checks that fail, in the words of the application."""
    try:
        checks = json.loads(body)["checks"]
        return "; ".join(f"{each['name']}: {each['detail']}" for each in checks if not each["ok"])
    except (ValueError, LookupError, TypeError, AttributeError):
        return body[:500].decode(errors="replace")


def containers() -> list[Container]:
    """Return the containers of the application, running or not."""
    labels = {"project": PROJECT, "service": SERVICE, "oneoff": "False"}
    filters = [f"--filter=label=com.docker.compose.{name}={value}" for name, value in labels.items()]
    return [Container(each) for each in docker("ps", "--all", "--quiet", "--no-trunc", *filters).split()]


def serving() -> Container | None:
    """Return the container that the proxy leads to; else the only one there is."""
    slot = INSTALLATION / FOLDER / SLOT
    found = _SERVES.search(slot.read_text(encoding="utf-8")) if slot.is_file() else None
    there = containers()
    named = [each for each in there if found and each.name == found[1]]
    return next(iter(named or there), None)


def lead_to(name: str) -> None:
    """Have the proxy lead to a container."""
    put(INSTALLATION / FOLDER / SLOT, SLOT_TEXT.format(name=name).encode())


def files(folder: Path) -> set[Path]:
    """Return the files of a folder, as they are named within it."""
    return {each.relative_to(folder) for each in folder.rglob("*") if each.is_file()}


def put(target: Path, content: bytes) -> None:
    """Write a file so that whoever reads it finds the old or the new one, and nothing in between."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    # The proxy reads every .yml of its folder: this name is none.
    unfinished = target.with_name(f".{target.name}.unfinished")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.chmod(0o644)
    unfinished.replace(target)


def mirror(source: Path, target: Path, *, proxy: bool) -> None:
    """Make a folder of what services mount hold what another does, but for what is the server's own.

    What the proxy reads while it runs comes with ``proxy`` only: at the switch.
    """
    mine = (
        {SLOT} if proxy else {each for each in files(source) | files(target) if SLOT.parent in each.parents}
    )
    wanted = files(source) - mine
    for name in sorted(wanted):
        content = (source / name).read_bytes()
        if not (target / name).is_file() or (target / name).read_bytes() != content:
            put(target / name, content)
    # The proxy reads every file of its folder: one that an earlier version left there would still count.
    for name in files(target) - wanted - mine:
        (target / name).unlink()


def link(place: Path, target: Path) -> None:
    """Have a link lead elsewhere, all at once."""
    unfinished = place.with_name(f".{place.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.symlink_to(target)
    unfinished.replace(place)
