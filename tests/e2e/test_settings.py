"""Settings: what is chosen stays, everything can be taken along, deleted, had back and brought in again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from memo_coach.services.data.deletion import UNDO_SECONDS
from tests.e2e import pages
from tests.e2e.conftest import NewPage
from tests.e2e.seeding import EvaluatedMemos
from tests.live_server import LiveServer

STYLES = Path(__file__).parents[2] / "assets" / "styles.css"


def test_everything_is_taken_along_deleted_had_back_and_brought_in_again(
    page: Page, tmp_path: Path, evaluated: EvaluatedMemos
) -> None:
    evaluated.open_feedback(page, pages.sample("weak"))
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
    page.get_by_role("combobox", name="Language").select_option("es")
    page.wait_for_url("**/es/settings")
    expect(page.get_by_role("combobox", name="Rúbrica")).to_have_value("status-update")
    page.get_by_role("combobox", name="Idioma").select_option("en")
    page.wait_for_url(re.compile(r"(?<!/es)/settings/?$"))
    # The memo keeps the rubric that it was judged by; the next one begins with the one that is preferred.
    pages.open_editor(page)
    expect(pages.saved_state(page)).to_have_attribute("data-state", "restored")
    expect(page.get_by_role("combobox", name="Rubric")).to_have_value("investment-memo")
    pages.new_memo(page)
    expect(page.get_by_role("combobox", name="Rubric")).to_have_value("status-update")
    page.reload()
    expect(page.get_by_role("combobox", name="Rubric")).to_have_value("status-update")
    page.get_by_role("link", name="Settings").click()
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
    page.get_by_label("Choose a file").set_input_files(tmp_path / "export.zip")
    expect(page.get_by_text("export.zip", exact=True)).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("1 memo was imported.")).to_be_visible()
    expect(memo.get_by_role("option")).to_have_text([title])
    pages.open_memos(page).locator(".versions a").click()
    page.wait_for_url(pages.FEEDBACK)
    pages.expect_feedback(page)


def test_a_larger_export_is_sent_in_pieces_and_brought_in_whole(page: Page, tmp_path: Path) -> None:
    for text in ("Approve $1M.", "Approve $2M.", "Approve $3M."):
        pages.open_editor(page)
        pages.new_memo(page)
        pages.write(page, text)
    page.goto("/settings")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export everything").click()
    download.value.save_as(tmp_path / "export.zip")
    page.get_by_role("button", name="Delete everything").click()
    page.get_by_role("textbox", name="To confirm").fill("delete")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have no memos.")).to_be_visible()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/import?" in request.url else None)
    # As if the file were too large for one request.
    page.locator("[data-import]").evaluate("form => Object.assign(form.dataset, {most: '300'})")
    page.get_by_label("Choose a file").set_input_files(tmp_path / "export.zip")
    for told in ("3 memos were imported.", "0 memos were imported. 3 memos were here already."):
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.get_by_text(told)).to_be_visible()
    assert len(sent) >= 4
    assert all("start=" in address for address in sent)
    expect(page.get_by_role("combobox", name="Memo to delete").get_by_role("option")).to_have_count(3)
    (tmp_path / "other.zip").write_bytes(b"PK" + bytes(1_000))
    page.get_by_label("Choose a file").set_input_files(tmp_path / "other.zip")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("This file is no export of Memo AI Coach")).to_be_visible()


def test_a_memo_that_is_to_be_deleted_says_so_before(new_page: NewPage, tmp_path: Path) -> None:
    server = LiveServer(tmp_path, RETENTION_DAYS="20")
    server.start()
    try:
        page = new_page(base_url=server.url)
        pages.open_editor(page)
        pages.write(page, "Approve $1M.")
        memo = pages.open_memos(page).first
        expect(memo.get_by_text("Unless it is used before then, it will be deleted")).to_be_visible()
        due = datetime.fromisoformat(memo.locator(".note time").get_attribute("datetime") or "")
        assert timedelta(days=19) < due - datetime.now(UTC) <= timedelta(days=20)
        page.close()
    finally:
        server.stop()


def test_the_way_back_is_shown_for_as_long_as_there_is_one() -> None:
    (rule,) = re.findall(r"\.undo \{[^}]*\}", STYLES.read_text(encoding="utf-8"))
    assert f" {UNDO_SECONDS}s " in rule
