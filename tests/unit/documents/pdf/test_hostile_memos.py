"""Whatever a memo has in it is shown, and nothing more: it is never read as markup, and refused never."""

from __future__ import annotations

import pytest

from memo_coach.documents.pdf.characters import REPLACEMENT, Characters, script_of
from memo_coach.documents.pdf.compiling import compiled
from memo_coach.documents.pdf.content import content_of
from tests.pdf_reading import opened, right_edges, structure_of, text_of
from tests.some_report import comment, some_report

INJECTIONS = [
    '#import "@preview/cetz:0.3.0": canvas',
    '#read("/etc/passwd")',
    '#include "../template.typ"',
    "#panic(1) ] } ) #{",
    "$x^2 + \\frac{1}{2}$",
    "\\u{41} \\ \\# *bold* _emphasis_ `code` <label> @reference",
    "// comment /* comment */ ~ --- ...",
    "#sys.inputs.document #set text(size: 90pt)",
    '"},"labels":{"overall":"taken over"}',
    "= not a heading\n\n== nor this",
]


@pytest.mark.parametrize("injection", INJECTIONS)
def test_markup_is_shown_as_it_is_wherever_it_stands(injection: str) -> None:
    text = f"Approve it. {injection} Thank you.\n"
    said = comment(1, text, "Approve it.", comment=injection, questions=(injection,), suggestion=injection)
    shown = text_of(compiled(some_report(text, title=injection, comments=(said,))))
    expected = " ".join(injection.split())
    assert shown.replace(" ", "").count(expected.replace(" ", "")) >= 4
    assert "root:" not in shown


def test_a_memo_cannot_add_headings_tables_or_links_to_what_the_coach_says() -> None:
    plain = structure_of(opened(compiled(some_report("Words.", comments=()))))
    hostile = structure_of(opened(compiled(some_report("\n\n".join(INJECTIONS), comments=()))))
    for kind in ("H1", "H2", "Table", "Link", "Figure", "Formula"):
        assert len(hostile.all(kind)) == len(plain.all(kind)), kind


@pytest.mark.parametrize(
    "text",
    [
        "مرحبا بالعالم، هذه مذكرة.",
        "שלום עולם, זהו מזכר.",
        "提案書の概要。",
        "我们建议批准。",
        "한국어 메모입니다.",
        "Да. Ναι. Café, ñandú, œuvre, Ångström.",
        "😀 ❤ → ✓ ½ ² €",
        "e\u0301 n\u0303",
    ],
)
def test_the_scripts_of_the_fonts_are_drawn_and_can_be_copied(text: str) -> None:
    characters = Characters()
    assert characters.shown(text) == text
    shown = text_of(compiled(some_report(text, title="Memo", comments=())))
    drawn = {character for character in text if character.isalnum()}
    if script_of(text) is None or not script_of(text).is_right_to_left:  # type: ignore[union-attr]
        assert drawn <= set(shown)
    assert REPLACEMENT not in shown


def test_emoji_that_are_one_picture_are_drawn_by_one_font() -> None:
    characters = Characters()
    for emoji in ("👩‍👩‍👧", "🇪🇸", "👍🏽", "1\ufe0f\u20e3"):
        assert characters.shown(emoji) == emoji


def test_a_character_without_a_letter_shape_is_replaced_and_named() -> None:
    shown = text_of(compiled(some_report("Rare: \U00013000 and \U00012000.", title="Memo", comments=())))
    assert f"Rare: {REPLACEMENT} and {REPLACEMENT}." in shown
    assert "no letter shapes for 2 characters" in shown
    assert "U+13000 egyptian hieroglyph a001" in shown


def test_an_accent_that_no_font_has_with_its_letter_is_replaced_and_the_letter_stays() -> None:
    assert Characters().shown("ع\u20dd.") == f"ع{REPLACEMENT}."


def test_control_characters_and_halves_of_pairs_are_replaced() -> None:
    assert Characters().shown("a\x00b\x07c\ud800d\te\x0bf") == "a□b□c□d    e\nf"
    shown = text_of(compiled(some_report("a\x00b\ud800c \u202e d", title="\x1b[31m", comments=())))
    assert "a□b□c □ d" in shown


def test_a_paragraph_in_another_script_is_told_to_be_in_it() -> None:
    memo = content_of(
        some_report("مرحبا بالعالم.\n\nSome words.\n\n提案書の概要。\n\n我们建议批准。", comments=())
    )["memo"]
    assert [block["language"] for block in memo] == ["ar", None, "ja", "zh"]
    assert [block["rtl"] for block in memo] == [True, False, False, False]


def test_a_word_longer_than_a_line_stays_on_the_page() -> None:
    document = compiled(some_report("w" * 2_000, title="Memo", comments=()))
    assert "w" * 59 in text_of(document)
    assert all(right <= width for width, right in right_edges(document))


@pytest.mark.parametrize(
    "text",
    [
        "a\n" * 5_000,
        "a\n\n" * 5_000,
        "- a\n" * 5_000,
        "# a\n\n" * 4_000,
        "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 3_000,
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n" * 800,
        "|".join("a" * 300) + "\n" + "|".join(["---"] * 300) + "\n" + "|".join("b" * 300),
        "**a** " * 3_000,
        "**" * 5_000,
        "a" + "\u0301" * 5_000,
        "".join("  " * depth + "- a\n" for depth in range(100)),
        ".",
    ],
    ids=["lines", "paragraphs", "items", "headings", "long table", "tables", "wide table", "bold", "stars",
         "accents", "nested", "nothing"],
)  # fmt: skip
def test_a_memo_of_an_odd_shape_is_a_document(text: str) -> None:
    whole = range(0, len(text) - 1, max(1, len(text) // 20))
    comments = [
        comment(
            number, text, None, start=start, end=min(len(text), start + 200), quote=text[start : start + 200]
        )
        for number, start in enumerate(whole)
    ]
    assert compiled(some_report(text, comments=comments)).startswith(b"%PDF-")


def test_where_lines_are_run_together_it_says_so() -> None:
    content = content_of(some_report("a\n" * 5_000, comments=()))
    assert any("¶" in line for line in content["about"])
    assert "¶" not in str(content_of(some_report())["about"])
