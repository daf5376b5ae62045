"""What is kept of an end-to-end test that failed: pictures of its tabs, and a trace where ``TRACES`` is set.

``.venv/bin/playwright show-trace`` shows a trace: what the test did, with pictures, console and network.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error

from tests.live_server import ROOT

FOLDER = Path(os.environ.get("TEST_RESULTS", ROOT / "test-results"))
_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note on a test that a phase of it failed, for whoever tidies up after it."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


def begin(context: BrowserContext) -> None:
    """Follow a browser, with pictures, from before its first page, where that is wanted: it costs time."""
    if _are_recorded():
        context.tracing.start(screenshots=True, snapshots=True)


def end(contexts: list[BrowserContext], test: pytest.Item, *, complained: bool) -> None:
    """Close a test's browsers; where it or one of them is not content, keep what they did and show."""
    failed = complained or test.stash.get(_FAILED, False)
    place = FOLDER / re.sub(r"[^\w.-]+", "-", test.nodeid).strip("-")[-150:]
    for number, context in enumerate(contexts, start=1):
        if failed:
            _keep(context, place, number)
        context.close()


def _are_recorded() -> bool:
    return bool(os.environ.get("TRACES"))


def _keep(context: BrowserContext, place: Path, number: int) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for tab, page in enumerate(context.pages, start=1):
        with _noted(place / f"browser-{number}-tab-{tab}.txt"):
            page.screenshot(path=place / f"browser-{number}-tab-{tab}.png", full_page=True, timeout=5000)
    if _are_recorded():
        with _noted(place / f"browser-{number}.txt"):
            context.tracing.stop(path=place / f"browser-{number}.zip")


@contextlib.contextmanager
def _noted(file: Path) -> Iterator[None]:
    """Write down why there is none: that a page died or a browser is closed may be what the test found."""
    try:
        yield
    except Error as error:
        file.write_text(f"There is none: {error}\n", encoding="utf-8")
