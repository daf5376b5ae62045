"""People sign in, go on where they were, and keep what they typed: real browsers, a server with accounts."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.e2e import pages
from tests.e2e.conftest import NewPage
from tests.live_server import ROOT, LiveServer, serving
from tests.unit.cli.test_command_line import PROGRAM

PASSWORD = "seven green kettles sing"
SIGNED_OUT = (r"status of 401", r"WebSocket connection to '.*' failed")
"""What a browser says once its session has ended elsewhere."""
LINK = re.compile(r"link=(\S+)")
MEMO = "We ask the board for two ovens, because the old one has broken down twice this month."


@pytest.fixture(scope="module")
def accounts(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Yield a server on which one signs in."""
    with serving(tmp_path_factory.mktemp("accounts"), AUTH_MODE="accounts", LOG_FORMAT="human") as running:
        yield running


def invited(accounts: LiveServer, email: str) -> str:
    """Return the link that an operator makes for a new account."""
    command = [*PROGRAM, "users", "add", email, "--name", email.partition("@")[0].title(), "--link"]
    environment = {**accounts.environment, "LOG_LEVEL": "ERROR"}
    said = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    (link,) = re.findall(r"http\S+/welcome#\S+", said)
    return link


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def redeem(page: Page, link: str) -> None:
    """Open a link, choose a password by it, and come to the first page."""
    page.goto(link)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()
    expect(pages.count(page, "words")).not_to_be_empty()


def set_up_app(page: Page) -> None:
    """Set up the authenticator app that is asked of administrators, and come to the first page."""
    expect(page.get_by_role("heading", name="Set up a second step")).to_be_visible()
    secret = "".join((page.locator("main code").text_content() or "").split())
    page.get_by_label("Code that the app shows").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Continue").click()
    expect(pages.count(page, "words")).not_to_be_empty()


def open_menu(page: Page) -> None:
    page.locator("summary", has=page.locator("svg")).and_(page.get_by_label("Your account")).click()


def test_the_first_administrator_comes_by_the_link_in_the_log_and_others_by_theirs(
    new_page: NewPage, accounts: LiveServer
) -> None:
    (link,) = LINK.findall(accounts.log.read_text())
    admin = new_page(base_url=accounts.url, tolerated=(r"status of 422",))
    admin.goto("/memos")
    expect(admin).to_have_url(re.compile(r"/login\?next=%2Fmemos$"))
    expect(admin.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(admin.get_by_label("E-mail address")).to_be_focused()
    assert not pages.faults_of_access(admin)
    assert not pages.too_small_to_touch(admin)

    admin.goto(link)
    expect(admin.get_by_label("Your name")).to_be_visible()
    assert "#" not in admin.url
    assert not pages.faults_of_access(admin)
    admin.get_by_label("E-mail address").fill("ana@example.org")
    admin.get_by_label("Your name").fill("Ana <b>Ruíz</b>")
    admin.get_by_label("New password").fill("aaaaaaaaaaaaaa")
    admin.get_by_role("button", name="Save and sign in").click()
    expect(admin.get_by_role("alert")).to_be_focused()
    expect(admin.get_by_label("E-mail address")).to_have_value("ana@example.org")
    assert not pages.faults_of_access(admin)
    admin.get_by_label("New password").fill(PASSWORD)
    admin.get_by_label("Show the password").check()
    expect(admin.get_by_label("New password")).to_have_attribute("type", "text")
    admin.get_by_role("button", name="Save and sign in").click()
    set_up_app(admin)
    open_menu(admin)
    expect(admin.locator("details.account")).to_contain_text("Signed in as Ana <b>Ruíz</b>")
    expect(admin.get_by_role("link", name="Administration")).to_be_visible()
    assert not pages.faults_of_access(admin)
    assert not pages.too_small_to_touch(admin)

    spaniard = new_page(base_url=accounts.url, locale="es-ES", viewport={"width": 320, "height": 640})
    spaniard.goto(invited(accounts, "eva@example.org"))
    expect(spaniard.get_by_label("Contraseña nueva")).to_be_visible()
    assert not pages.faults_of_access(spaniard)
    spaniard.get_by_role("link", name="English").click()
    expect(spaniard.get_by_label("New password")).to_be_visible()
    assert spaniard.evaluate("document.documentElement.scrollWidth") <= 320


def test_who_is_signed_out_elsewhere_while_typing_finds_the_text_again_and_nobody_else_does(
    new_page: NewPage, accounts: LiveServer
) -> None:
    page = new_page(base_url=accounts.url, tolerated=(*SIGNED_OUT, r"status of 422"))
    redeem(page, invited(accounts, "bea@example.org"))
    pages.write(page, "We ask for")
    memo = page.url
    desk = new_page(base_url=accounts.url, tolerated=SIGNED_OUT)  # by another password, at the end
    desk.goto("/settings")
    sign_in(desk, "bea@example.org")
    expect(desk).to_have_url(re.compile(r"/settings$"))
    expect(desk.get_by_role("listitem").filter(has_text="this browser")).to_be_visible()
    assert not pages.faults_of_access(desk)
    assert not pages.too_small_to_touch(desk)
    desk.get_by_role("button", name="End all others").click()
    expect(desk.get_by_text("One other session has ended.")).to_be_visible()

    pages.editor(page).fill(MEMO)
    notice = page.get_by_text("You are signed out. What you typed is kept")
    expect(notice).to_be_visible()
    assert not pages.faults_of_access(page)
    expect(pages.editor(page)).to_have_value(MEMO)
    notice.get_by_role("link", name="Sign in again").click()

    # Somebody else signs in first, with the same browser.
    other = page.context.new_page()
    redeem(other, invited(accounts, "cleo@example.org"))
    expect(pages.saved_state(other)).to_have_attribute("data-state", "empty")
    expect(pages.editor(other)).to_have_value("")
    open_menu(other)
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_text("You are signed out.")).to_be_visible()
    other.close()

    sign_in(page, "bea@example.org", "not the password at all")
    expect(page.get_by_role("alert")).to_contain_text("did not sign you in")
    expect(page.get_by_role("alert")).to_be_focused()
    assert not pages.faults_of_access(page)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(memo)
    expect(pages.editor(page)).to_have_value(MEMO)
    pages.expect_saved(page)

    page.goto("/settings")
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_label("New password").fill("eight blue kettles hum")
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    page.goto("/memos")
    expect(page.get_by_text("We ask the board").first).to_be_visible()


def test_what_is_shared_is_read_without_an_account_and_nothing_else_is(
    new_page: NewPage, accounts: LiveServer
) -> None:
    page = new_page(base_url=accounts.url)
    redeem(page, invited(accounts, "dora@example.org"))
    pages.evaluated(page, pages.sample("weak"))
    link = pages.share(page)
    reader = new_page(base_url=accounts.url, tolerated=SIGNED_OUT)
    reader.goto(link)
    expect(reader.get_by_test_id("overall-score")).to_be_visible()
    reader.get_by_label("Your remark").fill("Which oven?")
    reader.get_by_role("button", name="Send the remark").click()
    expect(reader.get_by_text("Your remark was sent.")).to_be_visible()
    reader.get_by_role("link", name="Your memos").click()
    expect(reader).to_have_url(re.compile(r"/login\?next=%2Fmemos$"))
    expect(reader.get_by_role("heading", name="Sign in")).to_be_visible()
