"""How the pages stand: on a phone and a wide screen, light and dark, and for a screen reader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import pages
from tests.e2e.conftest import NOT_FOUND, NewPage

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
NARROWEST = {"width": 320, "height": 640}
Check = Callable[[Page, str], None]


def every_page(page: Page, check: Check) -> None:
    """Walk through every page in each of its states and check it there."""
    page.goto("/memos")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    check(page, "memos, none")
    pages.open_editor(page)
    check(page, "write, empty")
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, "write, refused")
    pages.write(page, pages.sample("weak"))
    expect(page.locator(".hint").first).to_be_visible()
    check(page, "write, filled, with hints")
    page.get_by_role("button", name="New memo").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    check(page, "write, asking before a new memo")
    page.get_by_role("button", name="Keep writing").click()
    pages.evaluate(page)
    check(page, "overall feedback")
    pages.open_details(page)
    check(page, "detailed feedback")
    page.get_by_role("button", name="Next comment").click()
    expect(pages.current_card(page)).to_have_count(1)
    check(page, "detailed feedback, at a comment")
    page.goto("/memos")
    expect(pages.memos(page)).to_have_count(1)
    check(page, "memos")
    pages.memos(page).get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog", name="Delete")).to_be_visible()
    check(page, "memos, asking before deleting")
    page.goto("/settings")
    expect(page.get_by_role("combobox", name="Memo to delete")).to_be_visible()
    check(page, "settings")
    page.goto("/help")
    expect(page.get_by_role("heading", level=1, name="Help")).to_be_visible()
    page.locator("summary").first.click()
    check(page, "help, opened")
    page.goto("/feedback/none")
    expect(page.get_by_role("heading", name="There is no such evaluation")).to_be_visible()
    check(page, "overall feedback, missing")
    page.goto("/nowhere")
    expect(page.get_by_role("heading", name="This page does not exist")).to_be_visible()
    check(page, "not found")


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_page_has_a_fault_that_axe_can_find_in_light_or_dark(
    new_page: NewPage, viewport: dict[str, int]
) -> None:
    page = new_page(viewport=viewport, reduced_motion="reduce", tolerated=NOT_FOUND)
    faults: list[str] = []

    def check(page: Page, where: str) -> None:
        faults.extend(f"{where}: {fault}" for fault in pages.faults_in_both_themes(page))

    every_page(page, check)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("viewport", [PHONE, NARROWEST], ids=["phone", "narrowest"])
def test_on_a_phone_nothing_is_wider_than_the_screen_nor_too_small_to_touch(
    new_page: NewPage, viewport: dict[str, int]
) -> None:
    page = new_page(
        viewport=viewport, has_touch=True, is_mobile=True, tolerated=NOT_FOUND, reduced_motion="reduce"
    )
    faults: list[str] = []

    def check(page: Page, where: str) -> None:
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > viewport["width"]:
            faults.append(f"{where}: {width} px wide")
        faults.extend(f"{where}: too small: {each}" for each in pages.too_small_to_touch(page))

    every_page(page, check)
    assert not faults, "\n".join(faults)


def test_the_theme_follows_the_system_until_it_is_chosen_and_the_choice_stays(new_page: NewPage) -> None:
    page = new_page(color_scheme="dark")
    page.goto("/help")
    html = page.locator("html")
    expect(html).to_have_attribute("data-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(html).to_have_attribute("data-theme", "light")
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(html).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.get_by_role("heading", level=1, name="Help")).to_be_visible()
    expect(html).to_have_attribute("data-theme", "dark")
    page.get_by_role("link", name="Write").first.click()
    expect(html).to_have_attribute("data-theme", "dark")


def test_dark_and_light_differ_in_paper_and_ink(new_page: NewPage) -> None:
    colours = set()
    for theme in ("light", "dark"):
        page = new_page(color_scheme=theme)
        page.goto("/help")
        colours.add(
            page.evaluate(
                "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).color"
            )
        )
    assert len(colours) == 2


def test_no_page_flashes_in_the_wrong_theme(new_page: NewPage) -> None:
    page = new_page(color_scheme="light")
    page.goto("/help")
    page.get_by_role("button", name="Switch between light and dark").click()
    page.add_init_script(
        """
        window.themes = [];
        const note = () => { if (document.body) window.themes.push(document.documentElement.dataset.theme); };
        new PerformanceObserver(note).observe({ type: "paint", buffered: true });
        const all = { subtree: true, childList: true, attributeFilter: ["data-theme"] };
        new MutationObserver(note).observe(document, all);
        """
    )
    page.goto("/")
    expect(pages.editor(page)).to_be_visible()
    painted = "(done) => new PerformanceObserver(done).observe({ type: 'paint', buffered: true })"
    page.evaluate(f"() => new Promise({painted})")
    assert set(page.evaluate("window.themes")) == {"dark"}
