"""Read a memo for its elements: what is there, what is touched on, what is not found, and where.

Three answers and not two, because a careful reader has three: found, some sign of it, nothing. What nobody
would expect in a document of this kind and size is not missed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from memo_coach.coaching.builtin.elements.catalogue import (
    ELEMENTS,
    NAMES,
    NOT_THE_AUTHORS,
    OF_POLICY,
    OF_STATUS,
    OUTPUTS,
    Element,
)
from memo_coach.coaching.builtin.elements.classifier import Model, model
from memo_coach.coaching.builtin.elements.features import features_of
from memo_coach.coaching.builtin.elements.kinds import kind_chances, kind_features
from memo_coach.coaching.builtin.elements.memo_features import (
    common_features,
    found_of,
    kind_of,
    memo_features,
    remark_features,
    shape_of,
)
from memo_coach.coaching.builtin.elements.units import Unit, units_with
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Span
from memo_coach.coaching.rubric.model import Rubric

State = Literal["missing", "weak", "there"]
Settled = Literal["done", "elsewhere"]
"""What leaves nothing to ask: it is done on the face of it, or the memo says where else it is told."""

MISSING_FROM = 0.3
"""From this probability of ``absent`` on an element is said to be missing: measured on documents that were
not trained on, three in four of those are absent where a reader expects them, and seven in ten of what is
absent is found (docs/coach.md)."""
THERE_FROM = 0.5
EXPECTED_FROM = 0.5
MENTIONED_FROM = 0.1
"""What some readers would expect is mentioned, after all that most of them would."""
_NOTHING_BELOW = 0.5
_SAID_FROM = 0.7
"""What is called there stands in a passage that says it at least so strongly; what has lost its passage in a
strong memo falls below."""
_ABSENT_FROM = 0.1
"""With less than this, what no passage says is not called missing: all of them together may say it."""
_AGREED_FROM = 0.2
"""Where the detector of an element finds this little, the model alone does not call it there."""
_LEAST_FLOOR = 0.05
_DONE, _ON_THE_FACE = 0.6, 0.3
"""What is done on the face of it, or only stands there, is worth as much at least: no cap for want of it."""
_AUTHORS_OWN_BELOW = 0.35
_SURELY_OWN_BELOW = 0.1
_QUOTATION = re.compile(r"“[^”]{20,2000}”|\"[^\"]{20,2000}\"|«[^»]{20,2000}»")
_ADDRESS = re.compile(r"!?\[[^\[\]]{0,200}\](?:\([^()\s]{0,300}\))?|\(?<?https?://\S{1,300}")
_FRONT_MATTER = re.compile(
    r"---[ \t]*+\n(?:(?!---)(?:[ \t#-].*+|\w[\w-]{0,59}:.*+|)\n){1,200}+---[ \t]*+(?:\n|\Z)"
)
"""The fields that a site generator reads: a memo that was taken from one begins with them."""
_LETTERS = re.compile(r"[^\W\d_]{2}")
_LONGEST_PASSAGE = 350
_LONGEST_ORDER = 200
_SHARE_OF_THE_BEST = 0.5
_MOST_PASSAGES = 3
_LEAST_OF_A_PASSAGE = 0.12
_LEAST_OF_THE_NEAREST = 0.03


@dataclass(slots=True, unsafe_hash=True)
class Passage:
    """A place where an element was found, with its probability (0 to 1). Not to be changed."""

    span: Final[Span]
    probability: Final[float]
    share: Final[float]
    """How much of all that speaks for the element stands here, 0 to 1."""


@dataclass(frozen=True, slots=True)
class ElementReading:
    """What was found of one element; all figures are probabilities, 0 to 1."""

    element: Element
    absent: float
    present: float
    expected: float
    remark: float
    evidence: float
    """How strongly the best unit speaks for it, where 1 is what seven in ten memos that have it reach."""
    detected: float | None
    """What the element's own detector found, 0 to 1, where a rubric asked for it."""
    passages: tuple[Passage, ...]
    """The best first; a form's labels and other people's words are not among them."""
    is_plain: bool = False
    """Whether it stands in the memo on the face of it, whatever the model says (:mod:`.on_the_face`)."""
    settled: Settled | None = None
    """Why nothing is asked about it, if so (:mod:`.plainly_done`)."""

    @property
    def state(self) -> State:
        """What the coach says of it."""
        if self.settled == "done":
            return "there"
        return "weak" if self.settled and self.state_read == "missing" else self.state_read

    @property
    def state_read(self) -> State:
        """What the model alone says. However good the rest of a memo is, a passage has to say it."""
        is_nowhere = self.evidence < _NOTHING_BELOW and self.absent >= _ABSENT_FROM
        if self.absent >= MISSING_FROM or is_nowhere:
            return "weak" if self.is_plain else "missing"
        is_sure = self.evidence >= _SAID_FROM and self.is_likely and self.is_agreed
        return "there" if is_sure and self.passages else "weak"

    @property
    def is_likely(self) -> bool:
        """Whether a careful reader most likely finds it done."""
        return self.present >= THERE_FROM

    @property
    def is_agreed(self) -> bool:
        """Whether the element's own detector, where it was asked, found something of it too."""
        return self.detected is None or self.detected >= _AGREED_FROM

    @property
    def is_expected(self) -> bool:
        """Whether a reader of this document would miss it."""
        return self.expected >= EXPECTED_FROM

    @property
    def is_mentioned(self) -> bool:
        """Whether some readers of this document would miss it."""
        return self.expected >= MENTIONED_FROM

    @property
    def value(self) -> float:
        """How far the element is there, 0 to 1: what is touched on counts half."""
        read = self.present + 0.5 * max(0.0, 1.0 - self.absent - self.present)
        least = _DONE if self.settled == "done" else _ON_THE_FACE if self.is_plain else 0.0
        return max(least, read * min(1.0, self.evidence))


