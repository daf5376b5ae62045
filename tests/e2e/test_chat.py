"""Asking the coach: on a page of its own and beside the comments."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e import pages
from tests.e2e.conftest import NewPage
from tests.e2e.seeding import EvaluatedMemos

CHAT = re.compile(r"/chat/[\w-]+/?$")
PHONE = {"width": 390, "height": 844}


def field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your question")


def answers(page: Page) -> Locator:
    """Return the coach's messages that are complete."""
    return page.locator('[data-message="coach"]')


def growing(page: Page) -> Locator:
    return page.locator('[data-message="growing"]')


def open_chat(page: Page, evaluated: EvaluatedMemos) -> str:
    """Go to the conversation about a memo that was evaluated; give the evaluation's id."""
    (evaluation,) = evaluated.give(page, pages.sample("weak"))
    page.goto(f"/chat/{evaluation}")
    expect(field(page)).to_be_visible()
    return evaluation


def ask(page: Page, question: str) -> None:
    field(page).fill(question)
    field(page).press("Enter")


def test_a_suggested_question_is_answered_by_the_built_in_coach(
    page: Page, evaluated: EvaluatedMemos
) -> None:
    open_chat(page, evaluated)
    expect(page.get_by_role("heading", level=1, name="Ask the coach")).to_be_visible()
    page.get_by_role("button", name="Where should I begin?").click()
    expect(answers(page)).to_contain_text("Begin with")
    expect(answers(page)).to_contain_text("Built-in coach")
    expect(page.get_by_role("button", name="Where should I begin?")).to_have_count(0)
    expect(field(page)).to_be_focused()


def test_enter_sends_and_the_field_is_ready_for_the_next_question(
    page: Page, evaluated: EvaluatedMemos
) -> None:
    open_chat(page, evaluated)
    ask(page, "Why is my risks score so low?")
    expect(answers(page)).to_have_count(1)
    expect(field(page)).to_have_value("")
    expect(field(page)).to_be_focused()
    field(page).press_sequentially("One")
    field(page).press("Shift+Enter")
    field(page).press_sequentially("Two")
    expect(field(page)).to_have_value("One\nTwo")
    page.get_by_role("button", name="Send").click()
    expect(answers(page)).to_have_count(2)
    expect(field(page)).to_have_value("")
    expect(field(page)).to_be_focused()


def test_a_question_that_was_sent_before_the_script_came_does_not_stay_in_the_field(
    page: Page, evaluated: EvaluatedMemos
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/chat.js*", hold)
    open_chat(page, evaluated)
    field(page).fill("- Why is my risks score\n\nso low?")
    page.get_by_role("button", name="Send").click()
    expect(answers(page)).to_have_count(1)
    expect(field(page)).not_to_have_value("")
    assert CHAT.search(page.url)
    for route in held:
        route.continue_()
    expect(field(page)).to_have_value("")
    # What is typed from then on is the next question's.
    ask(page, "And why?")
    expect(answers(page)).to_have_count(2)
    expect(field(page)).to_have_value("")


def test_the_conversation_is_kept_and_goes_when_it_is_cleared(page: Page, evaluated: EvaluatedMemos) -> None:
    open_chat(page, evaluated)
    ask(page, "Why is my risks score so low?")
    expect(answers(page)).to_have_count(1)
    page.reload()
    expect(answers(page)).to_have_count(1)
    expect(page.locator('[data-message="person"]')).to_contain_text("Why is my risks score so low?")
    page.get_by_role("button", name="Clear the conversation").click()
    expect(answers(page)).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name="Where should I begin?")).to_be_visible()


def test_what_is_typed_looks_like_what_it_is_and_never_runs(page: Page, evaluated: EvaluatedMemos) -> None:
    open_chat(page, evaluated)
    hostile = "<img src=x onerror=\"document.title='run'\"> [a](javascript:alert(1)) why?"
    ask(page, hostile)
    expect(page.locator('[data-message="person"]')).to_contain_text(hostile)
    expect(answers(page)).to_have_count(1)
    assert page.locator("[data-message] a, [data-message] img").count() == 0
    assert page.title() != "run"


