import os
from pathlib import Path

import pytest

from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.memo.text import normalise_text

SHARED_DATA = Path(os.environ.get("MEMO_COACH_SHARED_DATA", Path(__file__).parents[5] / "shared" / "data"))


def headings(memo: Memo) -> list[str]:
    return [block.text for block in memo.blocks if block.kind == "heading"]


def kinds(memo: Memo) -> list[str]:
    return [block.kind for block in memo.blocks]


def sentences(text: str) -> list[str]:
    return [sentence.text for sentence in parse_memo(text).sentences]


def words(text: str) -> list[str]:
    return [word.lower for word in parse_memo(text).words]


# Header lines


@pytest.mark.parametrize(
    "text",
    [
        "To: The Board\nFrom: Ann\nDate: 3 May\nSubject: Boiler\n\nBuy it now.",
        "MEMORANDUM\n\nTO:\tThe Board\nFROM:\tAnn\nDATE:\t3 May\nRE:\tBoiler\n---\nBuy it now.",
        "# Memo\n\n**To:** The Board  \n**From:** Ann  \n**Date:** 3 May  \n**Re:** Boiler\n\nBuy it now.",
        "* **To:** The Board\n* **From:** Ann\n* **Date**: 3 May\n* **Subject: Boiler**\n\nBuy it now.",
        "Acme Corp\nMEMO\nTo: The Board\n\nFrom: Ann\n\nDate: 3 May\n\nSubject: Boiler\n\nBuy it now.",
        "Para: The Board\nDe: Ann\nFecha: 3 May\nAsunto: Boiler\n\nBuy it now.",
    ],
)
def test_header_lines_are_read_however_they_are_set(text: str) -> None:
    memo = parse_memo(text)
    assert [(line.name, line.value) for line in memo.header] == [
        ("to", "The Board"),
        ("from", "Ann"),
        ("date", "3 May"),
        ("subject", "Boiler"),
    ]
    assert all(memo.quote(line.value_span) == line.value for line in memo.header)
    assert [sentence.text for sentence in memo.sentences] == ["Buy it now."]


def test_an_indented_line_goes_on_with_the_value_above_it() -> None:
    memo = parse_memo("To: Ann,\n    Bob\nSubject: Boiler\n\nBuy it.")
    assert memo.header_value("to") == "Ann, Bob"


def test_a_line_like_a_header_in_the_body_stays_in_the_body() -> None:
    memo = parse_memo("We must act soon, says the plant.\n\nTo: the point we go.\n\nDate: none yet.")
    assert memo.header == ()
    assert "To: the point we go." in [sentence.text for sentence in memo.sentences]


# Headings


def test_markdown_headings_give_their_words_without_markup_and_their_whole_line() -> None:
    text = "## **2. [Options](http://a.b) we weighed:** ##  \n\nOne.\n\nNext steps\n==========\n\nTwo."
    memo = parse_memo(text)
    first, second = (block for block in memo.blocks if block.kind == "heading")
    assert (first.text, first.level) == ("Options we weighed", 2)
    assert memo.quote(first.span) == "## **2. [Options](http://a.b) we weighed:** ##"
    assert (second.text, second.level, memo.quote(second.span)) == ("Next steps", 1, "Next steps")


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("EXECUTIVE SUMMARY", "EXECUTIVE SUMMARY"),
        ("Financial Case and Risks", "Financial Case and Risks"),
        ("Próximos pasos", "Próximos pasos"),
        ("1. Background", "Background"),
        ("2) Options considered", "Options considered"),
        ("IV. Riesgos", "Riesgos"),
        ("2.1 Cost of delay", "Cost of delay"),
        ("**The ask**", "The ask"),
        ("**Recommendation:**", "Recommendation"),
        ("Background:", "Background"),
        ("Why now?", "Why now?"),
    ],
)
def test_plain_lines_that_look_like_headings_are_headings(line: str, title: str) -> None:
    memo = parse_memo(
        f"It starts here, with a full sentence.\n\n{line}\n\nThe boiler failed four times this winter."
    )
    assert headings(memo) == [title]
    assert [section.title for section in memo.sections] == ["", title]


