"""Two languages: the browser's decides at the first visit, the person's choice afterwards."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e import pages
from tests.e2e.conftest import NewPage


def _languages_of(page: Page) -> list[str]:
    """Return the language of the document and of the frame in it."""
    languages: list[str] = page.evaluate(
        "[document.documentElement.lang, document.querySelector('.page').lang]"
    )
    return languages


def test_a_spanish_browser_arrives_is_answered_in_spanish_and_may_change_to_english(
    new_page: NewPage,
) -> None:
    page = new_page(locale="es-MX")
    page.goto("/?from=elsewhere")
    page.wait_for_url("**/es?from=elsewhere")
    expect(page.get_by_role("heading", level=1, name="Escriba su memo")).to_be_visible()
    assert _languages_of(page) == ["es", "es"]
    expect(pages.count(page, "words")).to_have_text("0 palabras")

    pages.write(page, pages.sample("weak", language="es"))
    expect(page.get_by_label("Rúbrica")).to_be_visible()
    page.get_by_role("button", name="Evaluar").click()
    page.wait_for_url(re.compile(r"/es/feedback/[\w-]+/?$"))
    # What a state says and what the page says are in one language, and so is where its links lead.
    expect(page.get_by_text("coach integrado")).to_be_visible()
    score = page.get_by_test_id("overall-score")
    expect(score).to_have_text(re.compile(r"^\d,\d$"))
    assert _languages_of(page) == ["es", "es"]
    assert pages.faults_of_access(page) == []
    page.get_by_role("link", name="Leer los comentarios").click()
    page.wait_for_url(re.compile(r"/es/details/[\w-]+/?$"))
    expect(pages.cards(page).first).to_be_visible()
    page.get_by_role("link", name="Sus memos").click()
    page.wait_for_url(re.compile(r"/es/memos/?$"))
    expect(page.get_by_text(re.compile(r"\d+ palabras"))).to_be_visible()
    page.go_back()
    expect(pages.cards(page).first).to_be_visible()

    # What the coach wrote stays in the memo's language, and says so.
    page.get_by_role("link", name="English").click()
    page.wait_for_url(pages.DETAILS)
    assert "/es/" not in page.url
    expect(page.get_by_role("heading", level=1, name="Detailed feedback")).to_be_visible()
    assert _languages_of(page) == ["en", "en"]
    expect(page.locator("h1 + p strong")).to_have_attribute("lang", "es")
    page.goto("/")
    expect(page.get_by_role("heading", level=1, name="Write your memo")).to_be_visible()
    assert page.url.endswith("/")


def test_an_address_that_leads_nowhere_says_so_in_its_language(new_page: NewPage) -> None:
    page = new_page(tolerated=(r"status of 404",))
    page.goto("/es/nada")
    expect(page.get_by_role("heading", level=1, name="Esta página no existe")).to_be_visible()
    page.get_by_role("link", name="Escribir un memo").click()
    expect(page.get_by_role("heading", level=1, name="Escriba su memo")).to_be_visible()
