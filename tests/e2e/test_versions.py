"""The versions of a memo: what changed between two of them, seen, heard and gone through; and as files."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e import pages
from tests.e2e.conftest import NewPage
from tests.e2e.seeding import EvaluatedMemos
from tests.e2e.test_progress import NARROWEST, PHONE, WIDE

PARAGRAPH = "The depot has room for forty vans and a workshop with two pits for repairs.\n\n"
OLD = (
    "Subject: Vans\n\nPlease approve 5 vans by 3 May.\n\n"
    + PARAGRAPH * 20
    + "The fleet costs a fee of 40 a month.\n"
)
NEW = OLD.replace("5 vans", "6 vans").replace("fee of 40", "fee of 50")


def changes(page: Page, tag: str) -> list[str]:
    """Return the texts of what was added or removed, as far as they are seen."""
    return page.locator(f".difference {tag}").filter(visible=True).all_inner_texts()


def open_versions(page: Page, evaluated: EvaluatedMemos) -> None:
    _first, second = evaluated.give(page, OLD, NEW)
    page.goto(f"/feedback/{second}")
    page.get_by_role("link", name="What changed").click()
    page.wait_for_url(re.compile(r"/versions/[\w-]+/?\?old=1&new=2$"))
    expect(page.get_by_text("2 changes")).to_be_visible()


def test_what_changed_is_seen_gone_through_and_unfolded(page: Page, evaluated: EvaluatedMemos) -> None:
    open_versions(page, evaluated)
    assert changes(page, "del") == ["5", "40"]
    assert changes(page, "ins") == ["6", "50"]
    removed = page.locator(".difference del").first
    # What is read aloud around it is drawn, so a copy of the passage has the memo's own words.
    assert removed.evaluate("(one) => getComputedStyle(one, '::before').content") == '"[removed: "'
    position = page.locator("[data-change-position]")
    page.get_by_role("button", name="Next change").click()
    expect(position).to_have_text("Change 1 of 2")
    expect(removed).to_be_focused()
    page.keyboard.press("j")
    expect(position).to_have_text("Change 2 of 2")
    page.keyboard.press("k")
    expect(removed).to_be_focused()
    fold = page.get_by_role("button", name=re.compile(r"^\d+ words unchanged: show$"))
    expect(fold).to_have_count(1)
    fold.click()
    expect(fold).to_have_count(0)
    expect(page.get_by_text("forty vans").filter(visible=True)).to_have_count(20)
    # Whoever pressed the button is among what it showed.
    assert page.evaluate("document.activeElement.closest('section') !== null")


def test_any_two_versions_can_be_chosen_and_put_side_by_side(
    new_page: NewPage, evaluated: EvaluatedMemos
) -> None:
    page = new_page(viewport=WIDE)
    open_versions(page, evaluated)
    page.get_by_role("button", name="Side by side").click()
    table = page.get_by_role("table", name="What changed")
    expect(table.get_by_role("columnheader")).to_have_text(["Version 1", "Version 2"])
    assert (changes(page, "del"), changes(page, "ins")) == (["5", "40"], ["6", "50"])
    page.set_viewport_size(PHONE)
    expect(table).to_be_hidden()
    assert changes(page, "del") == ["5", "40"]
    page.set_viewport_size(WIDE)
    page.get_by_label("From").select_option("2")
    expect(page.get_by_text("The two versions have the same text.")).to_be_visible()
    page.get_by_label("To").select_option("1")
    expect(table.get_by_role("columnheader")).to_have_text(["Version 2", "Version 1"])
    assert changes(page, "ins") == ["5", "40"]


def test_each_version_can_be_taken_along(page: Page, evaluated: EvaluatedMemos) -> None:
    evaluated.give(page, OLD)
    page.goto("/memos")
    pages.memos(page).get_by_role("link", name="Versions").click()
    expect(page.get_by_text("There is one version so far.")).to_be_visible()
    for form, name in (("Markdown", "vans-v1.md"), ("Word", "vans-v1.docx")):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"{form} Version 1").click()
        assert download.value.suggested_filename == name


def test_another_browser_finds_none(page: Page, new_page: NewPage, evaluated: EvaluatedMemos) -> None:
    evaluated.give(page, OLD)
    page.goto("/memos")
    pages.memos(page).get_by_role("link", name="Versions").click()
    expect(page.get_by_text("There is one version so far.")).to_be_visible()
    other = new_page()
    other.goto(page.url)
    expect(other.get_by_role("heading", name="There is no such memo")).to_be_visible()


def test_the_page_fits_each_screen_and_has_no_fault_that_axe_can_find(
    new_page: NewPage, evaluated: EvaluatedMemos
) -> None:
    page = new_page(reduced_motion="reduce", viewport=NARROWEST)
    open_versions(page, evaluated)
    for screen in (NARROWEST, PHONE, WIDE):
        page.set_viewport_size(screen)
        if screen is WIDE:
            page.get_by_role("button", name="Side by side").click()
            expect(page.get_by_role("table")).to_be_visible()
        assert pages.faults_in_both_themes(page) == []
        assert pages.too_small_to_touch(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
