"""Settings: what is chosen stays, everything can be taken along, deleted, had back and brought in again."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from memo_coach.services.data.deletion import UNDO_SECONDS
from tests.e2e import pages

STYLES = Path(__file__).parents[2] / "assets" / "styles.css"


def test_everything_is_taken_along_deleted_had_back_and_brought_in_again(page: Page, tmp_path: Path) -> None:
    pages.evaluated(page, pages.sample("weak"))
    title = pages.open_memos(page).first.get_by_role("heading").inner_text()
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("heading", level=1, name="Settings")).to_be_visible()
    page.get_by_role("combobox", name="Rubric").select_option("status-update")
    page.get_by_role("combobox", name="Theme").select_option("dark")
    expect(page.get_by_text("Kept.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("combobox", name="Rubric")).to_have_value("status-update")
    expect(page.get_by_role("combobox", name="Theme")).to_have_value("dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export everything").click()
    download.value.save_as(tmp_path / "export.zip")
    page.get_by_role("button", name="Delete everything").click()
    page.get_by_role("textbox", name="To confirm").fill("delete")
    page.keyboard.press("Enter")
    expect(page.get_by_text("All that was yours here is deleted.")).to_be_visible()
    expect(page.get_by_text("You have no memos.")).to_be_visible()
    expect(page.get_by_role("combobox", name="Rubric")).to_have_value("investment-memo")
    page.get_by_role("button", name="Undo").click()
    memo = page.get_by_role("combobox", name="Memo to delete")
    expect(memo.get_by_role("option")).to_have_text([title])
    page.get_by_role("button", name="Delete this memo").click()
    page.get_by_role("textbox", name="To confirm").fill("delete")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"“{title}” is deleted.")).to_be_visible()
    page.get_by_label("File to import").set_input_files(tmp_path / "export.zip")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("1 memo was imported.")).to_be_visible()
    expect(memo.get_by_role("option")).to_have_text([title])
    pages.open_memos(page).locator(".versions a").click()
    page.wait_for_url(pages.FEEDBACK)
    pages.expect_feedback(page)


def test_the_way_back_is_shown_for_as_long_as_there_is_one() -> None:
    (rule,) = re.findall(r"\.undo \{[^}]*\}", STYLES.read_text(encoding="utf-8"))
    assert f" {UNDO_SECONDS}s " in rule
