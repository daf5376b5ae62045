"""The memo is revised beside its comments: kept as typed, evaluated again in place, by key and by touch."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import pages
from tests.e2e.conftest import NewPage

WEAK = pages.sample("weak")
COMMENT = re.compile(r"^[1-5] of 5$")


@pytest.fixture
def weak(new_page: NewPage) -> Page:
    """Return the comments on a weak sample."""
    page = new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    pages.open_review(page, WEAK)
    return page


def caret(page: Page) -> int:
    return int(pages.review(page).evaluate("(field) => field.selectionStart"))


def test_what_is_typed_beside_the_comments_is_the_memos_draft(weak: Page) -> None:
    pages.review(weak).press_sequentially("Dear all, ")
    pages.expect_saved(weak)
    weak.reload()
    expect(pages.review(weak)).to_have_value(f"Dear all, {WEAK}")
    expect(weak.locator(".review-mark").first).to_be_attached()
    weak.get_by_role("navigation", name="Main").get_by_role("link", name="Write").click()
    expect(pages.editor(weak)).to_have_value(f"Dear all, {WEAK}")
    pages.open_memos(weak)
    expect(pages.memos(weak)).to_have_count(1)


def test_two_tabs_never_overwrite_each_other(weak: Page) -> None:
    other = weak.context.new_page()
    other.goto(weak.url)
    expect(pages.saved_state(other)).to_have_attribute("data-state", "restored")
    pages.review(weak).press_sequentially("One. ")
    pages.expect_saved(weak)
    pages.review(other).press_sequentially("Two. ")
    expect(pages.saved_state(other)).to_contain_text("a memo of its own")
    expect(pages.memos(other)).to_have_count(0)
    expect(pages.open_memos(weak)).to_have_count(2)


def test_a_passage_that_was_edited_asks_for_another_evaluation_which_comes_in_place(weak: Page) -> None:
    card = pages.open_cards(weak).filter(has=weak.locator("q")).first
    comment = str(card.get_attribute("data-card"))
    card.focus()
    weak.keyboard.press("Enter")
    expect(pages.review(weak)).to_be_focused()
    assert WEAK.startswith(pages.passages(weak)[comment], caret(weak))
    weak.keyboard.press("ArrowRight")
    weak.keyboard.type("x")
    expect(card).to_contain_text("Changed: evaluate again.")
    expect(card.get_by_text("Changed")).to_be_visible()
    expect(pages.current_card(weak)).to_have_attribute("data-card", comment)
    weak.keyboard.press("Control+z")
    expect(card.get_by_text("Changed")).to_be_hidden()
    weak.keyboard.type("really ")
    pages.expect_saved(weak)
    text, place = pages.review(weak).input_value(), caret(weak)
    pages.evaluate_again(weak)
    expect(weak.get_by_text("Version 2")).to_be_visible()
    expect(weak.get_by_role("link", name=re.compile(r"Overall feedback: \d\.\d \(was \d"))).to_be_visible()
    expect(weak.get_by_role("button", name="Evaluate again")).to_be_focused()
    assert pages.review(weak).input_value() == text
    assert caret(weak) == place
    expect(weak.locator("article[data-passage='changed']")).to_have_count(0)
    expect(pages.open_memos(weak).locator(".versions a")).to_have_count(2)


def test_alt_and_an_arrow_step_through_the_comments_from_inside_the_editor(weak: Page) -> None:
    pages.review(weak).focus()
    position = weak.locator(".details-tools [data-comment-position]")
    for number in range(1, 6):
        weak.keyboard.press("Alt+ArrowDown")
        expect(position).to_have_text(f"{number} of 5")
        card = pages.open_cards(weak).nth(number - 1)
        expect(card).to_have_attribute("data-current", "")
        expect(card).to_be_in_viewport()
        if card.locator("q").count():
            expect(pages.review(weak)).to_be_focused()
            expect(weak.locator(".review-mark[data-current]").first).to_be_in_viewport()
        else:
            expect(card).to_be_focused()
    weak.keyboard.press("Alt+ArrowUp")
    expect(position).to_have_text("4 of 5")
    assert pages.faults_of_access(weak) == []


def test_escape_leads_from_a_comment_back_to_its_passage(weak: Page) -> None:
    card = pages.open_cards(weak).filter(has=weak.locator("q")).first
    comment = str(card.get_attribute("data-card"))
    card.focus()
    weak.keyboard.press("Escape")
    expect(pages.review(weak)).to_be_focused()
    assert WEAK.startswith(pages.passages(weak)[comment], caret(weak))


def test_a_click_into_a_passage_makes_its_comment_the_current_one(weak: Page) -> None:
    (comment, words) = next(iter(pages.passages(weak).items()))
    place = WEAK.index(words) + 3
    pages.review(weak).evaluate(
        "(field, place) => { field.focus(); field.setSelectionRange(place, place); }", place
    )
    expect(pages.current_card(weak)).to_have_attribute("data-card", comment)
    expect(pages.current_card(weak)).to_be_in_viewport()
    expect(pages.review(weak)).to_be_focused()
    assert caret(weak) == place


@pytest.mark.parametrize("size", [(390, 844), (360, 640), (320, 640)], ids=str)
def test_on_a_phone_a_comment_is_a_sheet_that_does_not_cover_its_passage(
    new_page: NewPage, size: tuple[int, int]
) -> None:
    width, height = size
    page = new_page(
        viewport={"width": width, "height": height}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    pages.open_review(page, WEAK)
    page.locator(".details-tools").get_by_role("button", name="Next comment").tap()
    for _ in range(5):
        card = pages.current_card(page)
        expect(card.locator("[data-comment-position]")).to_have_text(COMMENT)
        sheet = card.bounding_box()
        assert sheet is not None
        assert sheet["height"] <= height / 2
        mark = page.locator(".review-mark[data-current]")
        if mark.count():
            passage = mark.first.evaluate("(one) => one.getClientRects()[0].toJSON()")
            tools = page.locator(".details-tools").bounding_box()
            assert tools is not None
            assert passage["top"] >= tools["y"] + tools["height"] - 1
            assert passage["bottom"] <= sheet["y"]
        card.get_by_role("button", name="Next comment").tap()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert pages.faults_of_access(page) == []
    pages.current_card(page).get_by_role("button", name="Back to the text").tap()
    expect(pages.current_card(page)).to_have_count(0)
