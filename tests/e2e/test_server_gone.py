"""The server dies, or the network, while somebody writes: the text stays, and is saved by itself."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Page, Route, expect

from tests.e2e import pages
from tests.e2e.conftest import SERVER_GONE, NewPage
from tests.live_server import LiveServer

BEFORE = "We ask the board to approve $400,000."
MORE = " Written while the server was dead."
NOT_SAVED = "Not saved yet"

# What a new page says of text that the server has: by itself, or by the page before it.
ON_THE_SERVER = re.compile("^(saved|restored)$")


def write_without_server(page: Page, server: LiveServer) -> None:
    """Write, have it saved, end the server as a power cut does, and write on."""
    pages.open_editor(page)
    pages.write(page, BEFORE)
    server.kill()
    pages.editor(page).press("End")
    page.keyboard.type(MORE)
    expect(pages.saved_state(page)).to_contain_text(NOT_SAVED)
    expect(pages.editor(page)).to_have_value(BEFORE + MORE)


def stored(page: Page) -> str:
    """Return the text that the server has."""
    return str(page.request.get("/draft").json()["text"])


def test_a_draft_is_on_the_server_as_soon_as_the_page_says_so(own_page: Page, own_server: LiveServer) -> None:
    pages.open_editor(own_page)
    pages.write(own_page, BEFORE)
    own_server.kill()
    own_server.start()
    assert stored(own_page) == BEFORE


def test_what_was_typed_while_the_server_was_dead_is_saved_when_it_lives(
    own_page: Page, own_server: LiveServer
) -> None:
    write_without_server(own_page, own_server)
    expect(own_page.get_by_text("The connection is gone")).to_be_visible()
    own_server.start()
    expect(pages.saved_state(own_page)).to_have_attribute("data-state", "saved", timeout=30_000)
    assert stored(own_page) == BEFORE + MORE
    assert MORE not in pages.stored_in_browser(own_page)
    expect(own_page.get_by_text("The connection is gone")).to_have_count(0, timeout=30_000)
    expect(pages.open_memos(own_page)).to_have_count(1)


def test_what_was_typed_while_the_server_was_dead_survives_a_reload_of_the_page(
    own_page: Page, own_server: LiveServer
) -> None:
    write_without_server(own_page, own_server)
    own_server.start()
    own_page.reload()
    expect(pages.editor(own_page)).to_have_value(BEFORE + MORE)
    expect(pages.saved_state(own_page)).to_have_attribute("data-state", ON_THE_SERVER)
    assert stored(own_page) == BEFORE + MORE


def test_what_was_typed_while_the_server_was_dead_survives_the_closing_of_the_tab(
    own_page: Page, own_server: LiveServer
) -> None:
    write_without_server(own_page, own_server)
    context = own_page.context
    own_page.close()
    own_server.start()
    page = context.new_page()
    pages.open_editor(page)
    expect(pages.editor(page)).to_have_value(BEFORE + MORE)
    expect(pages.saved_state(page)).to_have_attribute("data-state", ON_THE_SERVER)
    assert stored(page) == BEFORE + MORE
    expect(pages.open_memos(page)).to_have_count(1)


def test_a_page_that_was_cut_off_is_whole_again_without_a_reload(new_page: NewPage) -> None:
    page = new_page(tolerated=SERVER_GONE)
    pages.open_editor(page)
    pages.write(page, BEFORE)
    page.evaluate("window.stayed = true")
    page.context.set_offline(True)
    pages.editor(page).press("End")
    page.keyboard.type(MORE)
    expect(pages.saved_state(page)).to_contain_text(NOT_SAVED)
    page.context.set_offline(False)
    expect(pages.saved_state(page)).to_have_attribute("data-state", "saved")
    assert stored(page) == BEFORE + MORE
    pages.write(page, pages.sample("weak"))
    expect(page.locator(".hint").first).to_be_visible()
    pages.evaluate(page)
    assert page.evaluate("window.stayed")


def test_a_link_to_a_page_that_cannot_be_fetched_says_so_and_stays(new_page: NewPage) -> None:
    page = new_page(tolerated=SERVER_GONE)
    pages.open_editor(page)
    pages.write(page, BEFORE)
    page.evaluate("window.stayed = true")
    page.context.set_offline(True)
    pages.editor(page).press("End")
    page.keyboard.type(MORE)
    menu = page.get_by_role("navigation", name="Main")
    notice = page.get_by_text("That page cannot be opened now")
    for place in (menu.get_by_role("link", name="Help"), page.get_by_role("link", name="Español")):
        place.click()
        expect(notice).to_be_visible()
        expect(page.get_by_text("The connection is gone")).to_be_hidden()
        expect(pages.editor(page)).to_have_value(BEFORE + MORE)
    page.context.set_offline(False)
    expect(notice).to_have_count(0)
    expect(pages.saved_state(page)).to_have_attribute("data-state", "saved")
    menu.get_by_role("link", name="Help").click()
    expect(page.get_by_role("heading", level=1, name="Help")).to_be_visible()
    # A page that was there before is there without a connection.
    page.context.set_offline(True)
    menu.get_by_role("link", name="Write").click()
    expect(pages.editor(page)).to_be_visible()
    assert page.evaluate("window.stayed")


def test_what_the_server_does_not_take_now_is_kept_with_its_reason_and_saved_when_it_said(
    new_page: NewPage,
) -> None:
    page = new_page(tolerated=(r"status of 429",))
    page.clock.install()
    pages.open_editor(page)
    reason = "There is room again within a minute."
    sent: list[str] = []

    def refuse_the_first(route: Route) -> None:
        sent.append(route.request.method)
        if route.request.method != "PUT" or sent.count("PUT") > 1:
            route.continue_()
            return
        body = json.dumps({"detail": reason})
        route.fulfill(status=429, body=body, headers={"Retry-After": "30"}, content_type="application/json")

    page.route("**/draft", refuse_the_first)
    pages.editor(page).fill(BEFORE)
    expect(pages.saved_state(page)).to_have_text(reason)
    expect(pages.editor(page)).to_have_value(BEFORE)
    assert BEFORE in pages.stored_in_browser(page)
    page.clock.fast_forward(20_000)
    expect(pages.saved_state(page)).to_have_text(reason)
    assert sent.count("PUT") == 1
    page.clock.fast_forward(10_000)
    expect(pages.saved_state(page)).to_have_attribute("data-state", "saved")
    assert stored(page) == BEFORE
    assert BEFORE not in pages.stored_in_browser(page)


def test_feedback_on_the_screen_works_on_after_the_server_was_killed(
    own_page: Page, own_server: LiveServer
) -> None:
    pages.evaluated(own_page, pages.sample("weak"))
    pages.open_details(own_page)
    own_page.evaluate("window.stayed = true")
    few = pages.cards(own_page).count()
    own_server.kill()
    expect(own_page.get_by_text("The connection is gone")).to_be_visible(timeout=30_000)
    own_server.start()
    expect(own_page.get_by_text("The connection is gone")).to_have_count(0, timeout=30_000)
    own_page.get_by_role("button", name="Show all").click()
    expect(own_page.get_by_role("button", name="Show what matters first")).to_be_visible()
    assert pages.cards(own_page).count() > few
    assert own_page.evaluate("window.stayed")
