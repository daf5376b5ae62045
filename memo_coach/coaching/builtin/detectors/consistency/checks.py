"""What the checks of figures share: what was found, how far a sum may be off, whether rows explain it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import sqrt
from typing import NamedTuple

from memo_coach.coaching.builtin.analysis.figures import Figure
from memo_coach.coaching.builtin.analysis.quantities import rounding_of, written
from memo_coach.coaching.builtin.findings import Finding
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Span

_MOST_FAULTS = 6
_FAR_OFF = 2.0
"""A sum further off than this factor is that of other things, not a slip."""
_FULL_DIGITS = 0.002
"""Amounts with all their digits may be rounded, yet by no more than this share of the total."""
_MOST_ROWS = 60
_MOST_SOFT = 4
_NUMBER = re.compile(r"[0-9](?:[0-9.,’' \u00a0\u202f\u2009]{0,20}[0-9])?")
_COMMAS = re.compile(r"[0-9],[0-9]{3}(?![0-9.])")
_DECIMALS = re.compile(r"[.,]([0-9]{1,2})$")


@dataclass
class Checks:
    """Comparisons that agree, and those that do not."""

    memo: Memo
    lexicon: Lexicon
    agreed: int = 0
    first_agreed: Span | None = None
    faults: list[Finding] = field(default_factory=list)

    def agree(self, span: Span) -> None:
        """Count a comparison that holds."""
        self.agreed += 1
        self.first_agreed = self.first_agreed or span

    def fault(self, kind: str, span: Span, confidence: float, values: dict[str, str]) -> None:
        """Keep a contradiction; one a passage, and no more than a reader would read."""
        if len(self.faults) < _MOST_FAULTS and not any(
            span.overlaps(fault.span or span) for fault in self.faults
        ):
            self.faults.append(
                Finding(
                    f"consistency.{kind}", "figures-consistent", "opportunity", span, 0.7, confidence, values
                )
            )

    def money(self, value: float, like: Figure) -> str:
        """Write a number the way a figure beside it is written: its sign or code before it, or after."""
        number = self.number(value)
        if like.kind != "money":
            return f"{number} %" if like.kind == "percent" else number
        quote = self.memo.quote(like.span)
        if _COMMAS.search(quote):
            number = f"{value:,.0f}"  # as in Mexico, where the text is Spanish and thousands have a comma
        found = _NUMBER.search(quote)
        before = quote[: found.start()] if found else ""
        after = "" if found is None or before else quote[found.end() :].strip()
        return f"{before}{number}{self._currency_of(after)}"

    def _currency_of(self, after: str) -> str:
        """Return the currency that follows an amount, without its magnitude: “ euros” of “million euros”."""
        word = after.rpartition(" ")[2]
        if word[-1:] in ("$", "€", "£", "¥"):
            return f" {word[-1]}"
        return "" if len(word) < 3 or word.lower() in self.lexicon.replacements("magnitudes") else f" {word}"

    def number(self, value: float) -> str:
        """Write a number in the memo's language."""
        return written(round(value, 2), self.lexicon)


class Row(NamedTuple):
    """A row of a list or table: what it is called, and its figure."""

    label: str
    figure: Figure | None
    """``None`` where words stand in the place of a figure."""
    value: float
    subtotal: bool = False
    soft: bool = False
    """Whether the total may well leave it out or take it off: a tax, a reserve, a discount."""


def worth_of_last_digit(quote: str, value: float) -> float:
    """Return what one step in the last digit of a figure is worth.

    >>> worth_of_last_digit("$1.2m", 1_200_000.0), worth_of_last_digit("86,000", 86_000.0)
    (100000.0, 1.0)
    """
    found = _NUMBER.search(quote)
    if found is None or not value:
        return 1.0
    decimals = _DECIMALS.search(found[0])
    digits = re.sub(r"[^0-9]", "", found[0])
    places = len(decimals[1]) if decimals else 0
    if float(digits) == 0.0:
        return 1.0
    bare: float = float(digits) / 10.0**places
    return float(abs(value) / bare / 10.0**places)


def tolerance(memo: Memo, figures: Sequence[Figure], total: float) -> float:
    """Return how far a sum of figures may be from their total for rounding alone."""
    factor = max(1.0, sqrt((len(figures) - 1) / 3))
    places = [
        worth_of_last_digit(memo.quote(figure.span), figure.value) for figure in figures if figure.value
    ]
    scaled = max((place for place in places if place > 1.001), default=0.0)
    if scaled:
        return scaled * factor * 1.001
    finest = min(places, default=1.0)
    if finest < 1.0:
        return max(finest * factor, 0.011)
    step = 1.0
    while step < abs(total) and all(figure.value % (step * 10) == 0 for figure in figures):
        step *= 10
    return factor if step == 1.0 else max(1.0, min(step * factor, _FULL_DIGITS * abs(total)))


def rounded(values: Sequence[float]) -> float:
    """Return how far off figures may be that are called rough: half of the last digit of the roughest."""
    return max((rounding_of(value) for value in values), default=0.0)


def sum_that_differs(rows: Sequence[Row], stated: float, allowed: float) -> float | None:
    """Return what the rows add up to, or ``None`` where some reading of them gives the total.

    Readings are: all items; subtotals with what follows the last; the last subtotal with or without what
    follows; items without those that are the sum of others. Taxes, reserves and discounts may be left out or
    taken off.
    """
    if not rows or len(rows) > _MOST_ROWS:
        return None
    if abs(sum(row.value for row in rows if not row.subtotal) - stated) <= allowed:
        return None
    readings = list(_readings(rows))
    soft = [row.value for row in rows if row.soft][:_MOST_SOFT]
    for reading in readings:
        for signs in product((0.0, 1.0, 2.0), repeat=len(soft)):
            value = reading - sum(sign * part for sign, part in zip(signs, soft, strict=True))
            if abs(value - stated) <= allowed:
                return None
    if any(abs(reading - 2 * stated) <= 2 * allowed for reading in readings):
        return None
    best = readings[0]
    return best if stated / _FAR_OFF <= best <= stated * _FAR_OFF else None


def _readings(rows: Sequence[Row]) -> Iterator[float]:
    items = [row.value for row in rows if not row.subtotal]
    last = max((at for at, row in enumerate(rows) if row.subtotal), default=None)
    if last is not None:
        rest = sum(row.value for row in rows[last + 1 :])
        yield sum(row.value for row in rows if row.subtotal) + rest
        yield rows[last].value + rest
        yield rows[last].value - rest
    yield sum(items)
    yield sum(_without_sums(items))


def _without_sums(values: Sequence[float]) -> list[float]:
    """Leave out each value that is the sum of those right after or before it: a heading, a subtotal."""
    dropped: set[int] = set()
    for at, value in enumerate(values):
        if value and (_adds_up_to(value, values[at + 1 :]) or _adds_up_to(value, values[:at][::-1])):
            dropped.add(at)
    kept = [value for at, value in enumerate(values) if at not in dropped]
    return kept or list(values)


def _adds_up_to(value: float, others: Sequence[float]) -> bool:
    reached = 0.0
    for count, other in enumerate(others, 1):
        reached += other
        if count > 1 and abs(reached - value) < 0.005:
            return True
    return False
