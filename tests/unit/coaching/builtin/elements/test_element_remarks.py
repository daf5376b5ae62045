"""What is said of an element follows from what was found of it, how surely, and in which passage."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from memo_coach.coaching.builtin import phrasing
from memo_coach.coaching.builtin.elements.catalogue import ELEMENTS
from memo_coach.coaching.builtin.elements.reading import ElementReading, Passage, read_elements
from memo_coach.coaching.builtin.elements.remarks import findings_from
from memo_coach.coaching.builtin.findings import Finding
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.builtin.slots import slot_values
from memo_coach.coaching.memo.model import Span
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.rubric.reader import shipped_rubric

TEXT = "The pump may fail in winter, when nobody is on site to see it."
MEMO = parse_memo(TEXT, "en")
RISKS = next(element for element in ELEMENTS if element.name == "risks")


def reading(
    *,
    absent: float = 0.0,
    present: float = 0.3,
    evidence: float = 1.0,
    detected: float = 1.0,
    clear: float = 0.9,
) -> ElementReading:
    """A reading of risks, with one passage that speaks of them as clearly as ``clear`` says."""
    passage = Passage(Span(0, len(TEXT)), clear, 1.0)
    return ElementReading(RISKS, absent, present, 0.9, 0.5, evidence, detected, (passage,))


def opportunity(one: ElementReading) -> Finding:
    (found,) = [finding for finding in findings_from(MEMO, [one]) if finding.polarity == "opportunity"]
    return found


def test_what_is_touched_on_in_a_clear_passage_is_told_of_that_passage() -> None:
    found = opportunity(reading())
    assert (found.kind, found.role) == (RISKS.weak, "said")


def test_a_passage_that_the_detector_does_not_know_is_told_as_the_nearest() -> None:
    found = opportunity(reading(present=0.3, detected=0.0))
    assert (found.kind, found.role, found.span) == (RISKS.weak, "nearest", Span(0, len(TEXT)))


def test_a_passage_that_the_model_alone_is_sure_of_is_told_as_what_it_is_taken_for() -> None:
    found = opportunity(reading(present=0.9, detected=0.0))
    assert (found.kind, found.role, found.span) == (RISKS.weak, "presumed", Span(0, len(TEXT)))


def test_what_is_touched_on_in_no_clear_passage_is_told_of_the_memo_as_a_whole() -> None:
    found = opportunity(reading(clear=0.2))
    assert (found.kind, found.role, found.span) == (RISKS.weak, "said", None)


def test_the_likelier_a_thing_is_done_the_later_it_is_called_missing_or_not_plain() -> None:
    for absent in (0.0, 0.5):
        likely, hardly = (
            opportunity(reading(absent=absent, present=each, clear=0.2)).importance or 0
            for each in (0.45, 0.1)
        )
        assert likely < hardly


def test_a_question_that_may_be_asked_of_any_memo_comes_after_one_on_a_passage() -> None:
    on_a_passage, on_none = (opportunity(reading(present=0.9, clear=each)) for each in (0.9, 0.3))
    assert (on_none.importance or 0) < (on_a_passage.importance or 0)


def test_what_stands_there_on_the_face_of_it_is_remarked_on_later() -> None:
    plain = replace(reading(present=0.1), is_plain=True)
    assert (opportunity(plain).importance or 0) < (opportunity(reading(present=0.1)).importance or 0)


@pytest.mark.parametrize(
    ("language", "present", "words"),
    [
        ("en", 0.3, "nearest"),
        ("es", 0.3, "(acerca|cercano)"),
        ("en", 0.9, "^I read"),
        ("es", 0.9, "^Leo"),
    ],
)
def test_a_passage_is_quoted_as_what_it_is(language: str, present: float, words: str) -> None:
    memo = parse_memo(TEXT, language)
    found = opportunity(reading(present=present, detected=0.0))
    said = phrasing.chosen(phrasing.phrase(language, found.kind).comment, slot_values(memo, found), "key")
    assert "The pump may fail" in said
    assert re.search(words, said)


def test_what_no_passage_says_is_missing_unless_the_whole_memo_says_it() -> None:
    assert reading(evidence=0.3, absent=0.2).state == "missing"
    assert reading(evidence=0.3, absent=0.05).state == "weak"


def test_one_question_more_is_tied_to_a_passage_only_where_that_is_clear() -> None:
    assert opportunity(reading(present=0.9)).span == Span(0, len(TEXT))
    unclear = opportunity(reading(present=0.9, clear=0.3))
    assert (unclear.kind, unclear.span) == (RISKS.more, None)


FIELDS = "---\ntitle: A second pump\nstatus: draft\ntags:\n  - pumps\n\n---\n"


def test_the_fields_before_a_page_are_not_the_authors_words() -> None:
    memo = parse_memo(f"{FIELDS}\n{TEXT}\n\nWe ask the board to approve £40,000 for it.", "en")
    read = read_elements(memo, lexicon_of("en"), shipped_rubric("investment-memo"), {})
    assert all(span.start >= len(FIELDS) for span in read.own_words)
    assert all(passage.span.start >= len(FIELDS) for reading in read.elements for passage in reading.passages)
    assert read.others_words[0].start < len(FIELDS)


@pytest.mark.parametrize("line", ["- [Risks](#risks)", "![A pump](pump.png)", "See:"])
def test_what_only_leads_elsewhere_is_nobodys_passage(line: str) -> None:
    memo = parse_memo(f"{line}\n\n{TEXT}\n\nWe ask the board to approve £40,000 for it.", "en")
    read = read_elements(memo, lexicon_of("en"), shipped_rubric("investment-memo"), {})
    assert read.own_words[0].start >= len(line)
