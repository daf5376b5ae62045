"""What is shown of a model's words: plain text, honest text untouched, no address that the memo has not."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memo_coach.coaching.llm.answer.sanitiser import Sanitiser
from memo_coach.coaching.memo.text import invisible_characters
from tests.model_server import spoiling

MEMO = "Our offer stands at https://offers.example.com/q3?x=1 and ana@example.com answers questions."

HONEST = [
    "Put the table in budget.xlsx, e.g. as a second sheet.",
    "I.e. 3.5 of 5, not 24/7 and/or Monday; see p. 3/4, art. 5.1/b and v1.2.3.",
    "The U.S. office runs Node.js and ASP.NET; R&D, C&A and AT&T agree.",
    "LTV/CAC is approx. 3:1 at 10:30, while a < b and c > d hold.",
    "S.A. de C.V., EE. UU., p. ej. y aprox. 1.234.567,50 € en 2026/27.",
    "Cost is $1.2m (12 %), 5 * 3 * 2 = 30, snake_case and 2*3*4.",
    "> 5 % growth is a bold claim.",
    "The data: revenue rose. The problem: nobody owns it.",
    "The plan is late.It needs an owner. Approved.Net income follows.",
    "El punto de venta/cliente decide; the dot com bubble is over.",
    "Compare Q1/Q2 in C:\\Plans with version 10.2.3.4 of the plan.",
    "“Hemos decidido”, dice; ¿quién? ¡Ana! – y “nada más”…",
]

HOSTILE = [
    "http://evil.example/x",
    "HTTPS://EVIL.EXAMPLE",
    "hxxp://evil[.]example/x",
    "ftp://evil.example",
    "http : //evil.example/x",
    "ht<b>tp://</b>evil.example",
    "h&#116;tp://evil.example",
    "&lt;a href=&quot;http://evil.example&quot;&gt;x&lt;/a&gt;",
    "//evil.example/x",
    "www.evil.example",
    "evil.com",
    "EVIL.COM",
    "evil.com/offer?id=3",
    "evil.example/offer",
    "evil[.]com",
    "evil (dot) com",
    "evil dot com/offer",
    "evil**.**com",
    "e\u200bvil.com",
    "evil\u00ad.com",
    "ｈｔｔｐ：／／ｅｖｉｌ．ｃｏｍ",
    "evil。com",
    "xn--e1afmkfd.xn--p1ai",
    "пример.рф",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html;base64,PHNjcmlwdD4",
    "mailto:eve@evil.example",
    "eve@evil.example",
    "eve [at] evil.com",
    "10.0.0.1:8080/x",
    "[::1]:8080",
    "localhost:3000/admin",
    "\\\\server\\share",
    "[our site](http://evil.example/x)",
    "![logo](http://evil.example/a.png)",
    "[a][1]\n\n[1]: http://evil.example",
    "<http://evil.example>",
    "<img src=x onerror=alert(1)>",
    "<a href='http://evil.example'>here</a>",
    "<script>fetch('http://evil.example')</script>",
    "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "[x]([y](http://evil.example))",
    "<<b>script>alert(1)</script>",
]
FORBIDDEN = re.compile(
    r"https?:|hxxps?:|://|<[a-zA-Z/!?]|\]\(|(?:java|vb)script:|www\.\w|```|\*\*|\x1b", re.IGNORECASE
)
NAMED = re.compile(FORBIDDEN.pattern + r"|@?evil[.\[]", re.IGNORECASE)

MARKS = (
    "http¦s¦:¦/¦//¦.¦com¦www¦<¦>¦</¦a¦[¦]¦](¦)¦!¦`¦```¦**¦*¦_¦__¦&lt;¦&amp;¦&#58;¦javascript¦@¦"
    "dot¦ ¦\n¦- ¦# ¦> ¦1. ¦|¦word¦Ana¦\u200b¦\u202e¦\x1b[31m¦\x00¦\ud800¦\U000e0041¦…¦., "
)
PIECES = st.sampled_from([*HOSTILE, *HONEST, *MARKS.split("¦")])
TEXTS = st.one_of(
    st.lists(PIECES, max_size=25).map("".join), st.text(st.characters(exclude_categories=()), max_size=200)
)


def clean(text: str, *, memo_text: str, longest: int, language: str = "en") -> str:
    return Sanitiser(memo_text, language).paragraph(text, longest=longest)


def clean_chat(text: str, *, memo_text: str, longest: int = 12_000, growing: bool = False) -> str:
    return Sanitiser(memo_text).chat(text, longest=longest, growing=growing)


@pytest.mark.parametrize("text", HONEST)
def test_honest_text_is_left_as_it_is(text: str) -> None:
    assert clean(text, memo_text="", longest=1_200) == text
    assert clean_chat(text, memo_text="") == text


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("frame", ["{}", "See {}, then decide.", "**{}**", "({})", "word{}"])
def test_no_address_and_no_markup_comes_through(text: str, frame: str) -> None:
    framed = frame.format(text)
    assert not NAMED.search(clean(framed, memo_text="", longest=1_200))
    assert not NAMED.search(clean_chat(framed, memo_text=""))


def test_an_address_becomes_a_word_in_the_language_of_the_evaluation() -> None:
    assert clean("See www.evil.example.", memo_text="", longest=99, language="en") == "See [link]."
    assert clean("Vea evil.com, ya.", memo_text="", longest=99, language="es") == "Vea [enlace], ya."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Keep https://offers.example.com/q3?x=1.", "Keep https://offers.example.com/q3?x=1."),
        ("Ask ana@example.com (soon)", "Ask ana@example.com (soon)"),
        ("Keep https://offers.example.com/q3?x=2.", "Keep [link]."),
        ("Keep https://offers.example.co", "Keep [link]"),
        ("Ask eve@example.com", "Ask [link]"),
    ],
)
def test_only_the_very_address_that_stands_in_the_memo_stays(text: str, shown: str) -> None:
    assert clean(text, memo_text=MEMO, longest=200) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("See [our plan](http://a.b/c) now", "See our plan now"),
        ("![the chart](x.png) shows it", "the chart shows it"),
        ("<b>Bold</b> and <i>plain</i><br/>", "Bold and plain"),
        ("**Bold**, *soft*, __both__, `code`, ~~gone~~", "Bold, soft, both, code, gone"),
        ("## Title\n\nText", "Title Text"),
        ("```json\n{}\n```", "{}"),
        ("- one\n- two", "one two"),
        ("Approve <amount> by <date of the board>.", "Approve [amount] by [date of the board]."),
        ("Profit &amp; loss &#8211; all", "Profit & loss – all"),
    ],
)
def test_markup_goes_and_its_words_stay(text: str, shown: str) -> None:
    assert clean(text, memo_text="", longest=200) == shown


def test_a_long_text_is_cut_at_the_end_of_a_sentence() -> None:
    text = "The ask is clear. The date is missing. " * 40
    cut = clean(text, memo_text="", longest=100)
    assert cut.endswith(("clear.", "missing."))
    assert 50 <= len(cut) <= 100


def test_a_long_sentence_is_cut_between_words() -> None:
    cut = clean("word " * 100, memo_text="", longest=52)
    assert cut == "word " * 9 + "word…"


def test_chat_keeps_paragraphs_and_lists() -> None:
    text = "## Two things\n\nFirst:\n\n\n* **ask**\n  * when\n+ owner\n1. one\n2) two\n\n---\nEnd."
    assert clean_chat(text, memo_text="") == (
        "Two things\n\nFirst:\n\n- ask\n  - when\n- owner\n1. one\n2) two\n\nEnd."
    )


def test_a_models_thoughts_are_not_part_of_its_reply() -> None:
    assert clean_chat("<think>The writer wants</think>\nYes.", memo_text="") == "Yes."
    assert clean_chat("<think>The writer wants to", memo_text="", growing=True) == ""
    assert clean_chat("<think>The writer wants to", memo_text="") == ""


def test_a_growing_reply_holds_back_what_may_become_a_link() -> None:
    assert clean_chat("Go to ht", memo_text="", growing=True) == "Go to"
    assert clean_chat("Go to [our", memo_text="", growing=True) == "Go to"
    assert clean_chat("Go to [our site](http://ev", memo_text="", growing=True) == "Go to"
    assert clean_chat("Go to <a href='x y", memo_text="", growing=True) == "Go to"
    assert clean_chat("Go to [our site](http://evil.com) now", memo_text="", growing=True) == "Go to our site"


@pytest.mark.parametrize(
    "text",
    ["\n\n".join(HONEST), "## One\n\n- **two** and *three* of `four`\n- five [six](http://e.com/x) seven."],
)
def test_what_is_shown_of_a_growing_reply_is_not_taken_back(text: str) -> None:
    final = clean_chat(text, memo_text="")
    for end in range(len(text) + 1):
        shown = clean_chat(text[:end], memo_text="", growing=True)
        assert final.startswith(shown), shown[-40:]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_address_is_ever_seen_while_it_is_being_written(text: str) -> None:
    whole = f"Go to {text} and see."
    for end in range(len(whole) + 1):
        shown = clean_chat(whole[:end], memo_text="", growing=True)
        assert not NAMED.search(shown)


def test_no_part_of_a_tag_is_ever_seen_while_hostile_markup_is_being_written() -> None:
    cleaner, text = Sanitiser("A memo about pumps."), f"The date is missing. {spoiling.HOSTILE}"
    shown = [cleaner.chat(text[:length], growing=True) for length in range(len(text))]
    assert any(shown)
    assert not [each for each in shown if any(mark in each for mark in ("http", "<", "](", "javascript:"))]


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_whatever_the_text_the_result_is_plain_bounded_and_settled(text: str) -> None:
    once = clean(text, memo_text="", longest=120)
    assert not FORBIDDEN.search(once)
    assert len(once) <= 120
    assert "\n" not in once
    assert invisible_characters(once) == 0
    assert clean(once, memo_text="", longest=120) == once


@given(TEXTS, st.booleans())
@settings(max_examples=400, deadline=None)
def test_whatever_the_reply_it_is_plain_bounded_and_settled(text: str, growing: bool) -> None:
    once = clean_chat(text, memo_text="", longest=120, growing=growing)
    assert not FORBIDDEN.search(once)
    assert len(once) <= 120
    assert invisible_characters(once) == 0
    assert clean_chat(once, memo_text="", longest=120) == once


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "<",
        "[",
        "](",
        "&",
        "*",
        "_",
        "`",
        ".",
        "a.",
        "a@",
        "/",
        "a-",
        "[a](",
        "<a ",
        "dot ",
        "&lt;",
        "**a ",
    ],
)
def test_a_repeated_mark_is_no_trap(piece: str) -> None:
    hostile = piece * (100_000 // len(piece))
    assert len(clean(hostile, memo_text=hostile, longest=1_200)) <= 1_200
    assert len(clean_chat(hostile, memo_text=hostile)) <= 12_000
    assert len(clean_chat(hostile, memo_text="", growing=True)) <= 12_000
