"""The editor of the review page by itself, on a page of its own under the product's policy."""

from __future__ import annotations

import base64
import html
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from memo_coach.web.middleware.security_headers import content_security_policy
from tests.chromium import ROOT
from tests.e2e import pages
from tests.e2e.conftest import PATIENCE_MILLISECONDS, Complaints
from tests.waiting import wait_until

ADDRESS = "http://localhost"
TEXT = (
    "To the principal 👩🏽‍🏫\n\n"
    "We ask you to approve 50,000 rupees 💶 for books.\n"
    "Parents agree: 85 % of them said yes.\n\n"
    "The room stays open until June.\n"
)
PASSAGES = {"1": "approve 50,000 rupees", "2": "85 % of them", "3": "stays open"}
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Review</title>
<link rel="stylesheet" href="/styles.css"><link rel="stylesheet" href="/review-editor.css">
<script src="/review-editor.js" defer></script></head><body><main><h1>Review</h1>
<div class="sheet" data-review-editor data-entered="Remark {number}: {label}"
 data-entered-changed="Remark {number}, changed: {label}" data-marks="MARKS">
<div data-review-mirror inert></div><textarea data-review-text aria-label="Memo" spellcheck="true">
TEXT</textarea><p class="visually-hidden" role="status" data-review-live></p></div></main></body></html>"""
_LISTEN = """
window.heard = [];
for (const name of ["ready", "text", "enter", "leave", "mark", "step"])
  document.addEventListener(`review:${name}`, (event) => heard.push([name, event.detail]));
"""
_PAINTED = """
(id) => [...document.querySelectorAll(".review-mark")]
  .filter((piece) => piece.dataset.ids.split("\\n").includes(id)).map((piece) => piece.textContent).join("")
"""
_SAY = "(root, [name, detail]) => root.dispatchEvent(new CustomEvent(name, {bubbles: true, detail}))"
_NOTE_WHAT_IS_SAID = """
(status) => {
  window.said = [];
  new MutationObserver(() => said.push(status.textContent)).observe(status, {childList: true});
}
"""
_MIDDLE_OF_CURRENT = """
() => {
  const box = document.querySelector(".review-mark[data-current]").getBoundingClientRect();
  return box.top + box.height / 2;
}
"""
OpenEditor = Callable[..., "Editor"]


def marks_of(text: str, passages: dict[str, str]) -> list[dict[str, Any]]:
    """Return a mark for each passage, at its first place in the text."""
    return [
        {
            "id": name, "start": text.index(passage), "end": text.index(passage) + len(passage),
            "kind": "opportunity" if int(name) % 2 else "strength",
            "number": int(name), "label": f"Idea {name}",
        }
        for name, passage in passages.items()
    ]  # fmt: skip


class Editor:
    """A page with the editor, and what a test asks of it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.field = page.get_by_role("textbox", name="Memo")
        self.root = page.locator("[data-review-editor]")

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.field.input_value()

    def heard(self, name: str) -> list[Any]:
        """Return what the page was told under a name so far."""
        return [detail for told, detail in self.page.evaluate("heard") if told == name]

    def told(self) -> dict[str, tuple[str, str]]:
        """Return the passage and state of each mark, from what the page is told once typing pauses."""
        wait_until(
            lambda: self.heard("text") and self.heard("text")[-1]["text"] == self.text, "the page is told"
        )
        last = self.heard("text")[-1]
        return {
            mark["id"]: (last["text"][mark["start"] : mark["end"]], mark["state"]) for mark in last["marks"]
        }

    def painted(self, name: str) -> str:
        """Return what is painted as a mark, line breaks included."""
        return str(self.page.evaluate(_PAINTED, name))

    def mirrored(self) -> bool:
        """Whether the mirror has the lines of the field."""
        mirror = self.page.evaluate("document.querySelector('[data-review-mirror]').textContent")
        return bool(mirror == self.text + "\n")

    def caret(self, before: str, *, after: str = "") -> None:
        """Put the caret before or behind a passage."""
        position = self.text.index(before or after) + (0 if before else len(after))
        self.select(position, position)

    def select(self, start: int, end: int) -> None:
        """Select from one code point to another."""
        units = [len(self.text[:place].encode("utf-16-le")) // 2 for place in (start, end)]
        self.field.evaluate(
            "(field, [start, end]) => { field.focus(); field.setSelectionRange(start, end); }", units
        )

    def say(self, name: str, **detail: object) -> None:
        """Speak to the editor as the page does."""
        self.root.evaluate(_SAY, [f"review:{name}", detail])

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)


