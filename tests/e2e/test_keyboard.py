"""Without a mouse: from the first page to the third comment, and always knowing where one is."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e import pages

LONGEST_WAY = 40
_FOCUS = """
() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    return {
        element: element.outerHTML.slice(0, 120),
        shown: outlined || style.boxShadow !== "none",
        inView: box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0,
        name: element.getAttribute("aria-label") || element.textContent.trim() || element.id,
    };
}
"""


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Press Tab until what has the focus is named so; at every step it must be seen where the focus is."""
    for _ in range(LONGEST_WAY):
        page.keyboard.press(key)
        focus = page.evaluate(_FOCUS)
        assert focus["shown"], f"the focus cannot be seen on {focus['element']}"
        assert focus["inView"], f"the focus is out of view on {focus['element']}"
        if focus["name"].startswith(name):
            return
    raise AssertionError(f"{LONGEST_WAY} presses of {key} do not lead to {name}")


def test_the_way_from_the_first_page_to_the_third_comment_needs_no_mouse(page: Page) -> None:
    pages.open_editor(page)
    expect(pages.editor(page)).to_be_focused()
    page.keyboard.insert_text(pages.sample("weak"))
    pages.expect_saved(page)
    tab_to(page, "Evaluate")
    page.keyboard.press("Enter")
    page.wait_for_url(pages.FEEDBACK)
    pages.expect_feedback(page)
    tab_to(page, "Read the comments")
    page.keyboard.press("Enter")
    page.wait_for_url(pages.DETAILS)
    expect(pages.cards(page).first).to_be_visible()
    tab_to(page, "Next comment")
    for _ in range(3):
        page.keyboard.press("j")
    third = pages.cards(page).nth(2)
    expect(third).to_be_focused()
    expect(third).to_be_in_viewport()
    assert page.evaluate(_FOCUS)["shown"]


def test_control_and_enter_evaluate(page: Page) -> None:
    pages.open_editor(page)
    page.keyboard.insert_text(pages.sample("weak"))
    page.keyboard.press("Control+Enter")
    page.wait_for_url(pages.FEEDBACK)
    pages.expect_feedback(page)


def test_the_first_tab_stop_skips_to_the_content(page: Page) -> None:
    page.goto("/help")
    expect(page.get_by_role("heading", level=1, name="Help")).to_be_visible()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_keys_typed_in_a_field_are_text_and_not_commands(page: Page) -> None:
    pages.open_editor(page)
    page.keyboard.type("jkjk np")
    expect(pages.editor(page)).to_have_value("jkjk np")


def test_the_question_before_a_new_memo_keeps_the_focus_and_ends_with_escape(page: Page) -> None:
    pages.open_editor(page)
    pages.write(page, "To be kept.")
    clear = page.get_by_role("button", name="New memo")
    clear.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Keep writing")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(clear).to_be_focused()
    expect(pages.editor(page)).to_have_value("To be kept.")