@pytest.mark.parametrize(
    "line",
    [
        "We should buy this",
        "We considered three options:",
        "The options are:",
        "Dear Maria",
        "Estimados señores:",
        "**We need $2m by May.**",
        "- Do nothing",
        "Budget, people, time",
        "3 people left in May",
    ],
)
def test_lines_of_prose_are_no_headings(line: str) -> None:
    memo = parse_memo(
        f"It starts here, with a full sentence.\n\n{line}\n\nThe boiler failed four times this winter."
    )
    assert headings(memo) == []


@pytest.mark.parametrize(
    "text", ["Approve The Budget", "Approve the budget", "BUY IT NOW", "**Buy it**", "Costs:"]
)
def test_a_lone_short_line_is_a_paragraph(text: str) -> None:
    memo = parse_memo(text)
    assert kinds(memo) == ["paragraph"]
    assert [sentence.text for sentence in memo.sentences] == [text]


def test_a_first_line_that_says_memo_is_a_heading() -> None:
    assert headings(parse_memo("Memo: un almacén más\n\nPedimos 4,5 M€ para mayo.")) == [
        "Memo: un almacén más"
    ]


def test_a_short_line_right_above_a_list_is_a_heading() -> None:
    assert headings(parse_memo("We have to act this month.\n\nNext steps\n- Sign it\n- Pay it")) == [
        "Next steps"
    ]


def test_a_signature_is_no_heading() -> None:
    memo = parse_memo(
        "Please approve the purchase by Friday.\n\nKind regards,\n\nJane Doe\n\nChief Financial Officer"
    )
    assert headings(memo) == []


def test_capitals_break_off_a_paragraph_in_a_text_without_blank_lines() -> None:
    memo = parse_memo("BACKGROUND\nThe plant is old and\ncosts money.\nOPTIONS\nThere are two.")
    assert headings(memo) == ["BACKGROUND", "OPTIONS"]
    assert [sentence.text for sentence in memo.sentences] == [
        "The plant is old and\ncosts money.",
        "There are two.",
    ]


def test_entries_of_a_loose_numbered_list_are_no_headings() -> None:
    memo = parse_memo(
        "We see three ways.\n\n1. Do Nothing\n\n2. Repair It\n\n3. Replace It\n\nWe prefer the third way."
    )
    assert kinds(memo) == ["paragraph", "list_item", "list_item", "list_item", "paragraph"]


def test_sections_hold_what_stands_between_headings() -> None:
    memo = parse_memo("Before all.\n\n# One\n\nFirst.\n\n- a point\n\n## Two\n\nSecond.")
    assert [(section.title, [block.kind for block in section.blocks]) for section in memo.sections] == [
        ("", ["paragraph"]),
        ("One", ["paragraph", "list_item"]),
        ("Two", ["paragraph"]),
    ]
    assert [block.section for block in memo.blocks] == [0, 1, 1, 1, 2, 2]


# Blocks


def test_wrapped_lines_are_one_paragraph_and_blank_lines_part_them() -> None:
    memo = parse_memo("The plant is\nold.\n\nIt costs\nmuch.")
    assert [block.text for block in memo.blocks] == ["The plant is\nold.", "It costs\nmuch."]


def test_each_long_line_is_a_paragraph_where_nothing_is_wrapped() -> None:
    line = "The plant is old, and each year it costs far more than the board was told. " * 2
    memo = parse_memo("\n".join([line, line, "Próximos pasos", line]))
    assert kinds(memo) == ["paragraph", "paragraph", "heading", "paragraph"]


