"""What the coach remarks on each element: in every language, short, and true whatever else the memo says."""

from __future__ import annotations

import re

import pytest

from memo_coach.coaching.builtin import phrasing
from memo_coach.coaching.builtin.findings import Finding
from memo_coach.coaching.builtin.language_files import languages
from memo_coach.coaching.builtin.phrasing import Phrase, chosen, phrase, slots_in
from memo_coach.coaching.builtin.related import OPENING, RELATED
from memo_coach.coaching.builtin.remarks import REMARKS
from memo_coach.coaching.builtin.slots import COMMON_SLOTS, quotable, slot_values
from memo_coach.coaching.measure.claims import claims_of_findings
from memo_coach.coaching.measure.elements import ELEMENTS
from memo_coach.coaching.memo.model import Memo, Span
from memo_coach.coaching.memo.parser import parse_memo
from tests.some import some

LANGUAGES = languages()
MOST_WORDS = 45
"""Of a comment, with a passage of ordinary length in it."""
PASSAGE = "we would welcome the support of the board for the second phase of this work"
OF_A_ROLE = frozenset({"presumed", "nearest", "related"})
"""Slots for a passage that does not say, or may not say, what is remarked on."""
FINDS_NOTHING = {
    "en": re.compile(r"\b(?:find (?:no|nothing|nobody)|found none|nothing|does not state)\b", re.IGNORECASE),
    "es": re.compile(r"\b(?:no encuentro|ni en .* encuentro|nada|no dice)\b", re.IGNORECASE),
}
NOT_FOUND = {"en": re.compile(r"\bfound\b"), "es": re.compile(r"\bno se encontr(?:ó|aron)\b")}
CONTORTED = re.compile(
    r"so many words|give the point away|press(?:ed)? home|con todas las letras|desvela", re.IGNORECASE
)


def kinds(state: str) -> list[str]:
    return [getattr(remarks, state) for remarks in REMARKS.values()]


def texts_of(language: str, state: str) -> list[tuple[str, Phrase]]:
    return [(kind, phrase(language, kind)) for kind in kinds(state)]


def everything(texts: Phrase) -> list[str]:
    return [*texts.comment, *(each for asked in texts.questions for each in asked), *texts.suggestion]


def test_every_element_has_its_four_kinds_and_no_kind_belongs_to_two() -> None:
    assert set(REMARKS) == set(ELEMENTS)
    every = [kind for remarks in REMARKS.values() for kind in remarks]
    assert len(set(every)) == 4 * len(ELEMENTS)


@pytest.mark.parametrize("claim", ["missing", "weak", "there"])
def test_the_measure_knows_what_a_kind_claims(claim: str) -> None:
    for element, remarks in REMARKS.items():
        claimed = claims_of_findings()[getattr(remarks, claim)]
        assert (claimed.element, claimed.claim) == (element, claim)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["missing", "weak", "more"])
def test_what_is_asked_for_has_variants_and_one_that_needs_nothing_of_the_memo(
    language: str, state: str
) -> None:
    for kind, texts in some(texts_of(language, state)):
        slots = [slots_in(comment) for comment in texts.comment]
        assert 2 <= sum(not one & OF_A_ROLE for one in slots) <= 5, kind
        assert ({"nearest"} in slots) == ({"presumed"} in slots) == (state == "weak"), kind
        assert frozenset() in slots, kind
        assert any(slots), kind
        assert 1 <= len(texts.questions) <= 2, kind
        assert texts.suggestion, kind
        assert all("(" in suggestion for suggestion in texts.suggestion), kind
        assert texts.opportunity, kind
        assert texts.strength is None, kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_strength_is_said_with_a_passage_and_without(language: str) -> None:
    for kind, texts in some(texts_of(language, "there")):
        assert 1 <= len(texts.comment) <= 2, kind
        assert any(not slots_in(comment) for comment in texts.comment), kind
        assert texts.strength, kind
        assert texts.opportunity is None, kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_remark_is_short_and_knows_its_slots(language: str) -> None:
    for kind in some([kind for remarks in REMARKS.values() for kind in remarks]):
        texts = phrase(language, kind)
        for comment in texts.comment:
            said = comment.replace("{quote}", PASSAGE)
            assert len(said.split()) <= MOST_WORDS, comment
            assert len(re.findall(r"[.?!](?=\s|$)", comment)) <= 2, comment
        for text in everything(texts):
            assert slots_in(text) <= COMMON_SLOTS, text
            assert not CONTORTED.search(text), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_missing_was_not_found_and_is_in_no_passage(language: str) -> None:
    for kind, texts in some(texts_of(language, "missing")):
        for comment in texts.comment:
            assert FINDS_NOTHING[language].search(comment), (kind, comment)
            assert slots_in(comment) <= {"heading", "subject", "related"}, (kind, comment)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["missing", "weak"])
def test_what_may_be_missed_beside_a_passage_is_told_so(language: str, state: str) -> None:
    for element in some([*RELATED, OPENING]):
        comments = phrase(language, getattr(REMARKS[element], state)).comment
        assert {"related"} in [slots_in(comment) for comment in comments], element


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["weak", "more"])
def test_a_remark_on_a_passage_asks(language: str, state: str) -> None:
    for kind, texts in some(texts_of(language, state)):
        assert all("?" in comment for comment in texts.comment), kind
        assert sum("quote" in slots_in(comment) for comment in texts.comment) >= 2, kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_three_remarks_on_an_element_have_no_sentence_in_common(language: str) -> None:
    for element, remarks in some(REMARKS.items()):
        said = [text for kind in remarks for text in everything(phrase(language, kind))]
        assert len(said) == len(set(said)), element


