"""How far two readings of a document agree: the figures in README.md.

python -m training.agreement
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

LABELS = Path(__file__).parent / "labels"
Reading = Mapping[str, Any]


def pairs() -> Iterator[tuple[Reading, Reading]]:
    """Yield each two readings of a document, of all documents."""
    for path in sorted(LABELS.glob("*.json")):
        yield from combinations(json.loads(path.read_text("utf-8"))["readings"], 2)


def states_agree(both: Iterable[tuple[Reading, Reading]], of: Callable[[str], object]) -> tuple[float, int]:
    """Return the share of elements of which two readings say the same, and their number."""
    same = total = 0
    for one, other in both:
        for name in set(one["elements"]) & set(other["elements"]):
            same += of(one["elements"][name]) == of(other["elements"][name])
            total += 1
    return same / total, total


def units_agree(both: Iterable[tuple[Reading, Reading]]) -> tuple[float, int]:
    """Return F1 of the labels of units, a mere sign counted as one, and the number of pairs."""
    shared = total = number = 0
    for one, other in both:
        if "units" in one and "units" in other:
            first, second = labelled(one), labelled(other)
            shared += len(first & second)
            total += len(first) + len(second)
            number += 1
    return 2 * shared / total, number


def labelled(reading: Reading) -> set[tuple[int, int, str]]:
    """Return each unit with each element that a reader found in it."""
    units = reading["units"]
    return {(start, end, name.rstrip("~")) for start, end, names in units for name in names.split()}


def ranks(values: Sequence[float]) -> list[float]:
    """Return the rank of each value, equal ones their mean."""
    order = sorted(values)
    return [order.index(value) + (order.count(value) - 1) / 2 for value in values]


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the rank correlation."""
    first, second = ranks(one), ranks(other)
    mean = (len(first) - 1) / 2
    shared = sum((a - mean) * (b - mean) for a, b in zip(first, second, strict=True))
    spread = sum((a - mean) ** 2 for a in first) * sum((b - mean) ** 2 for b in second)
    return float(shared / spread**0.5)


def report() -> str:
    """Return the figures, one a line."""
    both = list(pairs())
    states, elements = states_agree(both, lambda code: code[1])
    absent, _ = states_agree(both, lambda code: code[1] == "A")
    expected, _ = states_agree(both, lambda code: code[0])
    units, unit_pairs = units_agree(both)
    overall = spearman([one["overall"] for one, _ in both], [other["overall"] for _, other in both])
    return (
        f"{len(list(LABELS.glob('*.json')))} documents, {len(both)} pairs of readings, {elements} elements\n"
        f"same of present, partial, absent: {states:.3f}\n"
        f"same of absent or not: {absent:.3f}\n"
        f"same of expected or not: {expected:.3f}\n"
        f"F1 of labelled units ({unit_pairs} pairs): {units:.3f}\n"
        f"Spearman of overall scores: {overall:.3f}\n"
    )


if __name__ == "__main__":
    sys.stdout.write(report())
