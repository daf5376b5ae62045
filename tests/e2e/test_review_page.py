"""The memo is revised beside its comments: kept as typed, evaluated again in place, by key and by touch."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e import pages
from tests.e2e.conftest import SERVER_GONE, NewPage
from tests.e2e.seeding import EvaluatedMemos

WEAK = pages.sample("weak")
COMMENT = re.compile(r"^[1-5] of 5$")


@pytest.fixture
def weak(new_page: NewPage, evaluated: EvaluatedMemos) -> Page:
    """Return the comments on a weak sample."""
    page = new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    evaluated.open_details(page, WEAK)
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


def test_what_is_typed_before_the_draft_has_come_is_the_same_memos(weak: Page) -> None:
    held: list[Route] = []
    weak.route("**/draft?memo=*", lambda route: held.append(route))  # noqa: PLW0108 - no built-in is taken
    with weak.expect_request("**/draft?memo=*"):
        weak.reload()
    pages.review(weak).press_sequentially("Dear all, ")
    (route,) = held
    route.continue_()
    expect(pages.saved_state(weak)).to_have_attribute("data-state", "saved")
    pages.evaluate_again(weak)
    expect(weak.locator("details.outcomes")).to_be_visible()
    expect(pages.open_memos(weak)).to_have_count(1)


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


def settled(page: Page, label: str) -> Locator:
    """Return the comments that are folded away under a name, and show them."""
    fold = page.locator("details.folded").filter(has=page.locator("summary", has_text=label))
    if fold.get_attribute("open") is None:
        fold.locator("summary").first.click()
    return fold.locator("article")


def test_a_comment_is_done_declined_and_taken_back_and_that_holds_over_versions(weak: Page) -> None:
    first = pages.open_cards(weak).first
    third = str(pages.open_cards(weak).nth(2).get_attribute("data-card"))
    first.get_by_role("button", name="Done").press("Enter")
    expect(pages.open_cards(weak)).to_have_count(4)
    expect(pages.open_cards(weak).first).to_be_focused()
    first.get_by_text("Not for me …").click()
    first.get_by_label("Why not?").fill("The board knows the amount.")
    first.get_by_role("button", name="Not for me", exact=True).click()
    expect(pages.open_cards(weak)).to_have_count(3)
    assert "The board knows" not in pages.stored_in_browser(weak)
    weak.reload()
    expect(weak.get_by_text("Settled (2)")).to_be_visible()
    expect(pages.open_cards(weak).first).to_have_attribute("data-card", third)
    expect(settled(weak, "Settled (2)").last).to_contain_text("The board knows the amount.")
    pages.review(weak).press_sequentially("Dear all, ")
    pages.expect_saved(weak)
    pages.evaluate_again(weak)
    outcomes = weak.locator("details.outcomes")
    expect(outcomes.locator("summary")).to_contain_text(
        re.compile(r"\d+ addressed, \d of the 5 that mattered most still open, \d new")
    )
    outcomes.locator("summary").click()
    expect(outcomes).to_contain_text("The coach still says it.")
    undo = settled(weak, "Settled (2)").filter(has_text="The board knows").get_by_role("button", name="Undo")
    undo.click()
    expect(weak.get_by_text("Settled (1)")).to_be_visible()
    assert pages.faults_of_access(weak) == []


def test_a_button_of_a_comment_works_at_its_first_press_also_where_its_passage_is_out_of_sight(
    new_page: NewPage, evaluated: EvaluatedMemos
) -> None:
    page = new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    evaluated.open_details(page, "\n\n".join(["The depot has run two shifts since 2023."] * 40 + [WEAK]))
    below = page.locator(".review-mark").evaluate_all(
        "(marks) => marks.filter((one) => one.getBoundingClientRect().top > innerHeight)"
        ".map((one) => one.dataset.ids.split(/\\s+/)[0])"
    )
    of_below = page.locator(",".join(f'article[data-card="{one}"]' for one in below))
    card = of_below.locator("visible=true").first
    card.locator("summary").scroll_into_view_if_needed()
    assert page.evaluate("scrollY") == 0
    card.locator("summary").click()
    expect(card.locator("details")).to_have_attribute("open", "")
    passage = page.locator(f'.review-mark[data-ids~="{card.get_attribute("data-card")}"]').first
    expect(passage).to_be_in_viewport()


def test_a_kind_is_muted_and_heard_again(weak: Page) -> None:
    card = pages.open_cards(weak).first
    comment = str(card.get_attribute("data-card"))
    card.get_by_text("Not for me …").click()
    card.get_by_role("button", name="Never tell me such things").click()
    expect(weak.get_by_text("Muted (1)")).to_be_visible()
    expect(pages.open_cards(weak).first).not_to_have_attribute("data-card", comment)
    settled(weak, "Muted (1)").first.get_by_role("button", name="Tell me such things again").click()
    expect(weak.get_by_text("Muted (")).to_have_count(0)
    expect(pages.open_cards(weak).first).to_have_attribute("data-card", comment)


def test_the_word_of_an_acronym_goes_into_the_glossary(weak: Page) -> None:
    weak.get_by_role("button", name="Show all").click()
    card = pages.open_cards(weak).filter(has_text="AMR").filter(has=weak.get_by_text("Add the word"))
    card.first.get_by_text("Not for me …").click()
    card.first.get_by_role("button", name="Add the word to my glossary").click()
    expect(weak.get_by_text("Muted (1)")).to_be_visible()
    settled(weak, "Muted (1)").get_by_role("button", name="Take the word out of my glossary").click()
    expect(weak.get_by_text("Muted (")).to_have_count(0)


def test_what_is_done_while_the_connection_is_gone_is_sent_when_it_is_back(
    new_page: NewPage, evaluated: EvaluatedMemos
) -> None:
    page = new_page(tolerated=SERVER_GONE, reduced_motion="reduce")
    evaluated.open_details(page, WEAK)
    card = pages.open_cards(page).first
    comment = str(card.get_attribute("data-card"))
    page.context.set_offline(True)
    card.get_by_role("button", name="Done").click()
    waiting = page.locator(f"article[data-card='{comment}']")
    expect(waiting).to_contain_text("Not on the server yet")
    expect(waiting).to_have_attribute("data-waiting", "")
    kept = page.locator("[data-orders-waiting]")
    expect(kept).to_have_text("One change is kept here until the connection is back.")
    pages.open_cards(page).nth(1).get_by_role("button", name="Done").click()
    expect(kept).to_have_text("2 changes are kept here until the connection is back.")
    # Said once, when it begins: not again with each.
    expect(page.locator("[data-orders-told]")).to_have_text(re.compile("^One change is kept"))
    page.context.set_offline(False)
    expect(kept).to_be_hidden()
    expect(page.locator("[data-orders-told]")).to_be_empty()
    expect(page.get_by_text("Settled (2)")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Settled (2)")).to_be_visible()


def test_the_version_and_its_feedback_can_be_taken_along_as_files(weak: Page) -> None:
    line = weak.locator(".files")
    expect(line.get_by_role("link")).to_have_text(["Markdown", "Word", "Feedback as PDF"])
    for link, begins in zip(line.get_by_role("link").all(), (b"", b"PK", b"%PDF"), strict=True):
        answer = weak.context.request.get(str(link.get_attribute("href")))
        assert answer.ok
        assert answer.body().startswith(begins)


def test_a_link_to_a_criterion_shows_its_comments_until_another_is_chosen(weak: Page) -> None:
    evaluation = pages.evaluation_id(weak)
    weak.goto(f"/details/{evaluation}?criterion=risks")
    criterion = weak.get_by_role("combobox", name="Criterion")
    expect(criterion).to_have_value("risks")
    shown = pages.open_cards(weak).locator(".card-head .quiet")
    assert set(shown.all_inner_texts()) == {"Risks"}
    criterion.select_option("")
    expect(pages.open_cards(weak).first.locator(".position")).to_be_attached()
    expect(criterion).to_have_value("")


def test_what_would_raise_the_score_leads_to_its_comment(page: Page, evaluated: EvaluatedMemos) -> None:
    evaluated.open_feedback(page, WEAK)
    line = page.locator(".opportunities li a").nth(1)
    remark = str(line.get_attribute("href")).partition("#")[2]
    line.click()
    expect(page.locator(f"#{remark}")).to_be_focused()
    expect(page.locator(f"#{remark}")).to_have_attribute("data-current", "")


def test_a_link_to_a_comment_shows_it_even_where_it_is_not_among_the_first(weak: Page) -> None:
    hidden = "c20"
    expect(weak.locator(f"#remark-{hidden}")).to_have_count(0)
    address = f"{weak.url}#remark-{hidden}"
    weak.goto("/help")
    weak.goto(address)
    expect(weak.locator(f"#remark-{hidden}")).to_be_focused()
    expect(weak.locator(f"#remark-{hidden}")).to_be_in_viewport()


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
    new_page: NewPage, size: tuple[int, int], evaluated: EvaluatedMemos
) -> None:
    width, height = size
    page = new_page(
        viewport={"width": width, "height": height}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    evaluated.open_details(page, WEAK)
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
