"""Measure what a first visit to the write page transfers, in Chromium, from the production build.

    python tests/benchmarks/page_weight.py            prints a table
    python tests/benchmarks/page_weight.py --write    writes it into docs/performance.md as well

Counted are the bytes on the wire as the browser's network log has them, headers included, nothing cached. The
exit status is 1 where the limit is passed.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import sync_playwright

from memo_coach.server.build import build
from tests.benchmarks.publishing import publish
from tests.chromium import ARGUMENTS, chromium
from tests.live_server import serving

LIMIT_KIB = 170.0
KIBIBYTE = 1024


def transferred(url: str) -> dict[str, int]:
    """Return the bytes that each address transferred on a first visit, hashes in names left out."""
    addresses: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def responded(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["response"]["url"]

    def finished(event: dict[str, Any]) -> None:
        name = addresses.get(event["requestId"], "other").removeprefix(url)
        name = re.sub(r"-[A-Za-z0-9_-]{8}(?=\.\w+$)|\?.*", "", name) or "/"
        sizes[name] = sizes.get(name, 0) + int(event["encodedDataLength"])

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        page = browser.new_page()
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.responseReceived", responded)
        network.on("Network.loadingFinished", finished)
        page.goto(f"{url}/")
        page.wait_for_load_state("networkidle")
        browser.close()
    return sizes


def main() -> int:
    """Measure, print, and with ``--write`` publish."""
    parser = argparse.ArgumentParser(description="Measure the weight of the write page.")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    arguments = parser.parse_args()
    build()
    with tempfile.TemporaryDirectory() as data, serving(Path(data)) as server:
        sizes = transferred(server.url)
    total = sum(sizes.values()) / KIBIBYTE
    lines = ["| file | KiB |", "|---|---:|"]
    for name, size in sorted(sizes.items(), key=lambda entry: -entry[1]):
        lines.append(f"| `{name}` | {size / KIBIBYTE:.1f} |")
    lines.append(f"| **all, at most {LIMIT_KIB:.0f}** | **{total:.1f}** |")
    table = "\n".join(lines)
    sys.stdout.write(table + "\n")
    if arguments.write:
        publish("page-weight", table)
    return 0 if total <= LIMIT_KIB else 1


if __name__ == "__main__":
    sys.exit(main())
