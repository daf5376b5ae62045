"""Tell which of the shipped rubrics a memo was probably written for.

A multinomial logistic regression on what the first model found of each element and on the memo's shape.
``training/kinds.py`` makes ``kinds.json``; ``docs/coach.md`` says how often it speaks and is right.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from math import exp
from operator import mul
from pathlib import Path
from typing import Any, Final

from memo_coach.coaching.builtin.elements.memo_features import KINDS, Found
from memo_coach.coaching.rubric.model import Rubric

FILE: Final = Path(__file__).parent / "kinds.json"
FITTING_FROM: Final = 0.95
"""From this probability on another kind's rubric is recommended: of the limits that were tried the lowest
from which on nineteen in twenty of the kinds named are the readers' (docs/coach.md)."""
LEAST_WORDS: Final = 80
"""A shorter text says too little of what it is."""


def kind_features(shape: Sequence[float], found: Sequence[Found]) -> list[float]:
    """Return what the kind of a memo is told by: one, its shape, and the best sign of each element."""
    return [1.0, *shape, *(one.first for one in found)]


def kind_chances(features: Sequence[float]) -> tuple[float, ...]:
    """Return the probability of each of :data:`KINDS`; together they make 1."""
    raw = _weights()
    sums = [sum(map(mul, row, features)) / raw["scale"] for row in raw["weights"]]
    highest = max(sums)
    powers = [exp(one - highest) for one in sums]
    return tuple(one / sum(powers) for one in powers)


def fitting_kind(
    chances: Sequence[float], words: int, in_use: Rubric, shipped: Callable[[], Sequence[Rubric]]
) -> Rubric | None:
    """Return the shipped rubric that would fit a memo far better than the one in use, if there is one.

    Args:
        chances: as :func:`kind_chances` gives them.
        words: how many the memo has.
        in_use: what the memo is judged on. For any but a shipped rubric the answer is ``None``.
        shipped: gives the shipped rubrics. It is asked only where there may be something to say.
    """
    if words < LEAST_WORDS or in_use.id not in KINDS:
        return None
    chance, kind = max(zip(chances, KINDS, strict=True))
    if chance < FITTING_FROM or kind == in_use.id:
        return None
    known = shipped()
    return next((rubric for rubric in known if rubric.id == kind), None) if in_use in known else None


@cache
def _weights() -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return raw