@pytest.fixture
def open_editor(browser: Browser) -> Iterator[OpenEditor]:
    """Yield a function that opens the editor with a text and its marks; the browser may not complain."""
    complaints = Complaints()
    contexts: list[BrowserContext] = []

    def answer(route: Route, text: str, marks: list[dict[str, Any]]) -> None:
        name = route.request.url.removeprefix(ADDRESS).lstrip("/")
        if name:
            route.fulfill(path=ROOT / "assets" / name.replace("favicon.ico", "favicon.svg"))
            return
        page = PAGE.replace("MARKS", html.escape(json.dumps(marks))).replace("TEXT", html.escape(text))
        policy = content_security_policy((), ADDRESS)
        route.fulfill(body=page, content_type="text/html", headers={"Content-Security-Policy": policy})

    def opened(
        text: str = TEXT, passages: dict[str, str] = PASSAGES, marks: Any = None, **options: object
    ) -> Editor:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        contexts.append(context)
        complaints.listen(context, ())
        context.add_init_script(_LISTEN)
        given = marks_of(text, passages) if marks is None else marks
        context.route("**/*", lambda route: answer(route, text, given))
        page = context.new_page()
        page.goto(f"{ADDRESS}/")
        return Editor(page)

    yield opened
    for context in contexts:
        context.close()
    complaints.check()


def test_marks_stand_where_their_code_points_say_behind_emoji_too(open_editor: OpenEditor) -> None:
    editor = open_editor()
    assert {name: editor.painted(name) for name in PASSAGES} == PASSAGES
    assert editor.mirrored()


@pytest.mark.parametrize(
    ("before", "after", "state", "passage"),
    [
        ("To the principal", "", "kept", "approve 50,000 rupees"),
        ("approve 50,000", "", "kept", "approve 50,000 rupees"),
        ("50,000 rupees", "", "changed", "approve xx50,000 rupees"),
        ("", "50,000 rupees", "kept", "approve 50,000 rupees"),
        ("The room", "", "kept", "approve 50,000 rupees"),
    ],
    ids=["before", "at its start", "inside", "at its end", "after"],
)
def test_what_is_typed_moves_a_passage_and_changes_it_only_from_inside(
    open_editor: OpenEditor, before: str, after: str, state: str, passage: str
) -> None:
    editor = open_editor()
    editor.caret(before, after=after)
    editor.page.keyboard.type("xx")
    assert editor.told()["1"] == (passage, state)
    assert editor.painted("1") == passage
    assert editor.mirrored()
    assert [each["state"] for each in editor.heard("mark")] == (["changed"] if state == "changed" else [])
    assert {name: told for name, told in editor.told().items() if name != "1"} == {
        name: (PASSAGES[name], "kept") for name in ("2", "3")
    }


def test_a_letter_typed_before_the_same_letter_is_not_of_the_passage(open_editor: OpenEditor) -> None:
    editor = open_editor()
    editor.caret("approve")
    editor.page.keyboard.type("aa")
    assert editor.told()["1"] == (PASSAGES["1"], "kept")
    editor.caret("", after="rupees")
    editor.page.keyboard.type("s")
    assert editor.told()["1"] == (PASSAGES["1"], "kept")


def test_a_passage_that_is_mended_back_is_itself_again(open_editor: OpenEditor) -> None:
    editor = open_editor()
    editor.caret("50,000")
    editor.page.keyboard.type("x")
    editor.press("Backspace")
    assert editor.told()["1"] == (PASSAGES["1"], "kept")
    assert [each["state"] for each in editor.heard("mark")] == ["changed", "kept"]


