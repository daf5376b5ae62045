"""Measure what could be the editor of the review page, in Chromium, on a memo with many marks.

    python tests/benchmarks/compare_editors.py                     prints the tables
    python tests/benchmarks/compare_editors.py review field   some candidates only
    python tests/benchmarks/compare_editors.py --words 2000

The candidates are the scripts in ``tests/benchmarks/editors``: CodeMirror 6 (from npm, bundled into one file
the first time), a plain text field, a text field over a mirror painted by the CSS Custom Highlight API, and
the editor of ours. Each page has the product's own Content-Security-Policy.

A figure of main-thread time is the processor time of all tasks of the page's main thread, the least of some
rounds in which the candidates take turns: what else the machine does only adds to it. Slowed is a processor
that the browser slows down four times. For a key press it is all that happens from it to the next, 150 ms
later: at the start of the text, in the middle, at its end.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from memo_coach.web.middleware.security_headers import content_security_policy
from tests.benchmarks.publishing import ROOT
from tests.chromium import ARGUMENTS, chromium

HERE = Path(__file__).parent / "editors"
FOLDER = ROOT / "build" / "editors"
CANDIDATES = {
    "codemirror": (FOLDER / "codemirror.min.js",),
    "field": (HERE / "field.js",),
    "highlights": (HERE / "highlights.js",),
    "review": (ROOT / "assets" / "review-editor.js", HERE / "review.js"),
}
OWN_WEIGHT = {"codemirror": 1, "field": 0, "highlights": 1, "review": 1}
"""How many of a candidate's files are the editor, and not this benchmark's."""
WORDS = 20_000
MARKS = 40
KEYS = 25
SLOWED = 4
PAUSE_MILLISECONDS = 150
ROUNDS = 3
SENTENCE = """the committee recommends that we approve an allocation of 50,000 rupees for the next quarter,
because savings in operations exceed its cost by a margin which was agreed with the principal and parents"""
VOCABULARY = SENTENCE.split()
REACH = ("text that a screen reader reaches", "marks in it", "end found in page", "complaints of the policy")
COLUMNS = {"start": 0.0, "middle": 0.5, "end": 1.0}
PAGE = """<!doctype html><html lang="en"><title>Editor</title><link rel="stylesheet" href="/styles.css">
<link rel="stylesheet" href="/review-editor.css"><link rel="stylesheet" href="/page.css">
<main><div id="editor"{scrolls}></div></main>{scripts}<script src="/start.js"></script></html>"""


def memo(words: int, paragraph: int) -> dict[str, Any]:
    """Return a text of so many words, in paragraphs of about so many, with marks spread over it evenly."""
    source = random.Random(7)
    paragraphs = []
    while words > 0:
        count = min(words, source.randint(paragraph // 2, paragraph * 3 // 2))
        paragraphs.append(" ".join(source.choice(VOCABULARY) for _ in range(count)).capitalize() + ".")
        words -= count
    text = "\n\n".join(paragraphs)
    step = len(text) // (MARKS + 1)
    marks = [
        {"id": str(n), "start": n * step, "end": n * step + 70, "kind": "opportunity", "number": n}
        for n in range(1, MARKS + 1)
    ]
    return {"text": text, "marks": marks}


@functools.cache
def bundle() -> Path:
    """Install CodeMirror and a bundler where they are not there yet, and make one file of it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "codemirror.js"):
        (FOLDER / name).write_bytes((HERE / name).read_bytes())
    programs = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"}
    commands = (
        [str(programs / "npm"), "ci", "--no-audit", "--no-fund"],
        [str(FOLDER / "node_modules/.bin/esbuild"), "codemirror.js", "--bundle", "--minify", "--format=iife",
         "--target=es2020", "--outfile=codemirror.min.js"],
    )  # fmt: skip
    for command in commands:
        subprocess.run(command, cwd=FOLDER, env=environment, check=True, capture_output=True)
    return FOLDER / "codemirror.min.js"


@contextmanager
def served(document: dict[str, Any]) -> Iterator[str]:
    """Serve a page for each candidate under the product's policy; give the address."""
    files = {f"/{path.name}": path for paths in CANDIDATES.values() for path in paths}
    files |= {f"/{name}": ROOT / "assets" / name for name in ("styles.css", "review-editor.css")}
    files |= {f"/{name}": HERE / name for name in ("page.css", "start.js")}

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            name = self.path.lstrip("/")
            kind = "text/css" if name.endswith(".css") else "text/javascript"
            if name in CANDIDATES:
                scripts = "".join(f'<script src="/{path.name}"></script>' for path in CANDIDATES[name])
                own = name in ("review", "highlights")
                body = PAGE.format(scripts=scripts, scrolls=' class="scrolls"' if own else "").encode()
                kind = "text/html"
            elif name == "memo.json":
                body, kind = json.dumps(document).encode(), "application/json"
            elif self.path in files:
                body = files[self.path].read_bytes()
            else:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            if kind == "text/html":
                self.send_header("Content-Security-Policy", content_security_policy((), address))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield address
    server.shutdown()


