"""Nothing that was written goes: reload, back, tabs, samples, versions; and what is deleted is gone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e import pages
from tests.e2e.seeding import EvaluatedMemos

FIRST = "To: the board\nSubject: Approve $400,000 by 3 March\n\nWe ask the board to approve it."
SECOND = (
    "To: the board\nSubject: Close the depot in Leeds\n\nWe propose to close the depot by the end of June."
)


def test_a_reload_keeps_the_draft(page: Page) -> None:
    pages.open_editor(page)
    pages.write(page, FIRST)
    page.reload()
    expect(pages.editor(page)).to_have_value(FIRST)
    expect(pages.saved_state(page)).to_have_text("Your draft, as you left it")


def test_a_reload_within_the_pause_before_the_save_keeps_the_last_word(page: Page) -> None:
    pages.open_editor(page)
    page.keyboard.type("Typed and reloaded at once")
    page.reload()
    expect(pages.editor(page)).to_have_value("Typed and reloaded at once")
    pages.expect_saved(page)


def test_going_to_another_page_and_back_keeps_the_draft(page: Page) -> None:
    pages.open_editor(page)
    page.keyboard.type("Typed, and off to the help")
    page.get_by_role("link", name="Help").first.click()
    expect(page.get_by_role("heading", level=1, name="Help")).to_be_visible()
    page.go_back()
    expect(pages.editor(page)).to_have_value("Typed, and off to the help")
    page.get_by_role("link", name="Your memos").click()
    expect(pages.memos(page)).to_have_count(1)


def test_back_and_forward_walk_through_memo_feedback_and_comments(page: Page) -> None:
    pages.evaluated(page, pages.sample("weak"))
    score = page.get_by_test_id("overall-score").inner_text()
    pages.open_details(page)
    comments = pages.cards(page).count()
    page.reload()
    expect(pages.cards(page)).to_have_count(comments)
    page.go_back()
    expect(page.get_by_test_id("overall-score")).to_have_text(score)
    page.reload()
    expect(page.get_by_test_id("overall-score")).to_have_text(score)
    page.go_forward()
    expect(pages.cards(page)).to_have_count(comments)
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Write your memo")).to_be_visible()


def test_the_feedback_of_one_memo_never_shows_on_the_page_of_another(page: Page) -> None:
    first = pages.evaluated(page, pages.sample("strong"))
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Write").click()
    expect(pages.editor(page)).to_be_visible()
    page.evaluate(
        """(first) => {
            window.stale = [];
            new MutationObserver(() => {
                const link = document.querySelector("main a[href^='/details/']");
                const own = location.pathname.split("/").filter(Boolean).pop();
                if (location.pathname.startsWith("/feedback/") && link && !link.href.endsWith(own)) {
                    window.stale.push(own);
                }
            }).observe(document.documentElement, { childList: true, subtree: true, attributes: true });
        }""",
        first,
    )
    pages.new_memo(page)
    pages.write(page, pages.sample("weak"))
    assert pages.evaluate(page) != first
    assert page.evaluate("window.stale") == []


def test_a_second_tab_shows_the_draft(page: Page) -> None:
    pages.open_editor(page)
    pages.write(page, FIRST)
    second = page.context.new_page()
    pages.open_editor(second)
    expect(pages.editor(second)).to_have_value(FIRST)


def test_two_tabs_that_edit_the_same_memo_lose_nothing(page: Page) -> None:
    pages.open_editor(page)
    pages.write(page, FIRST)
    second = page.context.new_page()
    pages.open_editor(second)
    expect(pages.editor(second)).to_have_value(FIRST)
    pages.write(second, f"{FIRST} From the second tab.")
    with page.expect_response("**/draft"):
        pages.editor(page).fill(f"{FIRST} From the first tab.")
    expect(pages.saved_state(page)).to_contain_text("Another tab has changed this memo")
    page.reload()
    entries = pages.open_memos(page)
    expect(entries).to_have_count(2)
    kept = set()
    for address in [
        link.get_attribute("href") for link in page.get_by_role("link", name="Continue writing").all()
    ]:
        box = pages.open_editor(page, str(address))
        expect(box).not_to_have_value("")
        kept.add(box.input_value())
    assert kept == {f"{FIRST} From the first tab.", f"{FIRST} From the second tab."}


def test_a_new_memo_asks_first_and_keeps_the_old_one(page: Page) -> None:
    pages.open_editor(page)
    pages.write(page, FIRST)
    page.get_by_role("button", name="New memo").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep writing").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(pages.editor(page)).to_have_value(FIRST)
    page.get_by_role("button", name="New memo").click()
    page.get_by_role("dialog").get_by_role("button", name="Start empty").click()
    expect(pages.editor(page)).to_have_value("")
    expect(pages.editor(page)).to_be_focused()
    expect(pages.count(page, "words")).to_have_text("0 words")
    page.reload()
    expect(pages.count(page, "words")).to_have_text("0 words")
    pages.write(page, SECOND)
    entries = pages.open_memos(page)
    expect(entries).to_have_count(2)
    entries.filter(has_text="Approve $400,000").get_by_role("link", name="Continue writing").click()
    expect(pages.editor(page)).to_have_value(FIRST)


def test_samples_load_for_the_chosen_rubric_and_keep_what_was_there(page: Page) -> None:
    pages.open_editor(page)
    pages.write(page, FIRST)
    for rubric in ("investment-memo", "status-update"):
        page.get_by_role("combobox", name="Rubric").select_option(rubric)
        page.get_by_role("button", name="Try a strong one").click()
        expect(pages.editor(page)).to_have_value(pages.sample("strong", rubric))
        pages.expect_saved(page)
    page.get_by_role("button", name="Try a weak sample").click()
    expect(pages.editor(page)).to_have_value(pages.sample("weak", "status-update"))
    pages.expect_saved(page)
    page.get_by_role("button", name="Go back to what you had").click()
    expect(pages.editor(page)).to_have_value(pages.sample("strong", "status-update"))
    expect(pages.open_memos(page).filter(has_text="Approve $400,000")).to_have_count(1)


def test_a_sample_is_evaluated_with_its_rubric(page: Page) -> None:
    pages.open_editor(page)
    page.get_by_role("combobox", name="Rubric").select_option(label="Policy or procedure memo")
    page.get_by_role("button", name="Try a weak sample").click()
    expect(pages.editor(page)).to_have_value(pages.sample("weak", "policy-memo"))
    pages.evaluate(page)
    expect(page.locator(".page-head")).to_contain_text("Policy or procedure memo")


def test_the_chosen_rubric_is_kept_with_the_draft(page: Page) -> None:
    pages.open_editor(page)
    pages.write(page, FIRST)
    with page.expect_response("**/draft"):
        page.get_by_role("combobox", name="Rubric").select_option("status-update")
    page.reload()
    expect(pages.editor(page)).to_have_value(FIRST)
    expect(page.get_by_role("combobox", name="Rubric")).to_have_value("status-update")


def test_a_revised_memo_becomes_its_second_version(page: Page) -> None:
    pages.evaluated(page, pages.sample("weak"))
    page.get_by_role("link", name="Revise the memo").click()
    expect(pages.editor(page)).to_have_value(pages.sample("weak"))
    pages.write(page, pages.sample("weak") + "\n\nWe ask you to approve $2M by 1 May 2027.\n")
    pages.evaluate(page)
    entries = pages.open_memos(page)
    expect(entries).to_have_count(1)
    versions = entries.locator(".versions a")
    expect(versions).to_have_text([re.compile(r"^v[12] [1-5]\.\d: ")] * 2)
    assert {text[:2] for text in versions.all_inner_texts()} == {"v1", "v2"}
    for version in versions.all():
        assert re.fullmatch(r"/feedback/[\w-]+", str(version.get_attribute("href")))
    entries.filter(has_not_text="Unsubmitted").get_by_role("link", name="v1").click()
    pages.expect_feedback(page)


def test_an_evaluated_memo_stays_in_the_editor_until_a_new_one_is_begun(page: Page) -> None:
    pages.evaluated(page, pages.sample("weak"))
    page.go_back()
    expect(pages.editor(page)).to_have_value(pages.sample("weak"))
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Your memos").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Write").click()
    expect(pages.editor(page)).to_have_value(pages.sample("weak"))
    pages.new_memo(page)
    page.reload()
    expect(pages.count(page, "words")).to_have_text("0 words")
    expect(pages.editor(page)).to_have_value("")
    expect(pages.open_memos(page)).to_have_count(1)


def test_a_memo_is_deleted_only_after_a_question(page: Page, evaluated: EvaluatedMemos) -> None:
    evaluation = evaluated.open_feedback(page, pages.sample("weak"))
    entries = pages.open_memos(page)
    entries.get_by_role("button", name="Delete").click()
    word = page.get_by_role("textbox", name="To confirm, type “delete”")
    expect(word).to_be_focused()
    page.keyboard.press("Escape")
    expect(word).to_have_count(0)
    entries.get_by_role("button", name="Delete").click()
    word.fill("yes")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("Nothing was deleted")
    page.get_by_role("button", name="Keep it").click()
    expect(entries).to_have_count(1)
    pages.delete(page, entries)
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(entries).to_have_count(1)
    pages.delete(page, entries)
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    page.goto(f"/feedback/{evaluation}")
    expect(page.get_by_role("heading", name="There is no such evaluation")).to_be_visible()
    pages.open_editor(page)
    expect(pages.editor(page)).to_have_value("")


def test_no_text_stays_in_the_browser_once_it_is_saved(page: Page) -> None:
    pages.open_editor(page)
    pages.write(page, "Confidential: the merger with Ashgrove is announced on Tuesday.")
    assert "Ashgrove" not in pages.stored_in_browser(page)
    pages.evaluate(page)
    assert "Ashgrove" not in pages.stored_in_browser(page)