def test_a_deletion_across_passages_leaves_what_is_left_of_them_and_undo_brings_all_back(
    open_editor: OpenEditor,
) -> None:
    editor = open_editor()
    editor.select(TEXT.index("rupees"), TEXT.index("of them"))
    editor.press("Delete")
    assert editor.told() == {
        "1": ("approve 50,000 ", "changed"), "2": ("of them", "changed"), "3": ("stays open", "kept"),
    }  # fmt: skip
    assert editor.mirrored()
    editor.press("Control+z")
    assert editor.text == TEXT
    assert editor.told() == {name: (passage, "kept") for name, passage in PASSAGES.items()}
    assert {name: editor.painted(name) for name in PASSAGES} == PASSAGES


def test_a_passage_that_is_deleted_is_gone_and_undo_brings_it_back(open_editor: OpenEditor) -> None:
    editor = open_editor()
    editor.press("Tab", "Control+a", "Delete")
    assert {state for _, state in editor.told().values()} == {"gone"}
    assert editor.mirrored()
    editor.press("Control+z")
    assert editor.told() == {name: (passage, "kept") for name, passage in PASSAGES.items()}
    editor.press("Control+Shift+z")
    assert editor.text == ""
    assert {state for _, state in editor.told().values()} == {"gone"}


def test_a_passage_that_is_cut_and_pasted_elsewhere_takes_its_mark_with_it(open_editor: OpenEditor) -> None:
    editor = open_editor()
    editor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    line = "Parents agree: 85 % of them said yes."
    editor.select(TEXT.index(line), TEXT.index(line) + len(line))
    editor.press("Control+x")
    assert editor.told()["2"] == ("", "gone")
    editor.caret("To the")
    editor.press("Control+v")
    assert editor.text.startswith(line)
    assert editor.told()["2"] == (PASSAGES["2"], "kept")
    assert editor.painted("2") == PASSAGES["2"]


def test_a_revised_memo_pasted_over_everything_keeps_the_passages_that_are_in_it(
    open_editor: OpenEditor,
) -> None:
    editor = open_editor()
    editor.press("Tab", "Control+a")
    editor.page.keyboard.insert_text(TEXT.replace("said yes", "said so").replace("To the", "Dear"))
    assert editor.told() == {name: (passage, "kept") for name, passage in PASSAGES.items()}


def test_a_paste_of_twenty_thousand_words_moves_the_passages_behind_it(open_editor: OpenEditor) -> None:
    editor = open_editor()
    editor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    pasted = "\n\n".join([LONG] * 2)
    assert len(pasted.split()) > 40_000
    editor.page.evaluate("(text) => navigator.clipboard.writeText(text)", pasted)
    editor.caret("Parents")
    editor.press("Control+v")
    wait_until(lambda: pasted in editor.text, "the paste is in the field")
    assert editor.told() == {name: (passage, "kept") for name, passage in PASSAGES.items()}
    assert editor.mirrored()
    assert {name: editor.painted(name) for name in PASSAGES} == PASSAGES


def test_a_line_break_in_a_passage_paints_it_on_both_lines(open_editor: OpenEditor) -> None:
    editor = open_editor()
    editor.caret("50,000")
    editor.press("Enter")
    assert editor.told()["1"] == ("approve \n50,000 rupees", "changed")
    assert editor.painted("1") == "approve \n50,000 rupees"
    assert editor.mirrored()
    editor.press("Control+z")
    assert editor.told()["1"] == (PASSAGES["1"], "kept")


def test_one_backspace_takes_a_whole_emoji_and_no_half_of_one(open_editor: OpenEditor) -> None:
    text = "Say 💶💶 or 👩🏽‍🏫 to them all 🎉 at once"
    editor = open_editor(text, {"1": "💶 or 👩🏽‍🏫 to", "2": "🎉 at"})
    editor.caret("", after="Say 💶")
    editor.press("Backspace")
    assert editor.told() == {"1": ("💶 or 👩🏽‍🏫 to", "kept"), "2": ("🎉 at", "kept")}
    editor.caret("🎉")
    editor.page.keyboard.insert_text("🥳🎉")
    assert editor.told()["2"] == ("🎉 at", "kept")
    editor.caret("", after="👩🏽‍🏫 t")
    editor.page.keyboard.insert_text("🎈")
    assert editor.told()["1"] == ("💶 or 👩🏽‍🏫 t🎈o", "changed")
    assert editor.mirrored()


