"""What a person finds and does on the pages, by the names that they see or hear."""

from __future__ import annotations

import re
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Locator, Page, expect

from memo_coach.coaching.samples import SampleQuality, samples

FEEDBACK = re.compile(r"/feedback/[\w-]+/?$")
DETAILS = re.compile(r"/details/[\w-]+/?$")
SAVED = re.compile(r"^(saved|restored)$")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_COLOURS = ["color-contrast", "link-in-text-block"]
_WORDS = [
    "html-has-lang", "html-lang-valid", "valid-lang", "document-title", "empty-heading", "label",
    "label-title-only", "select-name", "aria-input-field-name", "aria-dialog-name", "aria-progressbar-name",
    "button-name", "summary-name", "link-name", "image-alt", "image-redundant-alt", "svg-img-alt",
    "landmark-unique", "target-size", "scrollable-region-focusable",
]  # fmt: skip
RULES_OF_COLOURS = {"type": "rule", "values": _COLOURS}
"""Those of axe's rules above that look at colours: all that another theme can break."""
RULES_OF_WORDS = {"type": "rule", "values": [*_COLOURS, *_WORDS]}
"""The same, and those that look at languages, names, titles and room: what another language can break too."""
# What inherits a colour begins to change it when what it inherits from has changed: one round for each level.
_END_TRANSITIONS = """
() => {
    for (let level = 0; level < 100; level += 1) {
        const changing = document.getAnimations().filter((one) => one instanceof CSSTransition);
        if (!changing.length) return;
        for (const one of changing) one.finish();
    }
}
"""
_TOO_SMALL = """
() => [...document.querySelectorAll("a, button, select, input:not([type=hidden]), textarea, summary")]
    .filter((one) => one.checkVisibility() && !one.closest("p, li li, dd, mark, sup, figcaption, .skip"))
    .map((one) => [one.outerHTML.slice(0, 100), one.getBoundingClientRect()])
    .filter(([, box]) => box.width < 24 || box.height < 24)
    .map(([html, box]) => `${html}: ${box.width} × ${box.height}`)
"""


def sample(quality: SampleQuality, rubric: str = "investment-memo", language: str = "en") -> str:
    """Return the text of a sample memo."""
    (found,) = [each for each in samples(rubric, language) if each.quality == quality]
    return found.text


def editor(page: Page) -> Locator:
    """Return the memo's field."""
    return page.get_by_role("textbox", name="Memo", exact=True)


def count(page: Page, of: str) -> Locator:
    """Return a live count: ``words``, ``characters`` or ``reading``."""
    return page.locator(f"[data-editor-{of}]")


def saved_state(page: Page) -> Locator:
    """Return the sentence that says whether the text is saved."""
    return page.locator("[data-editor-saved]")


def expect_saved(page: Page) -> None:
    """Wait until what is written is on the server."""
    expect(saved_state(page)).to_have_attribute("data-state", SAVED)


def open_editor(page: Page, path: str = "/") -> Locator:
    """Go to the writing page and wait until it works."""
    page.goto(path)
    # The counts are written as soon as the framework has taken over the page.
    expect(count(page, "words")).not_to_be_empty()
    return editor(page)


def write(page: Page, text: str) -> None:
    """Replace what is in the editor, as by pasting, and wait until it is saved.

    A memo stays in the editor when it was evaluated, so what is to be written may stand there already.
    """
    expect(saved_state(page)).not_to_have_attribute("data-state", "saving")
    if editor(page).input_value() == text:
        return
    with page.expect_response(
        lambda answer: answer.url.endswith("/draft") and answer.request.method == "PUT"
    ):
        editor(page).fill(text)
    expect(saved_state(page)).to_have_attribute("data-state", "saved")


def new_memo(page: Page) -> None:
    """Begin another memo, whatever stands in the editor, and wait until it is empty."""
    expect(saved_state(page)).to_have_attribute("data-state", re.compile(r"^(saved|restored|empty)$"))
    if not editor(page).input_value():
        return
    page.get_by_role("button", name="New memo").click()
    page.get_by_role("dialog").get_by_role("button", name="Start empty").click()
    expect(saved_state(page)).to_have_attribute("data-state", "empty")
    expect(editor(page)).to_have_value("")


def evaluate(page: Page) -> str:
    """Ask for feedback and wait for all of it; give the evaluation's id."""
    page.get_by_role("button", name="Evaluate").click()
    page.wait_for_url(FEEDBACK)
    expect_feedback(page)
    return evaluation_id(page)


def expect_feedback(page: Page) -> None:
    """Wait until the overall feedback of this very evaluation stands on the page, all of it."""
    comments = page.get_by_role("link", name="Read the comments")
    expect(comments).to_have_attribute("href", f"/details/{evaluation_id(page)}")
    expect(page.get_by_test_id("overall-score")).to_be_visible()


def evaluation_id(page: Page) -> str:
    """Return the id of the evaluation whose page this is."""
    return page.url.rstrip("/").rpartition("/")[2]


def evaluated(page: Page, text: str) -> str:
    """Write a new memo and ask for feedback; give the evaluation's id."""
    open_editor(page)
    new_memo(page)
    write(page, text)
    return evaluate(page)


