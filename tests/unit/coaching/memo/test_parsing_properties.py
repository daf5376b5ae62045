"""What holds of the parser for every string, and that no string makes it slow."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.memo.text import LONGEST_MEMO, invisible_characters, normalise_text
from memo_coach.coaching.memo.words import WORD
from tests.work import grows_at_most

ANY_CHARACTER = st.characters(exclude_categories=())
MARKS = (
    "# ¦## ¦- ¦* ¦1. ¦a) ¦> ¦```¦~~~¦\n¦\n\n¦    ¦\t¦  \n¦To: ¦De: ¦MEMO¦**¦__¦_¦`¦[a](b)¦](¦(¦)¦:¦---¦===¦"
    "\\¦|a|b|¦|-|-|¦|¦. ¦.¦..¦? ¦! ¦¿¦¡¦…¦”¦»¦。¦e.g. ¦Mr. ¦EE. UU. ¦1.5¦1.234,5¦%¦$¦word ¦Two Words¦CAPS¦"
    "año¦http://x.y ¦a@b.c ¦<br>¦<!--¦-->¦&amp;¦\u200d¦\u200c¦\ufe0f¦e\u0301¦\U0001f469¦\u202e¦\r\n¦\x00¦"
    "\ud800¦\U000e0041"
)
PIECES = st.sampled_from(MARKS.split("¦"))
TEXTS = st.one_of(st.text(ANY_CHARACTER, max_size=300), st.lists(PIECES, max_size=60).map("".join))


def assert_sound(memo: Memo) -> None:
    assert_blocks_sound(memo)
    assert_sentences_sound(memo)
    assert_words_sound(memo)


def assert_blocks_sound(memo: Memo) -> None:
    end = 0
    for index, block in enumerate(memo.blocks):
        assert block.index == index
        assert end <= block.span.start < block.span.end <= len(memo.text)
        assert block.kind == "heading" or memo.quote(block.span) == block.text
        assert block.text.strip()
        section = memo.sections[block.section]
        assert section.span.contains(block.span)
        assert block is section.heading or any(block is other for other in section.blocks)
        assert not any(line.span.overlaps(block.span) for line in memo.header)
        end = block.span.end
    assert sum(len(section.blocks) + (section.heading is not None) for section in memo.sections) == len(
        memo.blocks
    )


def assert_sentences_sound(memo: Memo) -> None:
    end = 0
    for sentence in memo.sentences:
        assert end <= sentence.span.start < sentence.span.end
        assert memo.quote(sentence.span) == sentence.text == sentence.text.strip()
        assert memo.blocks[sentence.block].span.contains(sentence.span)
        assert sentence in memo.sentences_of(memo.blocks[sentence.block])
        assert sentence.word_count > 0
        end = sentence.span.end
    for block in memo.blocks:
        if block.kind in {"heading", "code"}:
            assert memo.sentences_of(block) == ()
        elif block.kind == "paragraph" and memo.sentences_of(block):
            for found in WORD.finditer(memo.text, block.span.start, block.span.end):
                assert memo.sentence_at(found.start()) is not None
                assert memo.sentence_at(found.end() - 1) is not None


def assert_words_sound(memo: Memo) -> None:
    end = 0
    for word in memo.words:
        assert end <= word.span.start < word.span.end
        assert memo.quote(word.span).lower().replace("’", "'") == word.lower
        end = word.span.end
    for sentence in memo.sentences:
        assert all(sentence.span.contains(word.span) for word in memo.words_of(sentence))
    covered = sum(sentence.word_count for sentence in memo.sentences)
    in_headings = sum(
        any(block.span.contains(word.span) for block in memo.blocks if block.kind == "heading")
        for word in memo.words
    )
    assert covered + in_headings == len(memo.words)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_any_string_gives_a_sound_memo_normalised_or_not(text: str) -> None:
    assert_sound(parse_memo(text))
    assert_sound(parse_memo(normalise_text(text)))


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise_text(text)
    assert normalise_text(once) == once
    assert invisible_characters(once) == 0
    once.encode("utf-8")
    assert "\x00" not in once
    assert "\r" not in once


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_parsing_twice_gives_the_same(text: str) -> None:
    assert parse_memo(text) == parse_memo(text)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["We buy it now.", "- a point", "# Title", "Costs rise fast."]),
        min_size=1,
        max_size=8,
    )
)
def test_further_blank_lines_change_no_block(lines: list[str]) -> None:
    narrow, wide = parse_memo("\n\n".join(lines)), parse_memo("\n\n\n\n".join(lines))
    assert [(block.kind, block.text, block.level) for block in narrow.blocks] == [
        (block.kind, block.text, block.level) for block in wide.blocks
    ]


HOSTILE = [
    *'*# (.|->`_"[<&a~…%:1',
    *(
        "](",
        "](a",
        "<a",
        "<!--",
        "e.g. ",
        "no. 1 ",
        "- \n",
        "  - a\n",
        "> a\n",
        "| a |\n",
        "|-|\n",
        "```\n",
        "`a",
    ),
    *(
        "A\n\n",
        "# A\n",
        "1. A\n\n",
        "To: a\n",
        "  a\n",
        "http://",
        ":a",
        "\\\n",
        "  \n",
        ".a",
        '" .',
        "a@",
        "a@b.",
    ),
    *(
        "a\tb\n",
        "a   ",
        "a'",
        "_a",
        "**a ",
        "a\n=\n",
        "[a](",
        "\t\n",
        "– a\nb\n",
        "\u200d",
        "e\u0301",
        "(a.) ",
        "a.B",
        "\ud800",
    ),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_repeated_mark_makes_parsing_slower_than_in_proportion(piece: str) -> None:
    def text(length: int) -> str:
        return (piece * length)[:length] + "x"

    # Eight times the text; quadratic time would be 64 times.
    short, long = text(4_000), text(32_000)
    assert grows_at_most(24, short=lambda: parse_memo(short), long=lambda: parse_memo(long))


def test_the_longest_memo_takes_time_in_proportion() -> None:
    page = (
        "## Plan\n\nWe ask for $1.2m (approx. £1m) by 5 p.m. on May 1. It fails.\n\n- Repair it\n- Sell\n\n"
    )
    short = page * (5_000 // len(page))
    long = short * (LONGEST_MEMO // len(short))
    assert grows_at_most(120, short=lambda: parse_memo(short), long=lambda: parse_memo(long), floor=0)


@pytest.mark.parametrize("white_space", [" ", "\t", "\u00a0"])
@pytest.mark.parametrize("before", ["a", "To", "Re ", "- ", "1.", "#", "Risk:"])
def test_a_gap_in_a_line_makes_parsing_no_slower_than_in_proportion(before: str, white_space: str) -> None:
    def text(length: int) -> str:
        return before + white_space * length + "b"

    short, long = text(4_000), text(32_000)
    assert grows_at_most(24, short=lambda: parse_memo(short), long=lambda: parse_memo(long), floor=0.004)