def test_marks_follow_in_a_text_from_right_to_left(open_editor: OpenEditor) -> None:
    text = "إلى المدير\nنطلب الموافقة على الكتب الجديدة.\nMixed: שלום rupees עולם."
    editor = open_editor(text, {"1": "على الكتب", "2": "שלום rupees"})
    editor.caret("نطلب")
    editor.page.keyboard.insert_text("نحن ")
    editor.caret("الكتب")
    editor.page.keyboard.insert_text("هذه ")
    assert editor.told() == {"1": ("على هذه الكتب", "changed"), "2": ("שלום rupees", "kept")}
    assert editor.mirrored()


def test_text_from_an_input_method_counts_as_typed(open_editor: OpenEditor) -> None:
    editor = open_editor()
    editor.caret("50,000")
    session = editor.page.context.new_cdp_session(editor.page)
    for composed in ("に", "にほ", "にほん"):
        session.send(
            "Input.imeSetComposition",
            {"text": composed, "selectionStart": len(composed), "selectionEnd": len(composed)},
        )
        assert editor.mirrored()
    session.send("Input.insertText", {"text": "日本"})
    assert editor.told()["1"] == ("approve 日本50,000 rupees", "changed")
    assert editor.mirrored()


def test_another_text_can_be_taken_back_with_undo(open_editor: OpenEditor) -> None:
    editor = open_editor()
    other = "A sample.\nApproved by all."
    editor.say("set-text", text=other, marks=marks_of(other, {"7": "Approved"}))
    assert editor.text == other
    assert editor.painted("7") == "Approved"
    assert editor.mirrored()
    editor.press("Control+z")
    assert editor.text == TEXT
    assert editor.mirrored()


def test_the_first_text_takes_neither_the_focus_nor_a_step_of_undo(open_editor: OpenEditor) -> None:
    editor = open_editor("", {})
    editor.say("set-text", text=TEXT, marks=marks_of(TEXT, PASSAGES), undo=False)
    expect(editor.field).not_to_be_focused()
    assert {name: editor.painted(name) for name in PASSAGES} == PASSAGES
    editor.press("Tab", "Control+z")
    assert editor.text == TEXT


def test_a_passage_can_be_replaced_by_the_page_and_taken_back(open_editor: OpenEditor) -> None:
    editor = open_editor()
    start = TEXT.index("50,000")
    editor.say("replace", start=start, end=start + 6, text="45,000")
    assert editor.told()["1"] == ("approve 45,000 rupees", "changed")
    editor.press("Control+z")
    assert editor.told()["1"] == (PASSAGES["1"], "kept")


def test_marks_of_the_text_that_was_evaluated_find_their_passages_in_what_was_typed_since(
    open_editor: OpenEditor,
) -> None:
    editor = open_editor(marks=[])
    editor.caret("To the")
    editor.page.keyboard.type("Dear all. ")
    editor.caret("June")
    editor.page.keyboard.type("late ")
    editor.say("set-marks", marks=marks_of(TEXT, PASSAGES), text=TEXT)
    assert {name: editor.painted(name) for name in PASSAGES} == PASSAGES
    windows = TEXT.replace("\n", "\r\n")
    editor.say("set-marks", marks=marks_of(windows, PASSAGES), text=windows)
    assert {name: editor.painted(name) for name in PASSAGES} == PASSAGES


