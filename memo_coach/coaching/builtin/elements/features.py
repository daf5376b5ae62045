"""What the trained model sees of a unit: words and their neighbours, figures, position, heading, list, table.

Training and judging both read the features here, so they cannot differ. A feature is a key within a group;
groups of words are kept apart by language, all others are shared by all languages. Figures and dates stand as
their kind (``<money>``), so that no amount is learned by heart.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.elements.units import Unit, units_of
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo import Memo, Word
from memo_coach.coaching.words import words_between

Features = Mapping[str, Iterable[str]]
"""The keys of each group that a unit has."""

WORDS, STEMS, PAIRS = "words", "stems", "pairs"
HEADING, TABLE_HEAD, LEAD = "heading", "table-head", "lead"
SHAPE, LISTS, HEADING_LISTS = "shape", "lists", "heading-lists"
GROUPS_OF_WORDS = (WORDS, STEMS, PAIRS, HEADING, TABLE_HEAD, LEAD)
SHARED_GROUPS = (SHAPE, LISTS, HEADING_LISTS)

_STEM = 5
_LONGER_THAN_A_STEM = 6
_MOST_PAIRS = 60
_MOST_OF_A_HEADING, _MOST_OF_A_HEAD, _MOST_OF_A_LEAD = 12, 30, 14
_POSITIONS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9)
_FIRST_UNITS = 3


class UnitFeatures(NamedTuple):
    """A unit with what the model sees of it."""

    unit: Unit
    features: Features


class _Figures:
    """The figures and dates of a memo in order, each with its kind."""

    def __init__(self, facts: MemoFacts) -> None:
        found = [(one.span.start, one.span.end, f"<{one.kind}>") for one in facts.figures]
        found += [(one.span.start, one.span.end, f"<date-{one.kind}>") for one in facts.dates]
        self.found = sorted(found)
        self.starts = [start for start, _, _ in self.found]

    def tokens(self, words: Sequence[Word]) -> list[str]:
        """Return the words in lower case, each figure or date as its kind."""
        if not words:
            return []
        tokens: list[str] = []
        found = self.found
        position = bisect_left(self.starts, words[0].span.start)
        last = -1
        for word in words:
            start = word.span.start
            while position < len(found) and found[position][1] <= start:
                position += 1
            if position < len(found) and found[position][0] <= start:
                if last != position:
                    tokens.append(found[position][2])
                    last = position
            else:
                tokens.append("<n>" if word.lower[0].isdigit() else word.lower)
        return tokens


def features_of(memo: Memo, lexicon: Lexicon, lists: Iterable[str]) -> Iterator[UnitFeatures]:
    """Yield each unit of a memo with its features, in order.

    ``lists`` names the word lists of the lexicon whose presence is a feature.
    """
    units = units_of(memo)
    figures = _Figures(facts_of(memo, lexicon))
    starts = [word.span.start for word in memo.words]
    held = _lists_at(memo, lexicon, lists)
    heading: Sequence[str] = ()
    heading_lists: frozenset[str] = frozenset()
    head: Sequence[str] = ()
    lead: Sequence[str] = ()
    size = max(1, sum(len(unit.span) for unit in units))
    said = 0
    for index, unit in enumerate(units):
        span, kind = unit.span, unit.kind
        first = bisect_left(starts, span.start)
        if kind in {"header", "table_head", "code"}:
            words: Sequence[Word] = words_between(memo.text, span.start, span.end)
            own_lists: frozenset[str] = frozenset()
        else:
            last = bisect_left(starts, span.end, first)
            words = memo.words[first:last]
            own_lists = frozenset(name for place in range(first, last) for name in held.get(place, ()))
        tokens = figures.tokens(words)
        features: dict[str, Iterable[str]] = {
            WORDS: set(tokens),
            STEMS: {
                token[:_STEM] for token in tokens if len(token) > _LONGER_THAN_A_STEM and token[0] != "<"
            },
            PAIRS: _pairs(tokens),
            SHAPE: _shape(memo, unit, words, tokens, index=index, part=said / size),
            LISTS: own_lists,
        }
        said += len(span)
        if kind == "heading":
            heading, heading_lists, lead = tokens[:_MOST_OF_A_HEADING], own_lists, ()
        else:
            features[HEADING] = set(heading)
            features[HEADING_LISTS] = heading_lists
            if kind == "table":
                features[TABLE_HEAD] = set(head)
            elif kind == "list_item":
                features[LEAD] = set(lead)
            elif kind == "table_head":
                head = tokens[:_MOST_OF_A_HEAD]
            if kind != "list_item":
                lead = tokens[-_MOST_OF_A_LEAD:]
        yield UnitFeatures(unit, features)


def _lists_at(memo: Memo, lexicon: Lexicon, lists: Iterable[str]) -> dict[int, list[str]]:
    """Return the names of the lists that have a phrase beginning at each word."""
    held: dict[int, list[str]] = {}
    for name in lists:
        for place in lexicon.phrases(name).places(memo.words):
            held.setdefault(place, []).append(name)
    return held


def _pairs(tokens: Sequence[str]) -> list[str]:
    few = tokens[:_MOST_PAIRS]
    return [f"{one} {other}" for one, other in zip(["^", *few], few, strict=False)]


def _shape(
    memo: Memo, unit: Unit, words: Sequence[Word], tokens: Sequence[str], *, index: int, part: float
) -> list[str]:
    """Return what is seen of a unit without its words: kind, length, marks, figures, names, place.

    ``part`` is how much of the memo has been said before it, 0 to 1: of what is blanked nothing was said.
    """
    text = memo.text[unit.span.start : unit.span.end]
    figures = sum(token[0] == "<" for token in tokens)
    names = sum(memo.text[word.span.start].isupper() for word in words[1:])
    shape = [
        unit.kind,
        f"length-{min(6, len(tokens) // 5)}",
        f"figures-{min(4, figures)}",
        f"names-{min(3, names)}",
        f"place-{sum(part >= limit for limit in _POSITIONS)}",
    ]
    if "?" in text:
        shape.append("question")
    if text.rstrip().endswith(":"):
        shape.append("colon")
    if '"' in text or "“" in text or "«" in text:
        shape.append("quotation")
    if "http" in text or "](" in text:
        shape.append("link")
    if "(" in text:
        shape.append("parenthesis")
    if index < _FIRST_UNITS:
        shape.append(f"first-{index}")
    return shape
