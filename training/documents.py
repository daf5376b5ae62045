"""The labelled documents: labels by position and checksum, and the texts that they belong to."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from memo_coach.coaching.builtin.elements.catalogue import NAMES, NOT_THE_AUTHORS, OUTPUTS
from memo_coach.coaching.builtin.elements.features import UnitFeatures, features_of
from memo_coach.coaching.builtin.lexicon import lexicon_of
from memo_coach.coaching.memo.model import Memo
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.memo.text import normalise_text

HERE = Path(__file__).parent
LABELS, TEXTS = HERE / "labels", HERE / "texts"
SIGN = 0.6
"""What a unit counts that only touches an element ("~" in the labels)."""
PUBLISHED = "published"
"""The reading that documents came with: states and scores, but no labels of single sentences."""
STATES = {"A": "absent", "S": "partial", "P": "present"}


@dataclass(frozen=True)
class Reading:
    """What one reader said of a document."""

    reader: str
    rubric: str
    units: Sequence[tuple[int, int, Sequence[str]]]
    not_prose: Sequence[tuple[int, int]]
    expected: Mapping[str, bool]
    states: Mapping[str, str]
    criteria: Mapping[str, float | None]
    overall: float
    remarks: Sequence[str]

    @property
    def weight(self) -> float:
        """The published reading was made with most care and counts twice."""
        return 2.0 if self.reader == PUBLISHED else 1.0


@dataclass
class Document:
    """A text with its readings and, for each unit, what the model sees."""

    name: str
    memo: Memo
    readings: Sequence[Reading]
    units: Sequence[UnitFeatures] = field(default_factory=list)

    def labels(self) -> np.ndarray:
        """Return how far the readers agree on each unit and output, 0 to 1."""
        own = [one for one in self.readings if one.reader != PUBLISHED]
        labels = np.zeros((len(self.units), len(OUTPUTS)), dtype=np.float32)
        for reading in own:
            one = np.zeros_like(labels)
            for start, end, names in reading.units:
                for row in self._rows(start, end):
                    for name in names:
                        column = OUTPUTS.index(name.rstrip("~"))
                        one[row, column] = max(one[row, column], SIGN if name.endswith("~") else 1.0)
            for start, end in reading.not_prose:
                for row in self._rows(start, end):
                    one[row, OUTPUTS.index(NOT_THE_AUTHORS)] = 1.0
            labels += one
        return labels / len(own)

    def asked(self) -> np.ndarray:
        """Return 1 for each output that the readers of this kind of document were asked about."""
        names = {name for one in self.readings for name in one.states} | {NOT_THE_AUTHORS}
        return np.array([float(name in names) for name in OUTPUTS], dtype=np.float32)

    def _rows(self, start: int, end: int) -> Iterable[int]:
        """Find the units that a labelled stretch covers mostly, however the parser cuts it today."""
        for row, read in enumerate(self.units):
            span = read.unit.span
            shared = min(end, span.end) - max(start, span.start)
            if shared > 0 and 2 * shared >= min(end - start, span.end - span.start):
                yield row


def texts_by_checksum(folders: Iterable[Path]) -> dict[str, str]:
    """Return every text below the folders by the checksum that labels name it by."""
    found: dict[str, str] = {}
    for folder in (TEXTS, *folders):
        for path in sorted(folder.rglob("*.md")):
            text = normalise_text(path.read_text("utf-8"))
            found[hashlib.sha256(text.encode()).hexdigest()] = text
    return found


def documents(
    folders: Iterable[Path], lists: Sequence[str], *, allow_missing: bool = False
) -> list[Document]:
    """Return the labelled documents with their features, by name.

    Raises:
        SystemExit: a text is in none of the folders, unless that is allowed.
    """
    texts = texts_by_checksum(folders)
    found, missing = [], []
    for path in sorted(LABELS.glob("*.json")):
        raw = json.loads(path.read_text("utf-8"))
        text = texts.get(raw["sha256"])
        if text is None:
            missing.append(f"{raw['name']} ({raw['source']})")
            continue
        memo = parse_memo(text, raw["language"])
        document = Document(raw["name"], memo, [_reading(one) for one in raw["readings"]])
        document.units = list(features_of(memo, lexicon_of(memo.language), lists))
        found.append(document)
    if missing:
        sys.stderr.write(
            f"{len(missing)} labelled texts are in none of the folders: {', '.join(missing[:5])} …\n"
        )
        if not allow_missing:
            raise SystemExit(1)
    return found


def _reading(raw: Mapping[str, object]) -> Reading:
    elements: Mapping[str, str] = raw["elements"]  # type: ignore[assignment]
    return Reading(
        reader=str(raw["reader"]),
        rubric=str(raw["rubric"]),
        units=[(start, end, names.split()) for start, end, names in raw.get("units", [])],  # type: ignore[attr-defined]
        not_prose=[(start, end) for start, end in raw.get("not_prose", [])],  # type: ignore[attr-defined]
        expected={name: code[0] == "+" for name, code in elements.items()},
        states={name: STATES[code[1]] for name, code in elements.items() if name in NAMES},
        criteria=raw["criteria"],  # type: ignore[arg-type]
        overall=float(raw["overall"]),  # type: ignore[arg-type]
        remarks=raw["remarks"],  # type: ignore[arg-type]
    )
