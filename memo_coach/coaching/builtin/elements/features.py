"""What the trained model sees of a unit: words and their neighbours, figures, position, heading, list, table.

Training and judging both read the features here, so they cannot differ. A feature is a key within a group;
groups of words are kept apart by language, all others are shared by all languages. Figures and dates stand as
their kind (``<money>``), so that no amount is learned by heart.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from memo_coach.coaching.builtin.analysis.phrases import PhraseIndex
from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.elements.units import Unit, units_of
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Word
from memo_coach.coaching.memo.words import words_between

Features = Mapping[str, Iterable[str]]
"""The keys of each group that a unit has."""

WORDS, STEMS, PAIRS = "words", "stems", "pairs"
HEADING, TABLE_HEAD, LEAD = "heading", "table-head", "lead"
SHAPE, LISTS, HEADING_LISTS = "shape", "lists", "heading-lists"
GROUPS_OF_WORDS = (WORDS, STEMS, PAIRS, HEADING, TABLE_HEAD, LEAD)
SHARED_GROUPS = (SHAPE, LISTS, HEADING_LISTS)

STEM = 5
LONGER_THAN_A_STEM = 6
_MOST_PAIRS = 60
_MOST_OF_A_HEADING, _MOST_OF_A_HEAD, _MOST_OF_A_LEAD = 12, 30, 14
_POSITIONS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9)
_FIRST_UNITS = 3


class UnitFeatures(NamedTuple):
    """A unit with what the model sees of it."""

    unit: Unit
    features: Features


class _Tokens:
    """Words as the model sees them: in lower case, and each figure or date as its kind."""

    def __init__(self, facts: MemoFacts) -> None:
        found = [(one.span.start, one.span.end, f"<{one.kind}>") for one in facts.figures]
        found += [(one.span.start, one.span.end, f"<date-{one.kind}>") for one in facts.dates]
        self._figures = sorted(found)
        self._starts = [start for start, _, _ in self._figures]

    def of(self, words: _Run, first: int, last: int) -> list[str]:
        """Return the tokens of ``words[first:last]``."""
        if first == last:
            return []
        starts, plain = words.starts, words.plain
        position = bisect_left(self._starts, starts[first])
        beyond = bisect_right(self._starts, starts[last - 1])
        if position == beyond:
            return plain[first:last]
        tokens: list[str] = []
        for begin, end, kind in self._figures[position:beyond]:
            at = bisect_left(starts, begin, first, last)
            after = bisect_left(starts, end, at, last)
            if at < after:
                tokens += plain[first:at]
                tokens.append(kind)
                first = after
        return tokens + plain[first:last]


class _Run:
    """Words that follow each other, with where each starts, and whether with a capital."""

    def __init__(self, text: str, words: Sequence[Word]) -> None:
        self.starts = [word.span.start for word in words]
        self.plain = ["<n>" if word.lower[0].isdigit() else word.lower for word in words]
        self.capitals = [text[start].isupper() for start in self.starts]


def features_of(memo: Memo, lexicon: Lexicon, lists: Iterable[str]) -> Iterator[UnitFeatures]:
    """Yield each unit of a memo with its features, in order.

    ``lists`` names the word lists of the lexicon whose presence is a feature.
    """
    units = units_of(memo)
    tokens_of = _Tokens(facts_of(memo, lexicon)).of
    memo_words = _Run(memo.text, memo.words)
    held = _index_of(lexicon, tuple(lists)).lists_at(memo.words)
    places = sorted(held)
    heading: frozenset[str] = frozenset()
    heading_lists: frozenset[str] = frozenset()
    head: frozenset[str] = frozenset()
    lead: frozenset[str] = frozenset()
    size = max(1, sum(len(unit.span) for unit in units))
    said = 0
    for index, unit in enumerate(units):
        span, kind = unit.span, unit.kind
        own_lists: frozenset[str] = frozenset()
        if kind in {"header", "table_head", "code"}:
            words = _Run(memo.text, words_between(memo.text, span.start, span.end))
            first, last = 0, len(words.starts)
        else:
            words = memo_words
            first = bisect_left(words.starts, span.start)
            last = bisect_left(words.starts, span.end, first)
            low = bisect_left(places, first)
            own_lists = own_lists.union(*[held[one] for one in places[low : bisect_left(places, last, low)]])
        tokens = tokens_of(words, first, last)
        shape = _shape(memo, unit, tokens, index=index, part=said / size)
        shape.append(f"names-{min(3, sum(words.capitals[first + 1 : last]))}")
        features: dict[str, Iterable[str]] = {
            WORDS: set(tokens),
            STEMS: {token[:STEM] for token in tokens if len(token) > LONGER_THAN_A_STEM and token[0] != "<"},
            PAIRS: _pairs(tokens),
            SHAPE: shape,
            LISTS: own_lists,
        }
        said += len(span)
        if kind == "heading":
            heading, heading_lists, lead = frozenset(tokens[:_MOST_OF_A_HEADING]), own_lists, frozenset()
        else:
            features[HEADING] = heading
            features[HEADING_LISTS] = heading_lists
            if kind == "table":
                features[TABLE_HEAD] = head
            elif kind == "list_item":
                features[LEAD] = lead
            elif kind == "table_head":
                head = frozenset(tokens[:_MOST_OF_A_HEAD])
            if kind != "list_item":
                lead = frozenset(tokens[-_MOST_OF_A_LEAD:])
        yield UnitFeatures(unit, features)


@lru_cache(maxsize=8)
def _index_of(lexicon: Lexicon, lists: tuple[str, ...]) -> PhraseIndex:
    return PhraseIndex({name: lexicon.entries(name) for name in lists})


def _pairs(tokens: Sequence[str]) -> list[str]:
    return [f"{one} {other}" for one, other in pairwise(["^", *tokens[:_MOST_PAIRS]])]


def _shape(memo: Memo, unit: Unit, tokens: Sequence[str], *, index: int, part: float) -> list[str]:
    """Return what is seen of a unit without its words: kind, length, marks, figures, place.

    ``part`` is how much of the memo has been said before it, 0 to 1: of what is blanked nothing was said.
    """
    text = memo.text[unit.span.start : unit.span.end]
    figures = sum([token[0] == "<" for token in tokens])
    shape = [
        unit.kind,
        f"length-{min(6, len(tokens) // 5)}",
        f"figures-{min(4, figures)}",
        f"place-{bisect_right(_POSITIONS, part)}",
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
