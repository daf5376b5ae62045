"""Measure what stands between a model's words and the page, in Chromium, against a server with a known pace.

    python tests/benchmarks/bench_model.py            prints a table
    python tests/benchmarks/bench_model.py --write    writes it into docs/performance.md as well

Three figures: from the last byte of the model to the finished page; from the first criterion that is complete
to its appearance; and the whole of an evaluation over a bare streaming call of the very same request, made
at the same moment. The exit status is 1 where a limit is passed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import httpx
from playwright.sync_api import Page, expect, sync_playwright

from memo_coach.server.build import build
from tests.benchmarks.machine import machine
from tests.benchmarks.publishing import publish
from tests.chromium import ARGUMENTS, chromium
from tests.e2e import pages
from tests.live_server import serving
from tests.model_server import ModelServer, Pace, Received, running_model_server

LONGEST_END_MS = 50.0
LONGEST_CRITERION_MS = 100.0
MOST_OVERHEAD = 0.02
QUICK = Pace(first_token=0.8, between=0.02, pieces=60)
REAL = Pace.lasting(8.0, 80)

_WATCH = """
window.seen = {};
new MutationObserver(() => {
  const now = performance.timeOrigin + performance.now();
  const note = (name, selector) => {
    if (!(name in window.seen) && document.querySelector(selector)) window.seen[name] = now;
  };
  note("finished", "[data-testid=overall-score]");
  note("criterion", "[data-testid^=criterion-]:not(.provisional)");
}).observe(document, {subtree: true, childList: true, attributes: true});
"""


@dataclass(frozen=True)
class Run:
    """What one evaluation took, in milliseconds."""

    end: float
    criterion: float


def evaluated(page: Page, model: ModelServer, text: str) -> tuple[dict[str, float], Received]:
    """Have a memo evaluated; give when what was seen (milliseconds of the wall clock), and the request."""
    model.requests.clear()
    pages.open_editor(page)
    pages.write(page, text)
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_test_id("overall-score")).to_be_visible(timeout=30_000)
    seen: dict[str, float] = page.evaluate("window.seen")
    (request,) = model.requests
    return seen, request


def wall_clock_ms(monotonic: float) -> float:
    """Return a moment of the monotonic clock as the browser tells the time."""
    return (time.time() - time.monotonic() + monotonic) * 1000


def first_criterion_sent(request: Received, answer: str, pace: Pace) -> float:
    """Return when the piece was sent that completes the first criterion: the one after its score."""
    complete = answer.index(",", answer.index('"score"')) + 1
    number = (complete - 1) // len(pace.cut(answer)[0])
    return request.time + pace.first_token + number * pace.between


def bare(url: str, body: dict[str, Any]) -> tuple[float, str]:
    """Make a streaming call with nothing around it; give its seconds and the text."""
    began, text = time.monotonic(), []
    with (
        httpx.Client(timeout=60) as client,
        client.stream(
            "POST", f"{url}/chat/completions", json=body, headers={"Authorization": "Bearer test-key"}
        ) as response,
    ):
        for line in response.iter_lines():
            if line.startswith("data: {"):
                choices = json.loads(line[6:])["choices"]
                text += [choice["delta"].get("content") or "" for choice in choices]
    return time.monotonic() - began, "".join(text)


class Beside(threading.Thread):
    """A bare call that runs beside something else."""

    def __init__(self, url: str, body: dict[str, Any]) -> None:
        super().__init__(name="bare call")
        self._url, self._body = url, body
        self.seconds = 0.0

    def run(self) -> None:
        """Make the call."""
        self.seconds = bare(self._url, self._body)[0]


def reactions(page: Page, model: ModelServer, memo: str, runs: int) -> list[Run]:
    """Measure how soon the page shows what the model has said."""
    model.pace = QUICK
    found = []
    for number in range(runs + 2):
        seen, request = evaluated(page, model, f"{memo}\n\nRun {number} of this measurement.")
        answer = bare(model.url, {**request.body, "stream_options": None})[1]
        found.append(
            Run(
                end=seen["finished"] - wall_clock_ms(request.last_sent),
                criterion=seen["criterion"] - wall_clock_ms(first_criterion_sent(request, answer, QUICK)),
            )
        )
    return found[2:]  # the first ones load what is loaded at first use


def overhead(page: Page, model: ModelServer, memo: str, runs: int) -> list[float]:
    """Measure whole evaluations against bare calls of the same request that run beside them."""
    model.pace = REAL
    _, pattern = evaluated(page, model, f"{memo}\n\nA pattern.")
    shares = []
    for number in range(runs):
        text = f"{memo}\n\nWhole {number} of this measurement."
        pages.open_editor(page)
        pages.write(page, text)
        beside = Beside(model.url, pattern.body)
        page.evaluate(
            """addEventListener("click", () => {
                 window.asked = performance.timeOrigin + performance.now();
               }, {capture: true, once: true})"""
        )
        beside.start()
        page.get_by_role("button", name="Evaluate").click()
        expect(page.get_by_test_id("overall-score")).to_be_visible(timeout=30_000)
        beside.join()
        whole = (page.evaluate("window.seen.finished") - page.evaluate("window.asked")) / 1000
        shares.append(whole / beside.seconds - 1)
    return shares


def p95(values: list[float]) -> float:
    """Return the 95th percentile, the higher of two where it falls between."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


