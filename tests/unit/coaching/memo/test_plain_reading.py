"""What a text is read as, that each passage of it stands where it says, and that no string makes it slow."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memo_coach.coaching.memo.model import Span
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.memo.plain_reading import plain_reading
from memo_coach.coaching.memo.rewriting import Rewriting
from memo_coach.coaching.memo.text import LONGEST_MEMO
from tests.unit.coaching.memo.test_parsing_properties import HOSTILE, TEXTS, assert_sound
from tests.work import grows_at_most

MARKS = (
    "<p>¦</p>¦<br>¦<ul>¦<li>¦</li>¦</ul>¦<table>¦<tr>¦<td>¦</td>¦</tr>¦</table>¦<b>¦<style>¦</style>¦<!--¦"
    "-->¦&nbsp;¦&amp;¦&#8364;¦On 4 Jan 2027 A wrote:\n¦> ¦-----Original Message-----\n¦From: A\n¦Sent: 1\n¦"
    "To: B\n¦"
    "Page 2\n¦- 3 -\n¦-\n¦ ¦\n¦\n\n¦WE ASK THE BOARD FOR MONEY NOW. ¦the word ¦# ¦| A | B |\n¦İ¦ß¦ŉ¦"
    "reco-\nver ¦"
    "MEMORANDUM\n"
)
PIECES = st.sampled_from(MARKS.split("¦"))
ODD = st.one_of(TEXTS, st.lists(PIECES, max_size=60).map("".join))


@settings(max_examples=300, deadline=None)
@given(ODD, st.integers(0, 200), st.integers(1, 40))
def test_each_passage_has_its_place_in_the_text_that_was_handed_in(
    text: str, start: int, length: int
) -> None:
    reading = plain_reading(text)
    start = min(start, len(reading.text))
    span = reading.source_of(Span(start, min(start + length, len(reading.text))))
    assert 0 <= span.start <= span.end <= len(text)
    if start < len(reading.text):
        single = reading.source_of(Span(start, start + 1))
        here, there = reading.text[start], text[single.start : single.end]
        if len(there) == 1 and here.isalnum() and there.isalnum():
            assert here.lower() == there.lower()


@settings(max_examples=200, deadline=None)
@given(ODD)
def test_what_is_read_is_a_sound_memo(text: str) -> None:
    assert_sound(parse_memo(text))
    assert_sound(parse_memo(plain_reading(text).text))


def test_edits_of_several_rounds_lead_back_to_the_beginning() -> None:
    reading = Rewriting("one two three").edited([(4, 7, "2")]).edited([(0, 4, ""), (5, 6, " or ")])
    assert reading.text == "2 or three"
    assert reading.source_of(Span(0, 1)) == Span(4, 7)
    assert reading.source_of(Span(5, 10)) == Span(8, 13)
    assert reading.source_of(Span(0, 10)) == Span(4, 13)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (
            "<p>We&nbsp;ask for <b>&euro;5</b>.</p><p>Now &amp; here.</p>",
            "We ask for **€5**.\n\n\n\nNow & here.",
        ),
        ("<ul><li>One</li><li>Two</li></ul>", "- One\n- Two"),
        (
            "<TABLE><TR><TH>A</TH><TH>B</TH></TR><TR><TD>1</TD><TD>2</TD></TR></TABLE>",
            "| A | B |\n|---|---|\n| 1 | 2 |",
        ),
        ("Costs are 5 &lt; 6 and x &foo; y.", "Costs are 5 &lt; 6 and x &foo; y."),
        ("We recom-\nmend the purchase.", "We recommend\nthe purchase."),
        (
            "It is a long-term plan, and long-\nterm plans hold.",
            "It is a long-term plan, and long-term\nplans hold.",
        ),
        ("The plan goes\n\nPage 2 of 3\n\non below.", "The plan goes\non below."),
        ("It ends.\n\n- 2 -\n\nIt begins.", "It ends.\n\nIt begins."),
        ("Figures:\n\n3\n\n14\n", "Figures:\n\n3\n\n14\n"),
        (
            "WE NEED IT. THE NPV OF THE PLAN IS €1.2M, AND ANA RUIZ SIGNS IN MAY 2027. I AGREE WITH IT.",
            "We need it. The NPV of the plan is €1.2m, and ana ruiz signs in May 2027. I agree with it.",
        ),
        (
            "FROM: ANA RUIZ\n\nTHE REPORT IS LATE. ANA RUIZ SENDS IT ON 3 MARCH, AND WE MARCH ON.",
            "From: Ana Ruiz\n\nThe report is late. Ana Ruiz sends it on 3 March, and we march on.",
        ),
        (
            "THIS SERVES THE STRATEGIC PLAN 2030 AND OUR PLAN FOR 2031, AND THE PLAN VALDEOCA 2030 AS WELL.",
            "This serves the Strategic Plan 2030 and our plan for 2031, and the Plan Valdeoca 2030 as well.",
        ),
        ("We ask NASA and ESA for help.", "We ask NASA and ESA for help."),
    ],
)
def test_a_text_is_read_as_its_writer_would_have_typed_it(text: str, read: str) -> None:
    assert plain_reading(text).text.strip("\n") == read.strip("\n")


@pytest.mark.parametrize(
    "older",
    [
        "On Mon, Jan 4, 2027 at 9:12 AM Ann <a@example.org> wrote:\n> We have no money.\n> None.\n",
        "On Monday, January 4, 2027, Ann Lee of Larkmoor Hospitals\n<ann@example.org> wrote:\n\n> Never.",
        "El 4 de enero de 2027, Ana Ruiz escribió:\n\nNo hay dinero.",
        "-----Original Message-----\nFrom: Ann\n\nWe have no money.",
        "__________\nFrom: Ann Lee <a@b.c>\nSent: Monday\nTo: Ben\nSubject: No\n\nWe have no money.",
        "De: Ana Ruiz\nEnviado: lunes\nPara: Luis\nAsunto: No\n\nNo hay dinero.",
        "*From:* Ann\n*Sent:* Monday\n*To:* Ben\n\nNo money.",
        "---------- Forwarded message ---------\nDe: Ana\nFecha: lunes\nPara: Luis\n\nNo hay dinero.",
    ],
)
def test_older_messages_of_a_thread_are_other_peoples_words(older: str) -> None:
    own = "To: Board\nSubject: A pump\n\nWe ask for a pump by May. It costs 5,000 euros."
    memo = parse_memo(f"{own}\n\n{older}")
    assert {block.kind for block in memo.blocks if block.span.start >= len(own)} == {"quote"}
    assert plain_reading(memo.text).text.strip("_\n") == own


def test_answers_between_quoted_lines_are_the_writers_own() -> None:
    text = "Hello.\n\nOn 4 Jan 2027 Ann wrote:\n> Why?\n\nBecause it saves money.\n"
    assert plain_reading(text).text.split() == ["Hello.", "Because", "it", "saves", "money."]


def test_a_message_that_was_only_passed_on_is_the_memo() -> None:
    text = "-----Original Message-----\nFrom: Ann\nSent: Monday\nTo: Ben\n\nWe ask for a pump by May."
    assert "We ask for a pump" in plain_reading(text).text
    quoted = "> We ask for a pump by May.\n> It costs 5,000 euros."
    assert plain_reading(quoted).text == quoted


MORE = (
    "A\n> b\n", "On 1 a wrote:\n", "From: a\nSent: b\nTo: c\n", "\n- 1 -\n", "Page 1\n\n", "1\n\n2\n\n",
    "reco-\nver ", "<p>", "<td>", "<style>", "<!--", "<ul><li>", "</ul>", "&#1;", "AB CD ", "MR. A ",
    "-" * 50 + "\n", "TO: A B\n", "| OWNER |\n", "OWNER: AB CD\n", "| To | a |\n", "| | |\n", "A.B. ",
    "ABCDEFGHIJ KLMNOPQRST\n\n",
)  # fmt: skip


@pytest.mark.parametrize("piece", [*HOSTILE, *MORE])
def test_no_repeated_mark_makes_it_slower_than_in_proportion(piece: str) -> None:
    def text(length: int) -> str:
        return "WE ASK THE BOARD TO DECIDE. " * 3 + (piece * length)[:length] + "X"

    short, long = text(4_000), text(32_000)

    def read(text: str) -> None:
        plain_reading(text)
        parse_memo(text)

    assert grows_at_most(24, short=lambda: read(short), long=lambda: read(long), floor=0.006)


def test_the_longest_text_takes_time_in_proportion() -> None:
    page = (
        "<p>WE ASK FOR $1.2M BY 5 P.M. ON MAY 1.</p>\n\nOn 4 Jan 2027 Ann wrote:\n> Recom-\n> mended.\n\n"
        "Page 2\n\n"
    )
    short = page * (5_000 // len(page))
    long = short * (LONGEST_MEMO // len(short))
    assert grows_at_most(120, short=lambda: plain_reading(short), long=lambda: plain_reading(long), floor=0)
