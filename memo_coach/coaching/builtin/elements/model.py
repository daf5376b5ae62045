"""The trained weights, read from ``weights.json`` when a memo is first judged, and the sums made with them.

Two linear models. The first gives each unit a probability for each output (an element, or that the words are
not the author's). The second gives each element of a memo four probabilities: that a careful reader finds
nothing of it (``absent``), finds it done (``present``), expects it in this document (``expected``) and makes
a remark about it (``remark``). ``training/`` makes both; ``docs/coach.md`` says how well they do.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from memo_coach.coaching.builtin.elements.features import SHARED_GROUPS, Features

FILE: Final = Path(__file__).parent / "weights.json"
ANSWERS: Final = ("absent", "present", "expected", "remark")

Row = Sequence[int]
"""Output and weight in turn, for the outputs that a feature bears on."""
Table = Mapping[str, Mapping[str, Row]]
"""For each group of features, the rows of its keys."""


class Model(NamedTuple):
    """Both models. Weights are whole numbers, ``scale`` of which make 1."""

    scale: int
    lists: tuple[str, ...]
    """The word lists that are features."""
    bias: Sequence[int]
    shared: Table
    words: Mapping[str, Table]
    """For each language."""
    memo: Mapping[str, Sequence[Sequence[int]]]
    """For each answer and each element, the weights of :func:`.memo_features.memo_features`."""

    def unit(self, features: Features, language: str) -> list[float]:
        """Return the probability of each output for a unit."""
        sums = list(self.bias)
        own = self.words.get(language, {})
        shared = self.shared
        for group, keys in features.items():
            table = shared[group] if group in SHARED_GROUPS else own.get(group)
            if table:
                for key in keys:
                    row = table.get(key)
                    if row is not None:
                        for place in range(0, len(row), 2):
                            sums[row[place]] += row[place + 1]
        scale = self.scale
        return [probability(total / scale) for total in sums]

    def element(self, answer: str, element: int, features: Iterable[float]) -> float:
        """Return the probability of an answer about an element."""
        weights = self.memo[answer][element]
        return probability(sum(map(float.__mul__, map(float, weights), features)) / self.scale)


def probability(sum_of_weights: float) -> float:
    """Return the logistic of a sum, 0 to 1."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, sum_of_weights))))


def model_of(raw: Mapping[str, Any]) -> Model:
    """Return the model that a file of weights describes."""
    return Model(raw["scale"], tuple(raw["lists"]), raw["bias"], raw["shared"], raw["words"], raw["memo"])


@cache
def model() -> Model:
    """Return the model that the coach comes with, read once in a process."""
    return model_of(json.loads(FILE.read_text("utf-8")))
