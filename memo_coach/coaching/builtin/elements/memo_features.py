"""What the second model sees of a memo: what was found of each element, its kind, its size and shape."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from memo_coach.coaching.builtin.elements.catalogue import ELEMENTS
from memo_coach.coaching.builtin.elements.units import Unit
from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.rubric.model import Rubric

KINDS: Final = ("investment-memo", "decision-memo", "status-update", "policy-memo")
_TELLING: Final = (
    ("status-update", frozenset({"status-stated", "status-progress", "status-deviations"})),
    ("policy-memo", frozenset({"policy-rules", "policy-scope", "policy-effective", "policy-exceptions"})),
    ("investment-memo", frozenset({"financial-return", "financial-costs", "ask-amount"})),
)
"""For a rubric of an administrator's own: the kind whose indicators it scores."""
_LEAST, _MOST = 0.002, 0.998
_TOP = 3
UNKNOWN: Final = 0.5
"""Stands for an indicator that was not asked for."""


class Found(NamedTuple):
    """How strongly the units of a memo speak for one element."""

    first: float
    """Log odds of the unit that speaks for it most, then of the next two."""
    second: float
    third: float
    together: float
    mean: float


def kind_of(rubric: Rubric) -> str:
    """Return the kind of memo that a rubric is for, one of :data:`KINDS`."""
    if rubric.id in KINDS:
        return rubric.id
    scored = {share.indicator for criterion in rubric.criteria for share in criterion.indicators}
    return next((kind for kind, telling in _TELLING if telling & scored), "decision-memo")


def found_of(column: Sequence[float]) -> Found:
    """Sum up what the units of a memo say of one output."""
    top = sorted(column, reverse=True)[:_TOP]
    top += [0.0] * (_TOP - len(top))
    total = sum(column)
    first, second, third = (_log_odds(value) for value in top)
    return Found(first, second, third, math.log1p(3 * total), 5 * total / max(1, len(column)))


def shape_of(memo: Memo, units: Sequence[Unit]) -> list[float]:
    """Return the size and the make-up of a memo in twelve figures of about -2 to 2."""
    text = "\n".join(memo.quote(unit.span) for unit in units)
    size = max(1, len(text))
    words = max(1, len(text.split()))
    many = max(1, len(units))
    lengths = [
        unit.span.end - unit.span.start
        for unit in units
        if unit.kind in {"paragraph", "list_item", "table", "quote"}
    ] or [0]
    mean = sum(lengths) / len(lengths)
    deviation = math.sqrt(sum((length - mean) ** 2 for length in lengths) / len(lengths))
    kinds = [unit.kind for unit in units]
    return [
        math.log(words) - 6.5,
        mean / 100 - 1,
        deviation / 100 - 0.8,
        kinds.count("heading") / many,
        kinds.count("list_item") / many,
        (kinds.count("table") + kinds.count("table_head")) / many,
        20 * sum(map(text.count, "0123456789")) / size,
        50 * text.count("!") / words,
        20 * text.count("(") / words,
        0.5 * math.log1p(text.count("http")),
        50 * text.count("?") / words,
        float(memo.language == "es"),
    ]


def common_features(kind: str, shape: Sequence[float], found: Sequence[Found]) -> list[float]:
    """Return what all elements of a memo share: one, its kind, its shape, how far each element was found."""
    return [1.0, *(float(kind == one) for one in KINDS), *shape, *(one.first for one in found)]


def memo_features(
    element: int, found: Sequence[Found], indicators: Mapping[str, float], common: Sequence[float]
) -> list[float]:
    """Return what the second model sees of one element."""
    own = indicators.get(ELEMENTS[element].indicator, UNKNOWN)
    return [*found[element], own, *common]


def remark_features(features: Sequence[float], absent: float, present: float, expected: float) -> list[float]:
    """Return what the chance of a remark rests on: all of that, and the three answers with each other."""
    partial = max(0.0, 1.0 - absent - present)
    answers = [expected, absent, present, partial]
    return [*features, *answers, expected * absent, expected * present, expected * partial]


def _log_odds(value: float) -> float:
    bounded = min(_MOST, max(_LEAST, value))
    return math.log(bounded / (1 - bounded))
