"""Measure every page with Lighthouse, as a phone on a slow line sees it, against the production build.

    python tests/benchmarks/lighthouse.py                 prints a table
    python tests/benchmarks/lighthouse.py --write         writes it into docs/performance.md as well
    python tests/benchmarks/lighthouse.py --only help     measures the pages whose names begin so

Lighthouse comes from npm into ``build/lighthouse`` the first time. It measures one page after the other in a
browser that has written a memo and revised it, for most pages show nothing to others. What counts is the
median of three runs, because a busy machine makes it vary; scores other than performance do not. The exit
status is 1 where a score is under its limit or a paint of the write page later than its own, and what cost
points is listed.

A page that is one person's is closed to search engines, so of it, the audit ``is-crawlable`` is left out.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import expect, sync_playwright

from memo_coach.server.build import build
from tests.benchmarks.publishing import ROOT, publish
from tests.chromium import ARGUMENTS, chromium
from tests.e2e import pages
from tests.live_server import serving
from tests.waiting import wait_until

VERSION = "13.5.0"
FOLDER = ROOT / "build" / "lighthouse"
LIMITS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
RUNS = 3
ATTEMPTS = 3
METRICS = {
    "first-contentful-paint": 1_300.0,
    "largest-contentful-paint": 1_500.0,
    "total-blocking-time": None,
    "cumulative-layout-shift": None,
}
"""With the most milliseconds that each may take on the write page, where there is a limit."""
CLOSED_TO_SEARCH = "is-crawlable"
PATIENCE_MILLISECONDS = 60_000


@dataclass(frozen=True)
class Measured:
    """A page that is measured: by which name, where, and whether search engines may have it."""

    name: str
    path: str
    is_public: bool = False


WRITE = Measured("write", "/", is_public=True)
WITHOUT_MEMOS = (WRITE, Measured("write, Spanish", "/es", is_public=True))


def install() -> Path:
    """Install Lighthouse where it is not there yet; give its command."""
    command = FOLDER / "node_modules" / ".bin" / "lighthouse"
    installed = FOLDER / "node_modules" / "lighthouse" / "package.json"
    if not installed.is_file() or json.loads(installed.read_text())["version"] != VERSION:
        FOLDER.mkdir(parents=True, exist_ok=True)
        arguments = ["install", "--prefix", str(FOLDER), "--no-audit", "--no-fund", f"lighthouse@{VERSION}"]
        subprocess.run(
            [str(_programs() / "npm"), *arguments], check=True, env=_environment(), capture_output=True
        )
    return command


@contextlib.contextmanager
def browser() -> Iterator[int]:
    """Yield the port of a browser with a profile of its own, that more than one program can drive."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        started = subprocess.Popen(
            [chromium(), "--headless=new", *ARGUMENTS, "--remote-debugging-port=0",
             f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            port = Path(profile, "DevToolsActivePort")
            wait_until(lambda: port.is_file() and bool(port.read_text().strip()), "the browser listens")
            yield int(port.read_text().splitlines()[0])
        finally:
            started.terminate()
            started.wait(30)


def with_memos(port: int, url: str) -> tuple[Measured, ...]:
    """Write a memo, revise it, let the browser be the one that did; give the pages that there are then."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MILLISECONDS)
        writer = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        page = writer.new_page(base_url=url)
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        pages.open_review(page, pages.sample("weak"))
        first = pages.evaluation_id(page)
        pages.review(page).press_sequentially("Dear all, ")
        pages.expect_saved(page)
        newest = pages.evaluate_again(page)
        page.goto(f"/feedback/{newest}")
        shared = urlsplit(pages.share(page))
        versions = pages.open_memos(page).get_by_role("link", name="Versions").get_attribute("href")
        measured = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        measured.contexts[0].clear_cookies()
        measured.contexts[0].add_cookies([{**cookie} for cookie in page.context.cookies()])  # type: ignore[typeddict-item]
        writer.close()
    return (
        Measured("write, with a memo", "/", is_public=True),
        Measured("overall feedback", f"/feedback/{newest}"),
        Measured("overall feedback, Spanish", f"/es/feedback/{newest}"),
        Measured("detailed feedback", f"/details/{newest}"),
        Measured("detailed feedback, earlier version", f"/details/{first}"),
        Measured("conversation", f"/chat/{newest}"),
        Measured("shared evaluation", f"{shared.path}#{shared.fragment}"),
        Measured("progress", "/progress"),
        Measured("versions", str(versions)),
        Measured("memos", "/memos"),
        Measured("help", "/help", is_public=True),
        Measured("settings", "/settings"),
        Measured("self-tests", "/debug"),
        Measured("calls of an evaluation", f"/debug/{newest}"),
    )


def audit(command: Path, port: int, url: str, page: Measured) -> dict[str, Any]:
    """Run Lighthouse on a page; give its report. Where a busy browser's trace broke, it is run again."""
    left_out = [] if page.is_public else [f"--skip-audits={CLOSED_TO_SEARCH}"]
    arguments = [
        str(command), f"{url}{page.path}", f"--port={port}", f"--only-categories={','.join(LIMITS)}",
        "--quiet", "--output=json", "--output-path=stdout", *left_out,
    ]  # fmt: skip
    for _ in range(ATTEMPTS):
        finished = subprocess.run(
            arguments, env=_environment(), check=False, stdout=subprocess.PIPE, text=True, timeout=300
        )
        if finished.returncode == 0:
            report: dict[str, Any] = json.loads(finished.stdout)
            return report
    raise SystemExit(f"Lighthouse did not measure {page.name}.")


def lost_points(report: dict[str, Any]) -> list[str]:
    """Return the audits that cost points, as ``category: title``, with the first places."""
    found = []
    for category in LIMITS:
        for reference in report["categories"][category]["auditRefs"]:
            result = report["audits"][reference["id"]]
            if reference["weight"] and result["score"] is not None and result["score"] < 0.9:
                places = json.dumps((result.get("details") or {}).get("items", [])[:2])[:400]
                title = f"{result['title']} {result.get('displayValue', '')}".strip()
                found.append(f"{category}: {title} {'' if category == 'performance' else places}".strip())
    return found


def medians(reports: list[dict[str, Any]]) -> dict[str, int]:
    """Return the score of each category."""
    return {
        category: round(
            100 * statistics.median(report["categories"][category]["score"] for report in reports)
        )
        for category in LIMITS
    }


def middle_audits(reports: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the middle result of each metric, so that it is shown as Lighthouse itself writes it."""
    return {
        metric: sorted((report["audits"][metric] for report in reports), key=_value)[len(reports) // 2]
        for metric in METRICS
    }


def heading() -> list[str]:
    """Return the first lines of the table, the limits among them."""
    limits = [*(str(limit) for limit in LIMITS.values()), *map(_limit, METRICS.values())]
    columns = (*LIMITS, "first paint", "largest paint", "blocked", "shift")
    return [
        f"| Lighthouse {VERSION}, mobile | {' | '.join(columns)} |",
        f"|---|{'---:|' * len(columns)}",
        f"| at least, or at most (paints: write page) | {' | '.join(limits)} |",
    ]


def line(page: Measured, scores: dict[str, int], audits: dict[str, dict[str, Any]]) -> str:
    """Return a page's line of the table."""
    figures = [*map(str, scores.values()), *(audit["displayValue"] for audit in audits.values())]
    if not page.is_public:
        figures[list(LIMITS).index("seo")] += " *"
    return f"| {page.name} | {' | '.join(figures)} |"


def faults(page: Measured, scores: dict[str, int], audits: dict[str, dict[str, Any]]) -> list[str]:
    """Return what does not hold on a page."""
    low = [
        f"{page.name}: {category} {scores[category]}"
        for category in LIMITS
        if scores[category] < LIMITS[category]
    ]
    if page != WRITE:
        return low
    late = [metric for metric, most in METRICS.items() if most and _value(audits[metric]) > most]
    return [*low, *(f"{page.name}: too late: {metric}" for metric in late)]


def _programs() -> Path:
    return Path(sys.executable).parent


def _environment() -> dict[str, str]:
    path = f"{_programs()}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "CHROME_PATH": chromium()}


def _value(audit: dict[str, Any]) -> float:
    return float(audit["numericValue"])


def _limit(milliseconds: float | None) -> str:
    return "–" if milliseconds is None else f"{milliseconds / 1000:.1f} s"


def main() -> int:
    """Measure, print, and with ``--write`` publish."""
    parser = argparse.ArgumentParser(description="Measure every page with Lighthouse.")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    parser.add_argument("--only", default="", help="measure the pages whose names begin so")
    parser.add_argument("--runs", type=int, default=RUNS, help="how often each page is measured")
    arguments = parser.parse_args()
    build()
    command = install()
    table, wrong = heading(), []
    with (
        tempfile.TemporaryDirectory() as data,
        serving(Path(data), LOG_LEVEL="WARNING", DEBUG_MODE="true") as server,
        browser() as port,
    ):

        def measure(page: Measured) -> None:
            if not page.name.startswith(arguments.only):
                return
            reports = [audit(command, port, server.url, page) for _ in range(arguments.runs)]
            scores, audits = medians(reports), middle_audits(reports)
            table.append(line(page, scores, audits))
            wrong.extend(faults(page, scores, audits))
            sys.stdout.write(f"{table[-1]}\n")
            sys.stdout.writelines(f"    {lost}\n" for lost in lost_points(reports[-1]))
            sys.stdout.flush()

        sys.stdout.writelines(f"{each}\n" for each in table)
        for page in WITHOUT_MEMOS:
            measure(page)
        for page in with_memos(port, server.url):
            measure(page)
    table += [
        "",
        f"\\* without `{CLOSED_TO_SEARCH}`: the page is one person's, and `robots.txt` closes it on purpose.",
    ]
    sys.stdout.writelines(f"{each}\n" for each in wrong)
    if arguments.write and not arguments.only:
        publish("lighthouse", "\n".join(table))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
