"""Help while one writes: blanks are counted, an outline begins, hints lead to their passage."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from memo_coach.coaching.rubric.outline import outline_of
from memo_coach.coaching.rubric.reader import shipped_rubric
from tests.e2e import pages

REPORT = (
    "Subject: Weekly status report\n\n"
    "😀 It was decided that the project will be **finished** by [insert date].\n\n"
    "We believe that significant improvements could be achieved in the near future by various stakeholders.\n"
)
_SELECTED = """() => {
    const box = document.activeElement;
    return box.value === undefined ? "" : box.value.slice(box.selectionStart, box.selectionEnd);
}"""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Due [Insert date], XX % for <name>, owner [TBD].", "4 blanks left"),
        ("Antes del [fecha], [Por completar: el coste] para <su nombre>.", "3 blanks left"),
        ("Only [insert the amount] is open.", "1 blank left"),
        ("El siglo XX, [a link](https://example.org), [1], [x] done, 5 < 6 > 4, <b>bold</b>.", ""),
    ],
)
def test_what_was_left_to_fill_in_is_counted(page: Page, text: str, left: str) -> None:
    pages.open_editor(page)
    pages.write(page, text)
    expect(pages.count(page, "blanks")).to_have_text(left)


def test_an_outline_begins_a_memo_and_one_press_takes_it_back(page: Page) -> None:
    editor = pages.open_editor(page)
    pages.write(page, "What stood there before.")
    page.get_by_role("combobox", name="Rubric").select_option("status-update")
    page.get_by_role("combobox", name="Language").select_option("es")
    page.get_by_role("button", name="Start from an outline").click()
    expect(editor).to_have_value(outline_of(shipped_rubric("status-update"), "es"))
    expect(editor).to_be_focused()
    assert page.evaluate(_SELECTED) == "[Nombre]"
    page.get_by_role("button", name="Go back to what you had").click()
    expect(editor).to_have_value("What stood there before.")


def test_a_hint_selects_its_passage_and_hints_follow_a_rubric_that_is_proposed(page: Page) -> None:
    pages.open_editor(page)
    pages.write(page, REPORT)
    passage = page.locator(".hint .passage").first
    expect(passage).to_be_visible()
    quote = passage.locator("q").inner_text()
    # What is typed before the passage meanwhile moves it; it is found all the same.
    pages.editor(page).evaluate("(box) => box.setSelectionRange(0, 0)")
    page.keyboard.type("😀 ")
    passage.click()
    assert page.evaluate(_SELECTED).replace("**", "") == quote
    expect(pages.editor(page)).to_be_focused()

    expect(page.locator(".rail")).to_contain_text("“Status update”. Use that rubric?")
    expect(page.get_by_role("combobox", name="Rubric")).to_have_value("investment-memo")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_role("combobox", name="Rubric")).to_have_value("status-update")
    expect(page.locator(".proposal")).to_have_count(0)
    expect(page.locator(".hint").first).to_be_visible()
    pages.expect_saved(page)
    page.reload()
    expect(page.get_by_role("combobox", name="Rubric")).to_have_value("status-update")
    # A hint is for the rubric that the memo has, and a rubric that one chose is not argued with.
    page.get_by_role("combobox", name="Rubric").select_option("investment-memo")
    expect(page.locator(".hint").first).to_be_visible()
    expect(page.locator(".proposal")).to_have_count(0)
