"""A quoted passage is found where it stands, however it is written; what stands nowhere has no place."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from memo_coach.coaching.quotes.anchors import LONGEST_QUOTE, THRESHOLD, Anchors
from memo_coach.coaching.quotes.normalised_text import words_of
from tests.work import grows_at_most

MEMO = """\
# Replace the two file servers

We ask the board for **$2.4 million** by 31 March — the “old” servers fail every month. It’s costly…

* The _new_ servers run for five years; the decision-maker is Ana Ruiz.
* Doing nothing costs $90,000 a year, as [the audit](https://intranet.example/audit?id=7) shows.

| Option | Cost |
|---|---|
| Repair | $0.9 million |
| Replace | $2.4 million |

> La decisión se tomó en la oﬁcina de Cádiz.

The budget is approved. Staff will be trained in May. The budget is late.
"""


def found(quote: str, *, before: str = "", after: str = "", text: str = MEMO) -> str | None:
    anchor = Anchors(text).locate(quote, before=before, after=after)
    return None if anchor is None else text[anchor.start : anchor.end]


def test_a_quote_that_stands_word_for_word_is_exact() -> None:
    anchor = Anchors(MEMO).locate("Staff will be trained in May.")
    assert anchor is not None
    assert (anchor.method, anchor.similarity) == ("exact", 1.0)
    assert MEMO[anchor.start : anchor.end] == "Staff will be trained in May."


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        (
            "We ask the board for $2.4 million by 31 March",
            "We ask the board for **$2.4 million** by 31 March",
        ),
        ('by 31 March - the "old" servers fail', "by 31 March — the “old” servers fail"),
        ("by 31 March—the «old» servers", "by 31 March — the “old” servers"),
        ("fail every month. It's costly...", "fail every month. It’s costly"),
        ("THE NEW SERVERS RUN FOR FIVE YEARS", "The _new_ servers run for five years"),
        ("The\u00a0new  servers\nrun for", "The _new_ servers run for"),
        ("the decision‑maker is Ana Ruiz", "the decision-maker is Ana Ruiz"),
        ("de\u00adci\u00adsion-maker is Ana", "decision-maker is Ana"),
        ("years; the decision-maker is Ana Ruiz. Doing nothing", None),
        ("as the audit shows.", "as [the audit](https://intranet.example/audit?id=7) shows."),
        ("Repair $0.9 million Replace", "Repair | $0.9 million |\n| Replace"),
        ("La decisio\u0301n se tomó en la oficina", "La decisión se tomó en la oﬁcina"),
        ("ｓｔａｆｆ ｗｉｌｌ be trained", "Staff will be trained"),
        ("Replace the two file servers We ask", "Replace the two file servers\n\nWe ask"),
        ("“Staff will be trained in May”", "Staff will be trained in May"),
        ("…will be trained in May…", "will be trained in May"),
        ("$90,000 a year.", "$90,000 a year"),
    ],
)
def test_typography_and_markup_do_not_hide_a_passage(quote: str, passage: str | None) -> None:
    if passage is None:
        start = MEMO.index("years; the decision")
        passage = MEMO[start : MEMO.index(" costs $90")]
    assert found(quote) == passage


@pytest.mark.parametrize("sign", ["…", "...", "[…]", "[...]", "(...)", " . . . "])
def test_an_ellipsis_inside_a_quote_stands_for_words_left_out(sign: str) -> None:
    assert (
        found(f"We ask the board {sign} the “old” servers")
        == MEMO[MEMO.index("We ask") : MEMO.index(" fail every")]
    )


def test_several_ellipses_are_followed_in_order() -> None:
    assert found("We ask … by 31 March … every month") == MEMO[MEMO.index("We ask") : MEMO.index(". It’s")]
    assert found("every month … by 31 March … We ask") is None


def test_the_parts_around_an_ellipsis_must_stand_near_each_other() -> None:
    text = f"We ask the board for money. {'Something else is told. ' * 100}The end of the memo."
    assert found("We ask the board … end of the memo.", text=text) is None
    assert found("We ask the … for money.", text=text) == "We ask the board for money."


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        (
            "The modern servers run for ten years; the decision-maker is Ana Ruiz",
            "The _new_ servers run for five years; the decision-maker is Ana Ruiz",
        ),
        (
            "Someone will be trained in May. The budget is late",
            "Staff will be trained in May. The budget is late",
        ),
        ("Doing nothing costs a year, as the audit shows", None),
        ("nothing really costs us $90,000 a year, as the audit shows", None),
    ],
)
def test_a_changed_dropped_or_added_word_is_forgiven(quote: str, passage: str | None) -> None:
    anchor = Anchors(MEMO).locate(quote)
    assert anchor is not None
    assert anchor.method == "fuzzy"
    assert THRESHOLD <= anchor.similarity < 1
    text = MEMO[anchor.start : anchor.end]
    assert text == passage if passage else text.endswith("shows")


def test_another_figure_makes_it_another_passage() -> None:
    text = "The whole programme will take 3 months and will cost 1,000 euros in all."
    assert found("The whole programme will take 2 months and will cost 1,000 euros", text=text) is None
    assert found("The whole programme will take 3 months and will cost 1000 euros", text=text) == text[:-8]


@pytest.mark.parametrize(
    "quote",
    [
        "The committee was never told about the second supplier",
        "Staff were hired, fired and hired again in June last year",
        "five servers the new Ana years for run Ruiz decision-maker is",
        "trainer",
        "money",
        "Anax Ruiz",
        "budget late",
        "We … Cádiz",
        "...",
        '""',
        "   ",
        "",
    ],
)
def test_what_does_not_stand_there_has_no_place(quote: str) -> None:
    assert found(quote) is None


def test_a_short_quote_is_a_whole_word_where_there_is_one() -> None:
    text = "The start is costly. Art is free."
    assert found("art", text=text) == "Art"
    assert found("Art is", text=text) == "Art is"


def test_the_surroundings_choose_among_repeats() -> None:
    first, last = MEMO.index("The budget"), MEMO.rindex("The budget")
    anchors = Anchors(MEMO)
    places = [
        anchors.locate("The budget", before=before, after=after)
        for before, after in [("", ""), ("trained in May. ", ""), ("", " is approved"), ("", " is late.")]
    ]
    assert [place.start for place in places if place] == [first, last, first, last]


def test_the_surroundings_choose_among_passages_that_are_quoted_nearly_alike() -> None:
    regions = {"North": "Alpha", "South": "Delta", "East": "Gamma"}
    text = " ".join(
        f"Region {region}. In spring we pay five clerks of the {office} office a fixed wage."
        for region, office in regions.items()
    )
    quote = "In spring we pay five clerks of the Omega office a fixed wage"
    for region, office in regions.items():
        passage = found(quote, before=f"Region {region}. ", text=text)
        assert passage is not None
        assert office in passage


@pytest.mark.parametrize("left_out", [(2, 3), (2, 10), (9, 10), (5, 6), (1, 11)])
def test_words_left_out_near_the_ends_do_not_shorten_the_passage(left_out: tuple[int, int]) -> None:
    sentence = "Before June the board of trustees has to choose one of three sites"
    words = sentence.split()
    quote = " ".join(word for place, word in enumerate(words) if place not in left_out)
    text = f"The lease ends soon. {sentence}. The old site is full. The trustees meet in May."
    assert found(quote, text=text) == sentence


def test_the_surroundings_choose_among_repeats_of_what_is_quoted_loosely() -> None:
    text = "North: we pay **five** clerks. South: we pay _five_ clerks. East: we pay *five* clerks."
    assert found("we pay five clerks", before="SOUTH —", text=text) == "we pay _five_ clerks"
    assert found("we pay … clerks today", before="", text=text) is None


@given(st.text(max_size=200), st.data())
@example(text="İ ß ﬁ \u0301 ½", data=None)
def test_every_part_of_a_text_is_found_in_it(text: str, data: st.DataObject | None) -> None:
    bounds = st.integers(0, len(text))
    start, end = sorted((data.draw(bounds), data.draw(bounds))) if data else (0, len(text))
    quote = text[start:end]
    anchor = Anchors(text).locate(quote)
    if not quote.strip():
        assert anchor is None
        return
    assert anchor is not None
    passage = text[anchor.start : anchor.end]
    assert passage == quote.strip() or (
        words_of(passage) == words_of(quote) and anchor.method == "normalised"
    )


@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=40), st.text(max_size=40))
def test_a_place_is_within_the_text_and_begins_and_ends_with_what_is_seen(
    text: str, quote: str, before: str, after: str
) -> None:
    anchors = Anchors(text)
    anchor = anchors.locate(quote, before=before, after=after)
    assert anchor == Anchors(text).locate(quote, before=before, after=after)
    if anchor is not None:
        passage = text[anchor.start : anchor.end]
        assert 0 <= anchor.start < anchor.end <= len(text)
        assert passage == passage.strip() != ""
        assert THRESHOLD <= anchor.similarity <= 1
        assert (anchor.similarity < 1) == (anchor.method == "fuzzy")


WORDS = st.lists(
    st.sampled_from(["we", "ask", "the", "board", "for", "money", "and", "staff", "…", "...", "now"]),
    max_size=25,
)


@given(WORDS, WORDS)
def test_a_place_of_a_quote_of_the_same_few_words_is_within_the_text(
    memo: list[str], quote: list[str]
) -> None:
    text = " ".join(memo)
    anchor = Anchors(text).locate(" ".join(quote))
    assert anchor is None or text[anchor.start : anchor.end].strip()


@pytest.mark.parametrize("piece", ["a", "a ", "a b c d e ", "[x](", "<a", "… ", "'", "a'", "word. ", "界"])
def test_a_hostile_memo_and_hostile_quotes_cost_little(piece: str) -> None:
    quotes = [
        "a",
        "a a a a a b a",
        "a" * 5_000,
        "a … a … a a a a",
        "a a a x a a a y a a a a a",
        "b c d e x b c d e a b c d y c d e",
        "zz " * 1_000,
        "…" * LONGEST_QUOTE,
        "[(" * 2_000,
        "a … " * 900,
        "word word wort word word word wart word",
        "a b … c x e a b c d … a b c y e a b",
    ]
    short, long = ((piece * length)[:length] for length in (25_000, 200_000))

    def locate_all(text: str) -> None:
        anchors = Anchors(text)
        for quote in quotes:
            anchors.locate(quote, before="a b", after="c d")

    # Eight times the text; quadratic time would be 64 times.
    assert grows_at_most(24, short=lambda: locate_all(short), long=lambda: locate_all(long))
    assert Anchors(long).locate("z" * 1_000_000) is None


def test_a_memo_that_repeats_a_few_characters_is_not_compared_at_every_place() -> None:
    quote = "界" * 60 + "x" + "界" * 60
    assert Anchors("界" * 2_000).locate(quote) is not None
    assert Anchors("界" * 200_000).locate(quote) is None
