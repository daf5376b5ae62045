#!/usr/bin/python3
"""Bring another version of Memo AI Coach into service beside the one that serves, or go back to one.

``memo-coach-release deploy [VERSION]``     what the playbook has laid out in ``/var/lib/memo-coach/next``
``memo-coach-release rollback [VERSION]``   the version before, or one of those that are kept
``memo-coach-release list``                 the versions that are kept, and the one that serves
``memo-coach-release settle``               after a boot: lead the proxy to the container that is there

The new version's container comes up beside the old one. Only when it is ready does the proxy lead to it, all
at once; then the old one ends what it is at, and is removed. One that does not get ready is never switched
to: its log and the check that fails are printed, and the old one serves on. Exit status: 0 done, 1 failed,
2 used in another way, 3 another deploy is under way.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from memo_coach_slots import (
    COMPOSE_FILE,
    FOLDER,
    INSTALLATION,
    PROJECT,
    SERVICE,
    SETTINGS,
    VERSION,
    Container,
    Release,
    ReleaseError,
    containers,
    docker,
    lead_to,
    link,
    mirror,
    put,
    run,
    serving,
)

STATE = Path(os.environ.get("MEMO_COACH_STATE", "/var/lib/memo-coach"))
RUNTIME = Path(os.environ.get("MEMO_COACH_RUNTIME", "/run/memo-coach"))
READY_SECONDS = float(os.environ.get("MEMO_COACH_READY_SECONDS", "180"))
DRAIN_SECONDS = float(os.environ.get("MEMO_COACH_DRAIN_SECONDS", "5"))
"""Between the switch and the end of the old one: what was asked of it before is answered."""
SWITCH_SECONDS = float(os.environ.get("MEMO_COACH_SWITCH_SECONDS", "30"))
BACKUP_SECONDS = 900.0
"""For so long a deploy waits for a backup: the two together would not fit the memory."""
KEPT = 5
LOG_LINES = 40
PROXY, DATABASE = "traefik", "postgres"
ROLE_SCRIPT = "/docker-entrypoint-initdb.d/10-application-role.sh"
RELEASES, CURRENT, PREVIOUS = (INSTALLATION / each for each in ("releases", "current", "previous"))
DONE, MISUSED, BUSY = 0, 2, 3


class BusyError(ReleaseError):
    """Another deploy is under way."""

    status = BUSY


def say(sentence: str) -> None:
    """Tell whoever deploys."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Be the only deploy, with no backup beside it; the kernel lets both go when this process ends."""
    RUNTIME.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (RUNTIME / "deploy.lock").open("a+") as held, (RUNTIME / "lock").open("a") as backup:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            raise BusyError(
                f"Another deploy is under way: {held.read().strip()}. Nothing was changed."
            ) from None
        held.truncate(0)
        held.write(
            f"by {os.environ.get('SUDO_USER', 'root')}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
        )
        held.flush()
        _wait_for_backup(backup.fileno())
        yield


def _wait_for_backup(lock: int) -> None:
    deadline = time.monotonic() + BACKUP_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise ReleaseError("A backup, check or restore does not end; nothing was changed.") from None
            time.sleep(1)
        else:
            return


def prepared(release: Release) -> Release:
    """Return a copy of its own that nobody changes meanwhile, and that knows the secrets of now.

    Raises:
        ReleaseError: Compose cannot read it, or a secret is missing.
    """
    copy = STATE / "deploying"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(release.folder, copy)
    made = Release(copy)
    try:
        made.note_secrets()
    except OSError as error:
        raise ReleaseError(f"A secret cannot be read: {error}; nothing was changed.") from error
    return made


def as_it_is(release: Release) -> dict[str, object]:
    """Return what tells a server on which a version serves already from any other."""
    labels = {"project": PROJECT, "oneoff": "False"}
    filters = [f"--filter=label=com.docker.compose.{name}={value}" for name, value in labels.items()]
    running = docker("ps", "--quiet", "--no-trunc", *filters)
    return {
        "files": release.digest(),
        "containers": sorted(running.split()),
        "images": [_image(each) for each in release.images],
    }


def _image(name: str) -> str:
    return docker("image", "inspect", "--format", "{{.Id}}", name, check=False).strip()


