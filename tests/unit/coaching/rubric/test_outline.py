"""An outline has the parts that a rubric asks for, each still to be filled in."""

from __future__ import annotations

import pytest

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.memo.language import SUPPORTED_LANGUAGES
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.rubric.model import localised
from memo_coach.coaching.rubric.outline import outline_blanks, outline_of
from memo_coach.coaching.rubric.reader import shipped_rubrics


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_an_outline_is_headed_by_criteria_with_a_blank_under_each(language: str) -> None:
    for rubric in shipped_rubrics():
        memo = parse_memo(outline_of(rubric, language), language)
        headings = [block.text for block in memo.blocks if block.kind == "heading"]
        names = [localised(criterion.name, language) for criterion in rubric.criteria]
        assert len(headings) >= 4
        assert [name for name in names if name in headings] == headings
        assert memo.text.count("[") == len(headings) + len(memo.header)
        assert memo.header_value("subject")


def test_an_outline_in_an_unknown_language_is_in_english() -> None:
    rubric = shipped_rubrics()[0]
    assert outline_of(rubric, "xx") == outline_of(rubric, "en")


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_the_coach_judges_no_word_of_an_outline_and_counts_what_is_to_be_filled_in(language: str) -> None:
    for rubric in shipped_rubrics():
        outline = outline_of(rubric, language)
        comments = evaluate_text(outline, rubric, language).comments
        own = [
            comment.finding
            for comment in comments
            if comment.start is not None
            and comment.end is not None
            and any(start < comment.end and comment.start < end for start, end in outline_blanks(outline))
        ]
        assert own
        assert set(own) == {"blanks.placeholder"}


def test_each_line_to_fill_in_is_known_as_long_as_it_stands_as_it_was_given() -> None:
    rubric = shipped_rubrics()[0]
    outline = outline_of(rubric, "en")
    assert len(outline_blanks(outline)) == outline.count("## ")
    assert all(len(outline[start:end]) > 20 for start, end in outline_blanks(outline))
    written = outline.replace("[To be completed:", "We ask for EUR 40,000 by May:")
    assert outline_blanks(written) == ()


def test_what_stands_beside_an_outline_is_judged_as_if_it_stood_alone() -> None:
    rubric = shipped_rubrics()[0]
    said = "It was decided that the pump be replaced."
    evaluation = evaluate_text(outline_of(rubric, "en") + f"\n{said}\n", rubric, "en")
    assert any(comment.quote is not None and comment.quote in said for comment in evaluation.comments)
