"""The detailed feedback: passages and comments, tied both ways, in the editor and in an earlier version."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from memo_coach.ui.plain_words import plain_words
from tests.e2e import pages
from tests.e2e.conftest import NewPage
from tests.e2e.seeding import EvaluatedMemos
from tests.some import some


@pytest.fixture
def weak(new_page: NewPage, evaluated: EvaluatedMemos) -> Page:
    """Return the comments on a weak sample."""
    page = new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    evaluated.open_details(page, pages.sample("weak"))
    return page


@pytest.fixture
def earlier(new_page: NewPage, evaluated: EvaluatedMemos) -> Page:
    """Return the comments on the first version of a weak sample, of which there are two."""
    page = new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    evaluated.open_earlier_version(page, pages.sample("weak"), f"Dear all, {pages.sample('weak')}")
    return page


def card_of(page: Page, mark: Locator) -> Locator:
    return page.locator(f"article[data-card='{mark.get_attribute('data-comment')}']")


def ids_of(cards: Locator) -> list[str]:
    ids: list[str] = cards.evaluate_all("(cards) => cards.map((card) => card.dataset.card)")
    return ids


def test_marked_passages_stand_in_the_memo_word_for_word(weak: Page) -> None:
    text = pages.sample("weak")
    passages = pages.passages(weak)
    assert passages
    for card in some(pages.cards(weak).all()):
        quote = card.locator("q")
        if quote.count():
            marked = passages[str(card.get_attribute("data-card"))]
            assert pages.squeezed(marked) in pages.squeezed(text)
            assert pages.squeezed(str(quote.text_content())) == pages.squeezed(plain_words(marked))
        else:
            expect(card).to_contain_text("On the memo as a whole")
            assert str(card.get_attribute("data-card")) not in passages


def test_the_memo_stands_there_whole(weak: Page) -> None:
    assert pages.manuscript_text(weak) == pages.sample("weak")


def test_an_earlier_version_is_shown_as_it_was_and_leads_to_the_newest(earlier: Page) -> None:
    shown = earlier.locator(".manuscript").evaluate(
        """(memo) => {
            const copy = memo.cloneNode(true);
            copy.querySelectorAll("mark a").forEach((number) => number.remove());
            return [...copy.children].map((paragraph) => paragraph.textContent).join(" ");
        }"""
    )
    assert shown.split() == pages.sample("weak").split()
    expect(pages.review(earlier)).to_have_count(0)
    expect(earlier.get_by_role("button", name="Evaluate again")).to_have_count(0)
    expect(pages.cards(earlier).get_by_role("button", name="Done")).to_have_count(0)
    earlier.get_by_role("link", name="Go to the newest version").click()
    expect(pages.review(earlier)).to_have_value(re.compile("^Dear all, "))


def test_every_comment_says_something_asks_and_names_its_criterion(weak: Page) -> None:
    for card in some(pages.cards(weak).all()):
        expect(card.locator("h3")).not_to_be_empty()
        expect(card.locator(".card-head .quiet")).not_to_be_empty()
        if "opportunity" in str(card.get_attribute("class")):
            expect(card.locator(".question").first).to_contain_text("?")


def test_a_click_on_a_passage_leads_to_its_comment(earlier: Page) -> None:
    for mark in some(earlier.locator("mark[data-comment]").all()[:4]):
        mark.click()
        card = card_of(earlier, mark)
        expect(pages.current_card(earlier)).to_have_count(1)
        expect(card).to_have_attribute("data-current", "")
        expect(card).to_be_focused()
        expect(card).to_be_in_viewport()
        expect(mark).to_have_attribute("data-current", "")


def test_a_click_on_a_comment_leads_to_its_passage(weak: Page, earlier: Page) -> None:
    quote = pages.open_cards(weak).locator("q").last
    quote.click()
    current = weak.locator(".review-mark[data-current]").first
    expect(current).to_be_in_viewport()
    expect(pages.current_card(weak).locator("q")).to_have_text(quote.inner_text())
    mark = earlier.locator("mark.opportunity[data-comment]").last
    earlier.evaluate("scrollTo(0, 0)")
    card_of(earlier, mark).locator("p").first.click()
    expect(mark).to_have_attribute("data-current", "")
    expect(mark).to_be_in_viewport()
    expect(pages.current_card(earlier)).to_have_count(1)


def test_next_and_previous_go_through_all_comments_and_around(weak: Page) -> None:
    total = pages.open_cards(weak).count()
    position = weak.locator(".details-tools [data-comment-position]")
    following, previous = (weak.get_by_role("button", name=f"{way} comment") for way in ("Next", "Previous"))
    for number in (*range(1, total + 1), 1):
        following.click()
        expect(position).to_have_text(f"{number} of {total}")
        expect(pages.open_cards(weak).nth(number - 1)).to_have_attribute("data-current", "")
        expect(pages.open_cards(weak).nth(number - 1)).to_be_in_viewport()
    previous.click()
    expect(position).to_have_text(f"{total} of {total}")


def test_the_keys_j_and_k_do_the_same(weak: Page) -> None:
    position = weak.locator(".details-tools [data-comment-position]")
    total = pages.open_cards(weak).count()
    for key, number in (("j", 1), ("j", 2), ("j", 3), ("k", 2)):
        weak.keyboard.press(key)
        expect(position).to_have_text(f"{number} of {total}")
        expect(pages.open_cards(weak).nth(number - 1)).to_be_focused()


def test_a_criterion_filters_comments_and_passages(weak: Page) -> None:
    filtering = weak.get_by_role("combobox", name="Criterion")
    before = pages.cards(weak).count()
    for label in filtering.locator("option").all_inner_texts()[1:4]:
        filtering.select_option(label=label)
        name, _, number = label.removesuffix(")").rpartition(" (")
        expect(pages.cards(weak)).to_have_count(int(number))
        expect(weak.locator("article[data-card] .card-head .quiet")).to_have_text([name] * int(number))
        ids = {str(card.get_attribute("data-card")) for card in pages.cards(weak).all()}
        assert set(pages.passages(weak)) <= ids
    filtering.select_option(label="Every criterion")
    expect(pages.cards(weak)).to_have_count(before)


def test_comments_stand_in_the_order_of_what_matters_or_in_that_of_the_memo(weak: Page) -> None:
    what_matters = ids_of(pages.open_cards(weak))
    expect(pages.open_cards(weak).first).to_contain_text("Belongs in the first paragraph.")
    weak.get_by_role("combobox", name="Order").select_option(label="As in the memo")
    expect(weak.locator("#order")).to_have_value("place")
    text, ids = pages.sample("weak"), ids_of(pages.open_cards(weak))
    assert sorted(ids) == sorted(what_matters)
    passages = pages.passages(weak)
    places = [text.index(passages[each]) for each in ids if each in passages]
    assert places == sorted(places)
    assert len(places) >= 2


def test_show_all_shows_the_rest_and_takes_it_away_again(weak: Page) -> None:
    few = pages.cards(weak).count()
    assert few <= 7
    button = weak.get_by_role("button", name="Show all")
    more = int(button.inner_text().partition("+")[2].removesuffix(")"))
    button.click()
    expect(pages.cards(weak)).to_have_count(few + more)
    weak.get_by_role("button", name="Show what matters first").click()
    expect(pages.cards(weak)).to_have_count(few)


def test_the_current_comment_stays_current_when_all_are_shown(weak: Page) -> None:
    weak.keyboard.press("j")
    weak.keyboard.press("j")
    current = str(pages.current_card(weak).get_attribute("data-card"))
    weak.get_by_role("button", name="Show all").click()
    expect(weak.get_by_role("button", name="Show what matters first")).to_be_visible()
    expect(pages.current_card(weak)).to_have_attribute("data-card", current)