def test_passages_that_overlap_are_painted_once_and_belong_to_both(open_editor: OpenEditor) -> None:
    editor = open_editor(passages={"1": "approve 50,000 rupees", "2": "rupees 💶 for books"})
    assert editor.painted("1") == "approve 50,000 rupees"
    assert editor.painted("2") == "rupees 💶 for books"
    editor.caret("upees")
    editor.page.keyboard.type("R")
    assert editor.told() == {
        "1": ("approve 50,000 rRupees", "changed"), "2": ("rRupees 💶 for books", "changed"),
    }  # fmt: skip
    assert editor.painted("2") == "rRupees 💶 for books"


def test_after_any_edits_the_mirror_has_the_text_and_each_mark_its_passage(open_editor: OpenEditor) -> None:
    source = random.Random(11)
    editor = open_editor()
    pieces = ["a", "\n", "💶", "approve 50,000 rupees", "x\n\ny", " ", "שלום", "85 % of them\n"]
    edit = """
    ([start, length, text]) => {
      const field = document.querySelector("textarea");
      field.focus();
      const from = Math.floor(start * (field.value.length + 1));
      field.setSelectionRange(from, Math.min(field.value.length, from + length));
      document.execCommand(text === null ? "undo" : text ? "insertText" : "delete", false, text);
    }
    """
    for _ in range(150):
        text = None if source.random() < 0.15 else source.choice([*pieces, ""])
        editor.page.evaluate(edit, [source.random(), source.choice([0, 0, 0, 1, 3, 30]), text])
        assert editor.mirrored()
    for name, (passage, state) in editor.told().items():
        assert editor.painted(name) == passage
        assert (state == "gone") == (passage == "")


def test_the_caret_tells_the_page_which_passage_it_enters_and_leaves(open_editor: OpenEditor) -> None:
    editor = open_editor()
    editor.caret("50,000")
    expect(editor.root).to_have_attribute("data-current", "1")
    editor.caret("85 %")
    expect(editor.root).to_have_attribute("data-current", "2")
    editor.caret("To the")
    expect(editor.root).not_to_have_attribute("data-current", "2")
    assert [entry for entry in editor.page.evaluate("heard") if entry[0] in ("enter", "leave")] == [
        ["enter", {"id": "1"}], ["leave", {"id": "1"}], ["enter", {"id": "2"}], ["leave", {"id": "2"}],
    ]  # fmt: skip


def test_a_screen_reader_is_told_once_the_caret_rests_in_a_passage(open_editor: OpenEditor) -> None:
    editor = open_editor()
    status = editor.page.get_by_role("status")
    status.evaluate(_NOTE_WHAT_IS_SAID)
    editor.caret("50,000")
    expect(editor.root).to_have_attribute("data-current", "1")
    editor.caret("stays")
    expect(status).to_have_text("Remark 3: Idea 3")
    assert editor.page.evaluate("said") == ["Remark 3: Idea 3"]
    editor.page.keyboard.type("x")
    editor.caret("To the")
    expect(status).to_have_text("")
    editor.caret("50,000")
    editor.page.keyboard.type("x")
    editor.caret("To the")
    expect(status).to_have_text("")
    editor.caret("50,000")
    expect(status).to_have_text("Remark 1, changed: Idea 1")


def test_alt_and_the_arrows_step_through_the_passages_from_the_caret_on(open_editor: OpenEditor) -> None:
    editor = open_editor()
    editor.caret("Parents")
    visited = []
    for key in ("Alt+ArrowDown", "Alt+ArrowDown", "Alt+ArrowDown", "Alt+ArrowUp", "Alt+ArrowUp"):
        editor.press(key)
        visited.append(editor.root.get_attribute("data-current"))
    assert visited == ["2", "3", "1", "3", "2"]
    expect(editor.field).to_be_focused()
    assert editor.text == TEXT


def test_the_page_may_step_in_an_order_of_its_own(open_editor: OpenEditor) -> None:
    editor = open_editor()
    editor.root.evaluate("(root) => root.addEventListener('review:step', (event) => event.preventDefault())")
    editor.caret("To the")
    editor.press("Alt+ArrowDown")
    assert editor.heard("step") == [{"by": 1}]
    assert editor.root.get_attribute("data-current") is None


