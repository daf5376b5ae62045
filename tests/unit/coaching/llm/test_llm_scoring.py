"""Scores, weights and the order of comments, computed by our own code."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memo_coach.coaching.evaluation import (
    CoachKind,
    Comment,
    CommentKind,
    CriterionScore,
    Evaluation,
    OverallJudgement,
)
from memo_coach.coaching.llm.scoring import (
    Difference,
    differing,
    held_score,
    overall_score,
    priority_of,
    ranked,
    with_shared_weights,
)

SCORES = st.one_of(st.none(), st.integers(10, 50).map(lambda tenths: tenths / 10))


def scored(identity: str, weight: float, score: float | None, coach: CoachKind = "llm") -> CriterionScore:
    return CriterionScore(identity, identity.title(), weight, weight, score, "Because.", coach=coach)


def made(identity: str, criterion: str, priority: float, kind: CommentKind = "opportunity") -> Comment:
    return Comment(identity, criterion, kind, None, None, None, "Hm.", (), priority=priority)


def reading(*criteria: CriterionScore) -> Evaluation:
    return Evaluation("en", "r", "builtin", OverallJudgement(3.0, "", (), ()), criteria, ())


def test_the_overall_score_is_the_mean_by_weight_rounded_half_up() -> None:
    assert overall_score([scored("a", 75, 4.0), scored("b", 25, 2.0)]) == 3.5
    assert overall_score([scored("a", 50, 3.2), scored("b", 50, 3.3)]) == 3.3


def test_a_criterion_without_a_score_does_not_count() -> None:
    criteria = [scored("a", 60, 4.0), scored("b", 40, None)]
    assert overall_score(criteria) == 4.0
    assert [each.effective_weight for each in with_shared_weights(criteria)] == [100.0, 0.0]


def test_where_nothing_that_counts_was_scored_there_is_no_overall_score() -> None:
    assert overall_score([scored("a", 100, None)]) is None
    assert overall_score([scored("a", 0, 3.0)]) is None
    assert with_shared_weights([scored("a", 100, None)])[0].effective_weight == 0.0


@given(st.lists(st.tuples(st.integers(1, 40), SCORES), min_size=1, max_size=12))
def test_whoever_multiplies_shared_weights_and_scores_gets_the_overall_score(
    given_criteria: list[tuple[int, float | None]],
) -> None:
    criteria = [scored(str(number), weight, score) for number, (weight, score) in enumerate(given_criteria)]
    overall = overall_score(criteria)
    product = sum((each.score or 0.0) * each.effective_weight for each in with_shared_weights(criteria)) / 100
    if overall is None:
        assert product == 0
    else:
        assert overall == pytest.approx(product, abs=0.051)


@pytest.mark.parametrize(
    ("score", "builtin", "counts"), [(5.0, 2.2, 3.2), (3.0, 2.2, 3.0), (5.0, 4.5, 5.0), (4.0, None, 4.0)]
)
def test_a_held_score_is_at_most_one_above_the_built_in_one(
    score: float, builtin: float | None, counts: float
) -> None:
    assert held_score(score, builtin) == counts


def test_an_opportunity_matters_by_weight_and_distance_from_full_and_a_strength_from_the_lowest() -> None:
    criterion = scored("a", 20, 4.0)
    assert priority_of(criterion, "opportunity") == pytest.approx(0.05)
    assert priority_of(criterion, "strength") == pytest.approx(0.15)
    assert priority_of(scored("a", 20, None), "opportunity") == 0.0


def test_a_comment_on_a_full_criterion_still_has_a_place() -> None:
    assert priority_of(scored("a", 20, 5.0), "opportunity") > 0


def test_comments_are_ranked_by_what_matters_most_with_the_first_of_each_criterion_before_second_ones() -> (
    None
):
    told = [
        made("m01", "small", 0.01),
        made("m02", "large", 0.2),
        made("m03", "large", 0.2),
        made("m04", "middle", 0.1),
        made("m05", "large", 0.3, "strength"),
    ]
    comments = [replace(each, rank=rank) for rank, each in enumerate(told)]
    in_order = ranked(comments)
    assert [(each.id, each.rank) for each in in_order] == [
        ("m02", 0),
        ("m04", 1),
        ("m01", 2),
        ("m03", 3),
        ("m05", 0),
    ]
    assert ranked(reversed(comments)) == in_order


def test_scores_more_than_one_apart_are_told_apart() -> None:
    first = reading(scored("a", 50, 2.0, "builtin"), scored("b", 30, 2.0, "builtin"), scored("c", 20, None))
    criteria = [scored("a", 50, 3.1), scored("b", 30, 3.0), scored("c", 20, 5.0)]
    assert differing(criteria, first) == (Difference("a", "A", 3.1, 2.0),)
    assert differing([scored("a", 50, 1.0)], reading(scored("a", 50, 4.0))) == (
        Difference("a", "A", 1.0, 4.0),
    )


def test_what_the_built_in_coach_judged_in_the_models_place_does_not_differ() -> None:
    first = reading(scored("a", 100, 1.0, "builtin"))
    assert differing([scored("a", 100, 5.0, "builtin")], first) == ()
