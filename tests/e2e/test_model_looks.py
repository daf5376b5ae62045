"""How the pages stand while and after a model judges: for axe, on a phone, by keyboard, by ear."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import pages
from tests.e2e.conftest import NewPage
from tests.e2e.model_sites import (
    ModelSites,
    begin,
    calls,
    expect_done,
    first_score,
    judged,
    of_the_model,
    open_everything,
    run_self_tests,
)
from tests.e2e.test_looks import HEIGHT, PHONE, WIDE, Check
from tests.model_server import Pace

SLOW = Pace(first_token=0.2, between=0.75, pieces=80)
"""A minute: the answer is in the middle while the checker looks at two pages."""
SENTENCES_WHILE_IT_READS = 3
"""Waiting, reading, complete: a screen reader is not told more, whatever streams in."""


def every_state(page: Page, sites: ModelSites, check: Check) -> None:
    """Walk through the pages in each state that a model brings, and check each."""
    model = sites.model
    model.reset()
    pages.open_editor(page)
    expect(page.get_by_role("combobox", name="Coach")).to_be_visible()
    check(page, "write, with a coach to choose")
    model.pace = SLOW
    model.hold()
    evaluation = begin(page)
    expect(first_score(page)).to_be_visible()
    check(page, "feedback, first reading")
    model.release()
    expect(of_the_model(page).first).to_be_visible()
    check(page, "feedback, while the model reads")
    page.goto(f"/details/{evaluation}")
    expect(pages.cards(page).first).to_be_visible()
    check(page, "details, while the model reads")
    page.goto(f"/feedback/{evaluation}")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    check(page, "feedback, cancelled")
    model.pace = Pace()
    evaluation = judged(page)
    for summary in page.locator(".second-opinion summary").all():
        summary.click()
    check(page, "feedback, with second opinions")
    pages.open_details(page)
    check(page, "details of the model")
    page.get_by_role("button", name="Show the built-in coach's comments").click()
    expect(page.get_by_text("These are the built-in coach's comments.")).to_be_visible()
    check(page, "details, second opinion")
    page.goto(f"/debug/{evaluation}")
    expect(calls(page)).to_have_count(1)
    open_everything(page)
    check(page, "debug of an evaluation")
    run_self_tests(page)
    check(page, "debug, self-tests")


@pytest.mark.parametrize("screen", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_state_has_a_fault_that_axe_can_find_nor_is_wider_than_the_screen(
    new_page: NewPage, sites: ModelSites, screen: int
) -> None:
    server = sites.asking("fine", debug=True)
    page = new_page(
        base_url=server.url, viewport={"width": screen, "height": HEIGHT}, reduced_motion="reduce"
    )
    faults: list[str] = []

    def check(page: Page, where: str) -> None:
        faults.extend(f"{where}: {fault}" for fault in pages.faults_in_both_themes(page))
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > screen:
            faults.append(f"{where}: {width} px wide")
        faults.extend(f"{where}: too small: {each}" for each in pages.too_small_to_touch(page))

    every_state(page, sites, check)
    assert not faults, "\n".join(faults)


def test_a_screen_reader_is_told_each_turn_once_while_everything_streams(
    new_page: NewPage, sites: ModelSites
) -> None:
    page = new_page(base_url=sites.asking("fine", debug=True).url)
    page.add_init_script(
        """
        window.said = [];
        addEventListener("DOMContentLoaded", () => new MutationObserver((changes) => {
          for (const change of changes) {
            const live = change.target.parentElement?.closest("[role=status], [role=alert], [aria-live]")
              || change.target.closest?.("[role=status], [role=alert], [aria-live]");
            if (live && live.textContent && location.pathname.startsWith("/feedback")) {
              window.said.push(live.textContent);
            }
          }
        }).observe(document, { subtree: true, childList: true, characterData: true }));
        """
    )
    sites.model.reset()
    sites.model.pace = Pace(first_token=0.2, between=0.04, pieces=80)
    judged(page)
    expect(page.locator("[data-announcement]")).to_have_text("The feedback is complete.")
    said = page.evaluate("window.said")
    turns = [text for place, text in enumerate(said) if place == 0 or said[place - 1] != text]
    assert turns[-1] == "The feedback is complete."
    assert len(turns) <= SENTENCES_WHILE_IT_READS, turns


def test_a_model_can_be_asked_and_its_second_opinion_read_by_keyboard_alone(
    new_page: NewPage, sites: ModelSites
) -> None:
    page = new_page(base_url=sites.asking("fine", debug=True).url)
    sites.model.reset()
    field = pages.open_editor(page)
    coach = page.get_by_role("combobox", name="Coach")
    expect(coach).to_have_value("llm")
    pages.write(page, pages.sample("weak"))
    coach.focus()
    page.keyboard.press("ArrowDown")
    expect(coach).to_have_value("builtin")
    page.keyboard.press("ArrowUp")
    expect(coach).to_have_value("llm")
    field.focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(pages.FEEDBACK)
    expect_done(page)
    second = page.locator(".second-opinion").first
    summary = second.locator("summary")
    for _ in range(40):
        if summary.evaluate("(one) => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    expect(second).to_have_attribute("open", "")
    expect(second.locator("p")).to_be_visible()


def test_who_reads_a_comment_stays_among_the_comments_when_the_models_come(
    new_page: NewPage, sites: ModelSites
) -> None:
    page = new_page(base_url=sites.asking("fine", debug=True).url)
    sites.model.reset()
    sites.model.hold()
    evaluation = begin(page)
    expect(first_score(page)).to_be_visible()
    page.goto(f"/details/{evaluation}")
    expect(pages.cards(page).first).to_be_visible()
    page.keyboard.press("j")
    expect(pages.current_card(page)).to_be_focused()
    sites.model.release()
    expect(page.locator('article[data-card^="m"]').first).to_be_visible()
    expect(page.locator(".cards")).to_be_focused()
    page.keyboard.press("j")
    expect(pages.current_card(page)).to_be_focused()
