"""The trained weights, read from ``weights.json`` when a memo is first judged, and the sums made with them.

Two linear models. The first gives each unit a probability for each output (an element, or that the words are
not the author's). The second gives each element of a memo four probabilities: that a careful reader finds
nothing of it (``absent``), finds it done (``present``), expects it in this document (``expected``) and makes
a remark about it (``remark``). ``training/`` makes both; ``docs/coach.md`` says how well they do.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from math import exp
from operator import mul
from pathlib import Path
from typing import Any, Final

from memo_coach.coaching.builtin.elements.catalogue import OUTPUTS
from memo_coach.coaching.builtin.elements.features import SHARED_GROUPS, Features

FILE: Final = Path(__file__).parent / "weights.json"
ANSWERS: Final = ("absent", "present", "expected", "remark")

Row = Sequence[int] | int
"""Output and weight in turn, for the outputs that a feature bears on; packed once it has been used."""
Table = dict[str, Row]
"""The rows of a group of features."""

_LANE = 32
_LANES = len(OUTPUTS)
_OFFSET = 1 << 20
"""Keeps every lane positive; far above any sum of weights, far below a lane's room for a unit's features."""
_OFFSETS: Final = sum(_OFFSET << (_LANE * output) for output in range(_LANES))


class Model:
    """Both models. Weights are whole numbers, ``scale`` of which make 1.

    A row is packed into one whole number with a lane for each output, so that adding the rows of a unit is
    one addition a feature: a tenth of the time of adding output by output.
    """

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.scale: int = raw["scale"]
        self.lists: tuple[str, ...] = tuple(raw["lists"])
        """The word lists that are features."""
        self.floors: tuple[float, ...] = tuple(percent / 100 for percent in raw["floors"])
        """For each element, the probability that its best unit reaches in seven in ten memos that have it."""
        self._bias = _packed([part for pair in enumerate(raw["bias"]) for part in pair])
        self._shared: Mapping[str, Table] = raw["shared"]
        self._words: Mapping[str, Mapping[str, Table]] = raw["words"]
        self._memo: Mapping[str, Sequence[Sequence[int]]] = raw["memo"]

    def unit(self, features: Features, language: str) -> list[float]:
        """Return the probability of each output for a unit."""
        total, added = self._bias, 1
        own = self._words.get(language, {})
        for group, keys in features.items():
            table = self._shared[group] if group in SHARED_GROUPS else own.get(group)
            if not table:
                continue
            for key in keys:
                row = table.get(key)
                if row is None:
                    continue
                if not isinstance(row, int):
                    row = table[key] = _packed(row)
                total += row
                added += 1
        lanes = memoryview(total.to_bytes(_LANES * _LANE // 8, sys.byteorder)).cast("I")
        offset, scale = added * _OFFSET, self.scale
        return [probability((lane - offset) / scale) for lane in lanes.tolist()]

    def element(self, answer: str, element: int, features: Sequence[float]) -> float:
        """Return the probability of an answer about an element."""
        weights = self._memo[answer][element]
        return probability(sum(map(mul, weights, features)) / self.scale)


def _packed(row: Sequence[int]) -> int:
    """Put a row's weights into their lanes, each raised by the offset."""
    return _OFFSETS + sum(row[place + 1] << (_LANE * row[place]) for place in range(0, len(row), 2))


def probability(sum_of_weights: float) -> float:
    """Return the logistic of a sum, 0 to 1."""
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, sum_of_weights))))


@cache
def model() -> Model:
    """Return the model that the coach comes with, read once in a process."""
    return Model(json.loads(FILE.read_text("utf-8")))