class Trace:
    """What the main thread of a page did, as the browser's own trace has it."""

    def __init__(self, browser: Browser, page: Page) -> None:
        self._page = page
        self._session = browser.new_browser_cdp_session()
        self._events: list[dict[str, Any]] = []
        self._complete = False
        self._session.on("Tracing.dataCollected", lambda event: self._events.extend(event["value"]))
        self._session.on("Tracing.tracingComplete", lambda _: setattr(self, "_complete", True))

    def start(self) -> None:
        """Begin."""
        categories = ["devtools.timeline", "disabled-by-default-devtools.timeline"]
        settings = {"includedCategories": categories, "excludedCategories": ["*"]}
        self._session.send("Tracing.start", {"traceConfig": settings, "transferMode": "ReportEvents"})

    def tasks_by(self, kind: str, *, to_frame: bool = False) -> list[float]:
        """End, and return the milliseconds of processor time from each DOM event of a kind to the next.

        With ``to_frame`` they end with the task that hands the next frame over to be drawn.
        """
        self._session.send("Tracing.end")
        while not self._complete:
            self._page.wait_for_timeout(20)
        begun = sorted(
            (event for event in self._events if event["name"] == "EventDispatch" and _type(event) == kind),
            key=lambda event: float(event["ts"]),
        )
        thread = (begun[0]["pid"], begun[0]["tid"])
        tasks = [
            event
            for event in self._events
            if event["name"] == "RunTask" and (event["pid"], event["tid"]) == thread
        ]
        commits = [
            event
            for event in self._events
            if event["name"] == "Commit" and (event["pid"], event["tid"]) == thread
        ]
        # The task that holds the event began before it.
        edges = [
            max((task["ts"] for task in tasks if task["ts"] <= event["ts"]), default=event["ts"])
            for event in begun
        ]
        ends = [*edges[1:], edges[-1] + PAUSE_MILLISECONDS * 1000]
        if to_frame:
            ends = [
                min((each["ts"] for each in commits if each["ts"] > event["ts"]), default=end)
                for event, end in zip(begun, ends, strict=True)
            ]
        return [
            sum(task.get("tdur", 0) for task in tasks if start <= task["ts"] < end) / 1000
            for start, end in zip(edges, ends, strict=True)
        ]


def _type(event: dict[str, Any]) -> object:
    return event.get("args", {}).get("data", {}).get("type")


def key_presses(browser: Browser, page: Page, session: CDPSession, position: int) -> list[float]:
    """Return the main thread's milliseconds for each of some key presses at a place of the text."""
    page.evaluate("(position) => candidate.caret(position)", position)
    press(page, session, 3)
    trace = Trace(browser, page)
    trace.start()
    press(page, session, KEYS)
    return trace.tasks_by("keydown")


def press(page: Page, session: CDPSession, times: int) -> None:
    """Press a key some times, each a pause after the last."""
    key = {"key": "x", "code": "KeyX", "windowsVirtualKeyCode": 88}
    for _ in range(times):
        session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": "x", **key})
        session.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
        page.wait_for_timeout(PAUSE_MILLISECONDS)


def paste(browser: Browser, page: Page, text: str) -> float:
    """Return the main thread's milliseconds for one paste of a text over everything."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+a")
    page.wait_for_timeout(500)
    trace = Trace(browser, page)
    trace.start()
    page.keyboard.press("Control+v")
    _wait(page, "(text) => candidate.text() === text", text)
    page.wait_for_timeout(1000)
    # Of the keys pressed, Control and V, all.
    return sum(trace.tasks_by("keydown"))


def opened(browser: Browser, url: str, rate: int) -> tuple[Page, CDPSession, list[str]]:
    """Open a candidate's page on a slowed processor; give also what the browser complains of."""
    complaints: list[str] = []
    page = browser.new_context(viewport={"width": 1000, "height": 800}).new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    page.goto(url)
    _wait(page, "() => window.painted !== undefined")
    return page, session, [each for each in complaints if "404" not in each]


def _wait(page: Page, condition: str, argument: object = None) -> None:
    """Wait until a function of the page says so; Playwright's own way needs ``unsafe-eval``."""
    while not page.evaluate(condition, argument):
        page.wait_for_timeout(50)


def speed(browser: Browser, url: str, document: dict[str, Any], rate: int) -> list[float]:
    """Return the figures of one candidate at one speed: p50, p95 at three places, paste, first paint."""
    page, session, _ = opened(browser, url, rate)
    text = document["text"]
    painted = page.evaluate("window.painted")
    found: list[float] = []
    for share in COLUMNS.values():
        times = sorted(key_presses(browser, page, session, int(len(text) * share)))
        found += [statistics.median(times), times[int(len(times) * 0.95)]]
    # Another text than what is there: none of it can be taken for unchanged.
    found += [paste(browser, page, text.upper()), painted]
    page.context.close()
    return found


