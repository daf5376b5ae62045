"""A restic for tests: this machine's own, else Debian's, unpacked into a folder of the project."""

from __future__ import annotations

import fcntl
import functools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

OLDEST = (0, 17)
"""The first whose exit status tells a missing repository, a lock and a wrong password apart."""
SUITE = "trixie"
KEPT = Path(__file__).resolve().parents[1] / "build" / "restic"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


class NoResticError(RuntimeError):
    """There is no restic, and none could be fetched; the message says what to do."""


@functools.cache
def restic_directory() -> Path:
    """Return the folder of a restic that is new enough: on the path, kept from before, or fetched now.

    Raises:
        NoResticError: none is there and none can be fetched.
    """
    on_the_path = shutil.which("restic")
    if on_the_path and _is_new_enough(Path(on_the_path)):
        return Path(on_the_path).parent
    kept = KEPT / "usr" / "bin" / "restic"
    KEPT.parent.mkdir(exist_ok=True)
    # Several processes of one run may find at the same time that there is none.
    with KEPT.with_name("restic-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (kept.is_file() and _is_new_enough(kept)):
            _fetch()
    if not (kept.is_file() and _is_new_enough(kept)):
        wanted = ".".join(map(str, OLDEST))
        raise NoResticError(
            f"The tests of backups need restic {wanted} or newer, and it could not be fetched."
            " Install it by hand, and put it on the PATH."
        )
    return kept.parent


def _is_new_enough(program: Path) -> bool:
    said = subprocess.run([program, "version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"restic (\d+)\.(\d+)", said)
    return found is not None and (int(found[1]), int(found[2])) >= OLDEST


def _fetch() -> None:
    """Fetch Debian's package with an apt that has lists and settings of its own: the system is not touched.

    The program in it is linked statically, so that it runs on any Linux of the same kind of processor.
    """
    tools = all(shutil.which(name) for name in ("apt-get", "dpkg-deb"))
    if not tools or not KEYRING.is_file():
        return
    mirror = _mirror()
    if mirror is None:
        return
    sys.stderr.write("Fetching restic from Debian.\n")
    work = KEPT.with_name(f"restic.{os.getpid()}")
    try:
        options = _own_apt(work, mirror)
        if not _run("apt-get", *options, "update", directory=work):
            return
        if not _run("apt-get", *options, "download", "restic", directory=work):
            return
        package = next(work.glob("restic_*.deb"))
        unpacked = work / "unpacked"
        if _run("dpkg-deb", "--extract", str(package), str(unpacked), directory=work):
            shutil.rmtree(KEPT, ignore_errors=True)
            unpacked.replace(KEPT)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _own_apt(work: Path, mirror: str) -> Sequence[str]:
    for name in ("lists/partial", "archives/partial"):
        (work / name).mkdir(parents=True)
    (work / "status").touch()
    sources = work / "debian.sources"
    sources.write_text(
        f"Types: deb\nURIs: {mirror}\nSuites: {SUITE}\nComponents: main\nSigned-By: {KEYRING}\n"
    )
    settings = {
        "Dir::State::Lists": work / "lists",
        "Dir::State::Status": work / "status",
        "Dir::Cache": work,
        "Dir::Cache::Archives": work / "archives",
        "Dir::Etc::SourceList": sources,
        "Dir::Etc::SourceParts": "-",
        "Dir::Etc::PreferencesParts": "-",
        "Dir::Etc::Preferences": "-",
        # apt would hand its files to a user of its own, which may not enter this folder.
        "APT::Sandbox::User": "root",
    }
    return [f"--option={name}={value}" for name, value in settings.items()]


def _mirror() -> str | None:
    """Return the mirror of Debian that this machine uses; nothing where it names none."""
    for path in (*Path("/etc/apt").glob("sources.list.d/*"), Path("/etc/apt/sources.list")):
        if path.is_file():
            found = re.search(
                r"https?://\S+/debian/?(?=\s|$)", path.read_text(errors="replace"), re.MULTILINE
            )
            if found and "snapshot" not in found[0]:
                return found[0]
    return None


def _run(*command: str, directory: Path) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    ended = subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, check=False, timeout=600
    )
    if ended.returncode:
        sys.stderr.write(ended.stderr.decode("utf-8", "replace"))
    return ended.returncode == 0