def test_list_items_nest_by_indent_and_sentences_begin_after_the_marker() -> None:
    memo = parse_memo(
        "- Repair it\n  - new pump\n  * [ ] new valve\n• Replace\n  it all\n1) First\n   a) Then. And so on."
    )
    assert [(block.kind, block.level) for block in memo.blocks] == [
        ("list_item", level) for level in (0, 1, 1, 0, 0, 1)
    ]
    assert [sentence.text for sentence in memo.sentences] == [
        *("Repair it", "new pump", "new valve", "Replace\n  it all", "First", "Then.", "And so on."),
    ]
    assert memo.blocks[0].text == "- Repair it"


def test_a_number_or_dash_at_the_start_of_a_wrapped_line_makes_no_list() -> None:
    assert kinds(parse_memo("We paid for the work in week\n12. That was late\n– very late – for us.")) == [
        "paragraph"
    ]


def test_a_table_gives_one_sentence_for_each_body_row() -> None:
    memo = parse_memo(
        "Risks:\n\n| Risk | Owner |\n|:---|---|\n| Delay. Much of it | Ann |\n| Cost | Bob |\n\nEnd of it."
    )
    table = memo.blocks[1]
    assert table.kind == "table"
    assert [sentence.text for sentence in memo.sentences_of(table)] == [
        "Delay. Much of it | Ann",
        "Cost | Bob",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Risk\tMitigation\tOwner\nDelay\tPenalty\tAnn\nCost\tCap\tBob",
        "Riesgo      Respuesta     Quién\nDelay       Penalty       Ann\nCost        Cap           Bob",
    ],
)
def test_pasted_columns_are_a_table_whose_first_line_is_its_head(text: str) -> None:
    memo = parse_memo(f"These are the risks we see.\n\n{text}\n\nThat is all.")
    assert kinds(memo) == ["paragraph", "table", "paragraph"]
    rows = memo.sentences_of(memo.blocks[1])
    assert [[word.lower for word in memo.words_of(row)] for row in rows] == [
        ["delay", "penalty", "ann"],
        ["cost", "cap", "bob"],
    ]


@pytest.mark.parametrize(
    "code",
    [
        "```python\nx = 1. Then\n```",
        "~~~\nA. B.\n~~~",
        "    if (a) {\n    b();\n    }",
        "<!-- Hide. This. -->",
    ],
)
def test_code_and_comments_have_no_sentences(code: str) -> None:
    memo = parse_memo(f"First of all.\n\n{code}\n\nLast of all.")
    assert kinds(memo) == ["paragraph", "code", "paragraph"]
    assert len(memo.sentences) == 2


def test_prose_stays_visible_behind_an_indent_and_behind_a_fence_that_is_never_closed() -> None:
    memo = parse_memo("    The plant is old.\nIt fails.\n\n```\nPlease decide by May.")
    assert [sentence.text for sentence in memo.sentences] == [
        "The plant is old.",
        "It fails.",
        "Please decide by May.",
    ]


def test_a_quotation_is_a_block_of_its_own() -> None:
    memo = parse_memo("She wrote to us.\n\n> It fails\n> each week. So be it.\n\nWe agree.")
    assert kinds(memo) == ["paragraph", "quote", "paragraph"]
    assert [sentence.text for sentence in memo.sentences_of(memo.blocks[1])] == [
        "It fails\n> each week.",
        "So be it.",
    ]


# Sentences


