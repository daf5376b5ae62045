"""A person with a browser, over HTTPS, who trusts the test authority as they would a real one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyotp
from playwright.sync_api import Browser, BrowserContext, Page, WebSocket, expect, sync_playwright

from tests.chromium import ARGUMENTS, chromium
from tests.e2e import pages
from tests.rehearsal import at_work, commands, paths
from tests.rehearsal.commands import require

SOCKET_SECONDS = 60
PATIENCE_MILLISECONDS = 30_000
COOKIES = paths.RUN / "cookies.json"
SCORE = re.compile(r"[1-5]\.\d")


@contextmanager
def visitor(host: str, address: str, root: Path) -> Iterator[BrowserContext]:
    """Yield a browser for which the site's name leads to the server; it has the cookies of earlier visits."""
    home = _home_that_trusts(root)
    program = chromium()  # looks for Playwright's own by asking Playwright, of which there is one at a time
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=[*ARGUMENTS, f"--host-resolver-rules=MAP {host} {address}", "--no-proxy-server"],
            env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        )
        try:
            context = _context(browser, host)
            context.set_default_timeout(PATIENCE_MILLISECONDS)
            expect.set_options(timeout=PATIENCE_MILLISECONDS)
            yield context
            context.storage_state(path=COOKIES)
        finally:
            browser.close()


def _context(browser: Browser, host: str) -> BrowserContext:
    return browser.new_context(
        base_url=f"https://{host}", storage_state=COOKIES if COOKIES.is_file() else None
    )


def _home_that_trusts(root: Path) -> Path:
    """Return a home folder whose certificate database holds the authority's root, and nothing else."""
    home = paths.RUN / "home"
    database = home / ".pki" / "nssdb"
    if not database.is_dir():
        database.mkdir(parents=True)
        commands.run("browser", "certutil", "-d", f"sql:{database}", "-N", "--empty-password")
        commands.run(
            "browser",
            "certutil",
            "-d",
            f"sql:{database}",
            "-A",
            "-t",
            "C,,",
            "-n",
            "rehearsal",
            "-i",
            str(root),
        )
    return home


def sign_up(context: BrowserContext, link: str, password: str) -> str:
    """Choose a password by a link, set up an app, and come to the page to write on; return the app's secret.

    The link opens nothing a second time.
    """
    page = context.new_page()
    page.goto(link)
    page.get_by_label("New password").fill(password)
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("heading", name="Set up a second step")).to_be_visible()
    secret = "".join((page.locator("main code").text_content() or "").split())
    page.get_by_label("Code that the app shows").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Continue").click()
    expect(pages.count(page, "words")).not_to_be_empty()
    page.goto("about:blank")
    page.goto(link)
    expect(page.get_by_text("opens nothing any more")).to_be_visible()
    page.close()
    return secret


def sign_in(context: BrowserContext, email: str, password: str, app_secret: str) -> None:
    """Be asked who one is, in spite of the cookies of earlier visits, and sign in."""
    page = context.new_page()
    page.goto("/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(app_secret).now())
    page.get_by_role("button", name="Continue").click()
    expect(pages.count(page, "words")).not_to_be_empty()
    page.close()


def do_the_main_job(context: BrowserContext) -> str:
    """Write a memo, have it evaluated, see the score; give the path of its feedback."""
    page = context.new_page()
    pages.open_editor(page)
    pages.write(page, pages.sample("weak"))
    evaluation = pages.evaluate(page)
    _require_a_score(page)
    page.close()
    return f"/feedback/{evaluation}"


def read_again(context: BrowserContext, path: str) -> None:
    """Read the feedback of a memo that was written before."""
    page = context.new_page()
    page.goto(path)
    pages.expect_feedback(page)
    _require_a_score(page)
    page.close()


def _require_a_score(page: Page) -> None:
    expect(page.get_by_test_id("overall-score")).to_contain_text(SCORE)


def hold_a_socket(context: BrowserContext, seconds: int = SOCKET_SECONDS) -> None:
    """Keep a page open; insist that its one socket stays open and that the page works by it afterwards."""
    page = context.new_page()
    opened: list[WebSocket] = []
    closed: list[WebSocket] = []

    def note_end(socket: WebSocket) -> None:
        closed.append(socket)

    def note(socket: WebSocket) -> None:
        opened.append(socket)
        socket.on("close", note_end)

    page.on("websocket", note)
    pages.open_editor(page)
    work = at_work.now()
    for _ in range(seconds):
        work.halt.heed()
        page.wait_for_timeout(1000)
    require(len(opened) == 1, f"The page opened {len(opened)} sockets in {seconds} s, not one.")
    require(not closed, f"The page's socket was closed within {seconds} s.")
    require(opened[0].url.startswith("wss://"), f"The page's socket is {opened[0].url}, not one over TLS.")
    page.close()
