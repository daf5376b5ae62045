"""The scripts and styles of other versions' pages, for pages that are still open when a version changes.

A page that was opened before a deploy asks for files of its own version, by names that carry their content's
hash; after a way back, one of the newer version does. So each version leaves its files in the data directory
when it starts, where the other one finds them.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from pathlib import Path

import structlog

DIRECTORY = "earlier-assets"
"""Within the data directory."""
KEPT_DAYS = 30
MOST_FILES = 20_000
"""Some fifty versions: what is beyond goes, the oldest first."""
HASHED_NAME = re.compile(
    r"/assets/.+-[A-Za-z0-9_-]{8}\.(?:js|css|woff2|svg|png|webp|jpg)|/assets/manifest-[0-9a-f]{8}\.js"
)
_DAY = 24 * 3600.0
_log = structlog.get_logger(__name__)


def keep(site: Path, data_directory: Path) -> None:
    """Leave the hashed files of the built pages in the data directory, and remove what nobody can still need.

    A disk that has no room for them is no reason not to serve: it is logged.
    """
    folder = data_directory / DIRECTORY
    try:
        data_directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        _copy(site, folder)
        _prune(folder, time.time())
    except OSError as error:
        _log.error("files of this version were not kept for open pages", exc_info=error)


def find(folder: Path, path: str) -> Path | None:
    """Return the file of another version that has this address, if it is kept."""
    if not HASHED_NAME.fullmatch(path):
        return None
    found = (folder / path.lstrip("/")).resolve()
    return found if found.is_relative_to(folder.resolve()) and found.is_file() else None


def _copy(site: Path, folder: Path) -> None:
    for source in (site / "assets").rglob("*"):
        name = source.relative_to(site).as_posix()
        if not HASHED_NAME.fullmatch(f"/{name}") or not source.is_file():
            continue
        target = folder / name
        if target.is_file():
            # The version that has it is in use again.
            os.utime(target)
            continue
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Several processes may do this at once: whichever is last puts the same file there.
        unfinished = target.with_name(f".{secrets.token_hex(8)}")
        try:
            unfinished.write_bytes(source.read_bytes())
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)


def _prune(folder: Path, now: float) -> None:
    files = sorted(
        ((each.stat().st_mtime, each) for each in folder.rglob("*") if each.is_file()), reverse=True
    )
    for place, (changed, file) in enumerate(files):
        if place >= MOST_FILES or changed < now - KEPT_DAYS * _DAY:
            file.unlink(missing_ok=True)