def test_a_text_without_variants_may_be_written_alone() -> None:
    assert phrasing._variants("x", " One. ") == ("One.",)


def test_variants_that_all_need_something_of_the_memo_are_refused() -> None:
    with pytest.raises(ValueError, match="all have slots"):
        phrasing._variants("x", ["“{quote}”?", "{heading}?"])


VARIANTS = ("Which?", "In “{heading}”, which?", "“{quote}” in “{heading}”: which?", "“{quote}”, {heading}?")


def test_the_variant_with_the_most_slots_that_have_a_value_is_taken() -> None:
    assert chosen(VARIANTS, {}, "a") == "Which?"
    assert chosen(VARIANTS, {"heading": "Risks", "quote": ""}, "a") == "In “Risks”, which?"
    assert "money" in chosen(VARIANTS, {"heading": "Risks", "quote": "money"}, "a")


def test_a_slot_that_a_single_text_needs_must_have_a_value() -> None:
    with pytest.raises(phrasing.MissingPhrase, match="quote"):
        chosen(("“{quote}”?",), {}, "a")


def test_the_same_passage_gets_the_same_words_and_others_get_others() -> None:
    values = {"heading": "Risks", "quote": "money"}
    taken = [chosen(VARIANTS, values, f"passage {number}") for number in range(20)]
    assert taken == [chosen(VARIANTS, values, f"passage {number}") for number in range(20)]
    assert set(taken) == {"“money” in “Risks”: which?", "“money”, Risks?"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["weak", "more"])
def test_two_memos_are_not_told_the_same(language: str, state: str) -> None:
    for kind, texts in some(texts_of(language, state)):
        told = {chosen(texts.comment, {"quote": "it"}, f"passage {number}") for number in range(40)}
        assert len(told) >= 2, kind


MEMO = """Subject: New buses

# Buses

## Costs

- **We ask** for €1.2 million, as the ["buyers"](https://example.org/b) say.
"""


def memo_and_passage() -> tuple[Memo, Span]:
    start = MEMO.index("- **We ask**")
    return parse_memo(MEMO), Span(start, len(MEMO.rstrip()))


def found(span: Span | None, **values: str) -> Finding:
    return Finding("ask.verb-weak", "ask-verb", "opportunity", span, 0.5, 0.5, values)


def test_a_passage_fills_the_slots_with_its_words_its_heading_and_its_figure() -> None:
    memo, span = memo_and_passage()
    assert slot_values(memo, found(span)) == {
        "subject": "New buses",
        "quote": "We ask for €1.2 million, as the 'buyers' say",
        "figure": "€1.2 million",
        "heading": "Costs",
    }


def test_without_a_passage_there_is_nothing_to_quote() -> None:
    assert slot_values(memo_and_passage()[0], found(None)) == {"subject": "New buses"}


def test_a_memo_without_a_subject_is_called_by_its_title() -> None:
    assert slot_values(parse_memo("# Buses\n\nWe need them."), found(None)) == {"subject": "Buses"}


def test_what_a_detector_says_itself_comes_first() -> None:
    memo, span = memo_and_passage()
    values = slot_values(memo, found(span, quote="a bus", percent="40"))
    assert (values["quote"], values["percent"]) == ("a bus", "40")


def test_a_figure_without_a_unit_is_not_taken_for_one_that_matters() -> None:
    memo = parse_memo("We met in 2024 and again later.")
    assert "figure" not in slot_values(memo, found(memo.sentences[0].span))


@pytest.mark.parametrize(
    ("language", "passage", "quoted"),
    [
        ("en", "> He said “no”.", "He said ‘no’"),
        ("es", "1. Dijo «no»;", "Dijo “no”"),
        ("en", "| Audits | 155k |", "Audits, 155k"),
        ("en", "-5% is what we fear", "-5% is what we fear"),
        ("en", "### Why `now`?", "Why now?"),
        ("en", "Fill out the [Travel Form] or [this](https://e.org/x).", "Fill out the Travel Form or this"),
    ],
)
def test_a_quoted_passage_loses_its_markup(language: str, passage: str, quoted: str) -> None:
    assert quotable(passage, language) == quoted


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clause_of_a_justification_says_what_was_not_found_and_what_is_open(language: str) -> None:
    """Whoever reads "no X was found" beside a comment on X must not be told two things."""
    own = {
        indicator: states
        for indicator, states in phrasing.sentences(language)["indicators"].items()
        if indicator.split("-")[0] in {"ask", "options", "financial", "evidence", "risks", "plan", "status"}
    }
    for indicator, states in some(own.items()):
        assert NOT_FOUND[language].search(states["missing"]), indicator
        assert len(set(states.values())) == 3, indicator


def test_cells_of_a_table_stand_apart_within_a_sentence() -> None:
    assert (
        quotable("| Ovens | £12,000 |\n| --- | --- |\n| Hoods | £3,000 |", "en")
        == "Ovens, £12,000, Hoods, £3,000"
    )
