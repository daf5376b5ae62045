"""People set up second factors and sign in with them, in Chromium with a virtual device for passkeys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.e2e import pages
from tests.e2e.conftest import NewPage
from tests.e2e.test_signing_in import LINK, PASSWORD, SIGNED_OUT, invited, open_menu, redeem, sign_in
from tests.live_server import LiveServer

REFUSED = (r"status of 422", *SIGNED_OUT)


@pytest.fixture(scope="module")
def accounts(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Yield a server on which one signs in, at a name: passkeys are for none that is a number."""
    server = LiveServer(tmp_path_factory.mktemp("factors"), AUTH_MODE="accounts", LOG_FORMAT="human")
    server.url = server.environment["PUBLIC_URL"] = f"http://localhost:{server.port}"
    server.start()
    yield server
    server.stop()


def with_device(page: Page) -> Page:
    """Give a browser a device that keeps passkeys, and makes sure of its person."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def secret_on(page: Page) -> str:
    return "".join((page.locator("main code").text_content() or "").split())


def looked_at(page: Page) -> None:
    assert not pages.faults_of_access(page)
    assert not pages.too_small_to_touch(page)


def test_an_administrator_sets_up_the_app_that_is_asked_of_them_and_signs_in_with_it(
    new_page: NewPage, accounts: LiveServer
) -> None:
    (link,) = LINK.findall(accounts.log.read_text())
    page = new_page(base_url=accounts.url, tolerated=REFUSED, viewport={"width": 390, "height": 800})
    page.goto(link)
    page.get_by_label("E-mail address").fill("root@example.org")
    page.get_by_label("Your name").fill("Root")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("heading", name="Set up a second step")).to_be_visible()
    expect(page.get_by_role("img", name="Picture for an authenticator app")).to_be_visible()
    looked_at(page)
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_role("heading", name="Configure un segundo paso")).to_be_visible()
    secret = secret_on(page)
    page.get_by_label("Código que muestra la aplicación").fill("000000")
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_role("alert").first).to_be_focused()
    assert secret_on(page) == secret
    page.get_by_label("Código que muestra la aplicación").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_role("heading", name="Guarde sus códigos de recuperación")).to_be_visible()
    codes = page.get_by_role("list", name="Códigos de recuperación").get_by_role("listitem").all_inner_texts()
    assert len(codes) == 10
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    looked_at(page)
    page.get_by_role("link", name="Continuar").click()
    expect(pages.count(page, "words")).not_to_be_empty()

    desk = new_page(base_url=accounts.url, tolerated=REFUSED)
    desk.goto("/memos")
    sign_in(desk, "root@example.org")
    expect(desk.get_by_role("heading", name="One more step")).to_be_visible()
    expect(desk.get_by_label("Code", exact=True)).to_be_focused()
    looked_at(desk)
    desk.get_by_label("Code", exact=True).fill(codes[0].lower())
    desk.get_by_role("button", name="Continue").click()
    expect(desk).to_have_url(re.compile(r"/memos$"))
    desk.goto("/sign-in-methods")
    expect(desk.get_by_text("9 are unused.")).to_be_visible()
    desk.get_by_text("Change", exact=False).first.click()
    desk.get_by_role("button", name="Remove").click()
    expect(desk.get_by_role("alert").first).to_contain_text("this is your only one")


def test_a_passkey_is_added_named_used_as_second_step_and_alone_and_removed(
    new_page: NewPage, accounts: LiveServer
) -> None:
    page = with_device(new_page(base_url=accounts.url, tolerated=REFUSED))
    redeem(page, invited(accounts, "eva@example.org"))
    page.goto("/settings")
    page.get_by_role("link", name="Change how you sign in").click()
    expect(page.get_by_text("Whoever knows your password")).to_be_visible()
    looked_at(page)
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", name="Keep your recovery codes")).to_be_visible()
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_role("strong").or_(page.locator("strong"))).to_have_text("Laptop")
    page.get_by_text("Change", exact=False).first.click()
    page.get_by_label("Name").first.fill("Old laptop")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_text("It was renamed.")).to_be_visible()
    expect(page.locator("strong")).to_have_text("Old laptop")
    looked_at(page)

    def sign_out() -> None:
        page.goto("/")
        open_menu(page)
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("You are signed out.")).to_be_visible()

    sign_out()
    looked_at(page)
    sign_in(page, "eva@example.org")
    page.get_by_role("button", name="Use a passkey").click()
    expect(pages.count(page, "words")).not_to_be_empty()
    sign_out()
    page.goto("/login?next=/sign-in-methods")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="How you sign in")).to_be_visible()
    expect(page.get_by_text("used last on")).to_be_visible()

    stranger = with_device(new_page(base_url=accounts.url, tolerated=REFUSED))
    stranger.goto("/login")
    stranger.get_by_role("button", name="Sign in with a passkey").click()
    expect(stranger.get_by_role("alert").filter(has_text="No passkey was used.")).to_be_visible()

    page.get_by_text("Change", exact=False).first.click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("It was removed.")).to_be_visible()
    expect(page.get_by_text("You have none.")).to_be_visible()
