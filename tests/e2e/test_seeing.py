"""What can be told apart, whatever colours the system chooses, on paper, and where the connection is gone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import pages
from tests.e2e.conftest import SERVER_GONE, NewPage
from tests.e2e.seeding import EvaluatedMemos

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def weak(page: Page, evaluated: EvaluatedMemos) -> Page:
    """Yield the overall feedback on a weak memo."""
    evaluated.open_feedback(page, pages.sample("weak"))
    return page


def style(page: Page, selector: str, name: str) -> str:
    return str(page.locator(selector).first.evaluate(f"(one) => getComputedStyle(one)['{name}']"))


def test_in_forced_colours_a_bar_differs_from_its_track(weak: Page) -> None:
    weak.emulate_media(forced_colors="active")
    assert style(weak, ".bar > *", "backgroundColor") != style(weak, ".bar", "backgroundColor")
    assert style(weak, ".bar", "borderTopStyle") == "solid"


def test_in_forced_colours_the_current_passage_and_its_comment_have_an_edge(
    weak: Page, evaluated: EvaluatedMemos
) -> None:
    pages.open_details(weak)
    weak.emulate_media(forced_colors="active")
    pages.cards(weak).locator("q").first.click()
    assert style(weak, "article[data-current]", "outlineStyle") == "solid"
    expect(weak.locator(".review-mark[data-current]").first).to_have_css("outline-style", "solid")
    evaluated.open_earlier_version(weak, pages.sample("weak"), f"Dear all, {pages.sample('weak')}")
    weak.locator("mark a").first.click()
    assert style(weak, "mark[data-current]", "outlineStyle") == "solid"


def test_the_current_passage_has_an_edge_that_others_have_not(page: Page, evaluated: EvaluatedMemos) -> None:
    evaluated.open_earlier_version(page, pages.sample("weak"), f"Dear all, {pages.sample('weak')}")
    page.locator("mark a").first.click()
    expect(page.locator("article[data-current]")).to_have_count(1)
    ink = style(page, "body", "color")
    # The edge grows in for a moment.
    expect(page.locator("mark[data-current]").first).to_have_css("box-shadow", re.compile(re.escape(ink)))
    assert ink not in style(page, "mark:not([data-current])", "boxShadow")


def test_on_paper_a_quote_is_whole(weak: Page) -> None:
    weak.emulate_media(media="print")
    assert style(weak, ".criterion blockquote p", "webkitLineClamp") == "none"
    weak.emulate_media(media="screen")
    pages.open_details(weak)
    weak.emulate_media(media="print")
    assert style(weak, ".card q", "webkitLineClamp") == "none"


def test_a_passage_that_is_read_out_or_copied_holds_no_number(page: Page, evaluated: EvaluatedMemos) -> None:
    evaluated.open_earlier_version(page, pages.sample("weak"), f"Dear all, {pages.sample('weak')}")
    passage = page.locator("mark").first
    words = str(passage.evaluate("(one) => one.textContent"))
    assert words in pages.sample("weak")
    link = page.locator("mark a").first
    expect(link).to_have_accessible_name(re.compile(r"Comment \d+"))
    assert re.search(
        r"\d", str(link.locator("sup").evaluate("(one) => getComputedStyle(one, '::before').content"))
    )


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_what_tells_of_a_lost_connection_covers_no_button(
    new_page: NewPage, viewport: dict[str, int]
) -> None:
    page = new_page(tolerated=SERVER_GONE, viewport=viewport)
    pages.open_editor(page)
    pages.write(page, pages.sample("weak"))
    page.context.set_offline(True)
    told = page.locator(".connection:visible")
    expect(told).to_be_visible()
    button, message = page.get_by_role("button", name="Evaluate").bounding_box(), told.bounding_box()
    assert button is not None
    assert message is not None
    assert message["y"] + message["height"] <= button["y"]


def test_a_memo_of_one_word_has_one_word(page: Page) -> None:
    pages.open_editor(page)
    pages.write(page, "Hello")
    pages.expect_saved(page)
    memos = pages.open_memos(page)
    expect(memos.first).to_contain_text("1 word")
    expect(memos.first).not_to_contain_text("1 words")
