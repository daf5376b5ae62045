"""What is kept of an end-to-end test that failed: a trace and a screenshot of each of its browsers.

``.venv/bin/playwright show-trace`` shows a trace: what the test did, with pictures, console and network.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error

from tests.live_server import ROOT

FOLDER = Path(os.environ.get("TEST_RESULTS", ROOT / "test-results"))
_CALL_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Note on a test that a phase of it failed, for whoever tidies up after it."""
    report = yield
    if report.failed:
        item.stash[_CALL_FAILED] = True
    return report


def begin(context: BrowserContext) -> None:
    """Follow a browser, with pictures, from before its first page."""
    context.tracing.start(screenshots=True, snapshots=True)


def end(contexts: list[BrowserContext], test: pytest.Item) -> None:
    """Close a test's browsers; where it failed, keep what they did and what they show."""
    failed = test.stash.get(_CALL_FAILED, False)
    place = FOLDER / re.sub(r"[^\w.-]+", "-", test.nodeid).strip("-")[-150:]
    for number, context in enumerate(contexts, start=1):
        if failed:
            _keep(context, place, number)
        else:
            context.tracing.stop()
        context.close()


def _keep(context: BrowserContext, place: Path, number: int) -> None:
    place.mkdir(parents=True, exist_ok=True)
    context.tracing.stop(path=place / f"browser-{number}.zip")
    for tab, page in enumerate(context.pages, start=1):
        try:
            page.screenshot(path=place / f"browser-{number}-tab-{tab}.png", full_page=True, timeout=5000)
        except Error as error:
            # A page that died or hangs is what the test is about, perhaps; the trace is there all the same.
            (place / f"browser-{number}-tab-{tab}.txt").write_text(f"No screenshot: {error}\n")