def row(name: str, rate: int, rounds: list[list[float]]) -> str:
    """Return a line of the table: of each figure the least of all rounds."""
    best = [min(figures) for figures in zip(*rounds, strict=True)]
    keys = [f"{best[n]:.1f} / {best[n + 1]:.1f}" for n in (0, 2, 4)]
    return (
        f"| {name}{', slowed' if rate > 1 else ''} | {' | '.join(keys)} | {best[6]:.0f} | {best[7]:.0f} |\n"
    )


def reach(browser: Browser, url: str, name: str, document: dict[str, Any]) -> list[str]:
    """Return the cells on weight, memory, accessibility, find in page, and the policy."""
    page, session, complaints = opened(browser, url, 1)
    weight = b"".join(path.read_bytes() for path in CANDIDATES[name][: OWN_WEIGHT[name]])
    session.send("HeapProfiler.collectGarbage")
    memory = _memory(browser)
    session.send("Accessibility.enable")
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    exposed = sum(
        len(str(node.get("name", {}).get("value", "")))
        for node in nodes
        if node.get("role", {}).get("value") == "StaticText"
    )
    marks = sum(node.get("role", {}).get("value") == "mark" for node in nodes)
    last = document["text"].rstrip()[-60:-20]
    found = page.evaluate(
        "(text) => { getSelection().removeAllRanges(); return window.find(text, true, false, true); }", last
    )
    page.context.close()
    length = len(document["text"])
    return [
        f"{len(gzip.compress(weight, 9)) / 1024:.1f}" if weight else "–",
        f"{_brotli(weight) / 1024:.1f}" if weight else "–",
        f"{memory:.0f}",
        f"{min(100, 100 * exposed / length):.0f} %",
        str(marks),
        "yes" if found else "no",
        str(len(complaints)),
    ]


def _memory(browser: Browser) -> float:
    """Return the mebibytes of their own that the renderers have."""
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    renderers = [process["id"] for process in found if process["type"] == "renderer"]
    total = 0
    for process in renderers:
        status = Path(f"/proc/{process}/status").read_text("ascii")
        total += next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon"))
    return total / 1024


def _brotli(content: bytes) -> int:
    """Return the size under brotli, which Node has and Python has not."""
    compressed = "require('zlib').brotliCompressSync(require('fs').readFileSync(0))"
    program = f"process.stdout.write(String({compressed}.length))"
    node = str(Path(sys.executable).parent / "node")
    return int(subprocess.run([node, "-e", program], input=content, check=True, capture_output=True).stdout)


def head(*titles: str) -> str:
    """Return the first two lines of a table."""
    return f"| {' | '.join(titles)} |\n|---{'|---:' * (len(titles) - 1)}|\n"


def launched(playwright: Any) -> Browser:
    """Start a browser of its own, so that no candidate has another's memory."""
    browser: Browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
    return browser


def main() -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(description="Measure candidates for the review page's editor.")
    parser.add_argument("candidates", nargs="*", choices=[[], *CANDIDATES], metavar="candidate")
    parser.add_argument("--words", type=int, default=WORDS)
    parser.add_argument("--paragraph", type=int, default=80, help="words in a paragraph, on average")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    names = arguments.candidates or list(CANDIDATES)
    if "codemirror" in names:
        bundle()
    document = memo(arguments.words, arguments.paragraph)
    write = sys.stdout.write
    write(f"{arguments.words} words, {MARKS} marks, {KEYS} keys a place, load {os.getloadavg()[0]:.1f}\n\n")
    write(
        head(
            "ms of main-thread time", "key at the start, p50 / p95", "middle", "end", "paste", "painted after"
        )
    )
    with served(document) as address, sync_playwright() as playwright:
        rounds: dict[tuple[str, int], list[list[float]]] = {}
        for _ in range(arguments.rounds):
            for name, rate in itertools.product(names, (1, SLOWED)):
                browser = launched(playwright)
                figures = speed(browser, f"{address}/{name}", document, rate)
                rounds.setdefault((name, rate), []).append(figures)
                browser.close()
        write("".join(row(name, rate, found) for (name, rate), found in rounds.items()))
        write("\n" + head("", "KiB gzip", "brotli", "MiB in memory", *REACH))
        for name in names:
            browser = launched(playwright)
            write(f"| {name} | {' | '.join(reach(browser, f'{address}/{name}', name, document))} |\n")
            browser.close()
    return 0


if __name__ == "__main__":
    started = time.monotonic()
    status = main()
    sys.stderr.write(f"{time.monotonic() - started:.0f} s\n")
    sys.exit(status)
