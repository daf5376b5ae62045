"""Where in the memo a model's quotes stand, and what becomes of a remark whose quote stands nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from memo_coach.coaching.evaluation import Evidence, evidence_at
from memo_coach.coaching.llm.answer.parser import ReadComment, ReadQuote
from memo_coach.coaching.llm.notices import points_at_a_passage
from memo_coach.coaching.memo.model import Span
from memo_coach.coaching.quotes.anchors import Anchors

MOST_EVIDENCE = 3
"""Passages for one criterion, as the built-in coach has it."""

_SHORT_MEMO = 20_000
"""Characters: up to some 3,000 words."""
_QUOTATION = re.compile(r"[“„«\"]([^“”„«»\"]+)[”“»\"]")


@dataclass(frozen=True, slots=True)
class PlacedRemark:
    """What is left of a model's comment once its place is known."""

    passage: Evidence | None
    """``None`` for a remark on the memo as a whole."""
    questions: tuple[str, ...]
    suggestion: str | None


class QuotePlacement:
    """Finds the quotes of one memo, and counts those that stand nowhere."""

    def __init__(self, text: str, shown: str, language: str) -> None:
        """``shown`` is the text as the model is shown it, with each position as in ``text``."""
        self._text = text
        self._language = language
        # What the model was not shown it cannot quote; positions are the same in both.
        self._anchors = Anchors(shown)
        self.unanchored = 0
        """Remarks on a passage that became remarks on the whole memo."""
        self.dropped = 0
        """Remarks that made no sense without their passage."""

    @property
    def is_quick(self) -> bool:
        """Whether a quote is found within about a millisecond."""
        return len(self._text) <= _SHORT_MEMO

    def prepare(self) -> None:
        """Load and work out what the first quote that does not stand word for word would wait for."""
        self._anchors.locate("what none of all these memos would ever have said")

    def evidence(self, quotes: Iterable[ReadQuote]) -> tuple[Evidence, ...]:
        """Return the passages in the memo's own words, each once; a quote that stands nowhere is left out."""
        found: dict[Evidence, None] = {}
        for quote in quotes:
            passage = self._passage(quote)
            if passage is not None:
                found.setdefault(passage)
        return tuple(found)[:MOST_EVIDENCE]

    def remark(self, comment: ReadComment) -> PlacedRemark | None:
        """Place a comment; ``None`` where its quote stands nowhere and it cannot do without."""
        if comment.place is None:
            return PlacedRemark(None, comment.questions, comment.suggestion)
        passage = self._passage(comment.place)
        if passage is not None:
            return PlacedRemark(passage, comment.questions, comment.suggestion)
        if not self._stands_alone(comment.comment):
            self.dropped += 1
            return None
        self.unanchored += 1
        questions = tuple(question for question in comment.questions if self._stands_alone(question))
        suggestion = comment.suggestion
        if suggestion is not None and points_at_a_passage(self._language, suggestion):
            suggestion = None
        return PlacedRemark(None, questions, suggestion)

    def _passage(self, quote: ReadQuote) -> Evidence | None:
        anchor = self._anchors.locate(quote.quote, before=quote.before)
        return None if anchor is None else evidence_at(self._text, Span(anchor.start, anchor.end))

    def _stands_alone(self, text: str) -> bool:
        """Whether a text neither points at a passage nor quotes words that the memo does not have."""
        if points_at_a_passage(self._language, text):
            return False
        quoted = (self._anchors.locate(match[1]) for match in _QUOTATION.finditer(text))
        return all(anchor is not None and anchor.method != "fuzzy" for anchor in quoted)
