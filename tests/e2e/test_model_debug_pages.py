"""The debug pages: calls word for word, self-tests with their times, no secret, and nobody from elsewhere."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import pages
from tests.e2e.conftest import NewPage
from tests.e2e.model_sites import (
    KEY,
    PATIENT_MILLISECONDS,
    ModelSites,
    calls,
    judged,
    open_everything,
    run_self_tests,
)
from tests.live_server import LiveServer
from tests.model_server import ModelServer

TESTS = (
    "database", "migrations", "disk", "workers", "documents", "cache", "model", "mail", "logging", "browser",
)  # fmt: skip
MEMO = "Subject: A new pump\n\nPlease approve a new pump for the mill by Friday. It costs 12,000 dollars."


@pytest.fixture
def debugging(sites: ModelSites, model: ModelServer) -> LiveServer:
    """Return a server that keeps prompts and answers."""
    return sites.asking("fine", debug=True)


def secrets_in(page: Page) -> list[str]:
    """Return what stands in the page, hidden or not, and should not."""
    cookies = [str(cookie.get("value", "")) for cookie in page.context.cookies()]
    content = page.content()
    assert cookies
    return [secret for secret in (KEY, "Authorization", "Bearer", *cookies) if secret in content]


def test_the_calls_of_an_evaluation_are_shown_word_for_word_where_they_are_kept(
    new_page: NewPage, debugging: LiveServer
) -> None:
    page = new_page(base_url=debugging.url)
    evaluation = judged(page, MEMO)
    page.goto(f"/debug/{evaluation}")
    expect(calls(page)).to_have_count(1)
    expect(calls(page).get_by_role("heading", level=2)).to_have_text("openai/fine · evaluation")
    figures = calls(page).locator(".figures")
    for pattern in (
        r"Status: done",
        r"Tokens: [\d,]+ read, [\d,]+ written",
        r"Cost: \$\d+\.\d+",
        r"First word: \d+\.\d\d s",
        r"Total: \d+\.\d\d s",
        r"Retries: 0",
        r"At 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC",
    ):
        expect(figures).to_contain_text(re.compile(pattern))
    open_everything(page)
    raw = page.locator(".raw pre")
    expect(raw).to_have_count(3)
    expect(raw.nth(1)).to_contain_text("Please approve a new pump for the mill by Friday.")
    expect(raw.nth(2)).to_contain_text('"criteria"')
    assert secrets_in(page) == []
    page.get_by_role("link", name="Overall feedback").click()
    page.wait_for_url(f"**/feedback/{evaluation}")


def test_where_words_are_not_collected_only_figures_are_shown(new_page: NewPage, sites: ModelSites) -> None:
    page = new_page(base_url=sites.asking("fine").url)
    evaluation = judged(page, MEMO)
    page.goto(f"/debug/{evaluation}")
    expect(calls(page)).to_have_count(1)
    expect(page.get_by_text("The words of this call were not kept.")).to_be_visible()
    expect(page.locator(".raw")).to_have_count(0)
    assert "new pump" not in page.content()
    assert secrets_in(page) == []
    page.goto("/debug")
    expect(page.get_by_text("DEBUG_MODE is off, so only figures are kept, no words.")).to_be_visible()


def test_nobody_sees_the_calls_of_another(new_page: NewPage, debugging: LiveServer) -> None:
    page = new_page(base_url=debugging.url)
    evaluation = judged(page, MEMO)
    stranger = new_page(base_url=debugging.url)
    stranger.goto(f"/debug/{evaluation}")
    expect(stranger.get_by_role("heading", name="There is no such evaluation")).to_be_visible()
    assert "new pump" not in stranger.content()


def test_an_evaluation_without_a_model_has_no_calls(new_page: NewPage, server: LiveServer) -> None:
    page = new_page(base_url=server.url)
    evaluation = pages.evaluated(page, MEMO)
    page.goto(f"/debug/{evaluation}")
    expect(page.get_by_text("No model was asked for this evaluation.")).to_be_visible()


def test_the_self_tests_run_one_by_one_with_results_and_times(
    new_page: NewPage, model: ModelServer, debugging: LiveServer
) -> None:
    page = new_page(base_url=debugging.url)
    page.goto("/debug")
    rows = page.locator("[data-self-test]")
    expect(rows).to_have_count(len(TESTS))
    assert [row.get_attribute("data-self-test") for row in rows.all()] == list(TESTS)
    button = page.get_by_role("button", name="Run all self-tests")
    model.hold()
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(page.locator("[data-self-test=model]")).to_contain_text("running …")
    model.release()
    expect(page.get_by_text("All self-tests have run.")).to_be_visible(timeout=PATIENT_MILLISECONDS)
    expect(button).to_have_attribute("aria-disabled", "false")
    expect(button).to_be_focused()
    for row in rows.all():
        absent = row.get_attribute("data-self-test") == "mail"
        expect(row).to_contain_text("not configured" if absent else "works")
        expect(row.locator(".figure")).to_have_text(re.compile(r"^[\d,]+\.\d ms$"))
    expect(page.locator("[data-self-test=model]")).to_contain_text("openai/fine answered with")
    assert secrets_in(page) == []


def test_a_model_that_does_not_answer_fails_its_self_test(
    new_page: NewPage, model: ModelServer, debugging: LiveServer
) -> None:
    model.play("refused-key")
    page = new_page(base_url=debugging.url)
    run_self_tests(page)
    row = page.locator("[data-self-test=model]")
    expect(row).to_have_attribute("data-result", "failed")
    expect(row).to_contain_text("failed")
    expect(row).to_contain_text("openai/fine gave no answer")
    assert secrets_in(page) == []


@pytest.mark.parametrize("path", ["/debug", "/debug/{evaluation}"])
def test_what_comes_through_a_proxy_sees_nothing(new_page: NewPage, debugging: LiveServer, path: str) -> None:
    page = new_page(base_url=debugging.url)
    evaluation = judged(page, MEMO)
    page.context.set_extra_http_headers({"X-Forwarded-For": "203.0.113.9"})
    page.goto(path.format(evaluation=evaluation))
    expect(page.get_by_role("heading", name="Not here")).to_be_visible()
    expect(calls(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Run all self-tests")).to_have_count(0)
