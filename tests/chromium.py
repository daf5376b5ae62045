"""A Chromium for tests and benchmarks: this machine's own, else one that is installed now."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = (
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-dev-shm-usage",
)  # fmt: skip


class NoChromiumError(RuntimeError):
    """There is no Chromium, and none could be installed; the message says what to do."""


@functools.cache
def chromium() -> str:
    """Give the path of a Chromium: ``CHROMIUM``, the system's, Playwright's, or the distribution's.

    Raises:
        NoChromiumError: none is there and none can be installed.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise NoChromiumError(f"CHROMIUM names {named}, which is not there.")
        return named
    found = _of_the_system() or _of_playwright() or _of_the_distribution()
    if found is None:
        raise NoChromiumError(
            "The end-to-end tests need Chromium, and it could not be installed. Install it by hand, for "
            "example with `apt-get install chromium`, or name one: CHROMIUM=/path/to/chromium make test."
        )
    return found


def _of_the_system() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def _of_playwright() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if not Path(path).is_file():
        _run(sys.executable, "-m", "playwright", "install", "chromium")
    return path if Path(path).is_file() else None


def _of_the_distribution() -> str | None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return None
    _run("apt-get", "update", "--quiet")
    _run("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "chromium")
    return _of_the_system()


def _run(*command: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    sys.stderr.write(f"Installing Chromium: {' '.join(command)}\n")
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False, timeout=600)
