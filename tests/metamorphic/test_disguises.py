"""A strong memo keeps its score in every disguise that it may come in; what is quoted stands in the text."""

import pytest

from memo_coach.coaching.builtin.coach import evaluate_text
from memo_coach.coaching.rubric.reader import shipped_rubric
from tests.metamorphic.base_memo import BaseMemo, base_memos
from tests.metamorphic.disguises import DISGUISES, Disguise, strong

RUBRICS = ("investment-memo", "decision-memo", "status-update", "policy-memo")
MOST_APART = 0.3


@pytest.mark.parametrize("disguise", DISGUISES, ids=lambda disguise: disguise.__name__)
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("rubric", RUBRICS)
def test_a_strong_memo_keeps_its_score(rubric: str, language: str, disguise: Disguise) -> None:
    sample = strong(rubric, language)
    plain = evaluate_text(sample.text, shipped_rubric(rubric))
    text = disguise(sample)
    assert text != sample.text
    disguised = evaluate_text(text, shipped_rubric(rubric))
    assert disguised.language == language
    assert plain.overall.score is not None
    assert disguised.overall.score is not None
    apart = {
        each.id: (each.score, other.score)
        for each, other in zip(plain.criteria, disguised.criteria, strict=True)
        if each.score != other.score
    }
    assert abs(disguised.overall.score - plain.overall.score) <= MOST_APART + 1e-9, apart
    for comment in disguised.comments:
        if comment.start is not None:
            assert text[comment.start : comment.end] == comment.quote
            assert comment.quote
    for criterion in disguised.criteria:
        for evidence in criterion.evidence:
            assert text[evidence.start : evidence.end] == evidence.quote


@pytest.mark.parametrize("memo", base_memos(), ids=lambda memo: memo.name)
def test_further_memos_keep_their_score_in_capitals(memo: BaseMemo) -> None:
    rubric = shipped_rubric("investment-memo")
    plain, disguised = evaluate_text(memo.text, rubric), evaluate_text(memo.text.upper(), rubric)
    assert plain.overall.score is not None
    assert disguised.overall.score is not None
    assert abs(disguised.overall.score - plain.overall.score) <= MOST_APART + 1e-9
