"""From the first visit to feedback that has been read: what most people do, once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, Request, WebSocket, expect

from memo_coach.coaching.rubric.reader import shipped_rubrics
from tests.e2e import pages
from tests.e2e.seeding import EvaluatedMemos

SCORE = re.compile(r"^([1-5]\.\d|Not scored)$")
MILLISECONDS_A_KEY = 12
COUNT_FORMATTERS = """
window.formatters = 0;
Intl.NumberFormat = class extends Intl.NumberFormat {
  constructor(...choices) {
    super(...choices);
    window.formatters += 1;
  }
};
"""
TWO_HUNDRED = (
    "To: the committee\nSubject: Approve $1.2M for a new line by 1 May\n\n"
    "We ask you to approve it. Demand has grown by 14 percent a year since 2021 and the old line cannot keep "
    "up with what our customers order."
)


def test_the_editor_is_ready_to_type_in_at_once(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1, name="Write your memo")).to_be_visible()
    expect(pages.editor(page)).to_be_focused()
    page.keyboard.type("At once.")
    expect(pages.editor(page)).to_have_value("At once.")


def test_words_typed_before_the_page_has_come_alive_are_kept(page: Page) -> None:
    page.goto("/", wait_until="commit")
    pages.editor(page).press_sequentially("The first words of a hasty writer.")
    expect(pages.count(page, "words")).to_have_text("7 words")
    pages.expect_saved(page)
    expect(pages.editor(page)).to_have_value("The first words of a hasty writer.")


def test_counts_follow_each_key(page: Page) -> None:
    pages.open_editor(page)
    expect(pages.count(page, "words")).to_have_text("0 words")
    expect(pages.count(page, "reading")).to_be_empty()
    page.keyboard.type("One")
    expect(pages.count(page, "words")).to_have_text("1 word")
    expect(pages.count(page, "characters")).to_have_text("3 characters")
    expect(pages.count(page, "reading")).to_have_text("1 min read")
    page.keyboard.type(" two, don't: 1,200.50 €")
    expect(pages.count(page, "words")).to_have_text("4 words")
    pages.write(page, "word " * 1190)
    expect(pages.count(page, "words")).to_have_text("1,190 words")
    expect(pages.count(page, "reading")).to_have_text("5 min read")
    pages.write(page, "👩\u200d🚒e\u0301")  # one emoji of three code points, one letter of two
    expect(pages.count(page, "characters")).to_have_text("5 characters")


def test_numbers_are_written_without_the_browsers_slow_formatter_until_one_needs_it(page: Page) -> None:
    page.add_init_script(COUNT_FORMATTERS)
    pages.open_editor(page)
    expect(pages.count(page, "words")).to_have_text("0 words")
    pages.write(page, "word " * 199 + "last")
    expect(pages.count(page, "characters")).to_have_text("999 characters")
    assert page.evaluate("window.formatters") == 0
    page.keyboard.type("s")
    expect(pages.count(page, "characters")).to_have_text("1,000 characters")
    page.keyboard.type(" here")
    expect(pages.count(page, "characters")).to_have_text("1,005 characters")
    assert page.evaluate("window.formatters") == 1


def test_a_page_that_tells_no_number_of_characters_makes_no_formatter_for_it(
    page: Page, evaluated: EvaluatedMemos
) -> None:
    page.add_init_script(COUNT_FORMATTERS)
    evaluated.open_details(page, pages.sample("weak"))
    expect(pages.count(page, "words")).to_have_text("480 words")
    assert page.evaluate("window.formatters") == 0


def test_the_live_count_of_words_is_the_one_that_is_stored(page: Page) -> None:
    pages.open_editor(page)
    pages.write(page, pages.sample("strong") + " 14 % of 1,200.50 snake_case U.S. done.Next don't")
    live = pages.count(page, "words").inner_text()
    expect(pages.open_memos(page)).to_contain_text(live)


def test_typing_asks_the_server_at_pauses_and_not_at_keys(page: Page) -> None:
    saves: list[str] = []
    frames: list[str] = []

    def note_save(request: Request) -> None:
        if request.method != "GET":
            saves.append(request.url)

    def note_frames(socket: WebSocket) -> None:
        # Frames "2" and "3" are the protocol's own heartbeat.
        socket.on("framesent", lambda data: frames.append(str(data)) if str(data) not in "23" else None)

    page.on("request", note_save)
    page.on("websocket", note_frames)
    # By the page's own clock, which stands still between the keys: a busy machine makes no pauses.
    page.clock.install()
    pages.open_editor(page)
    page.wait_for_load_state("networkidle")
    page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=5))
    frames.clear()
    for key in TWO_HUNDRED:
        page.keyboard.type(key)
        page.clock.run_for(MILLISECONDS_A_KEY)
    took = len(TWO_HUNDRED) * MILLISECONDS_A_KEY / 1000
    assert frames == [], "typing sent frames over the socket"
    assert len(saves) <= 1 + took / 2, f"{len(saves)} saves in {took:.1f} s of typing without a pause"
    page.clock.resume()
    expect(page.locator(".hint").first).to_be_visible()
    pages.expect_saved(page)
    assert len(frames) == 1
    assert len(saves) <= 2 + took / 2
    expect(pages.editor(page)).to_have_value(TWO_HUNDRED)


def test_hints_quote_the_memo_and_ask(page: Page) -> None:
    text = pages.sample("weak")
    pages.open_editor(page)
    expect(page.get_by_text("When you pause, what matters most")).to_be_visible()
    pages.write(page, text)
    hints = page.locator(".hint")
    expect(hints.first).to_be_visible()
    assert 1 <= hints.count() <= 3
    for quote in page.locator(".hint q").all_text_contents():
        assert quote in text
    expect(hints.first.locator(".question")).to_contain_text("?")


def test_a_memo_becomes_complete_feedback(page: Page) -> None:
    pages.open_editor(page)
    pages.write(page, pages.sample("weak"))
    pages.evaluate(page)
    expect(page.get_by_role("heading", level=1, name="Overall feedback")).to_be_visible()
    assert 1.0 <= float(page.get_by_test_id("overall-score").inner_text()) <= 5.0
    rubric = shipped_rubrics()[0]
    for criterion in rubric.criteria:
        shown = page.get_by_test_id(f"criterion-{criterion.id}")
        expect(shown.get_by_role("heading", name=criterion.name["en"])).to_be_visible()
        expect(shown.locator(".mark-given")).to_have_text(SCORE)
        expect(shown.locator(".reason p").first).not_to_be_empty()
    assert page.locator("[data-testid^='criterion-']").count() == len(rubric.criteria)
    expect(page.locator(".summary")).not_to_be_empty()
    expect(page.locator(".strengths li").first).to_be_visible()
    expect(page.locator(".opportunities li").first).to_be_visible()
    expect(page.get_by_text("built-in coach")).to_be_visible()
    assert page.get_by_role("progressbar").count() == 0


def test_a_strong_memo_scores_higher_than_a_weak_one(page: Page) -> None:
    scores = []
    for quality in ("weak", "strong"):
        pages.evaluated(page, pages.sample(quality))
        scores.append(float(page.get_by_test_id("overall-score").inner_text()))
    weak, strong = scores
    assert weak + 1 <= strong


def test_a_memo_in_spanish_gets_its_feedback_in_spanish(page: Page) -> None:
    pages.open_editor(page)
    page.get_by_role("combobox", name="Rubric").select_option("decision-memo")
    pages.write(page, pages.sample("weak", "decision-memo", "es"))
    pages.evaluate(page)
    said = page.locator(".summary").inner_text() + page.locator(".opportunities").inner_text()
    words = said.lower().split()
    assert sum(words.count(word) for word in ("el", "la", "los", "que", "de", "una", "y")) > 5
    assert sum(words.count(word) for word in ("the", "and", "of", "is")) <= 3
