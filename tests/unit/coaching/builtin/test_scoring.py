"""Scores: means, weights, caps, the ceiling for thin text, and that nothing falls when an indicator rises."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memo_coach.coaching.builtin.scoring import (
    FULL_SUBSTANCE,
    SCORE_CURVE,
    SUBSTANCE,
    ScoredMemo,
    ceiling_of,
    distance,
    one_decimal,
    score_memo,
)
from memo_coach.coaching.rubric.model import Cap, Criterion, IndicatorShare, Rubric
from memo_coach.coaching.rubric.reader import shipped_rubrics

TEXT = {"en": "text"}
FULL = {"a": 1.0, "b": 1.0, "c": 1.0, SUBSTANCE: 1.0}


def criterion(name: str, weight: float, indicators: dict[str, float], *caps: Cap) -> Criterion:
    shares = tuple(IndicatorShare(key, value) for key, value in indicators.items())
    return Criterion(name, {"en": name}, TEXT, weight, {}, shares, caps)


def rubric(*criteria: Criterion, caps: tuple[Cap, ...] = ()) -> Rubric:
    return Rubric("mine", "1", TEXT, TEXT, criteria, caps)


TWO = rubric(criterion("first", 75, {"a": 3, "b": 1}), criterion("second", 25, {"c": 1}))


def weighted_mean(scored: ScoredMemo) -> float:
    """What a writer gets who multiplies the scores by their weights, adds them up and rounds."""
    return one_decimal(sum((item.score or 0) * item.effective_weight for item in scored.criteria) / 100)


def scores(of: Rubric, indicators: dict[str, float]) -> list[float | None]:
    return [item.score for item in score_memo(of, indicators).criteria]


def test_full_indicators_earn_five_and_empty_ones_one() -> None:
    assert score_memo(TWO, FULL).score == 5.0
    assert score_memo(TWO, {**dict.fromkeys(FULL, 0.0), SUBSTANCE: 1.0}).score == 1.0


def test_the_curve_covers_the_scale_and_never_falls() -> None:
    assert SCORE_CURVE[0] == (0.0, 1.0)
    assert SCORE_CURVE[-1] == (1.0, 5.0)
    assert all(left < right and low < high for (left, low), (right, high) in pairwise(SCORE_CURVE))


def test_an_indicator_with_three_times_the_weight_counts_three_times() -> None:
    with_a = score_memo(TWO, {**FULL, "b": 0.0}).criteria[0]
    assert [value.share for value in with_a.values] == [0.75, 0.25]
    assert (scores(TWO, {**FULL, "b": 0.0})[0] or 0) > (scores(TWO, {**FULL, "a": 0.0})[0] or 5)


@pytest.mark.parametrize(("lowered", "mean"), [({"a": 0.0, "b": 0.0}, 2.0), ({"c": 0.0}, 4.0)])
def test_the_overall_score_is_the_weighted_mean_of_the_criteria(
    lowered: dict[str, float], mean: float
) -> None:
    scored = score_memo(TWO, {**FULL, **lowered})
    assert sum((item.score or 0) * item.criterion.weight for item in scored.criteria) / 100 == mean
    assert scored.score == mean


def test_a_criterion_without_indicators_is_not_scored_and_its_weight_is_shared_out() -> None:
    of = rubric(criterion("a", 60, {"a": 1}), criterion("b", 20, {"b": 1}), criterion("taste", 20, {}))
    scored = score_memo(of, {**FULL, "b": 0.0})
    assert [item.score for item in scored.criteria] == [5.0, 1.0, None]
    assert [item.effective_weight for item in scored.criteria] == [75.0, 25.0, 0.0]
    assert scored.score == score_memo(TWO, {**FULL, "c": 0.0}).score


def test_a_rubric_without_any_indicator_gives_no_score_at_all() -> None:
    assert score_memo(rubric(criterion("taste", 100, {})), FULL).score is None


def test_an_indicator_that_was_not_read_leaves_its_share_to_the_others() -> None:
    assert scores(rubric(criterion("a", 100, {"a": 1, "unread": 5})), FULL) == [5.0]


def test_a_cap_holds_a_criterion_down_and_is_named() -> None:
    cap = Cap("a", 0.5, 2.0, {"en": "No a"})
    of = rubric(criterion("first", 100, {"a": 1, "b": 9}, cap))
    held = score_memo(of, {**FULL, "a": 0.4}).criteria[0]
    assert (held.score, held.cap) == (2.0, cap)
    free = score_memo(of, {**FULL, "a": 0.5}).criteria[0]
    assert free.cap is None
    assert (free.score or 0) > 4


def test_a_cap_that_would_not_lower_the_score_is_not_named() -> None:
    cap = Cap("a", 0.5, 2.0, {"en": "No a"})
    of = rubric(criterion("first", 100, {"a": 1, "b": 1}, cap))
    assert score_memo(of, {**FULL, "a": 0.0, "b": 0.0}).criteria[0].cap is None


def test_a_cap_on_the_rubric_holds_the_overall_score_down() -> None:
    cap = Cap("c", 0.5, 3.0, {"en": "No c"})
    scored = score_memo(rubric(*TWO.criteria, caps=(cap,)), {**FULL, "c": 0.0})
    assert (scored.score, scored.cap) == (3.0, cap)


def test_no_overall_score_passes_the_ceiling_for_thin_text() -> None:
    for substance in (0.1, 0.3, 0.5):
        assert (score_memo(TWO, {**FULL, SUBSTANCE: substance}).score or 5) <= ceiling_of(substance) + 0.05


def test_text_without_substance_earns_nothing_whatever_its_indicators() -> None:
    scored = score_memo(TWO, {**FULL, SUBSTANCE: 0.0})
    assert scored.score == 1.0
    assert scored.thin


def test_the_ceiling_for_thin_text_rises_without_a_step() -> None:
    ceilings = [ceiling_of(step / 1000) for step in range(1001)]
    assert ceilings[0] == 1.0
    assert ceiling_of(FULL_SUBSTANCE) == 5.0
    assert max(right - left for left, right in pairwise(ceilings)) < 0.01


@pytest.mark.parametrize(("exact", "shown"), [(2.25, 2.3), (2.249, 2.2), (0.2, 1.0), (5.2, 5.0), (3.35, 3.4)])
def test_scores_are_rounded_half_up_to_one_decimal(exact: float, shown: float) -> None:
    assert one_decimal(exact) == shown


def test_the_distance_is_what_filling_an_indicator_would_earn() -> None:
    item = score_memo(TWO, {**FULL, "a": 0.0, "b": 0.5}).criteria[0]
    assert distance(item, {"a"}) > distance(item, {"b"}) > 0
    assert distance(score_memo(TWO, FULL).criteria[0], {"a"}) == 0


def test_lifting_a_cap_counts_in_the_distance_of_its_indicator() -> None:
    cap = Cap("a", 0.5, 2.0, {"en": "No a"})
    capped = score_memo(rubric(criterion("first", 100, {"a": 1, "b": 9}, cap)), {**FULL, "a": 0.0})
    free = score_memo(rubric(criterion("first", 100, {"a": 1, "b": 9})), {**FULL, "a": 0.0})
    assert distance(capped.criteria[0], {"a"}) > distance(free.criteria[0], {"a"})


SHIPPED = {one.id: one for one in shipped_rubrics()}
ALL_INDICATORS = sorted(
    {share.indicator for one in SHIPPED.values() for item in one.criteria for share in item.indicators}
    | {SUBSTANCE}
)


@given(
    rubric_id=st.sampled_from(sorted(SHIPPED)),
    values=st.lists(st.floats(0, 1), min_size=len(ALL_INDICATORS), max_size=len(ALL_INDICATORS)),
    raised=st.sampled_from(ALL_INDICATORS),
    to=st.floats(0, 1),
)
def test_no_score_falls_when_an_indicator_rises(
    rubric_id: str, values: list[float], raised: str, to: float
) -> None:
    before = dict(zip(ALL_INDICATORS, values, strict=True))
    after = {**before, raised: max(before[raised], to)}
    low, high = score_memo(SHIPPED[rubric_id], before), score_memo(SHIPPED[rubric_id], after)
    assert (high.score or 0) >= (low.score or 0)
    if not low.thin and low.cap is None:
        assert low.score == weighted_mean(low)
    for one, other in zip(low.criteria, high.criteria, strict=True):
        assert (other.score or 0) >= (one.score or 0)
        assert 1.0 <= (one.score or 0) <= 5.0
