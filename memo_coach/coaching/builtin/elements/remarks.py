"""What is said of the elements of a memo: findings for what is missing, weak or there, and the indicators.

Comment, justification and score come from one reading, so they cannot contradict each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from math import pow  # noqa: A004 - of floats, where the built-in one may be complex
from typing import Final, NamedTuple

from memo_coach.coaching.builtin.elements.catalogue import ELEMENTS
from memo_coach.coaching.builtin.elements.praise import has_it_somewhere, is_praiseworthy, only_sounds_like_it
from memo_coach.coaching.builtin.elements.reading import ElementReading, Passage
from memo_coach.coaching.builtin.findings import Finding, PassageRole
from memo_coach.coaching.builtin.scoring import State
from memo_coach.coaching.memo.model import Memo

INDICATORS: Final = frozenset(element.indicator for element in ELEMENTS)
"""The indicators that elements decide."""
BURIED: Final = "bottom-line.buried"
_SHARE_OF_DETECTORS = 0.4
"""With two fifths of the detectors' own values scores agree best with those of readers (docs/coach.md)."""
_LATE_FROM = 0.1
"""The part of the text within which the main point belongs (the protocol of the annotated documents)."""
MOST_STRENGTHS: Final = 4
_LEAST_OF_A_STRENGTH = 0.12
_RATHER_LATE = 0.1
_QUOTED_FROM = 0.45
_NEAREST_FROM = 0.65
"""A passage with less is not quoted for what is only touched on, nor as the nearest: of those below,
in documents kept out of training, readers name at most half for the same thing."""
_TOLD_FROM = 0.5
"""What is there and stands in no passage clearly is told of the memo as a whole."""
_OF_EXPECTED = 0.25
"""How much it counts that some readers would not expect it: with more, fewer of their remarks are met."""
_OF_DONE = 0.7
"""How much it counts that what is called missing or not plain may be done after all: where the model thinks
so, readers of documents kept out of training found it done in two of three."""
_OF_PLAIN = 0.45
"""What a remark counts on what stands there on the face of it: the model overlooked it, a reader does not."""
_OF_PRESUMED = 0.7
"""The same of a passage that the model is sure of and no list knows: most likely it is done, and well."""
_OF_NO_PASSAGE = 0.6
"""What one question more counts that no passage is the cause of: it may be asked of any memo."""
_LEAST_REMARK = 0.1
"""Below this chance that a reader would say more of what is there, the coach does not."""


class IndicatorFound(NamedTuple):
    """The value of an indicator, 0 to 1, and whether a reader of this document would count it."""

    value: float
    counts: bool


def indicators_from(
    readings: Iterable[ElementReading], detected: Mapping[str, float]
) -> Mapping[str, IndicatorFound]:
    """Return the indicators of the elements that were read.

    ``detected`` are the detectors' own values, which count for a part. Of an element that nobody would expect
    here, and of which nothing was found, nothing counts.
    """
    values: dict[str, list[float]] = {}
    others: dict[str, list[float]] = {}
    for reading in readings:
        counts = reading.is_expected or reading.state != "missing"
        (values if counts else others).setdefault(reading.element.indicator, []).append(reading.value)
    return {
        name: IndicatorFound(_blended(sum(read) / len(read), detected.get(name)), counts=counts)
        for found, counts in ((others, False), (values, True))
        for name, read in found.items()
    }


def states_from(readings: Iterable[ElementReading]) -> Mapping[str, State]:
    """Return what is to be said of each indicator, so that reasons say what the remarks say."""
    found: dict[str, set[str]] = {}
    for reading in readings:
        if reading.is_expected or reading.state != "missing":
            found.setdefault(reading.element.indicator, set()).add(reading.state)
    return {name: _state(states) for name, states in found.items()}


def _state(states: set[str]) -> State:
    if states == {"there"}:
        return "earned"
    return "missing" if states == {"missing"} else "partly"


def _blended(read: float, detected: float | None) -> float:
    return read if detected is None else (1 - _SHARE_OF_DETECTORS) * read + _SHARE_OF_DETECTORS * detected


def findings_from(memo: Memo, readings: Collection[ElementReading]) -> Iterator[Finding]:
    """Yield what is to be said of the elements."""
    for reading in readings:
        if reading.is_expected or (reading.is_mentioned and reading.state == "missing"):
            yield from _opportunity(memo, reading)
    yield from _strengths(memo, readings)


