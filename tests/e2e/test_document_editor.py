"""Documents in the browser: an administrator changes a rubric, and the next evaluation is judged by it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e import pages
from tests.e2e.conftest import SERVER_GONE, NewPage
from tests.live_server import LiveServer

MINE, THEIRS = "What the board decides", "What the board is asked"


def editor(page: Page) -> str:
    field = page.get_by_role("textbox", name="Document")
    expect(field).to_be_visible()
    return field.input_value()


def put(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Document").fill(text)


def test_a_rubric_is_made_mended_saved_and_judges_the_next_memo(
    own_page: Page, new_page: NewPage, own_server: LiveServer
) -> None:
    page = own_page
    pages.open_editor(page)
    page.goto("/admin")
    expect(page.get_by_role("heading", level=1, name="Administration")).to_be_visible()
    page.get_by_role("textbox", name="Id").fill("board-memo")
    page.get_by_role("button", name="Make the rubric").click()
    page.wait_for_url("**/admin/config/rubric--board-memo")
    text = editor(page)
    name = next(line.strip() for line in text[text.index("criteria:") :].splitlines() if "en: " in line)
    number = text[: text.index("indicators:")].count("\n") + 1

    put(page, text.replace("indicators:", "indicatoors:", 1))
    fault = page.get_by_role("alert").get_by_role("link", name=f"Line {number}")
    expect(page.get_by_role("alert").filter(has_text="did you mean 'indicators'?")).to_be_visible()
    fault.click()
    selected = page.evaluate("() => getSelection().toString()")
    assert selected.strip() == "indicatoors:"
    assert pages.faults_of_access(page) == []
    page.get_by_role("textbox", name="Document").press("Tab")
    expect(page.get_by_role("textbox", name="Document")).not_to_be_focused()

    other = new_page(base_url=own_server.url, tolerated=SERVER_GONE)
    pages.open_editor(other)
    other.goto("/admin/config/rubric--board-memo")
    begun = editor(other)
    put(page, text.replace(name, f"en: {MINE}", 1))
    page.get_by_role("button", name="Judge the sample memos").click()
    expect(page.get_by_role("region", name="Preview").get_by_role("row")).to_have_count(3)
    page.get_by_role("textbox", name="Note").fill("For the board")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Version 2 is saved")).to_be_visible()

    put(other, begun.replace(name, f"en: {THEIRS}", 1))
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_text("has saved version 2 since you began")).to_be_visible()
    expect(other.locator("ins").filter(has_text="board")).to_be_visible()
    assert THEIRS in editor(other), "what was typed is still there"

    page.goto("/")
    page.get_by_role("combobox", name="Rubric").select_option("board-memo")
    pages.write(page, pages.sample("weak", "decision-memo"))
    pages.evaluate(page)
    expect(page.get_by_text(MINE).first).to_be_visible()
    page.goto("/help")
    expect(page.locator("#rubrics ~ *").get_by_text(f"{MINE} (")).to_have_count(1)
    page.goto("/admin/config/rubric--board-memo")
    page.get_by_role("button", name="Roll back Version 1").click()
    expect(page.get_by_text("The text of version 1 holds again")).to_be_visible()
    assert editor(page) == text
    page.get_by_role("button", name="Retire the rubric").click()
    expect(page.get_by_text("The rubric is retired.")).to_be_visible()


def test_who_does_not_administer_sees_nothing(new_page: NewPage, own_server: LiveServer) -> None:
    page = new_page(base_url=own_server.url, tolerated=SERVER_GONE)
    pages.open_editor(page)
    page.context.set_extra_http_headers({"X-Forwarded-For": "203.0.113.9"})
    for path in ("/admin", "/admin/config/prompt"):
        page.goto(path)
        expect(page.get_by_role("heading", name="For administrators only")).to_be_visible()
        expect(page.get_by_role("textbox", name="Document")).to_have_count(0)
