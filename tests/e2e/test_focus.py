"""Where the focus goes when what had it is gone, and what those are told who do not see the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import pages
from tests.e2e.seeding import EvaluatedMemos

HEARD = """
() => {
  window.heard = [];
  const note = (node) => {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    const live = element && element.closest('[role="status"], [role="alert"], [aria-live]');
    const quiet = element && element.closest('[aria-live="off"]');
    if (live && !quiet && live.textContent.trim()) window.heard.push(live.textContent.trim());
  };
  new MutationObserver((changes) => changes.forEach((change) => note(change.target))).observe(
    document.body, { childList: true, characterData: true, subtree: true });
}
"""


def heard(page: Page) -> list[str]:
    """Return what a screen reader would have said since it was asked to listen."""
    found: list[str] = page.evaluate("window.heard")
    return found


def has_focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.className || document.activeElement.tagName"))


@pytest.fixture
def two_memos(page: Page, evaluated: EvaluatedMemos) -> Page:
    """Yield the list of two memos."""
    evaluated.give(page, pages.sample("weak"))
    evaluated.give(page, pages.sample("strong"))
    page.goto("/memos")
    expect(pages.memos(page)).to_have_count(2)
    return page


def test_who_keeps_a_memo_after_all_stays_at_it(two_memos: Page) -> None:
    entry = pages.memos(two_memos).nth(1)
    entry.get_by_role("button", name="Delete").click()
    two_memos.get_by_role("button", name="Keep it").click()
    expect(entry.get_by_role("button", name="Delete")).to_be_focused()


def test_who_deletes_a_memo_is_told_and_stays_in_the_list(two_memos: Page) -> None:
    title = pages.memos(two_memos).first.get_by_role("heading").inner_text()
    pages.memos(two_memos).first.get_by_role("button", name="Delete").click()
    two_memos.evaluate(HEARD)
    two_memos.get_by_role("textbox", name="To confirm").fill("delete")
    two_memos.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(pages.memos(two_memos)).to_have_count(1)
    expect(two_memos.locator("ul.memos")).to_be_focused()
    assert f"“{title}” is deleted." in heard(two_memos)


def test_show_all_keeps_the_focus(page: Page, evaluated: EvaluatedMemos) -> None:
    evaluated.open_details(page, pages.sample("weak"))
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_role("button", name="Show what matters first")).to_be_focused()


def test_a_page_without_a_new_document_is_told_and_takes_the_focus(page: Page) -> None:
    pages.open_editor(page)
    page.evaluate(HEARD)
    page.get_by_role("link", name="Help").first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Help")
    page.wait_for_function("window.heard.some((line) => line.includes('Help'))")
    assert has_focus(page) != "BODY"


def test_typing_is_not_talked_over(page: Page) -> None:
    pages.open_editor(page)
    page.evaluate(HEARD)
    for word in (
        "We",
        "ask",
        "the",
        "board",
        "to",
        "approve",
        "a",
        "second",
        "oven",
        "for",
        "the",
        "bakery",
        "today",
    ):
        page.keyboard.type(f"{word} ")
        pages.expect_saved(page)
    assert len(heard(page)) <= 2
