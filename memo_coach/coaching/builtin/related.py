"""Put a remark on what was not found plainly beside the passage that it would belong to, where there is one.

“I find no date” says little; beside the step that has none it says where one is needed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Final

from memo_coach.coaching.builtin.analysis.prose import facts_of
from memo_coach.coaching.builtin.detectors.ask.detector import REAL_ASK, asks_in
from memo_coach.coaching.builtin.elements.catalogue import ELEMENTS
from memo_coach.coaching.builtin.elements.reading import MemoReading
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.builtin.ranking import TOP, RankedFinding
from memo_coach.coaching.memo.model import Memo, Span

OPENING: Final = "bottom-line"
"""What belongs into the first sentence, whatever that says."""
RELATED: Final[Mapping[str, tuple[str, ...]]] = {
    "ask": ("problem", "plan-steps", "return"),
    "ask-amount": ("ask",),
    "ask-deadline": ("ask", "next-step"),
    "ask-decider": ("ask",),
    "situation": ("problem", "plan-steps", "ask"),
    "problem": ("ask",),
    "options": ("ask",),
    "do-nothing": ("ask", "options"),
    "option-costs": ("options",),
    "return": ("ask-amount", "ask", "costs"),
    "costs": ("plan-steps", "ask"),
    "cost-parts": ("costs", "ask-amount"),
    "discount-rate": ("return", "costs"),
    "sensitivity": ("return", "costs"),
    "assumptions": ("return", "costs"),
    "figures": ("problem", "progress", "situation"),
    "baselines": ("figures", "progress", "problem"),
    "sources": ("figures", "problem", "baselines"),
    "strategic-link": ("ask", "return", "plan-steps"),
    "risks": ("plan-steps", "ask", "return"),
    "mitigations": ("risks",),
    "risk-owners": ("risks", "mitigations"),
    "plan-steps": ("ask",),
    "plan-owners": ("plan-steps", "next-step"),
    "plan-dates": ("plan-steps",),
    "next-step": ("ask",),
    "status-stated": ("progress",),
    "progress": ("status-stated", "plan-steps"),
    "deviations": ("progress",),
    "scope": ("rules",),
    "effective-date": ("rules", "scope"),
    "exceptions": ("rules",),
    "contact": ("exceptions",),
}
"""For what is missing, the elements whose passages it would belong to, the best first."""
MOST_BESIDE_ONE: Final = 1
"""Remarks that are put beside passages of one block."""
_SURE = 0.7
"""Probability from which a passage is taken for what it is said to be."""
_READ = 300
_WORDS = 4
"""A passage of fewer is a label rather than something said."""
_MAY_BE_BARE: Final = frozenset({"plan-steps", "costs", "risks", "figures"})
"""What is often said without a verb: a step, a cost, a risk in a list."""
_READ_IN = frozenset({"paragraph", "list_item"})
_NOT_FOUND: Final = frozenset(kind for element in ELEMENTS for kind in (element.missing, element.weak))
_FIGURES: Final = frozenset({"ask-amount", "costs", "figures"})
_DATES: Final = frozenset({"ask-deadline", "plan-dates", "effective-date"})
_OWNERS: Final = frozenset({"ask-decider", "plan-owners", "risk-owners"})
_OF_FIGURES: Final = frozenset({"baselines", "cost-parts", "sensitivity", "assumptions"})


def placed_beside(
    memo: Memo, lexicon: Lexicon, ranked: Iterable[RankedFinding], read: MemoReading
) -> tuple[RankedFinding, ...]:
    """Return the findings, those without a passage beside the one that what they miss would belong to.

    No two of those shown first are put into the same block, and of the others few: five remarks beside one
    sentence are not about that sentence.
    """
    places = _Places(memo, lexicon, read)
    ranked = tuple(ranked)
    front = [item for item in ranked if item.finding.polarity == "opportunity"][:TOP]
    taken: set[int | None] = {item.block for item in front if item.block is not None}
    first = {id(item) for item in front}
    placed = [_placed(item, places, taken) if id(item) in first else item for item in ranked]
    beside: Counter[int | None] = Counter(
        places.block_of(span)
        for item in placed
        if (span := item.finding.span) and item.finding.role == "related"
    )
    for at, item in enumerate(placed):
        if id(item) not in first:
            full = {block for block, many in beside.items() if many >= MOST_BESIDE_ONE}
            placed[at] = _placed(item, places, full)
            span = placed[at].finding.span
            if placed[at] is not item and span is not None:
                beside[places.block_of(span)] += 1
    return tuple(placed)


def _placed(item: RankedFinding, places: _Places, taken: set[int | None]) -> RankedFinding:
    """Put one remark beside a passage in none of the blocks ``taken``, and add its block to them."""
    finding = item.finding
    if finding.kind not in _NOT_FOUND or finding.element is None or finding.span is not None:
        return item
    span = places.beside(finding.element, taken)
    if span is None:
        return item
    taken.add(places.block_of(span))
    return replace(item, finding=replace(finding, span=span, role="related"))


class _Places:
    """The passages of a memo beside which something may be missed."""

    def __init__(self, memo: Memo, lexicon: Lexicon, read: MemoReading) -> None:
        self._memo = memo
        self._facts = facts_of(memo, lexicon)
        own = {span.start for span in read.own_words}
        asks = {ask.sentence.span.start for ask in asks_in(memo, lexicon) if ask.strength >= REAL_ASK}
        no_cause = lexicon.pattern("no_cause_to_ask")
        self._spans = {
            reading.element.name: [
                one.span
                for one in reading.passages
                if one.probability >= _SURE
                and one.span.start in own
                and (reading.element.name != "ask" or one.span.start in asks)
                and not no_cause.search(memo.quote(one.span)[:_READ])
            ]
            for reading in read.elements
            if reading.state != "missing"
        }
        self._spans[OPENING] = list(islice(filter(self._says_something, read.own_words), 1))

    def beside(self, element: str, taken: Collection[int | None]) -> Span | None:
        """Return the best passage for what is missing, in none of the blocks ``taken``."""
        for related in RELATED.get(element, (OPENING,) if element == OPENING else ()):
            for span in self._spans.get(related, ()):
                is_said = self._says_something(span) and (related in _MAY_BE_BARE or self._asserts(span))
                is_free = is_said and self.block_of(span) not in taken
                if is_free and not self._has_it(element, span):
                    return span
        return None

    def block_of(self, span: Span) -> int | None:
        """Return the block that a passage begins in; ``None`` in a header line."""
        block = self._memo.block_at(span.start)
        return None if block is None else block.index

    def _says_something(self, span: Span) -> bool:
        block = self._memo.block_at(span.start)
        if block is None or block.kind not in _READ_IN:
            return False
        said = self._memo.quote(span).split()
        # A question is often a form's, and so is what begins with a label.
        return len(said) >= _WORDS and not said[-1].endswith("?") and not said[0].endswith(":")

    def _asserts(self, span: Span) -> bool:
        """Whether it is a sentence: of a name in a list nobody asks from when it holds."""
        sentence = self._memo.sentence_at(span.start)
        return sentence is not None and self._facts.has_finite_verb(sentence)

    def _has_it(self, element: str, span: Span) -> bool:
        """Whether a passage has, on the face of it, what is called missing, or gives no cause to ask."""
        if element in _FIGURES:
            return bool(self._facts.figures_in(span))
        if element in _DATES:
            return bool(self._facts.dates_in(span))
        if element in _OF_FIGURES:
            return not self._facts.figures_in(span)
        if element in _OWNERS:
            sentence = self._memo.sentence_at(span.start)
            return sentence is not None and bool(self._facts.owners_in(sentence))
        return False
