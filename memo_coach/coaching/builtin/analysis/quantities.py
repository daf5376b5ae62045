"""Compare amounts as a careful reader would: rounded figures agree, and a sum may be off by its rounding."""

from __future__ import annotations

import math
import re

from memo_coach.coaching.builtin.analysis.figures import Figure
from memo_coach.coaching.builtin.analysis.prose import MemoFacts
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Span

_LENGTH = re.compile(r"([0-9]{1,3})[ \-]([^\W\d_]{3,12})")
_MOST_FIGURES = 64
"""Figures of one sentence that are compared: one with more is a data dump."""
_YEARS_IN = {"year": 1.0, "month": 1 / 12, "week": 7 / 365, "day": 1 / 365}
_UNIT_STARTS = {
    "year": ("year", "yr", "año", "ejercicio"),
    "month": ("month", "mes"),
    "week": ("week", "semana"),
    "day": ("day", "día"),
}


def measures_in(memo: Memo, facts: MemoFacts, span: Span) -> list[Figure]:
    """Return the figures within a span, among them lengths of time that also read as dates.

    "In 26 months" answers when, and how long a payback is.
    """
    figures = list(facts.figures_in(span))
    dates = facts.dates_in(span)
    if not dates:
        return figures[:_MOST_FIGURES]
    for date in dates:
        length = _LENGTH.fullmatch(memo.quote(date.span)) if date.kind == "relative" else None
        if length is not None:
            figures.append(Figure("quantity", float(length[1]), length[2].lower(), date.span))
    figures.sort(key=lambda figure: figure.span.start)
    return figures[:_MOST_FIGURES]


def rounding_of(value: float) -> float:
    """Return half of the last digit that a figure seems to be rounded to, at most 5 % of it.

    >>> rounding_of(1_200_000.0), rounding_of(312_000.0)
    (50000.0, 500.0)
    """
    if value == 0:
        return 0.0
    digits = f"{abs(value):.6e}"
    mantissa, _, exponent = digits.partition("e")
    significant = len(mantissa.replace(".", "").rstrip("0")) or 1
    step = 10.0 ** (int(exponent) - significant + 1)
    return min(step / 2, 0.05 * abs(value))


def agree(first: float, second: float) -> bool:
    """Whether two figures can be the same quantity, rounded differently."""
    return math.isclose(
        first, second, rel_tol=0.001, abs_tol=max(rounding_of(first), rounding_of(second)) * 1.001
    )


def in_years(figure: Figure) -> float | None:
    """Return a length of time in years, or ``None`` for what is no length of time."""
    for unit, starts in _UNIT_STARTS.items():
        if figure.unit.startswith(starts):
            return figure.value * _YEARS_IN[unit]
    return None


def written(value: float, lexicon: Lexicon) -> str:
    """Write a number in the language's own format, with one decimal below a hundred."""
    decimal_comma = lexicon.replacements("number_format").get("decimal") == "comma"
    text = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.1f}"
    return text.translate(str.maketrans(",.", ".,")) if decimal_comma else text
