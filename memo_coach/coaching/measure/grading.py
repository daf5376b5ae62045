"""How far a coach's scores agree with those that a reader gave to memos of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from memo_coach.coaching.measure.annotated import GradedMemo
from memo_coach.coaching.measure.figures import FEWEST_SCORES, Agreement, agreement

FEWEST_MEMOS: Final = 5
"""From so many memos on something is said of an offset and a spread: of fewer, one memo makes all of it."""
FEWEST_RANKED: Final = FEWEST_SCORES
"""From so many on, of their order: of fewer it is often as good by chance."""


@dataclass(frozen=True, slots=True)
class Grades:
    """What a coach gave to a memo that a reader has graded."""

    memo: GradedMemo
    overall: float | None
    criteria: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class GradesCompared:
    """How far the two agree; ``None``, or not there, where both graded nothing of it."""

    overall: Agreement | None
    criteria: Mapping[str, Agreement]


def compare_grades(graded: Iterable[Grades]) -> GradesCompared:
    """Compare the scores, on the whole and for each criterion that both have scored."""
    overall: list[tuple[float, float]] = []
    criteria: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for each in graded:
        if each.overall is not None:
            overall.append((each.memo.overall, each.overall))
        for criterion, given in each.memo.criteria.items():
            own = each.criteria.get(criterion)
            if given is not None and own is not None:
                criteria[criterion].append((given, own))
    agreed = {criterion: agreement(pairs) for criterion, pairs in criteria.items()}
    return GradesCompared(
        agreement(overall), {name: each for name, each in agreed.items() if each is not None}
    )