def deploy(release: Release, *, migrate: bool) -> None:
    """Bring a version into service beside the one that serves.

    Raises:
        ReleaseError: it did not get ready; the other one serves as before.
    """
    begun = time.monotonic()
    for image in release.images:
        if not _image(image):
            raise ReleaseError(f"The image {image} is not on this server; nothing was changed.")
    old = serving()
    before = old.known("{{.Image}}") if old else ""
    for left in containers():
        if old is None or left.identity != old.identity:
            left.remove()
    live = INSTALLATION / FOLDER
    try:
        mirror(release.folder / FOLDER, live, proxy=old is None)
        _stand_on(release)
        if migrate:
            _migrate(release, old)
        new = _start(release, old)
        _switch(release, new, old)
    except ReleaseError:
        _put_back(release, before)
        raise
    switched = time.monotonic() - begun
    _end(old)
    _install(release)
    whole = time.monotonic() - begun
    say(f"Version {release.version} serves since {switched:.1f} s, and all is done after {whole:.1f} s.")


def _stand_on(release: Release) -> None:
    """Bring up what the application stands on: whatever is neither it nor the proxy, where it changed."""
    services = release.compose("config", "--services").split()
    below = [each for each in services if each not in {SERVICE, PROXY}]
    if below:
        release.compose("up", "--detach", "--no-build", "--no-deps", "--wait", *below)
    if DATABASE in below:
        # A password that was changed is the database's, too; where it was not, this changes nothing.
        release.compose("exec", "--no-TTY", DATABASE, "sh", ROLE_SCRIPT)


def _migrate(release: Release, old: Container | None) -> None:
    """Migrate as a step of its own, and only where the version that serves runs on what comes of it."""
    beside: tuple[str, ...] = ()
    if old is not None and old.is_running:
        newest = docker("exec", old.identity, "memo-coach", "db", "newest", check=False).strip()
        beside = ("--beside", newest) if newest else ()
    said = release.compose("run", "--rm", "--no-deps", "--no-TTY", SERVICE, "db", "upgrade", *beside)
    say(said.strip())


def _start(release: Release, old: Container | None) -> Container:
    """Start the new container beside the old one and wait until it is ready.

    Raises:
        ReleaseError: it does not get ready; it is gone again.
    """
    there = {each.identity for each in containers()}
    many = f"{SERVICE}={len(there) + 1}"
    # Not "--no-deps": Compose would leave what it depends on out of what it knows the container by, and the
    # unit's own "up" would make it anew.
    release.compose("up", "--detach", "--no-build", "--no-recreate", "--scale", many, SERVICE)
    found = [each for each in containers() if each.identity not in there]
    if len(found) != 1:
        raise ReleaseError(f"Compose made {len(found)} new containers, not one.")
    (new,) = found
    deadline, why = time.monotonic() + READY_SECONDS, ""
    while time.monotonic() < deadline and not new.has_failed:
        is_ready, why = new.readiness()
        if is_ready:
            return new
        time.sleep(0.5)
    ended = " It ended by itself." if new.has_failed else ""
    log = run("sh", "-c", f"docker logs --tail {LOG_LINES} {new.identity} 2>&1", check=False).strip()
    new.remove()
    raise ReleaseError(
        f"Version {release.version} did not get ready, and was never switched to.{ended} "
        f"What failed: {why or 'nothing was answered'}.\n"
        f"The last lines of its log:\n{log or 'It wrote nothing.'}\n"
        f"{'What served before serves on.' if old else 'Nothing served before.'}"
    )


def _switch(release: Release, new: Container, old: Container | None) -> None:
    """Have the proxy lead to the new container, and see that it does.

    Raises:
        ReleaseError: it does not; it leads to the old one again.
    """
    lead_to(new.name)
    mirror(release.folder / FOLDER, INSTALLATION / FOLDER, proxy=True)
    try:
        release.compose("up", "--detach", "--no-build", "--no-deps", "--remove-orphans", "--wait", PROXY)
        _wait_for_proxy(release, new.name)
    except ReleaseError:
        if old is not None:
            lead_to(old.name)
        new.remove()
        raise


def _wait_for_proxy(release: Release, name: str) -> None:
    deadline = time.monotonic() + SWITCH_SECONDS
    asked = f"wget -q -O /dev/null http://127.0.0.1:8082/slot/{name} && echo yes"
    while "yes" not in release.compose("exec", "--no-TTY", PROXY, "sh", "-c", asked, check=False):
        if time.monotonic() > deadline:
            raise ReleaseError(f"The proxy does not lead to {name}; it leads to what served before.")
        time.sleep(0.5)


def _end(old: Container | None) -> None:
    """Let the old container answer what it was asked, end what it is at, and go. Its pages connect anew."""
    if old is None:
        return
    time.sleep(DRAIN_SECONDS)
    docker("stop", old.identity, check=False)
    old.remove()


