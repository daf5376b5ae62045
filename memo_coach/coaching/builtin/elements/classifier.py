"""The trained weights, read from ``weights.json`` when a memo is first judged, and the sums made with them.

Two linear models. The first gives each unit a probability for each output (an element, or that the words are
not the author's). The second gives each element of a memo four probabilities: that a careful reader finds
nothing of it (``absent``), finds it done (``present``), expects it in this document (``expected``) and makes
a remark about it (``remark``). ``training/`` makes both; ``docs/coach.md`` says how well they do.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from math import exp
from operator import mul
from pathlib import Path
from threading import Lock
from typing import Any, Final

from memo_coach.coaching.builtin.elements.catalogue import OUTPUTS
from memo_coach.coaching.builtin.elements.features import GROUPS_OF_WORDS, Features

FILE: Final = Path(__file__).parent / "weights.json"
ANSWERS: Final = ("absent", "present", "expected", "remark")

Row = Sequence[int]
"""Output and weight in turn, for the outputs that a feature bears on."""
Table = Mapping[str, int]
"""The packed rows of a group of features."""

_LANE = 32
_LANES = len(OUTPUTS)
_LANE_OF: Final = [1 << (_LANE * output) for output in range(_LANES)]
_OFFSET = 1 << 30
"""Added to each lane at the end, so that none is negative; far above any sum of weights."""
_OFFSETS: Final = _OFFSET * sum(_LANE_OF)


class Model:
    """Both models. Weights are whole numbers, ``scale`` of which make 1.

    A row is packed into one whole number with a lane for each output, so that adding the rows of a unit is
    one addition a feature: a tenth of the time of adding output by output. A sum is carried from lane to lane
    as long as some are negative; with the offset none is, and each stands in its own.
    """

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.scale: int = raw["scale"]
        self.lists: tuple[str, ...] = tuple(raw["lists"])
        """The word lists that are features."""
        self.floors: tuple[float, ...] = tuple(percent / 100 for percent in raw["floors"])
        """For each element, the probability that its best unit reaches in seven in ten memos that have it."""
        self._bias = _OFFSETS + _packed([*chain.from_iterable(enumerate(raw["bias"]))])
        self._shared = _tables(raw["shared"])
        self._words: dict[str, Mapping[str, Mapping[str, Row]]] = dict(raw["words"])
        self._tables: dict[str, Mapping[str, Table]] = {}
        self._packing = Lock()
        self._chances = _Chances(self.scale)
        self._memo: Mapping[str, Sequence[Sequence[int]]] = raw["memo"]

    def units(self, features: Iterable[Features], language: str) -> Iterator[list[float]]:
        """Yield the probability of each output, unit by unit."""
        tables = self._tables_of(language)
        chance_of = self._chances.__getitem__
        # What units share, such as their heading, is the same object in each, and summed once.
        summed: dict[str, tuple[Iterable[str], int]] = {}
        for unit in features:
            total = self._bias
            for group, keys in unit.items():
                known, added = summed.get(group, _NOTHING)
                if keys is not known:
                    added = sum(filter(None, map(tables[group].get, keys)))
                    summed[group] = keys, added
                total += added
            lanes = memoryview(total.to_bytes(_LANES * _LANE // 8, sys.byteorder)).cast("I")
            yield list(map(chance_of, lanes.tolist()))

    def _tables_of(self, language: str) -> Mapping[str, Table]:
        """Return the rows of all groups for a language, packed when a memo in it is first judged."""
        # Memos are judged in several threads: one packs the rows, which then take less room, the others wait.
        with self._packing:
            found = self._tables.get(language)
            if found is None:
                words = self._words.pop(language, {})
                own = {group: words.get(group, {}) for group in GROUPS_OF_WORDS}
                found = self._tables[language] = {**self._shared, **_tables(own)}
            return found

    def element(self, answer: str, element: int, features: Sequence[float]) -> float:
        """Return the probability of an answer about an element."""
        weights = self._memo[answer][element]
        return probability(sum(map(mul, weights, features)) / self.scale)


_NOTHING: Final[tuple[Iterable[str], int]] = ((), 0)


class _Chances(dict[int, float]):
    """The probability for what stands in a lane; there are few different sums, so each is worked out once."""

    def __init__(self, scale: int) -> None:
        super().__init__()
        self._scale = scale

    def __missing__(self, lane: int) -> float:
        chance = self[lane] = probability((lane - _OFFSET) / self._scale)
        return chance


def _tables(groups: Mapping[str, Mapping[str, Row]]) -> dict[str, Table]:
    return {group: {key: _packed(row) for key, row in rows.items()} for group, rows in groups.items()}


def _packed(row: Row) -> int:
    """Put a row's weights into their lanes."""
    return sum(map(mul, row[1::2], map(_LANE_OF.__getitem__, row[::2])))


def probability(sum_of_weights: float) -> float:
    """Return the logistic of a sum, 0 to 1."""
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, sum_of_weights))))


@cache
def model() -> Model:
    """Return the model that the coach comes with, read once in a process."""
    return Model(json.loads(FILE.read_text("utf-8")))