def test_the_conversation_starts_from_a_comment_beside_it(page: Page, evaluated: EvaluatedMemos) -> None:
    open_chat(page, evaluated)
    page.get_by_role("link", name="Detailed feedback").click()
    expect(pages.cards(page).first).to_be_visible()
    expect(page.get_by_role("complementary", name="Ask the coach")).to_have_count(0)
    card = pages.cards(page).first
    noticed = card.locator("p:not(.quiet)").first.text_content() or ""
    opener = card.get_by_role("button", name="Ask about this")
    opener.click()
    panel = page.get_by_role("complementary", name="Ask the coach")
    expect(panel).to_be_visible()
    expect(field(page)).to_be_focused()
    panel.get_by_role("button", name="What does this comment mean?").click()
    expect(answers(page)).to_contain_text(noticed)
    expect(page.locator('[data-message="person"]')).to_contain_text("About:")
    field(page).press("Escape")
    expect(panel).to_have_count(0)
    expect(opener).to_be_focused()
    page.get_by_role("button", name="Ask the coach").click()
    expect(field(page)).to_be_focused()
    expect(answers(page)).to_have_count(1)


def test_on_a_phone_the_conversation_starts_from_a_comment_too(
    new_page: NewPage, evaluated: EvaluatedMemos
) -> None:
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True)
    (evaluation,) = evaluated.give(page, pages.sample("weak"))
    page.goto(f"/details/{evaluation}")
    pages.cards(page).nth(1).get_by_role("button", name="Ask about this").tap()
    panel = page.get_by_role("complementary", name="Ask the coach")
    panel.get_by_role("button", name="How do I act on it?").tap()
    expect(answers(page)).to_have_count(1)
    field(page).fill("And then?")
    page.get_by_role("button", name="Send").tap()
    expect(answers(page)).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    # It covers the page: who comes again finds the page, and the conversation where they look for it.
    for come_again in ((page.reload,), (page.go_back, page.go_forward)):
        for step in come_again:
            step()
        opener = pages.cards(page).first.get_by_role("button", name="Ask about this")
        expect(opener).to_be_visible()
        expect(panel).to_have_count(0)
        opener.tap()
        expect(answers(page)).to_have_count(2)


@pytest.mark.parametrize("viewport", [PHONE, {"width": 360, "height": 640}], ids=["phone", "small phone"])
def test_on_a_phone_a_long_conversation_can_be_closed(
    new_page: NewPage, viewport: dict[str, int], evaluated: EvaluatedMemos
) -> None:
    page = new_page(viewport=viewport, has_touch=True, is_mobile=True)
    (evaluation,) = evaluated.give(page, pages.sample("weak"))
    page.goto(f"/details/{evaluation}")
    pages.cards(page).nth(1).get_by_role("button", name="Ask about this").tap()
    for number, question in enumerate(
        ("What does it mean?", "And then?", "Who decides?", "By when?"), start=1
    ):
        field(page).fill(question)
        page.get_by_role("button", name="Send").tap()
        expect(answers(page)).to_have_count(number)
    panel = page.get_by_role("complementary", name="Ask the coach")
    close = panel.get_by_role("button", name="Close")
    expect(close).to_be_in_viewport(ratio=1)
    in_front = close.evaluate(
        """(button) => {
            const box = button.getBoundingClientRect();
            return button.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
        }"""
    )
    assert in_front
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "!document.activeElement.closest('main') || Boolean(document.activeElement.closest('aside'))"
        )
    close.tap()
    expect(panel).to_have_count(0)
    expect(pages.cards(page).nth(1).get_by_role("button", name="Ask about this")).to_be_focused()


def test_everybody_can_use_it(new_page: NewPage, evaluated: EvaluatedMemos) -> None:
    page = new_page(reduced_motion="reduce")
    evaluation = open_chat(page, evaluated)
    assert pages.faults_in_both_themes(page) == []
    ask(page, "What would raise the score most?")
    expect(answers(page)).to_have_count(1)
    expect(page.get_by_role("log")).to_contain_text("most is to be won here")
    assert pages.faults_in_both_themes(page) == []
    page.goto(f"/details/{evaluation}")
    pages.cards(page).first.get_by_role("button", name="Ask about this").click()
    expect(field(page)).to_be_focused()
    assert pages.faults_in_both_themes(page) == []


def test_nobody_else_reads_a_conversation(page: Page, new_page: NewPage, evaluated: EvaluatedMemos) -> None:
    evaluation = open_chat(page, evaluated)
    ask(page, "Why is my risks score so low?")
    expect(answers(page)).to_have_count(1)
    stranger = new_page()
    stranger.goto(f"/chat/{evaluation}")
    expect(stranger.get_by_role("heading", name="There is no such evaluation")).to_be_visible()
    assert "risks score" not in stranger.content()


def test_a_spanish_memo_is_talked_about_in_spanish(page: Page) -> None:
    pages.evaluated(page, pages.sample("weak", language="es"))
    page.get_by_role("link", name="Ask the coach").click()
    page.get_by_role("button", name="¿Por dónde empiezo?").click()
    expect(answers(page)).to_contain_text("Empiece por")