def _opportunity(memo: Memo, reading: ElementReading) -> Iterator[Finding]:
    element, place = reading.element, next(iter(reading.passages), None)
    if reading.settled is not None and reading.state_read != "there" and not reading.is_plain:
        return  # nothing is left to ask of it
    if reading.state == "missing":
        yield _finding(reading, element.missing, None, reading.absent, worth=_not_done(reading))
    elif reading.state == "weak":
        told = place if place is not None and _is_quotable(memo, reading, place) else None
        if told is None and reading.is_plain:
            return  # it stands there, in no sentence that could be asked about
        is_asked_of_it = told is not None and _role(reading) == "presumed"
        worth = _OF_PRESUMED if is_asked_of_it else _not_done(reading)
        worth = min(worth, _OF_PLAIN) if reading.is_plain else worth
        yield _finding(reading, element.weak, told, 1.0 - reading.present, worth=worth)
    elif reading.settled is None and element.name == "bottom-line" and place and _is_late(memo, place):
        yield _finding(reading, BURIED, place, reading.present)
    elif reading.remark >= _LEAST_REMARK and has_it_somewhere(memo, element.name):
        told = place if _is_clear(place) else None
        worth = 1.0 if told else _OF_NO_PASSAGE
        yield _finding(reading, element.more, told, reading.remark, worth=worth)


def _is_clear(place: Passage | None) -> bool:
    """Whether a passage says it so clearly that one question more can be asked about it."""
    return place is not None and place.probability >= _TOLD_FROM


def _not_done(reading: ElementReading) -> float:
    """Return how much less a remark is worth for it that what it misses may be there after all."""
    return pow(max(0.0, 1.0 - reading.present), _OF_DONE)


def _strengths(memo: Memo, readings: Iterable[ElementReading]) -> Iterator[Finding]:
    """Yield the strengths of which one passage tells most: what stands everywhere has no place to praise."""
    candidates = [
        (reading.present * passage.probability * passage.share, reading, passage)
        for reading in readings
        if reading.state_read == "there"
        and (passage := reading.passages[0])
        and not (reading.element.name == "bottom-line" and _is_late(memo, passage))
    ]
    candidates.sort(key=lambda one: (-one[0], one[1].element.name))
    for worth, reading, passage in candidates[:MOST_STRENGTHS]:
        if worth >= _LEAST_OF_A_STRENGTH and is_praiseworthy(memo, reading.element.name, passage.span):
            yield Finding(
                reading.element.there,
                reading.element.indicator,
                "strength",
                passage.span,
                worth,
                reading.present,
                element=reading.element.name,
                claim="there",
            )


def _finding(
    reading: ElementReading, kind: str, passage: Passage | None, confidence: float, *, worth: float = 1.0
) -> Finding:
    return Finding(
        kind,
        reading.element.indicator,
        "opportunity",
        None if passage is None else passage.span,
        1.0 - reading.value,
        confidence,
        element=reading.element.name,
        claim="missing" if kind == reading.element.missing else "weak",
        role=_role(reading) if kind == reading.element.weak and passage is not None else "said",
        importance=worth * _importance(reading),
    )


def _importance(reading: ElementReading) -> float:
    """Return how likely a reader remarks on it; less where some readers would not even expect it."""
    remark = reading.remark * pow(reading.expected, _OF_EXPECTED)
    return remark if reading.is_expected else _RATHER_LATE * remark


def _is_quotable(memo: Memo, reading: ElementReading, place: Passage) -> bool:
    """Whether a passage is clear enough to be quoted; rows of a table, only where the detector agrees."""
    block = memo.block_at(place.span.start)
    is_table = block is not None and block.kind == "table"
    if reading.is_plain:
        return True
    if only_sounds_like_it(memo, reading.element.name, place.span):
        return False
    least = _NEAREST_FROM if _role(reading) == "nearest" else _QUOTED_FROM
    return place.probability >= least and (reading.is_agreed or not is_table)


def _role(reading: ElementReading) -> PassageRole:
    """Return what the best passage is to an element that is touched on."""
    if reading.is_plain:
        return "presumed"
    if reading.is_agreed:
        return "said"
    return "presumed" if reading.is_likely else "nearest"


def _is_late(memo: Memo, passage: Passage) -> bool:
    return passage.span.start > max(_LATE_FROM * len(memo.text), 400)
