"""Measure the review page in Chromium: a key press beside the remarks, and “Evaluate again” to new ones.

    python tests/benchmarks/bench_review_page.py            prints the tables
    python tests/benchmarks/bench_review_page.py --write    writes them into docs/performance.md as well

The memo has 20,000 words and all of its remarks shown. The figure of a key press is the processor time of
the page's main thread, by the browser's own trace, of all tasks from the press until the frame that shows it
is handed over: events, scripts, style, layout and painting. What else the machine does takes none of it.
Slowed is a processor that the browser slows down four times. “Evaluate again” is wall-clock time, from
the press of the button to the frame that has the next version's remarks; the median of some rounds counts.
The exit status is 1 where a limit is passed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.benchmarks.compare_editors import SLOWED, Trace, launched, memo, press
from tests.benchmarks.machine import machine
from tests.benchmarks.publishing import publish
from tests.conftest import build
from tests.e2e import pages
from tests.live_server import serving

WORDS = 20_000
KEYS = 100
WARM = 5
PLACES = {"start": 0.0, "middle": 0.5, "end": 1.0}
LIMITS_MS = {1: 16.0, SLOWED: 50.0}
ROUNDS = 7
SHORT_CHARACTERS = 3_000
AGAIN_LIMIT_MS = 300.0
PATIENCE_MILLISECONDS = 60_000
_AGAIN = """(before) => new Promise((done) => {
    const button = document.querySelector('button[form="review"]'), began = performance.now();
    const look = () => {
        const overall = document.querySelector('.page-head a[href^="/feedback/"]');
        const isNext = overall && !overall.getAttribute("href").endsWith(before);
        // The button of the conversation is there once the evaluation is done.
        const isDone = document.querySelector(".details-tools [data-chat-open]");
        if (isNext && isDone && document.querySelector("article[data-card]")) done(performance.now() - began);
        else requestAnimationFrame(look);
    };
    button.click();
    requestAnimationFrame(look);
})"""


def long_memo(words: int = WORDS) -> str:
    """Return a memo of so many words: a sample that is weak, and then what nobody would read."""
    sample = pages.sample("weak")
    return f"{sample}\n\n{memo(words - len(sample.split()), 80)['text']}"


def reviewed(browser: Browser, address: str, text: str) -> Page:
    """Have a memo judged, and open its remarks, all of them."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800}, locale="en-GB")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = context.new_page()
    pages.open_review(page, text)
    page.get_by_role("button", name="Show all").click()
    page.get_by_role("button", name="Show what matters first").wait_for()
    return page


def key_presses(browser: Browser, page: Page, rate: int, share: float) -> list[float]:
    """Return the main thread's milliseconds for each of some key presses at a place of the memo."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    field = pages.review(page)
    field.evaluate(
        """(field, share) => {
            const place = Math.round(field.value.length * share);
            field.focus();
            field.setSelectionRange(place, place);
            field.blur();
            field.focus();
        }""",
        share,
    )
    press(page, session, WARM)
    trace = Trace(browser, page)
    trace.start()
    press(page, session, KEYS)
    found = trace.tasks_by("keydown", to_frame=True)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    session.detach()
    return found


def again(page: Page) -> list[float]:
    """Return the milliseconds from “Evaluate again” to the remarks on the next version, round by round."""
    taken = []
    for number in range(ROUNDS):
        pages.review(page).focus()
        page.keyboard.press("Control+Home")
        page.keyboard.type(f"Dear all, this is draft {number}. ")
        pages.expect_saved(page)
        before = pages.evaluation_id(page)
        taken.append(float(page.evaluate(_AGAIN, before)))
        page.wait_for_url(lambda url, before=before: not url.rstrip("/").endswith(before))  # type: ignore[misc]
        page.locator(".review-mark").first.wait_for(state="attached")
    return taken[1:]


def rows_of_keys(browser: Browser, address: str) -> Iterator[tuple[str, bool]]:
    """Yield the lines of the table of key presses, and whether each passes its limit."""
    page = reviewed(browser, address, long_memo())
    marks = page.locator(".review-mark").count()
    yield (
        f"| key press, {WORDS:,} words, {marks} marks | p50 | p95 | limit of p95 |\n|---|---:|---:|---:|",
        False,
    )
    for rate, limit in LIMITS_MS.items():
        for place, share in PLACES.items():
            times = sorted(key_presses(browser, page, rate, share))
            middle, late = statistics.median(times), times[int(len(times) * 0.95)]
            slowed = f", slowed {rate}×" if rate > 1 else ""
            yield (
                f"| at the {place}{slowed} | {middle:.1f} ms | {late:.1f} ms | {limit:.0f} ms |",
                late > limit,
            )
    page.context.close()


def rows_of_rounds(browser: Browser, address: str) -> Iterator[tuple[str, bool]]:
    """Yield the lines of the table of “Evaluate again”, and whether each passes its limit."""
    yield f"\n| evaluate again, to new remarks | quickest of {ROUNDS - 1} | median | limit |", False
    yield "|---|---:|---:|---:|", False
    short = (pages.sample("weak") + "\n\n" + memo(600, 80)["text"])[:SHORT_CHARACTERS]
    for name, text, limit in (
        (f"{SHORT_CHARACTERS:,} characters", short, AGAIN_LIMIT_MS),
        (f"{WORDS:,} words", long_memo(), None),
    ):
        page = reviewed(browser, address, text)
        taken = again(page)
        page.context.close()
        shown = "" if limit is None else f"{limit:.0f} ms"
        line = f"| {name} | {min(taken):.0f} ms | {statistics.median(taken):.0f} ms | {shown} |"
        yield line, limit is not None and statistics.median(taken) > limit


def main() -> int:
    """Measure, print, and with ``--write`` publish."""
    parser = argparse.ArgumentParser(description="Measure the review page.")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/performance.md")
    write = parser.parse_args().write
    build()
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    lines, passed = [f"On {machine()}:", ""], False
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = launched(playwright)
        for rows in (rows_of_keys, rows_of_rounds):
            for line, is_over in rows(browser, server.url):
                lines.append(line)
                passed |= is_over
                sys.stderr.write(f"{line}\n")
        browser.close()
    table = "\n".join(lines)
    sys.stdout.write(table + "\n")
    if write:
        publish("review-page", table)
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main())
