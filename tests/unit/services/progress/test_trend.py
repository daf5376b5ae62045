"""A trend: what is called rising, falling or level, and what turns it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from memo_coach.services.progress.trend import trend_of

SCORES = some.lists(some.integers(10, 50).map(lambda tenths: tenths / 10), min_size=3, max_size=24)


@pytest.mark.parametrize("scores", [[], [2.0], [2.0, 4.0]])
def test_of_fewer_than_three_scores_nothing_is_said(scores: list[float]) -> None:
    assert trend_of(scores) is None


@pytest.mark.parametrize(
    ("scores", "direction", "change"),
    [
        ([2.0, 2.5, 3.0], "rising", 1.0),
        ([4.0, 3.5, 3.4, 3.0], "falling", -1.0),
        ([3.0, 3.0, 3.0], "level", 0.0),
        ([3.0, 3.0, 3.1], "level", 0.0),
        ([2.0, 3.0, 2.5], "level", 0.0),
        ([2.0, 4.0, 2.0, 4.0, 2.0, 4.0], "level", 0.0),
    ],
)
def test_the_direction_is_the_one_in_which_most_pairs_go(
    scores: list[float], direction: str, change: float
) -> None:
    found = trend_of(scores)
    assert found is not None
    assert (found.direction, found.change, found.points) == (
        direction,
        pytest.approx(change, abs=0.11),
        len(scores),
    )


def test_one_memo_that_went_wrong_does_not_turn_it() -> None:
    found = trend_of([2.0, 2.2, 2.4, 2.6, 1.0, 2.8, 3.0, 3.2])
    assert found is not None
    assert found.direction == "rising"


@given(SCORES)
def test_turned_round_in_time_it_is_the_opposite(scores: list[float]) -> None:
    forward, backward = trend_of(scores), trend_of(scores[::-1])
    assert forward is not None
    assert backward is not None
    assert forward.change == pytest.approx(-backward.change)
    assert (forward.direction == "level") == (backward.direction == "level")