def open_details(page: Page) -> None:
    """Go from the overall feedback to the comments."""
    page.get_by_role("link", name="Read the comments").click()
    page.wait_for_url(DETAILS)
    expect(cards(page).first).to_be_visible()


def cards(page: Page) -> Locator:
    """Return the comments, the strengths that are folded away among them."""
    return page.locator("article[data-card]")


def open_cards(page: Page) -> Locator:
    """Return the comments that are not folded away."""
    return page.locator("article[data-card]:not(details:not([open]) *)")


def review(page: Page) -> Locator:
    """Return the field of the memo under revision."""
    return page.get_by_role("textbox", name="Memo", exact=True)


def open_review(page: Page, text: str) -> None:
    """Have a memo evaluated and go to its comments, in the editor beside it."""
    evaluated(page, text)
    open_details(page)
    expect(page.locator(".review-mark").first).to_be_attached()


def evaluate_again(page: Page) -> str:
    """Ask for feedback on the text beside its comments, and wait for all of it; give the evaluation's id."""
    before = evaluation_id(page)
    page.get_by_role("button", name="Evaluate again").click()
    page.wait_for_url(lambda url: not url.rstrip("/").endswith(before))
    expect(page.get_by_role("link", name="Overall feedback")).to_have_attribute(
        "href", f"/feedback/{evaluation_id(page)}"
    )
    expect(page.locator(".review-mark").first).to_be_attached()
    return evaluation_id(page)


def current_card(page: Page) -> Locator:
    """Return the comment that is marked as the current one."""
    return page.locator("article[data-card][data-current]")


def passages(page: Page) -> dict[str, str]:
    """Return the marked words of each comment, in the order of the text, without the numbers after them."""
    found: dict[str, str] = page.evaluate(
        """() => {
            const passages = {};
            for (const mark of document.querySelectorAll("mark[data-comment]")) {
                const words = mark.cloneNode(true);
                words.querySelectorAll("a").forEach((number) => number.remove());
                const comments = [mark.dataset.comment, ...mark.dataset.also.split(" ").filter(Boolean)];
                for (const id of comments) passages[id] = (passages[id] || "") + words.textContent;
            }
            for (const mark of document.querySelectorAll(".review-mark")) {
                for (const id of mark.dataset.ids.split("\\n"))
                    passages[id] = (passages[id] || "") + mark.textContent;
            }
            return passages;
        }"""
    )
    return found


def manuscript_text(page: Page) -> str:
    """Return the memo as its details show it, without the numbers of the comments in it."""
    if review(page).count():
        return review(page).input_value()
    text: str = page.locator(".manuscript").evaluate(
        """(manuscript) => {
          const words = manuscript.cloneNode(true);
          words.querySelectorAll("a").forEach((number) => number.remove());
          return words.textContent;
        }"""
    )
    return text


def squeezed(words: str) -> str:
    """Return a text without white space, which is not marked where passages lie in one another."""
    return "".join(words.split())


def memos(page: Page) -> Locator:
    """Return the entries of the list of memos."""
    return page.locator("ul.memos > li")


def delete(page: Page, entry: Locator) -> None:
    """Delete a memo of the list, and confirm it by typing the word."""
    entry.get_by_role("button", name="Delete").click()
    page.get_by_role("textbox", name="To confirm").fill("delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()


def open_memos(page: Page) -> Locator:
    """Go to the list of memos by the menu and wait for it."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Your memos").click()
    expect(page.get_by_role("heading", level=1, name="Your memos")).to_be_visible()
    return memos(page)


def stored_in_browser(page: Page) -> str:
    """Return everything that scripts of this site can read from the browser's stores."""
    return str(page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"))


def faults_of_access(page: Page) -> list[str]:
    """Return what the accessibility checker axe finds wrong, one line for each place."""
    return _faults(page, RULES)


def faults_of_words(page: Page) -> list[str]:
    """Return the same, but only what another language or theme can break."""
    return _faults(page, RULES_OF_WORDS)


def faults_in_both_themes(page: Page) -> list[str]:
    """Return the same of a page that follows the system's theme: all of it in light, its colours in dark.

    A theme changes colours and one icon, by the style sheet alone, so all else is the same in both. The page
    stays as it is otherwise, and in light.
    """
    _follow(page, "light")
    faults = _faults(page, RULES)
    _follow(page, "dark")
    faults += [f"dark: {fault}" for fault in _faults(page, RULES_OF_COLOURS)]
    _follow(page, "light")
    return faults


def _follow(page: Page, theme: Literal["light", "dark"]) -> None:
    """Give the system another theme, and wait until the page is in it; every colour is at its end then."""
    page.emulate_media(color_scheme=theme)
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    page.evaluate(_END_TRANSITIONS)


def _faults(page: Page, rules: list[str] | dict[str, Any]) -> list[str]:
    results = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": rules})
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


def too_small_to_touch(page: Page) -> list[str]:
    """Return what is there to be touched and smaller than 24 × 24 pixels, links within a text aside."""
    found: list[str] = page.evaluate(_TOO_SMALL)
    return found


def share(page: Page) -> str:
    """Make a link on the feedback's page; give its address."""
    page.get_by_role("button", name="Share", exact=True).click()
    field = page.get_by_label("Link", exact=True)
    expect(field).to_have_value(re.compile(r"/share#[\w-]{43}$"))
    expect(field).to_be_focused()
    return field.input_value()
