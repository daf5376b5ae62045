"""A Chromium for tests and benchmarks: this machine's own, else one that is installed now.

The end-to-end tests open hundreds of pages that nobody sees. For them there is Chromium without its windows,
``chromium-headless-shell``: the same engine, a third less work a page. Where it is not to be had they use the
whole one.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.installing import one_install_at_a_time

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SHELL_NAMES = ("chromium-headless-shell", "chrome-headless-shell")
SHELL_TRIED = ROOT / "build" / "chromium-headless-shell-tried"
"""There where it could not be installed, with the reason: it is not tried again before this is a day old."""
SECONDS_BEFORE_TRYING_AGAIN = 24 * 60 * 60
ARGUMENTS = (
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-dev-shm-usage",
)  # fmt: skip
_HASTY = ("-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10", "-o", "DPkg::Lock::Timeout=60")
"""The whole one does as well, so nobody waits long for a network that is not there."""
_BY_PLAYWRIGHT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding",
    "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "TcpPortRandomizationWin",
    "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
    "msForceBrowserSignIn", "msEdgeUpdateLaunchServicesPreferredVersion",
)  # fmt: skip
_POPUPS_OF_THE_ADDRESS_BAR = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
WITHOUT_POPUPS = f"--disable-features={','.join((*_BY_PLAYWRIGHT, *_POPUPS_OF_THE_ADDRESS_BAR))}"
"""For browsers that open hundreds of windows: each would load two pages of its own, for popups of an address
bar that nobody sees, which is more work than a page of ours. The last such list counts: it has Playwright's
too."""


class NoChromiumError(RuntimeError):
    """There is no Chromium, and none could be installed; the message says what to do."""


@functools.cache
def chromium() -> str:
    """Return the path of a Chromium: ``CHROMIUM``, the system's, Playwright's, or the distribution's.

    Raises:
        NoChromiumError: none is there and none can be installed.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise NoChromiumError(f"CHROMIUM names {named}, which is not there.")
        return named
    found = _of_the_system()
    if found is None:
        with one_install_at_a_time():
            found = _of_the_system() or _of_playwright() or _of_the_distribution()
    if found is None:
        raise NoChromiumError(
            "The end-to-end tests need Chromium, and it could not be installed. Install it by hand, for "
            "example with `apt-get install chromium`, or name one: CHROMIUM=/path/to/chromium make test."
        )
    return found


@functools.cache
def chromium_without_windows() -> str:
    """Return the path of a Chromium for pages that nobody sees: the smaller program, else :func:`chromium`'s.

    Raises:
        NoChromiumError: neither is there, and none can be installed.
    """
    if os.environ.get("CHROMIUM"):
        return chromium()
    found = _shell_of_the_system()
    if found is None:
        with one_install_at_a_time():
            found = _shell_of_the_system() or _shell_of_the_distribution()
    if found is not None:
        return found
    whole = chromium()
    sys.stderr.write(
        f"The end-to-end tests use {whole}, which is half as much work again as chromium-headless-shell."
        f" {SHELL_TRIED.read_text('utf-8').strip()}\n"
    )
    return whole


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


def _shell_of_the_system() -> str | None:
    return next(filter(None, map(shutil.which, SHELL_NAMES)), None)


def _shell_of_the_distribution() -> str | None:
    """Install the smaller program where the whole one is the distribution's; else write down why not."""
    if SHELL_TRIED.is_file() and time.time() - SHELL_TRIED.stat().st_mtime < SECONDS_BEFORE_TRYING_AGAIN:
        return None
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        reason = "It is installed with apt-get by root, and this is not so here."
    else:
        # Without lists of packages, or with old ones, it is asked for them once.
        hasty = ("apt-get", *_HASTY, "--quiet")
        install = (*hasty, "install", "--yes", "--no-install-recommends", SHELL_NAMES[0])
        for command in (install, (*hasty, "update"), install):
            _run(*command)
            if found := _shell_of_the_system():
                return found
        reason = f"Its installation failed: {' '.join(install)}"
    SHELL_TRIED.write_text(f"{reason}\n", "utf-8")
    return None


def _run(*command: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    sys.stderr.write(f"Installing Chromium: {' '.join(command)}\n")
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False, timeout=600)