def test_of_two_passages_that_begin_together_each_can_be_selected(open_editor: OpenEditor) -> None:
    editor = open_editor(passages={"1": "approve 50,000 rupees", "2": "approve"})
    for name in ("1", "2"):
        editor.say("select", id=name)
        expect(editor.root).to_have_attribute("data-current", name)


LONG = "\n\n".join(
    f"Paragraph {n} " + "with words of all kinds " * 16 + f"and its end {n}." for n in range(250)
)
LONG_PASSAGES = {str(n): f"and its end {n * 6}." for n in range(1, 41)}


def test_a_passage_far_down_a_long_memo_is_scrolled_to_the_middle(open_editor: OpenEditor) -> None:
    editor = open_editor(LONG, LONG_PASSAGES, viewport={"width": 900, "height": 700})
    editor.say("select", id="40")
    assert 250 < editor.page.evaluate(_MIDDLE_OF_CURRENT) < 450
    expect(editor.field).to_be_focused()
    editor.page.keyboard.type("x")
    assert 250 < editor.page.evaluate(_MIDDLE_OF_CURRENT) < 450
    editor.say("select", id="2", focus=False)
    expect(editor.root).to_have_attribute("data-current", "2")
    assert editor.told()["40"] == (LONG_PASSAGES["40"], "kept")


@pytest.mark.parametrize(("motion", "behaviour"), [("reduce", "auto"), ("no-preference", "smooth")])
def test_who_wants_less_motion_is_not_scrolled_past_what_is_between(
    open_editor: OpenEditor, motion: str, behaviour: str
) -> None:
    editor = open_editor(LONG, LONG_PASSAGES, viewport={"width": 900, "height": 1000}, reduced_motion=motion)
    editor.page.evaluate("""
      () => {
        window.scrolled = [];
        const scroll = Element.prototype.scrollIntoView;
        Element.prototype.scrollIntoView = function (options) {
          scrolled.push(options.behavior);
          scroll.call(this, options);
        };
      }
    """)
    editor.say("select", id="1")
    editor.say("select", id="40")
    assert editor.page.evaluate("scrolled") == [behaviour, "auto"]


def test_a_key_press_in_a_long_memo_changes_one_text_of_the_mirror(open_editor: OpenEditor) -> None:
    text = "\n\n".join([LONG] * 5)
    assert len(text.split()) > 80_000
    editor = open_editor(text, LONG_PASSAGES)
    editor.page.evaluate("""
      () => {
        window.changes = [];
        const note = (records) => changes.push(...records.map((record) => record.type));
        const observer = new MutationObserver(note);
        observer.observe(document.querySelector("[data-review-mirror]"),
          {childList: true, characterData: true, subtree: true, attributes: true});
      }
    """)
    for place in ("Paragraph 0 ", "its end 120.", "words"):
        editor.caret(place)
        editor.page.keyboard.type("x")
    assert editor.page.evaluate("changes.filter((type) => type === 'characterData').length") == 3
    assert editor.page.evaluate("changes.filter((type) => type === 'childList').length") == 0
    assert editor.told()["40"] == (LONG_PASSAGES["40"], "kept")


_DIFFERING = """
async (pictures) => {
  const [one, other] = await Promise.all(pictures.map(async (data) => {
    const picture = new Image();
    picture.src = `data:image/png;base64,${data}`;
    await picture.decode();
    const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    canvas.drawImage(picture, 0, 0);
    return canvas.getImageData(0, 0, picture.width, picture.height).data;
  }));
  if (one.length !== other.length) return 1;
  const changed = one.filter((value, index) => Math.abs(value - other[index]) > 100);
  return changed.length / one.filter((value) => value < 128).length;
}
"""


def differing(page: Page, *pictures: bytes) -> float:
    """Return how much of what is dark in one picture looks otherwise in another; edges may be softer."""
    return float(page.evaluate(_DIFFERING, [base64.b64encode(picture).decode() for picture in pictures]))