def measured(runs: int, wholes: int) -> tuple[list[Run], list[float]]:
    """Measure it all, on a server of its own."""
    memo = pages.sample("strong")
    with (
        running_model_server() as model,
        tempfile.TemporaryDirectory() as folder,
        serving(
            Path(folder), LLM_MODEL="openai/fine", LLM_API_BASE=model.url, LLM_API_KEY="test-key",
            LLM_DAILY_BUDGET_USD="1000",
        ) as server,
        sync_playwright() as playwright,
    ):  # fmt: skip
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        found = []
        shares: list[float] = []
        # A person may have twenty evaluations in an hour: more persons measure more.
        for begun in range(0, runs, 15):
            page = new_person(browser, server.url)
            found += reactions(page, model, memo, min(15, runs - begun))
        shares = overhead(new_person(browser, server.url), model, memo, wholes)
        browser.close()
    return found, shares


def new_person(browser: Any, url: str) -> Page:
    """Open a browser with a session of its own, which watches what comes."""
    context = browser.new_context(base_url=url)
    context.add_init_script(_WATCH)
    page: Page = context.new_page()
    return page


def main() -> int:
    """Measure, print, and with ``--write`` publish."""
    parser = argparse.ArgumentParser(description="Measure the way from a model's words to the page.")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--wholes", type=int, default=10)
    arguments = parser.parse_args()
    build()
    runs, shares = measured(arguments.runs, arguments.wholes)
    ends, criteria = [run.end for run in runs], [run.criterion for run in runs]
    rows = (
        ("last byte of the model to the finished page, p95", f"{p95(ends):.0f} ms",
         f"median {statistics.median(ends):.0f} ms", f"≤ {LONGEST_END_MS:.0f} ms",
         p95(ends) <= LONGEST_END_MS),
        ("first complete criterion to its appearance, p95", f"{p95(criteria):.0f} ms",
         f"median {statistics.median(criteria):.0f} ms", f"≤ {LONGEST_CRITERION_MS:.0f} ms",
         p95(criteria) <= LONGEST_CRITERION_MS),
        ("a whole evaluation over a bare streaming call of 8 s beside it, median",
         f"{100 * statistics.median(shares):+.2f} %",
         f"{100 * min(shares):+.2f} to {100 * max(shares):+.2f} %", f"≤ {100 * MOST_OVERHEAD:.0f} %",
         statistics.median(shares) <= MOST_OVERHEAD),
    )  # fmt: skip
    table = "\n".join(
        [
            f"On {machine()}, {len(runs)} and {len(shares)} evaluations:",
            "",
            "| what | measured | | limit |",
            "|---|---|---|---|",
            *(f"| {what} | {figure} | {more} | {limit} |" for what, figure, more, limit, _ in rows),
        ]
    )
    sys.stdout.write(f"{table}\n")
    if arguments.write:
        publish("model", table)
    return 0 if all(within for *_, within in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
