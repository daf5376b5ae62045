"""From indicators to scores: weighted means, a curve for each criterion, caps, and the ceiling for thin text.

Everything here rises, or stays, when an indicator rises. What a score means is told in ``docs/coach.md``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from memo_coach.coaching.evaluation import HIGHEST_SCORE, LOWEST_SCORE
from memo_coach.coaching.rubric.model import Cap, Criterion, Rubric

Curve = tuple[tuple[float, float], ...]
"""Points of a curve that is straight between them and never falls."""

SCORE_CURVE: Curve = (
    (0.0, 1.0), (0.2, 1.1), (0.35, 1.7), (0.5, 2.9), (0.6, 3.75), (0.7, 4.35), (0.8, 4.75), (1.0, 5.0),
)  # fmt: skip
"""From the weighted mean of a criterion's indicators (0 to 1) to its score.

Fitted to the scores that readers gave to the labelled documents (``training/``), each judged by a model that
had not seen it, and smoothed by hand: a word on a subject is little better than silence, and steps between
what is touched on and what is done are the long ones.
"""

State = Literal["earned", "partly", "missing"]
EARNED = 0.7
"""From this value on an indicator is called earned."""
MISSING = 0.4
"""Below this value it is called missing."""

SUBSTANCE = "substance"
"""The indicator that tells prose from a handful of platitudes or a list of keywords."""
FULL_SUBSTANCE = 0.6
"""From this much substance on, no score is held down for want of text."""


LOST: Mapping[str, float] = {"coherence": 1.0, "to-the-point": 0.3}
"""What part of every criterion is lost to the reader where the indicator is at 0: all of it where the words
make no sentences, up to three tenths where padding hides what the memo says."""


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """What one indicator of a criterion came to; the shares of a criterion add up to 1."""

    indicator: str
    share: float
    value: float
    state: State
    """What is said of it."""


@dataclass(frozen=True, slots=True)
class ScoredCriterion:
    """A criterion with its score and how it came about."""

    criterion: Criterion
    values: tuple[IndicatorValue, ...]
    score: float | None
    """One decimal; ``None`` where the built-in coach has no indicator for it."""
    effective_weight: float
    cap: Cap | None = None
    """The cap that held the score down, if one did."""
    thin: bool = False
    """Whether the ceiling for thin text held it down."""
    earned: float | None = None
    """The score before a cap or ceiling and before it is rounded."""


@dataclass(frozen=True, slots=True)
class ScoredMemo:
    """All criteria of a rubric scored, in its order, with the overall score."""

    criteria: tuple[ScoredCriterion, ...]
    score: float | None
    """The mean of the criteria's scores by effective weight, to one decimal, unless a cap or thin text lowers
    it."""
    cap: Cap | None = None
    thin: bool = False
    received: float = 1.0
    """What part of each criterion's points reaches the reader: see :data:`LOST`."""


class _Whole(NamedTuple):
    """What is the same for every criterion of a memo."""

    received: float
    ceiling: float
    scored_weight: float


def state_of(value: float) -> State:
    """Return what is said of an indicator whose value alone is known."""
    if value >= EARNED:
        return "earned"
    return "partly" if value >= MISSING else "missing"


def score_memo(
    rubric: Rubric, indicators: Mapping[str, float], states: Mapping[str, State] | None = None
) -> ScoredMemo:
    """Score a memo on a rubric from its indicators (each 0 to 1).

    ``states`` says of some indicators what is to be said of them; of all others their value decides.

    Criteria without indicators get no score, and their weight is shared out over the others in proportion.
    """
    ceiling = ceiling_of(indicators.get(SUBSTANCE, 1.0))
    received = received_of(indicators)
    values = {criterion.id: _values_of(criterion, indicators, states or {}) for criterion in rubric.criteria}
    scored_weight = sum(criterion.weight for criterion in rubric.criteria if values[criterion.id])
    whole = _Whole(received, ceiling, scored_weight)
    criteria = tuple(
        _scored(criterion, values[criterion.id], indicators, whole) for criterion in rubric.criteria
    )
    if scored_weight <= 0:
        return ScoredMemo(criteria, None, received=received)
    mean = sum((item.score or 0.0) * item.effective_weight for item in criteria) / 100
    score, cap = _capped(mean, rubric.caps, indicators)
    thin = any(item.thin for item in criteria) or score > ceiling
    return ScoredMemo(
        criteria, one_decimal(min(score, ceiling)), None if score > ceiling else cap, thin, received
    )


