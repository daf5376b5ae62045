"""Scores, weights and order of an evaluation by a model, all computed here and never taken from the model.

The overall score is the mean of the criteria's scores by weight, to one decimal: whoever multiplies and
adds gets the same figure. The caps of a rubric are not applied to a model's scores, because they rest on
indicators that only the built-in coach computes; its own scores, which stand beside the model's, have them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from memo_coach.coaching.builtin.ranking import LEAST_DISTANCE
from memo_coach.coaching.builtin.scoring import one_decimal
from memo_coach.coaching.evaluation import (
    HIGHEST_SCORE,
    LOWEST_SCORE,
    Comment,
    CommentKind,
    CriterionScore,
    Evaluation,
)

MOST_ABOVE_BUILTIN = 1.0
"""Where a memo orders its reader about, a model's score counts at most this much above the built-in one."""
DIFFERENT = 1.0
"""Two scores of a criterion differ notably when they are further apart than this."""
_RANGE = HIGHEST_SCORE - LOWEST_SCORE


@dataclass(frozen=True, slots=True)
class Difference:
    """A criterion on which the two coaches are far apart."""

    criterion: str
    name: str
    model_score: float
    builtin_score: float

    @property
    def points(self) -> float:
        """How far they are apart."""
        return round(abs(self.model_score - self.builtin_score), 1)


def overall_score(criteria: Iterable[CriterionScore]) -> float | None:
    """Return the overall score, 1.0 to 5.0 with one decimal; ``None`` where no criterion has one."""
    scored = [(item.score, item.weight) for item in criteria if item.score is not None]
    total = sum(weight for _, weight in scored)
    if total <= 0:
        return None
    return one_decimal(sum(score * weight for score, weight in scored) / total)


def with_shared_weights(criteria: Sequence[CriterionScore]) -> tuple[CriterionScore, ...]:
    """Share the weights of criteria without a score out over the others, in proportion."""
    total = sum(item.weight for item in criteria if item.score is not None)
    return tuple(
        replace(
            item,
            effective_weight=0.0 if item.score is None or total <= 0 else round(100 * item.weight / total, 2),
        )
        for item in criteria
    )


def held_score(score: float, builtin: float | None) -> float:
    """Return what a model's score counts where the memo orders its reader about."""
    return score if builtin is None else one_decimal(min(score, builtin + MOST_ABOVE_BUILTIN))


def priority_of(criterion: CriterionScore, kind: CommentKind) -> float:
    """Tell how much a comment matters, 0 to 1, by its criterion's share and how far that is from full.

    For a strength it is how far the criterion is from the lowest score.
    """
    if criterion.score is None:
        return 0.0
    far = HIGHEST_SCORE - criterion.score if kind == "opportunity" else criterion.score - LOWEST_SCORE
    return round(criterion.weight / 100 * max(LEAST_DISTANCE, far / _RANGE), 4)


def ranked(comments: Iterable[Comment]) -> tuple[Comment, ...]:
    """Order comments by what matters most, opportunities first, and number their ranks from 0 within a kind.

    The best comment of each criterion comes before the second one of any, so that what is shown first is not
    all about one criterion. For the comments of a model, which get their rank while they stream; those of the
    built-in coach have their final rank from the beginning.
    """
    ordered = sorted(comments, key=lambda each: (each.kind, each.criterion, each.rank, each.id))
    keyed: list[tuple[tuple[str, int, float, int, str], Comment]] = []
    for _, own in groupby(ordered, key=lambda each: (each.kind, each.criterion)):
        for place, comment in enumerate(own):
            keyed.append(((comment.kind, place, -comment.priority, comment.rank, comment.id), comment))
    in_order = [comment for _, comment in sorted(keyed, key=lambda pair: pair[0])]
    return tuple(
        replace(comment, rank=rank)
        for _, own in groupby(in_order, key=lambda each: each.kind)
        for rank, comment in enumerate(own)
    )


def differing(criteria: Iterable[CriterionScore], first_reading: Evaluation) -> tuple[Difference, ...]:
    """Return the criteria that a model scored more than 1.0 away from the built-in coach, in their order."""
    builtin = {item.id: item.score for item in first_reading.criteria}
    found = []
    for item in criteria:
        other = builtin.get(item.id)
        if item.coach != "llm" or item.score is None or other is None:
            continue
        difference = Difference(item.id, item.name, item.score, other)
        if difference.points > DIFFERENT:
            found.append(difference)
    return tuple(found)