_TEXT_ONLY = """
* { caret-color: transparent !important; text-decoration: none !important; background: none !important; }
.review-mark::after { display: none; }
"""
_MIRROR_ONLY = """
textarea[data-review-text] { opacity: 0; }
[data-review-mirror], .review-mark { visibility: visible; color: inherit; }
"""
EVERYTHING = (
    "Plain words that go on for longer than any phone is wide, with a figure of 12,345.67 in them.\n\n"
    f"  two spaces before,  two between, and many behind{60 * ' '}\n"
    "\ttabs\tbetween\tcolumns\tof\ta\ttable\n"
    "AReallyLongWordWithoutAnyBreakInItThatIsWiderThanTheNarrowestPhone_and_another_one_of_the_same_kind\n"
    "إلى المدير: نطلب الموافقة على شراء الكتب الجديدة للمكتبة قبل نهاية الشهر\n"
    "emoji 👩🏽‍🏫 flags 🇮🇳🇪🇸 family 👨‍👩‍👧‍👦 Ελληνικά και кириллица\n"
    "office fluffy AVAVA To Ty — “quotes” … end"
)


@pytest.mark.parametrize("width", [320, 640, 1100])
def test_the_mirror_stands_exactly_under_the_field(open_editor: OpenEditor, width: int) -> None:
    passages = {
        "1": "longer than",
        "2": "LongWord",
        "3": "الكتب الجديدة",
        "4": "🇪🇸 family",
        "5": "ffice flu",
        "6": "VAV",
    }
    editor = open_editor(EVERYTHING, passages, viewport={"width": width, "height": 1400})
    editor.page.add_style_tag(content=_TEXT_ONLY)
    shown = editor.root.screenshot()
    editor.page.add_style_tag(content=_MIRROR_ONLY)
    assert differing(editor.page.context.new_page(), shown, editor.root.screenshot()) < 0.001


@pytest.mark.parametrize("options", [{}, {"font": "200%"}], ids=["as it is", "text of twice the size"])
def test_nothing_scrolls_sideways_on_the_narrowest_phone(
    open_editor: OpenEditor, options: dict[str, str]
) -> None:
    text = EVERYTHING + "\n日本語の文章は空白なしで折り返されます。東京で会議があります。"
    editor = open_editor(text, {"1": "longer than"}, viewport={"width": 320, "height": 640})
    if options:
        editor.page.add_style_tag(content="html { font-size: 200%; }")
    assert editor.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert editor.field.evaluate("(field) => field.scrollHeight <= field.clientHeight")


def test_in_forced_colours_the_marks_and_the_current_one_can_be_seen(open_editor: OpenEditor) -> None:
    editor = open_editor(forced_colors="active")
    editor.caret("50,000")
    mark = editor.page.locator(".review-mark[data-current]")
    expect(mark).to_have_css("outline-style", "solid")
    line, behind = mark.evaluate(
        "(mark) => [getComputedStyle(mark).textDecorationColor, getComputedStyle(mark).backgroundColor]"
    )
    assert line != behind


def test_the_editor_is_accessible(open_editor: OpenEditor) -> None:
    editor = open_editor()
    editor.caret("50,000")
    expect(editor.root).to_have_attribute("data-current", "1")
    assert not pages.faults_of_access(editor.page)
    # The whole text is the field's, and none of it is there a second time.
    tree = editor.page.context.new_cdp_session(editor.page).send("Accessibility.getFullAXTree")["nodes"]
    texts = "\n".join(
        str(node.get("name", {}).get("value", "")) for node in tree if node["role"]["value"] == "StaticText"
    )
    assert all(texts.count(passage) == 1 for passage in PASSAGES.values())


def test_an_editor_that_comes_later_and_one_that_goes_are_noticed(open_editor: OpenEditor) -> None:
    editor = open_editor()
    editor.root.evaluate(
        """(root) => {
          const other = root.cloneNode(true);
          other.querySelector("[data-review-mirror]").replaceChildren();
          root.replaceWith(other);
        }"""
    )
    wait_until(lambda: len(editor.heard("ready")) == 2, "the second editor is ready")
    editor.caret("50,000")
    editor.page.keyboard.type("x")
    assert editor.told()["1"] == ("approve x50,000 rupees", "changed")
