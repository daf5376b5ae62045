"""An evaluation that takes its time: what the page says meanwhile, and what becomes of it come what may."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e import pages
from tests.e2e.slow_server import SlowServer
from tests.waiting import wait_until

RECOVERY_MILLISECONDS = 40_000
"""A worker's lease, a page's way back to a killed server, and a busy machine."""


def begin(page: Page) -> str:
    """Ask for feedback on a memo and stop where the coach begins; give the evaluation's id."""
    pages.open_editor(page)
    pages.write(page, pages.sample("weak"))
    page.get_by_role("button", name="Evaluate").click()
    page.wait_for_url(pages.FEEDBACK)
    expect(bar(page)).to_be_visible()
    return pages.evaluation_id(page)


def bar(page: Page) -> Locator:
    return page.get_by_role("progressbar")


def expect_whole_feedback_once(page: Page, evaluation: str) -> None:
    """Check that the feedback is complete, nothing of it is there twice, and the memo has one evaluation."""
    pages.expect_feedback(page)
    ids = [each.get_attribute("data-testid") for each in page.locator("[data-testid^='criterion-']").all()]
    assert len(ids) == len(set(ids)) >= 5
    pages.open_details(page)
    cards = [each.get_attribute("data-card") for each in pages.cards(page).all()]
    assert len(cards) == len(set(cards)) >= 3
    versions = pages.open_memos(page).locator(".versions a")
    expect(versions).to_have_count(1)
    expect(versions).to_have_attribute("href", f"/feedback/{evaluation}")
    expect(versions).to_have_text(re.compile(r"v1 [1-5]\.\d"))


def test_the_progress_bar_tells_the_truth(slow_page: Page, slow_server: SlowServer) -> None:
    begin(slow_page)
    expect(bar(slow_page)).to_have_attribute("aria-valuenow", "0")
    slow_server.let_go(1)
    expect(bar(slow_page)).to_have_attribute("aria-valuenow", "1")
    total = int(str(bar(slow_page).get_attribute("aria-valuemax")))
    assert total > 3
    slow_server.let_go(3)
    expect(bar(slow_page)).to_have_attribute("aria-valuenow", "3")
    slow_page.wait_for_function(
        """(share) => {
            const of = (name) => document.querySelector(name);
            const [bar, track] = [of(".progress-bar"), of(".progress-track")];
            return Math.abs(bar.offsetWidth / track.clientWidth - share) < 0.02;
        }""",
        arg=3 / total,
    )
    assert slow_page.get_by_test_id("overall-score").count() == 0
    slow_server.let_go()
    pages.expect_feedback(slow_page)
    expect(bar(slow_page)).to_have_count(0)


def test_cancel_stops_the_coach_and_the_evaluation_can_be_had_again(
    slow_page: Page, slow_server: SlowServer
) -> None:
    first = begin(slow_page)
    slow_server.let_go(2)
    expect(bar(slow_page)).to_have_attribute("aria-valuenow", "2")
    slow_page.get_by_role("button", name="Cancel").click()
    expect(slow_page.get_by_role("heading", name="This evaluation was cancelled")).to_be_visible()
    expect(slow_page.locator(".page-head")).not_to_contain_text("Judged by")
    expect(bar(slow_page)).to_have_count(0)
    slow_server.let_go()
    slow_page.reload()
    expect(slow_page.get_by_role("heading", name="This evaluation was cancelled")).to_be_visible()
    assert slow_server.diary() == ["began", "stopped"]
    slow_page.get_by_role("button", name="Try again").click()
    slow_page.wait_for_url(lambda url: first not in url)
    pages.expect_feedback(slow_page)


def test_a_reload_in_the_middle_goes_on_following(slow_page: Page, slow_server: SlowServer) -> None:
    begin(slow_page)
    slow_server.let_go(2)
    expect(bar(slow_page)).to_have_attribute("aria-valuenow", "2")
    slow_page.reload()
    expect(bar(slow_page)).to_have_attribute("aria-valuenow", "2")
    slow_server.let_go()
    pages.expect_feedback(slow_page)


def test_closing_the_tab_does_not_stop_the_evaluation(slow_page: Page, slow_server: SlowServer) -> None:
    evaluation = begin(slow_page)
    context = slow_page.context
    slow_page.close()
    slow_server.let_go()
    page = context.new_page()
    page.goto("/memos")

    def has_a_score() -> bool:
        page.reload()
        expect(pages.memos(page)).to_have_count(1)
        return pages.memos(page).locator(".versions a").filter(has_text=re.compile(r"\d\.\d")).count() > 0

    wait_until(lambda: "judged" in slow_server.diary(), "the coach has judged")
    wait_until(has_a_score, "the evaluation is stored")
    assert slow_server.diary() == ["began", "judged"]
    page.goto(f"/feedback/{evaluation}")
    expect_whole_feedback_once(page, evaluation)


def test_an_evaluation_in_the_middle_of_which_the_server_is_killed_is_finished_once(
    slow_page: Page, slow_server: SlowServer
) -> None:
    evaluation = begin(slow_page)
    slow_page.evaluate("window.stayed = true")
    slow_server.let_go(3)
    expect(bar(slow_page)).to_have_attribute("aria-valuenow", "3")
    slow_server.kill()
    slow_server.let_go()
    slow_server.start()
    expect(slow_page.get_by_test_id("overall-score")).to_be_visible(timeout=RECOVERY_MILLISECONDS)
    assert slow_page.evaluate("window.stayed"), "the page had to be loaded anew"
    assert slow_server.diary() == ["began", "began", "judged"]
    expect_whole_feedback_once(slow_page, evaluation)


def test_an_evaluation_outlives_a_server_that_is_stopped_as_at_a_deploy(
    slow_page: Page, slow_server: SlowServer
) -> None:
    evaluation = begin(slow_page)
    slow_server.let_go(2)
    expect(bar(slow_page)).to_have_attribute("aria-valuenow", "2")
    slow_server.stop()
    slow_server.let_go()
    slow_server.start()
    expect(slow_page.get_by_test_id("overall-score")).to_be_visible(timeout=RECOVERY_MILLISECONDS)
    assert slow_server.diary().count("judged") == 1
    expect_whole_feedback_once(slow_page, evaluation)
