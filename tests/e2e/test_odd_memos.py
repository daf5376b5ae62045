"""Memos that are not what one expects: none, too much, hostile, and in all the letters of the world."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from memo_coach.coaching.memo.text import normalise_text
from tests.e2e import pages
from tests.e2e.conftest import NOT_FOUND, NewPage
from tests.e2e.seeding import EvaluatedMemos
from tests.unit.coaching.foreign_memos import sentences

HOSTILE = """To: the board
From: <b>Eve</b>
Subject: <script>document.title = "taken"</script> Approve $1M by 1 May

# A heading <img src=x onerror="document.title='taken'">

We ask the board to **approve** [this](javascript:document.title='taken') by 1 May. It was decided that costs
will be *reduced* significantly &amp; soon; </div></main><style>main { display: none }</style>

| a | b |
|---|---|
| `code` | {{7*7}} ${7*7} |
"""

WORLD = """To: the board 👩‍🚒
From: Zoe\u0308 D\u00edaz
Subject: Approve $1M by 1 May 🏭

It is felt that there could possibly be some benefits 👍🏽 to a cafe\u0301 in due course, it is hoped.

\u05de\u05db\u05ea\u05d1 \u05e7\u05e6\u05e8: \u05d0\u05e0\u05d7\u05e0\u05d5 \u0645\u0630\u0643\u0631\u0629.

Costs will be reduced significantly 🚀🚀 and synergies leveraged going forward, it should be noted that
various stakeholders in the 𝒂𝒃𝒄 team were consulted and that a number of concerns were raised by
them 🤷🏾‍♀️ in the past.
"""


def test_an_empty_memo_is_refused_with_a_sentence(page: Page) -> None:
    pages.open_editor(page)
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_role("alert")).to_contain_text(".")
    expect(page).to_have_url("/")
    expect(page.get_by_role("alert")).to_be_visible()


def test_a_memo_of_white_space_is_refused_with_a_sentence(page: Page) -> None:
    pages.open_editor(page)
    pages.editor(page).fill(" \n\t \n")
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_role("alert")).to_contain_text(".")


def test_one_word_gets_an_answer_that_a_person_understands(page: Page) -> None:
    pages.open_editor(page)
    pages.write(page, "Hello")
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_role("alert").or_(page.get_by_test_id("overall-score"))).to_be_visible()


def test_a_memo_of_200_001_characters_is_refused_and_stays_in_the_editor(page: Page) -> None:
    pages.open_editor(page)
    text = ("word " * 40_001)[:200_001]
    pages.write(page, text)
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_role("alert")).to_contain_text("200,000")
    assert pages.editor(page).input_value() == text
    page.reload()
    expect(pages.count(page, "characters")).to_have_text("200,001 characters")


def test_a_refusal_goes_when_the_memo_is_mended(page: Page) -> None:
    pages.open_editor(page)
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_role("alert")).to_be_visible()
    pages.write(page, pages.sample("weak"))
    pages.evaluate(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_memo_in_another_language_is_refused_by_name_unless_its_language_is_chosen(page: Page) -> None:
    pages.open_editor(page)
    pages.write(page, " ".join(sentences()["fr"]))
    expect(page.get_by_role("complementary")).to_contain_text("another language")
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_role("alert")).to_contain_text("French")
    page.get_by_label("Language").select_option("es")
    pages.evaluate(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_markup_in_a_memo_is_text_everywhere(page: Page) -> None:
    pages.evaluated(page, HOSTILE)
    expect(page.get_by_text('<script>document.title = "taken"</script> Approve').first).to_be_visible()
    pages.open_details(page)
    shown = pages.manuscript_text(page)
    for piece in (
        "<b>Eve</b>",
        "<img src=x onerror=",
        "[this](javascript:",
        "**approve**",
        "&amp;",
        "{{7*7}} ${7*7}",
    ):
        assert piece in shown
    assert page.locator(".split").locator("img, script, b, style, a[href^='javascript']").count() == 0
    expect(pages.open_memos(page)).to_contain_text("<script>")
    assert "taken" not in page.title()


def test_marks_are_exact_among_emoji_and_combining_and_right_to_left_letters(
    page: Page, evaluated: EvaluatedMemos
) -> None:
    (evaluation,) = evaluated.give(page, WORLD)
    page.goto(f"/details/{evaluation}")
    expect(pages.cards(page).first).to_be_visible()
    everything = page.get_by_role("button", name="Show all")
    if everything.count():
        everything.click()
        expect(page.get_by_role("button", name="Show what matters first")).to_be_visible()
    passages = pages.passages(page)
    assert passages
    text = normalise_text(WORLD)
    for card in pages.cards(page).all():
        quote = card.locator("q")
        if quote.count():
            words = str(quote.text_content())
            assert words in text
            marked = passages[str(card.get_attribute("data-card"))]
            assert pages.squeezed(marked) == pages.squeezed(words)


@pytest.mark.parametrize("path", ["/nowhere", "/feedback", "/memos/x/y", "/details/a/b"])
def test_an_address_that_leads_nowhere_says_so(new_page: NewPage, path: str) -> None:
    page = new_page(tolerated=NOT_FOUND)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1, name="This page does not exist")).to_be_visible()
    page.get_by_role("link", name="Write a memo").click()
    expect(pages.editor(page)).to_be_visible()


@pytest.mark.parametrize("path", ["/feedback/no-such-evaluation", "/details/no-such-evaluation"])
def test_an_evaluation_that_is_not_there_is_explained(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.get_by_role("heading", name="There is no such evaluation")).to_be_visible()
    page.get_by_role("link", name="Go to your memos").click()
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()


def test_a_link_to_a_memo_that_is_not_there_gives_an_editor_that_works(new_page: NewPage) -> None:
    page = new_page(tolerated=NOT_FOUND)
    pages.open_editor(page, "/?memo=no-such-memo")
    expect(pages.saved_state(page)).not_to_contain_text("server does not answer")
    pages.write(page, "A new memo all the same.")
    page.goto("/")
    expect(pages.editor(page)).to_have_value("A new memo all the same.")
