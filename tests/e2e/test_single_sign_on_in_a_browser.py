"""People sign in through a real provider in a real browser, and are told in words where it fails."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e import pages
from tests.e2e.conftest import NewPage
from tests.live_server import LiveServer
from tests.oidc_provider import RunningProvider, running_provider


@pytest.fixture(scope="module")
def team(
    site: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LiveServer, RunningProvider]]:
    """Yield a server whose people are a provider's, and the provider."""
    server = LiveServer(tmp_path_factory.mktemp("team"), AUTH_MODE="accounts", OIDC_NAME="Example Inc.")
    with running_provider(f"{server.url}/login/callback") as provider:
        server.environment |= provider.settings() | {"OIDC_ALLOWED_DOMAINS": "example.org"}
        server.start()
        try:
            yield server, provider
        finally:
            server.stop()


def test_a_team_signs_in_through_its_provider(
    new_page: NewPage, team: tuple[LiveServer, RunningProvider]
) -> None:
    server, provider = team
    provider.add_person("ana", email="ana@example.org", email_verified=True, name="Ana Ruíz")
    provider.add_person("eve", email="eve@example.com", email_verified=True)
    # What a browser says of the provider's page, which has no icon.
    page = new_page(base_url=server.url, tolerated=(r"status of 404",))
    page.goto("/memos")
    way = page.get_by_role("link", name="Sign in with Example Inc.")
    expect(way).to_be_visible()
    assert not pages.faults_of_access(page)
    assert not pages.too_small_to_touch(page)

    way.click()
    page.get_by_role("button", name="No").click()
    expect(page.get_by_role("alert")).to_contain_text("The service has not signed you in.")
    expect(page.get_by_role("alert")).to_be_focused()
    assert not pages.faults_of_access(page)

    page.get_by_role("link", name="Sign in with Example Inc.").click()
    page.get_by_label("Account").fill("ana")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/memos$"))
    page.locator("summary", has=page.locator("svg")).and_(page.get_by_label("Your account")).click()
    expect(page.locator("details.account")).to_contain_text("Signed in as Ana Ruíz")

    stranger = new_page(
        base_url=server.url,
        locale="es-ES",
        tolerated=(r"status of 404",),
        viewport={"width": 320, "height": 640},
    )
    stranger.goto("/es/memos")
    stranger.get_by_role("link", name="Iniciar sesión con Example Inc.").click()
    stranger.get_by_label("Account").fill("eve")
    stranger.get_by_role("button", name="Sign in").click()
    expect(stranger.get_by_role("alert")).to_contain_text("Usted no tiene ninguna cuenta aquí.")
    assert not pages.faults_of_access(stranger)
    assert stranger.evaluate("document.documentElement.scrollWidth") <= 320
