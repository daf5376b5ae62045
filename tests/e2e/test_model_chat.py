"""Asking a model: its answer streams, can be stopped, and goes on while nobody looks."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e import pages
from tests.e2e.model_sites import PATIENT_MILLISECONDS
from tests.e2e.test_chat import CHAT, answers, ask, field, growing
from tests.model_server import ModelServer, Pace

SLOW = Pace(first_token=0.3, between=0.4, pieces=40)


def open_chat_with_model(page: Page) -> str:
    """Have a memo judged by the model and go to the conversation; the first time its library has to load."""
    pages.open_editor(page)
    pages.write(page, pages.sample("weak"))
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_test_id("overall-score")).to_be_visible(timeout=PATIENT_MILLISECONDS)
    page.get_by_role("link", name="Ask the coach").click()
    page.wait_for_url(CHAT)
    expect(field(page)).to_be_visible()
    return pages.evaluation_id(page)


def test_a_models_answer_streams_and_can_be_stopped(fine_page: Page, model: ModelServer) -> None:
    page = fine_page
    open_chat_with_model(page)
    model.pace = SLOW
    ask(page, "What is missing?")
    expect(growing(page)).to_contain_text("You ask")
    expect(page.get_by_role("status").filter(has_text="The coach is answering")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    page.get_by_role("button", name="Stop").click()
    expect(answers(page)).to_contain_text("You stopped this answer.")
    expect(answers(page)).to_contain_text("Model: openai/fine")
    expect(growing(page)).to_have_count(0)


def test_an_answer_goes_on_while_the_tab_is_closed(fine_page: Page, model: ModelServer) -> None:
    page = fine_page
    evaluation = open_chat_with_model(page)
    model.pace = Pace(first_token=0.3, between=0.05, pieces=40)
    ask(page, "What is missing?")
    expect(growing(page)).to_be_visible()
    again = page.context.new_page()
    page.close()
    again.goto(f"/chat/{evaluation}")
    expect(answers(again)).to_contain_text("who decides.")
    expect(answers(again)).to_contain_text("Model: openai/fine")
