"""Help where it is needed: a search, examples, bubbles, the next point, and keys that can be switched off."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e import pages
from tests.e2e.conftest import NewPage
from tests.e2e.seeding import EvaluatedMemos
from tests.e2e.test_progress import PHONE


def test_the_page_is_searched_and_says_what_it_finds_in_words(page: Page) -> None:
    page.goto("/help")
    field, told = page.get_by_label("Search this page"), page.locator("#help-found")
    # The script of this page comes when it wants to: what is typed before is searched at the next key.
    expect(page.locator("[data-single-keys][data-recalled]")).to_have_count(1)
    results = page.locator("#help-results li")
    field.fill("MITIGATION owner")
    expect(told).to_have_text(re.compile(r"have “MITIGATION owner”\.|One place has"))
    expect(results.first).to_contain_text("The rubrics › ")
    found = results.first.locator("span").inner_text().strip("… ")
    results.first.get_by_role("link").click()
    # It stands in a rubric that was folded.
    expect(page.locator(":focus")).to_contain_text(found)
    expect(page.locator(":focus")).to_be_in_viewport()
    field.fill("xyzzy")
    expect(told).to_have_text("Nothing on this page has “xyzzy”.")
    expect(results).to_have_count(0)
    field.fill("")
    expect(told).to_be_empty()


def test_each_rubric_has_a_weak_and_a_strong_example_and_the_page_stays_without_faults(page: Page) -> None:
    page.goto("/help")
    rubric = page.locator("details", has=page.get_by_text("Decision memo", exact=True)).first
    rubric.locator("summary").first.click()
    for name, quality in (("A weak example", "weak"), ("A strong example", "strong")):
        rubric.get_by_text(name, exact=True).click()
        example = pages.sample("weak" if quality == "weak" else "strong", "decision-memo")
        expect(rubric.locator("pre").filter(visible=True).last).to_have_text(example)
    assert pages.faults_of_access(page) == []
    assert pages.too_small_to_touch(page) == []


def test_single_keys_can_be_switched_off_and_the_browser_remembers_it(
    page: Page, evaluated: EvaluatedMemos
) -> None:
    evaluated.open_details(page, pages.sample("weak"))
    page.keyboard.press("j")
    expect(pages.current_card(page)).to_have_count(1)
    page.keyboard.press("Escape")
    expect(pages.current_card(page)).to_have_count(0)
    details = page.url
    menu = page.get_by_role("navigation", name="Main")
    menu.get_by_role("link", name="Help").click()
    page.get_by_label("Single-key shortcuts").uncheck()
    page.goto(details)
    expect(pages.cards(page).first).to_be_visible()
    for key in "jnkp":
        page.keyboard.press(key)
    expect(pages.current_card(page)).to_have_count(0)
    page.get_by_role("button", name="Next comment").click()
    expect(pages.current_card(page)).to_have_count(1)
    menu.get_by_role("link", name="Help").click()
    expect(page.get_by_label("Single-key shortcuts")).not_to_be_checked()


def test_a_bubble_explains_a_section_and_escape_closes_it(
    new_page: NewPage, evaluated: EvaluatedMemos
) -> None:
    page = new_page()
    evaluated.open_feedback(page, pages.sample("weak"))
    button = page.get_by_role("button", name="About “What works”")
    bubble = page.get_by_role("tooltip").filter(has_text="What a reader already finds here.")
    expect(button).to_have_accessible_description(re.compile("What a reader already finds here."))
    button.hover()
    bubble.hover()  # the pointer may go onto it
    expect(bubble).to_be_visible()
    page.keyboard.press("Escape")
    expect(bubble).to_be_hidden()
    button.focus()
    page.mouse.move(0, 0)
    expect(bubble).to_be_visible()
    page.keyboard.press("Escape")
    expect(bubble).to_be_hidden()
    expect(button).to_be_focused()
    next_point = page.get_by_test_id("next-point").first
    next_point.locator("summary").click()
    expect(next_point.locator("p")).to_have_text(re.compile(r"^[2-5]: \S"))
    assert pages.faults_of_access(page) == []


def test_a_touch_opens_a_bubble_within_the_screen_and_another_touch_closes_it(
    new_page: NewPage, evaluated: EvaluatedMemos
) -> None:
    page = new_page(viewport=PHONE, has_touch=True)
    evaluated.open_feedback(page, pages.sample("weak"))
    bubble = page.get_by_role("tooltip").filter(has_text="The scores of all criteria")
    page.get_by_role("button", name="About “Overall score”").tap()
    expect(bubble).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("heading", level=1).tap()
    expect(bubble).to_be_hidden()
