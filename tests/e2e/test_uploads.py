"""A file is brought in by picker or by drop, and nothing that stood in the editor is lost."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Page, expect

from tests.documents import MEMO, docx
from tests.e2e import pages
from tests.e2e.conftest import NewPage

EARLIER = "An earlier memo about something else."
_DROP = """(editor, files) => {
    const carried = new DataTransfer();
    for (const name of files) carried.items.add(new File(["Dropped: approve the budget."], name));
    editor.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: carried }));
}"""


def chosen(page: Page, name: str, content: bytes) -> None:
    payload: FilePayload = {"name": name, "mimeType": "", "buffer": content}
    page.get_by_label("Upload a file").set_input_files(payload)


def test_a_file_becomes_a_memo_of_its_own_and_one_press_leads_back(new_page: NewPage) -> None:
    page = new_page()
    editor = pages.open_editor(page)
    pages.write(page, EARLIER)
    pages.expect_saved(page)
    chosen(page, "memo.docx", docx())
    expect(editor).to_have_value(MEMO)
    pages.expect_saved(page)
    page.get_by_role("button", name="Go back to what you had").click()
    expect(editor).to_have_value(EARLIER)


def test_a_file_that_cannot_be_read_says_why_and_changes_nothing(new_page: NewPage) -> None:
    page = new_page(tolerated=("status of 422",))
    editor = pages.open_editor(page)
    pages.write(page, EARLIER)
    chosen(page, "memo.pdf", b"%PDF-1.7 broken")
    expect(page.get_by_role("alert").filter(has_text="damaged")).to_be_visible()
    expect(editor).to_have_value(EARLIER)
    chosen(page, "large.txt", b"a" * (5 * 2**20 + 1))
    expect(page.get_by_role("alert").filter(has_text="larger than 5 MB")).to_be_visible()
    expect(editor).to_have_value(EARLIER)


def test_a_dropped_file_is_read_and_two_at_once_are_not(new_page: NewPage) -> None:
    page = new_page()
    editor = pages.open_editor(page)
    editor.evaluate(_DROP, ["one.txt", "two.txt"])
    expect(page.get_by_role("alert").filter(has_text="One file at a time")).to_be_visible()
    expect(editor).to_have_value("")
    editor.evaluate(_DROP, ["one.txt"])
    expect(editor).to_have_value("Dropped: approve the budget.")
