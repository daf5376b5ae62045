"""The base system of every image that the rehearsal makes itself: Debian 13, from Debian."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import shutil
import threading
from pathlib import Path

from tests.rehearsal import commands, paths
from tests.rehearsal.commands import RehearsalError
from tests.rehearsal.engine import LABEL, MADE_FROM, PREFIX, Engine

RELEASE = "trixie"
IMAGE = f"{PREFIX}/debian:{RELEASE}"
LISTS = f"{PREFIX}/lists:{RELEASE}"
LISTS_DOCKERFILE = paths.IMAGES / "lists.Dockerfile"
SETTINGS = {
    # An image that breaks off is made again from nothing: its packages need not be on the disk at each step.
    "etc/dpkg/dpkg.cfg.d/rehearsal": "force-unsafe-io\npath-exclude /usr/share/man/*\n",
    "etc/apt/apt.conf.d/90rehearsal": 'Acquire::Languages "none";\n',
}
RECIPE = hashlib.sha256(repr(sorted(SETTINGS.items())).encode()).hexdigest()[:16]
_making_lists = threading.Lock()
MAIN = re.compile(rf"^deb (http\S*?)/debian/? {RELEASE} main.*$", re.MULTILINE)


def make(engine: Engine) -> str:
    """Return the name of the base image, made once and kept.

    Raises:
        RehearsalError: it has to be made, and this user may not.
    """
    if engine.label_of(IMAGE, MADE_FROM) == RECIPE:
        return IMAGE
    labels = ("--change", f"LABEL {LABEL}", "--change", f"LABEL {MADE_FROM}={RECIPE}")
    engine.run("images", "import", *labels, str(_archive()), IMAGE)
    return IMAGE


def with_lists(engine: Engine) -> str:
    """Return the name of an image with today's lists of packages, for the making of others."""
    made_from = f"{RECIPE} {dt.datetime.now(dt.UTC):%Y-%m-%d}"
    with _making_lists:
        if engine.label_of(LISTS, MADE_FROM) != made_from:
            engine.build(
                LISTS,
                LISTS_DOCKERFILE,
                paths.IMAGES,
                "--no-cache",
                "--build-arg",
                f"BASE={make(engine)}",
                "--label",
                f"{MADE_FROM}={made_from}",
            )
    return LISTS


def _archive() -> Path:
    archive = paths.CACHE / f"{RELEASE}-{RECIPE}.tar"
    if archive.is_file():
        return archive
    if os.geteuid() != 0:
        raise RehearsalError("The base system for stand-ins is made by debootstrap, which needs root.")
    folder, unfinished = paths.CACHE / f"{RELEASE}.folder", archive.with_suffix(".unfinished")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        commands.run("debootstrap", "debootstrap", "--variant=minbase", RELEASE, str(folder))
        _set_up(folder)
        commands.run("debootstrap", "tar", "-C", str(folder), "--numeric-owner", "-cf", str(unfinished), ".")
        unfinished.replace(archive)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return archive


def _set_up(folder: Path) -> None:
    """Write what makes images small and quick; name the repositories that a cloud's image has too."""
    for used in ("var/cache/apt/archives", "var/lib/apt/lists"):
        shutil.rmtree(folder / used, ignore_errors=True)
        (folder / used / "partial").mkdir(parents=True)
    for file, content in SETTINGS.items():
        (folder / file).write_text(content, encoding="ascii")
    sources = folder / "etc/apt/sources.list"
    sources.write_text(all_repositories(sources.read_text(encoding="utf-8")), encoding="utf-8")


def all_repositories(sources: str) -> str:
    """Return apt's sources with Debian's updates and security repositories beside the main one."""
    return MAIN.sub(
        lambda main: (
            f"{main[0]}\ndeb {main[1]}/debian {RELEASE}-updates main"
            f"\ndeb {main[1]}/debian-security {RELEASE}-security main"
        ),
        sources,
    )