@dataclass(frozen=True, slots=True)
class MemoReading:
    """What was found in a memo."""

    elements: tuple[ElementReading, ...]
    others_words: tuple[Span, ...]
    """What the author did not say: labels and instructions of a form, boilerplate, quotations."""
    kinds: tuple[float, ...]
    """The probability of each kind of memo, whatever the rubric: see :mod:`.kinds`."""
    own_words: tuple[Span, ...]
    """Sentences of which it is nearly sure that the author says them, in order."""
    units: tuple[Unit, ...] = ()
    """All that was read, in order."""


NOTHING_READ: Final = MemoReading((), (), (), ())


@dataclass(frozen=True, slots=True)
class ReadUnits:
    """The units of a memo with the probability of each output."""

    units: tuple[Unit, ...]
    probabilities: tuple[Sequence[float], ...]


def read_units(memo: Memo, lexicon: Lexicon, trained: Model | None = None) -> ReadUnits:
    """Return each unit of a memo its probabilities."""
    trained = trained or model()
    read = list(features_of(memo, lexicon, trained.lists))
    chances = trained.units((features for _, features in read), memo.language)
    return ReadUnits(tuple(unit for unit, _ in read), tuple(chances))


def read_elements(
    memo: Memo, lexicon: Lexicon, rubric: Rubric, indicators: Mapping[str, float]
) -> MemoReading:
    """Read a memo for the elements that a reader of such a rubric looks for.

    ``indicators`` are those of the detectors: the model has them among its evidence.
    """
    trained = model()
    read = read_units(memo, lexicon, trained)
    kind = kind_of(rubric)
    columns = list(zip(*read.probabilities, strict=True)) or [()] * len(OUTPUTS)
    foreign = columns[OUTPUTS.index(NOT_THE_AUTHORS)]
    not_own = _not_the_authors(memo, read.units, foreign)
    if kind != "policy-memo":  # there an order to the reader is the rule itself
        not_own |= _orders_to_writers(memo, read.units, lexicon)
    unquotable = not_own | {
        place for place, unit in enumerate(read.units) if _says_nothing_itself(memo, unit, lexicon)
    }
    found = [found_of(column) for column in columns[: len(NAMES)]]
    shape = shape_of(memo, read.units)
    common = common_features(kind, shape, found)
    readings = []
    for number, element in enumerate(ELEMENTS):
        if _asked(element.name, kind):
            features = memo_features(number, found, indicators, common)
            column = columns[number]
            quotable = list(column)
            for place in unquotable:
                quotable[place] = 0.0
            reading = _read_element(
                trained,
                number,
                features,
                detected=indicators.get(element.indicator),
                passages=_passages(read.units, quotable),
                evidence=max(column, default=0.0) / max(_LEAST_FLOOR, trained.floors[number]),
            )
            readings.append(reading)
    own_words = (
        unit.span
        for place, (unit, chance) in enumerate(zip(read.units, foreign, strict=True))
        if chance < _SURELY_OWN_BELOW and place not in unquotable
    )
    return MemoReading(
        tuple(readings),
        tuple(read.units[place].span for place in sorted(not_own)),
        kind_chances(kind_features(shape, found)),
        tuple(own_words),
        read.units,
    )


def _read_element(
    trained: Model,
    number: int,
    features: Sequence[float],
    *,
    detected: float | None,
    passages: tuple[Passage, ...],
    evidence: float,
) -> ElementReading:
    absent, present, expected = (
        trained.element(answer, number, features) for answer in ("absent", "present", "expected")
    )
    return ElementReading(
        element=ELEMENTS[number],
        absent=absent,
        present=present,
        expected=expected,
        remark=trained.element("remark", number, remark_features(features, absent, present, expected)),
        evidence=evidence,
        detected=detected,
        passages=passages,
    )


