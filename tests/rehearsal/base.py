"""The base system of every image that the rehearsal makes itself: Debian 13, from Debian."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.rehearsal import commands, paths
from tests.rehearsal.commands import RehearsalError
from tests.rehearsal.engine import LABEL, PREFIX, Engine

RELEASE = "trixie"
IMAGE = f"{PREFIX}/debian:{RELEASE}"


def make(engine: Engine) -> str:
    """Give the name of the base image, made once and kept.

    Raises:
        RehearsalError: it has to be made, and this user may not.
    """
    if engine.has_image(IMAGE):
        return IMAGE
    archive = _archive()
    engine.run("images", "import", "--change", f"LABEL {LABEL}", str(archive), IMAGE)
    return IMAGE


def _archive() -> Path:
    archive = paths.CACHE / f"{RELEASE}.tar"
    if archive.is_file():
        return archive
    if os.geteuid() != 0:
        raise RehearsalError("The base system for stand-ins is made by debootstrap, which needs root.")
    folder, unfinished = paths.CACHE / f"{RELEASE}.folder", archive.with_suffix(".unfinished")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        commands.run("debootstrap", "debootstrap", "--variant=minbase", RELEASE, str(folder))
        shutil.rmtree(folder / "var/cache/apt/archives", ignore_errors=True)
        (folder / "var/cache/apt/archives/partial").mkdir(parents=True)
        commands.run("debootstrap", "tar", "-C", str(folder), "--numeric-owner", "-cf", str(unfinished), ".")
        unfinished.replace(archive)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return archive
