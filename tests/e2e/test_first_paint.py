"""A page is itself as soon as it has arrived, in the right theme, whatever else is still on its way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e import pages
from tests.e2e.conftest import NewPage

LOOK = """() => {
  const look = (selector) => {
    const style = getComputedStyle(document.querySelector(selector));
    return [style.color, style.backgroundColor, style.fontFamily, style.fontSize, style.padding];
  };
  return ["body", "h1", "textarea", "button.main", "footer"].map(look);
}"""
CUT_OFF = (r"net::ERR_FAILED", r"Failed to fetch dynamically imported module")
TAKEN_OVER = """() => new Promise((taken) => {
  const look = () => {
    const keys = Object.keys(document.querySelector("main"));
    if (keys.some((key) => key.startsWith("__reactFiber"))) taken();
    else setTimeout(look, 20);
  };
  look();
})"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_that_nothing_else_follows_looks_as_the_whole_one(new_page: NewPage, theme: str) -> None:
    whole = new_page(color_scheme=theme)
    pages.open_editor(whole)
    cut_off = new_page(color_scheme=theme, tolerated=CUT_OFF)

    def only_the_page(route: Route) -> None:
        if route.request.resource_type == "document":
            route.continue_()
        else:
            route.abort()

    cut_off.route("**/*", only_the_page)
    cut_off.goto("/")
    expect(pages.editor(cut_off)).to_be_focused()
    cut_off.keyboard.type("Approve it.")
    expect(pages.editor(cut_off)).to_have_value("Approve it.")
    assert cut_off.evaluate("document.documentElement.dataset.theme") == theme
    assert cut_off.evaluate(LOOK) == whole.evaluate(LOOK)


def test_the_theme_that_was_chosen_is_there_without_any_other_file(new_page: NewPage) -> None:
    page = new_page(color_scheme="light", tolerated=CUT_OFF)
    pages.open_editor(page)
    page.evaluate("localStorage.setItem('memo-coach-theme', 'dark')")
    page.route("**/*.{js,css}*", lambda route: route.abort())
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_page_is_taken_over_and_not_rendered_anew(page: Page) -> None:
    of_nobody = ("/feedback/none", "/es/details/none", "/chat/none", "/versions/none", "/debug/none")
    for path in ("/", "/help", "/memos", *of_nobody):
        page.goto(path, wait_until="commit")
        expect(page.locator("main h1")).to_be_visible()
        page.evaluate("window.first = [document.head, document.querySelector('main')]")
        page.evaluate(TAKEN_OVER)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.first.every((element) => element.isConnected)"), path


def test_what_stands_in_the_page_is_not_fetched_again(page: Page) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    pages.open_editor(page)
    page.wait_for_load_state("networkidle")
    assert [url for url in fetched if "/assets/entry.client" in url]
    assert not [url for url in fetched if ".css" in url or "/theme.js" in url]