def received_of(indicators: Mapping[str, float]) -> float:
    """Return what part of a memo's points reaches its reader, 0 to 1."""
    part = 1.0
    for name, lost in LOST.items():
        part *= 1.0 - lost * (1.0 - indicators.get(name, 1.0))
    return part


def ceiling_of(substance: float) -> float:
    """Return the highest score that a text of so much substance (0 to 1) can earn on any criterion."""
    return LOWEST_SCORE + (HIGHEST_SCORE - LOWEST_SCORE) * min(1.0, max(0.0, substance) / FULL_SUBSTANCE)


def distance(item: ScoredCriterion, indicators: Collection[str]) -> float:
    """Return how far a criterion's score (0 to 1) would rise if these of its indicators were full.

    A binding cap or ceiling is set aside, so that the advice still names what the memo lacks; lifting the
    cap itself counts in full.
    """
    gain = sum(value.share * (1.0 - value.value) for value in item.values if value.indicator in indicators)
    mean = _mean(item.values)
    rise = _on_curve(SCORE_CURVE, min(1.0, mean + gain)) - _on_curve(SCORE_CURVE, mean)
    if item.cap is not None and item.cap.indicator in indicators:
        rise = max(rise, _on_curve(SCORE_CURVE, min(1.0, mean + gain)) - item.cap.at_most)
    return max(0.0, rise) / (HIGHEST_SCORE - LOWEST_SCORE)


def one_decimal(score: float) -> float:
    """Round half up to one decimal, within 1.0 to 5.0."""
    return min(HIGHEST_SCORE, max(LOWEST_SCORE, int(score * 10 + 0.5 + 1e-9) / 10))


def _values_of(
    criterion: Criterion, indicators: Mapping[str, float], states: Mapping[str, State]
) -> tuple[IndicatorValue, ...]:
    known = [share for share in criterion.indicators if share.indicator in indicators]
    total = sum(share.weight for share in known)
    return tuple(
        IndicatorValue(
            share.indicator,
            share.weight / total,
            (value := indicators[share.indicator]),
            states.get(share.indicator) or state_of(value),
        )
        for share in known
    )


def _scored(
    criterion: Criterion, values: tuple[IndicatorValue, ...], indicators: Mapping[str, float], whole: _Whole
) -> ScoredCriterion:
    if not values:
        return ScoredCriterion(criterion, (), None, 0.0)
    effective_weight = 100 * criterion.weight / whole.scored_weight if whole.scored_weight else 0.0
    earned = LOWEST_SCORE + whole.received * (_on_curve(SCORE_CURVE, _mean(values)) - LOWEST_SCORE)
    score, cap = _capped(earned, criterion.caps, indicators)
    thin = score > whole.ceiling
    return ScoredCriterion(
        criterion,
        values,
        one_decimal(min(score, whole.ceiling)),
        effective_weight,
        None if thin else cap,
        thin,
        earned,
    )


def _capped(score: float, caps: Iterable[Cap], indicators: Mapping[str, float]) -> tuple[float, Cap | None]:
    binding = None
    for cap in caps:
        value = indicators.get(cap.indicator)
        if value is not None and value < cap.below and score > cap.at_most:
            score, binding = cap.at_most, cap
    return score, binding


def _mean(values: Iterable[IndicatorValue]) -> float:
    return sum(value.share * value.value for value in values)


def _on_curve(curve: Curve, value: float) -> float:
    for (left, low), (right, high) in pairwise(curve):
        if value <= right:
            return low + (high - low) * (max(value, left) - left) / (right - left)
    return curve[-1][1]