def stands_in(span: Span | None, spans: Sequence[Span]) -> bool:
    """Whether a passage begins in one of some spans, which are in order."""
    if span is None or not spans:
        return False
    place = bisect_right(spans, span.start, key=lambda one: one.start) - 1
    return place >= 0 and span.start < spans[place].end


def _asked(name: str, kind: str) -> bool:
    return not (name in OF_STATUS and kind != "status-update") and not (
        name in OF_POLICY and kind != "policy-memo"
    )


def _passages(units: Sequence[Unit], chances: Sequence[float]) -> tuple[Passage, ...]:
    """Join neighbours that speak for an element into passages, and return the best."""
    total = max(sum(chances), 0.3)
    order = [place for place, chance in enumerate(chances) if chance >= _LEAST_OF_A_PASSAGE]
    order.sort(key=lambda place: (-chances[place], place))
    if not order:
        order = [place for place in [_best(chances)] if place is not None]
    taken: set[int] = set()
    passages: list[Passage] = []
    for best in order:
        if len(passages) == _MOST_PASSAGES:
            break
        if best in taken:
            continue
        first, last = _around(units, chances, best, taken)
        taken.update(range(first, last + 1))
        span = Span(units[first].span.start, units[last].span.end)
        share = min(1.0, sum(chances[first : last + 1]) / total)
        passages.append(Passage(span, chances[best], share))
    return tuple(passages)


def _best(chances: Sequence[float]) -> int | None:
    """Return the unit that speaks most for an element of which none speaks clearly."""
    best = max(range(len(chances)), key=lambda place: (chances[place], -place), default=None)
    return None if best is None or chances[best] < _LEAST_OF_THE_NEAREST else best


def _not_the_authors(memo: Memo, units: Sequence[Unit], chances: Sequence[float]) -> frozenset[int]:
    """Return the places of the units whose words are probably not the author's."""
    fields = _FRONT_MATTER.match(memo.text)
    fields_end = 0 if fields is None else fields.end()
    return frozenset(
        place
        for place, (unit, chance) in enumerate(zip(units, chances, strict=True))
        if unit.span.start < fields_end or _is_others(memo, unit, chance)
    )


def _orders_to_writers(memo: Memo, units: Sequence[Unit], lexicon: Lexicon) -> frozenset[int]:
    """Return the places of a form's orders to those who fill it in: “Total amount: List the total amount”."""
    orders = lexicon.pattern("orders_to_writers")
    return frozenset(
        place
        for place in units_with(memo, units, lexicon.words("words_of_forms"))
        if orders.match(
            memo.text,
            units[place].span.start,
            min(units[place].span.end, units[place].span.start + _LONGEST_ORDER),
        )
    )


def _is_others(memo: Memo, unit: Unit, chance: float) -> bool:
    """Whether a unit's words are probably not the author's: a form's, or quoted."""
    return chance >= _AUTHORS_OWN_BELOW or _quotes_others(memo, unit)


def _says_nothing_itself(memo: Memo, unit: Unit, lexicon: Lexicon) -> bool:
    """Whether a unit only leads to what follows, or is a picture, markup or an address: nothing to quote."""
    text = memo.quote(unit.span).rstrip(" \n*_")
    if text.endswith(":") or "</" in text or lexicon.pattern("tells_of_a_part").match(text):
        return True
    return ("](" in text or "://" in text) and not _LETTERS.search(_ADDRESS.sub("", text))


def _quotes_others(memo: Memo, unit: Unit) -> bool:
    """Whether most of a unit stands in quotation marks, or all of it in a quoted block."""
    if unit.kind == "quote":
        return True
    text = memo.quote(unit.span)
    return 2 * sum(len(found[0]) for found in _QUOTATION.finditer(text)) > len(text)


def _around(units: Sequence[Unit], chances: Sequence[float], best: int, taken: set[int]) -> tuple[int, int]:
    """Return the first and last of the units around the best one that belong to the same passage."""
    enough = chances[best] * _SHARE_OF_THE_BEST
    first = last = best
    while (
        first and _joins(units, first - 1, first) and chances[first - 1] >= enough and first - 1 not in taken
    ):
        if units[last].span.end - units[first - 1].span.start > _LONGEST_PASSAGE:
            break
        first -= 1
    while last + 1 < len(units) and _joins(units, last, last + 1) and chances[last + 1] >= enough:
        if last + 1 in taken or units[last + 1].span.end - units[first].span.start > _LONGEST_PASSAGE:
            break
        last += 1
    return first, last


def _joins(units: Sequence[Unit], one: int, other: int) -> bool:
    return units[one].block == units[other].block and units[one].kind == units[other].kind