@pytest.mark.parametrize(
    "sentence",
    [
        "It is cheap, e.g. for us, i.e. The Group, etc. and so on.",
        "Mr. Smith and Dr. Jones met Acme Inc. in the U.S. Senate on No. 4 Main St. last week.",
        "J. R. R. Smith pays approx. $1.2m vs. $1,234.50 in v1.2 (see Fig. 3).",
        "Meet at 5 p.m. on Jan. 4 at https://example.com/a.b?c=d. or write to a.b@c.org now.",
        "El Sr. Pérez y la Dra. Gil, p. ej. en EE. UU., compraron a Calor S.A. la n.º 4 (pág. 3, núm. 2).",
        "Cuesta 1.234,5 € aprox. según D.ª Ana.",
        "It failed ... twice.",
        'He asked "Why?" and left.',
    ],
)
def test_abbreviations_figures_and_addresses_do_not_end_a_sentence(sentence: str) -> None:
    assert sentences(f"{sentence} We agree.") == [sentence, "We agree."]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It is late. We go! Why? Now.", ["It is late.", "We go!", "Why?", "Now."]),
        ("¿Qué pasa? ¡Se para! ¿Y luego?", ["¿Qué pasa?", "¡Se para!", "¿Y luego?"]),
        (
            'She said "no." We went. (See annex.) Done.',
            ['She said "no."', "We went.", "(See annex.)", "Done."],
        ),
        ("«No hay otra.» Seguimos… Adiós.", ["«No hay otra.»", "Seguimos…", "Adiós."]),
        ("We sell to Acme Inc. The price is low.", ["We sell to Acme Inc.", "The price is low."]),
        ("We meet at 5 p.m. Bring coffee.", ["We meet at 5 p.m.", "Bring coffee."]),
        ("The answer is no. We wait.", ["The answer is no.", "We wait."]),
        ("It was so in 2025. Then it rose.", ["It was so in 2025.", "Then it rose."]),
        (
            "**Risk 1.** The supplier fails.[1] We wait.",
            ["**Risk 1.**", "The supplier fails.[1]", "We wait."],
        ),
        ("The space was forgotten.Then it went on.", ["The space was forgotten.", "Then it went on."]),
        ("**Owner:** Ann  \n**Due:** May", ["**Owner:** Ann", "**Due:** May"]),
        ("no stop at all", ["no stop at all"]),
        ("Read this. https://example.com/x", ["Read this. https://example.com/x"]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


# Words


def test_words_are_those_of_running_text() -> None:
    text = "Don’t pay $1.2m or 1.234,5 € to _our_ decision-maker: 8 % of **U.S.** sales, s. x_y."
    expected = "don't pay 1.2m or 1.234,5 to our decision-maker 8 % of u.s sales s x_y"
    assert words(text) == expected.split()


def test_addresses_link_targets_and_html_are_no_words() -> None:
    text = "See [the annex](annex.html) at https://a.b/c-d or www.x.org <br> ask j.d@a.org &amp; go :ok: on"
    assert words(text) == ["see", "the", "annex", "at", "or", "ask", "go", "on"]


def test_headings_have_words_but_no_sentences() -> None:
    memo = parse_memo("# 1. Big plan\n\nWe act.")
    assert [word.lower for word in memo.words] == ["big", "plan", "we", "act"]
    assert [word.lower for word in memo.words_of(memo.sentences[0])] == ["we", "act"]
    assert memo.body_word_count == 2


# The whole


def test_the_language_is_detected_unless_it_is_given() -> None:
    assert parse_memo("Solicitamos la aprobación de la compra.").language == "es"
    assert parse_memo("Solicitamos la aprobación de la compra.", "en").language == "en"


@pytest.mark.parametrize("text", ["", "\n\n", "---", "To: Ann"])
def test_a_memo_without_a_body_has_one_empty_section(text: str) -> None:
    memo = parse_memo(text)
    assert (memo.blocks, memo.sentences, memo.words) == ((), (), ())
    assert [section.blocks for section in memo.sections] == [()]


@pytest.mark.calibration
def test_real_documents_are_read_with_headings_sentences_and_exact_quotes() -> None:
    paths = sorted((SHARED_DATA / "proposals").glob("*.md"))
    if not paths:
        pytest.skip("the shared real documents are not on this machine")
    for path in paths:
        text = normalise_text(path.read_text("utf-8"))
        memo = parse_memo(text)
        if text.strip():
            marked = [line for line in text.split("\n") if line.startswith(("# ", "## ", "### "))]
            assert len(headings(memo)) >= len(marked) * 0.9, path.name
            assert memo.language == "en", path.name
            assert memo.body_word_count > 100, path.name
            assert max(sentence.word_count for sentence in memo.sentences) < 200, path.name
