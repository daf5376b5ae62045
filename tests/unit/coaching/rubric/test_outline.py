"""An outline has the parts that a rubric asks for, each still to be filled in."""

from __future__ import annotations

import pytest

from memo_coach.coaching.memo.language import SUPPORTED_LANGUAGES
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.rubric.model import localised
from memo_coach.coaching.rubric.outline import outline_of
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