def _put_back(release: Release, image: str) -> None:
    """Put back what the version that serves stands on, and its image's name where the failed one took it."""
    served = Release(CURRENT)
    if not served.is_there:
        return
    if image and served.images[0] == release.images[0] and "@" not in release.images[0]:
        docker("tag", image, release.images[0], check=False)
    mirror(served.folder / FOLDER, INSTALLATION / FOLDER, proxy=True)
    _stand_on(served)
    served.compose("up", "--detach", "--no-build", "--no-deps", "--wait", PROXY)


def _install(release: Release) -> None:
    """Note what serves: for the next boot, for the way back, and for the next deploy."""
    kept = RELEASES / release.version
    RELEASES.mkdir(exist_ok=True, mode=0o755)
    unfinished = RELEASES / f".{release.version}"
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(release.folder, unfinished)
    shutil.rmtree(kept, ignore_errors=True)
    unfinished.replace(kept)
    os.utime(kept)
    for name in (COMPOSE_FILE, SETTINGS):
        put(INSTALLATION / name, (kept / name).read_bytes())
    if CURRENT.is_symlink() and CURRENT.readlink().name != release.version:
        link(PREVIOUS, CURRENT.readlink())
    link(CURRENT, Path(RELEASES.name) / release.version)
    _prune()
    put(STATE / "deployed.json", json.dumps(as_it_is(Release(kept))).encode())


def _prune() -> None:
    """Remove the versions beyond those that are kept, with their images."""
    linked = {each.resolve() for each in (CURRENT, PREVIOUS) if each.exists()}
    others = [each for each in newest_first() if each.resolve() not in linked]
    for folder in others[max(0, KEPT - len(linked)) :]:
        for image in Release(folder).images:
            docker("image", "rm", image, check=False)
        shutil.rmtree(folder)
        say(f"Version {folder.name} is not kept any longer.")


def newest_first() -> list[Path]:
    """Return the folders of the versions that are kept, the one that served last first."""
    return sorted(RELEASES.glob("[!.]*"), key=lambda each: each.stat().st_mtime, reverse=True)


def deploy_next(wanted: str | None) -> None:
    """Deploy what the playbook has laid out, unless it serves already.

    Raises:
        ReleaseError: it is another version than the one that was named, or does not get ready.
    """
    laid_out = Release(STATE / "next")
    if not laid_out.is_there:
        raise ReleaseError("No version is laid out here: run the playbook site.yml or deploy.yml.")
    if wanted is not None and laid_out.version != wanted:
        raise ReleaseError(f"Another run has laid out version {laid_out.version}; nothing was changed.")
    laid_out = prepared(laid_out)
    note = STATE / "deployed.json"
    if note.is_file() and json.loads(note.read_text(encoding="utf-8")) == as_it_is(laid_out):
        say(f"unchanged: version {laid_out.version} serves already.")
        return
    deploy(laid_out, migrate=True)


def roll_back(wanted: str | None) -> None:
    """Bring back the version before, or one that is kept, with the settings that it had.

    Raises:
        ReleaseError: there is none of that name, or it does not get ready.
    """
    if wanted is not None and not VERSION.fullmatch(wanted):
        raise ReleaseError(f"{wanted} is no version.")
    place = RELEASES / wanted if wanted else PREVIOUS
    release = Release(place.resolve())
    if not release.is_there:
        raise ReleaseError(f"No {wanted or 'earlier version'} is kept here; nothing was changed.")
    if CURRENT.resolve() == release.folder:
        raise ReleaseError(f"Version {release.version} is the one that serves; nothing was changed.")
    deploy(prepared(release), migrate=False)


def settle() -> None:
    """Lead the proxy to the container that there is: the power may have gone in the middle of a deploy."""
    now = serving()
    if now is None:
        return
    for other in containers():
        if other.identity != now.identity:
            other.remove()
    lead_to(now.name)


def show() -> None:
    """Say which versions are kept."""
    for place in (CURRENT, PREVIOUS):
        if place.exists():
            say(f"{place.name}: {place.resolve().name}")
    say(f"kept: {', '.join(each.name for each in newest_first()) or 'none'}")


def main(arguments: list[str]) -> int:
    """Do what is asked; give the exit status."""
    what, *rest = arguments or ["help"]
    wanted = rest[0] if rest else None
    actions = {"deploy": lambda: deploy_next(wanted), "rollback": lambda: roll_back(wanted), "settle": settle}
    if what == "list" and not rest:
        show()
        return DONE
    if what not in actions or len(rest) > (what != "settle"):
        sys.stderr.write(__doc__ or "")
        return MISUSED
    try:
        with alone():
            actions[what]()
    except ReleaseError as error:
        sys.stderr.write(f"{error}\n")
        return error.status
    return DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
