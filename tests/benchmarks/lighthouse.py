"""Measure the write page with Lighthouse, as a phone on a slow line sees it, against the production build.

    python tests/benchmarks/lighthouse.py            prints a table
    python tests/benchmarks/lighthouse.py --write    writes it into docs/performance.md as well

Lighthouse comes from npm into ``build/lighthouse`` the first time. What it measures is the median of three
runs, because a busy machine makes it vary; scores other than performance do not. The exit status is 1 where a
score is under its limit or a paint later than its own, and what cost points is listed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from memo_coach.server.build import build
from tests.benchmarks.publishing import ROOT, publish
from tests.chromium import ARGUMENTS, chromium
from tests.live_server import serving

VERSION = "13.5.0"
FOLDER = ROOT / "build" / "lighthouse"
LIMITS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
RUNS = 3
METRICS = {
    "first-contentful-paint": 1_300.0,
    "largest-contentful-paint": 1_500.0,
    "total-blocking-time": None,
    "cumulative-layout-shift": None,
}
"""With the most milliseconds that each may take, where there is a limit."""


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


def audit(command: Path, url: str) -> dict[str, Any]:
    """Run Lighthouse once; give its report."""
    flags = " ".join(("--headless=new", *ARGUMENTS))
    finished = subprocess.run(
        [str(command), url, "--quiet", "--output=json", "--output-path=stdout", f"--chrome-flags={flags}",
         f"--only-categories={','.join(LIMITS)}"],
        env=_environment(), check=True, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    report: dict[str, Any] = json.loads(finished.stdout)
    return report


def lost_points(report: dict[str, Any]) -> list[str]:
    """Return the audits that cost points, as ``category: title``."""
    found = []
    for category in LIMITS:
        for reference in report["categories"][category]["auditRefs"]:
            result = report["audits"][reference["id"]]
            if reference["weight"] and result["score"] is not None and result["score"] < 0.9:
                found.append(f"{category}: {result['title']} {result.get('displayValue', '')}".strip())
    return found


def _programs() -> Path:
    return Path(sys.executable).parent


def _environment() -> dict[str, str]:
    path = f"{_programs()}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "CHROME_PATH": chromium()}


def _measured(audit: dict[str, Any]) -> float:
    return float(audit["numericValue"])


def _limit(milliseconds: float | None) -> str:
    return "–" if milliseconds is None else f"{milliseconds / 1000:.1f} s"


def main() -> int:
    """Measure, print, and with ``--write`` publish."""
    parser = argparse.ArgumentParser(description="Measure the write page with Lighthouse.")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    arguments = parser.parse_args()
    build()
    command = install()
    with tempfile.TemporaryDirectory() as data, serving(Path(data), LOG_LEVEL="WARNING") as server:
        reports = [audit(command, f"{server.url}/") for _ in range(RUNS)]
    scores = {
        category: round(
            100 * statistics.median(report["categories"][category]["score"] for report in reports)
        )
        for category in LIMITS
    }
    lines = [f"| Lighthouse {VERSION}, mobile | score | at least |", "|---|---:|---:|"]
    lines += [f"| {category} | {score} | {LIMITS[category]} |" for category, score in scores.items()]
    lines += ["", "| metric | | at most |", "|---|---:|---:|"]
    # Sorted by it, so that the middle one is shown as Lighthouse itself writes it.
    audits = {
        metric: sorted((report["audits"][metric] for report in reports), key=_measured)[RUNS // 2]
        for metric in METRICS
    }
    lines += [
        f"| {audit['title']} | {audit['displayValue']} | {_limit(METRICS[metric])} |"
        for metric, audit in audits.items()
    ]
    table = "\n".join(lines)
    sys.stdout.write(table + "\n")
    sys.stdout.writelines(f"{lost}\n" for lost in lost_points(reports[-1]))
    if arguments.write:
        publish("lighthouse", table)
    late = [metric for metric, most in METRICS.items() if most and _measured(audits[metric]) > most]
    sys.stdout.writelines(f"too late: {metric}\n" for metric in late)
    return 0 if not late and all(scores[category] >= limit for category, limit in LIMITS.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
