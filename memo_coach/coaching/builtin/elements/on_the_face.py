"""What stands in a memo on the face of it, which a model may overlook: an amount, what a heading names.

It is never called missing: no reader would. What earns a score is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from memo_coach.coaching.builtin.analysis.passages import holding, passages_about
from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.detectors.ask.detector import REAL_ASK, asks_in
from memo_coach.coaching.builtin.elements.reading import ElementReading, MemoReading, Passage, stands_in
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence, Span

_ADDRESS = re.compile(r"[\w.+\-]{1,60}@[\w\-]{1,60}\.[\w.\-]{2,60}")
_LEAST_FIGURES = 2
"""Quantities without a currency or a percent sign that are figures to a reader; one may be a phrase."""
_LARGE = 100
"""From here on one is enough."""
_NOT_TO_QUOTE: Final = Span(0, 0)
_SURE = 1.0
_HEAD, _LONGEST_FIELD = 3_000, 120
"""Characters of a text among which its preamble stands, and of a line in it."""
_LEAST_WORDS = 4
"""A line of fewer under a heading is a label or a name."""
_CLEAR: Final = 0.45
"""From this probability on the model's own passage is quoted."""


def with_what_is_plain(memo: Memo, lexicon: Lexicon, read: MemoReading) -> MemoReading:
    """Return a reading in which nothing is called missing that plainly stands in the memo."""
    if not any(_may_be_seen(one.state, one.element.name) for one in read.elements):
        return read
    facts = facts_of(memo, lexicon)
    sentences = [sentence for sentence in memo.sentences if not stands_in(sentence.span, read.others_words)]
    readings = []
    for one in read.elements:
        span = None
        if (
            one.settled is None
            and _may_be_seen(one.state, one.element.name)
            and (one.state == "missing" or not _is_quoted(one))
        ):
            span = _FINDERS[one.element.name](memo, lexicon, facts, sentences)
        readings.append(one if span is None else _plain(one, span))
    return replace(read, elements=tuple(readings))


def _plain(reading: ElementReading, span: Span) -> ElementReading:
    passages = (Passage(span, _SURE, _SURE), *reading.passages) if len(span) else ()
    return replace(reading, is_plain=True, passages=passages)


def _may_be_seen(state: str, name: str) -> bool:
    return state != "there" and name in _FINDERS


def _is_quoted(reading: ElementReading) -> bool:
    return any(one.probability >= _CLEAR for one in reading.passages)


def _figures(memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentences: list[Sentence]) -> Span | None:
    """Return the first sentence that gives a share or counts; where there are amounts alone, no passage."""
    times = lexicon.words("time_units")
    counted = amounts = 0
    for sentence in sentences:
        for figure in facts.figures_in(sentence.span):
            is_amount = figure.kind == "money"
            amounts += is_amount
            is_share = figure.kind == "percent"
            if is_amount or not (is_share or (figure.kind == "quantity" and figure.unit not in times)):
                continue
            counted += _LEAST_FIGURES if is_share or figure.value >= _LARGE else 1
            if counted >= _LEAST_FIGURES and facts.is_prose(sentence):
                return sentence.span
    return _NOT_TO_QUOTE if amounts or counted >= _LEAST_FIGURES else None


def _amount(memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentences: Sequence[Sentence]) -> Span | None:
    """Return the sentence with the amount that is asked for: in the request, or behind a label for it."""
    asking = _asking(memo, lexicon) | holding(memo, lexicon, "total_labels")
    under = (one.start for one in _headed(memo, lexicon, "amount_headings", sentences))
    asking |= frozenset(under)
    return next(
        (one.span for one in sentences if one.span.start in asking and facts.amounts_in(one.span)), None
    )


def _headed(memo: Memo, lexicon: Lexicon, name: str, sentences: Sequence[Sentence]) -> Iterator[Span]:
    """Yield the sentences under headings, and behind labels, that hold a phrase of the list ``name``."""
    blocks = {block.index for passage in passages_about(memo, lexicon, name) for block in passage.blocks}
    return (sentence.span for sentence in sentences if sentence.block in blocks)


def _under(
    names: tuple[str, ...], memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentences: list[Sentence]
) -> Span | None:
    """Return the first that is said under a heading on it."""
    for name in names:
        said = list(_headed(memo, lexicon, name, sentences))
        for span in said:
            if len(memo.quote(span).split()) >= _LEAST_WORDS:
                return span
        if said:
            return _NOT_TO_QUOTE
    return None


def _deadline(memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentences: list[Sentence]) -> Span | None:
    asking = _asking(memo, lexicon)
    for sentence in sentences:
        dates = facts.dates_in(sentence.span)
        if sentence.span.start in asking and any(one.deadline and one.kind != "year" for one in dates):
            return sentence.span
    return None


def _asking(memo: Memo, lexicon: Lexicon) -> frozenset[int]:
    return frozenset(ask.sentence.span.start for ask in asks_in(memo, lexicon) if ask.strength >= REAL_ASK)


def _effective(memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentences: list[Sentence]) -> Span | None:
    effective = lexicon.pattern("effective_plainly")
    for sentence in sentences:
        dates = facts.dates_in(sentence.span)
        if any(one.kind not in {"year", "relative"} for one in dates) and effective.search(sentence.text):
            return sentence.span
    fields = lexicon.pattern("effective_fields")
    lines = memo.text[:_HEAD].splitlines()
    return _NOT_TO_QUOTE if any(fields.search(line[:_LONGEST_FIELD]) for line in lines) else None


def _contact(memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentences: list[Sentence]) -> Span | None:
    return next((one.span for one in sentences if _ADDRESS.search(one.text)), None)


def _risk(memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentences: list[Sentence]) -> Span | None:
    """Return what stands under a heading on risks, or the first sentence that plainly speaks of one."""
    headed = _under(("risk_headings", "difficulty_headings"), memo, lexicon, facts, sentences)
    return headed or _first_with("risk_plainly", memo, lexicon, facts, sentences)


def _first_with(
    name: str, memo: Memo, lexicon: Lexicon, facts: MemoFacts, sentences: list[Sentence]
) -> Span | None:
    pattern = lexicon.pattern(name)
    return next((one.span for one in sentences if facts.is_prose(one) and pattern.search(one.text)), None)


_Finder = Callable[[Memo, Lexicon, MemoFacts, list[Sentence]], Span | None]
_FINDERS: Final[Mapping[str, _Finder]] = {
    "figures": _figures,
    "ask-amount": _amount,
    "ask-deadline": _deadline,
    "effective-date": _effective,
    "contact": _contact,
    "problem": partial(_under, ("purpose_headings",)),
    "options": partial(_under, ("option_headings", "difference_headings")),
    "risks": _risk,
    "status-stated": partial(_first_with, "status_plainly"),
    "scope": partial(_under, ("scope_headings",)),
    "exceptions": partial(_under, ("exception_headings",)),
    "next-step": partial(_under, ("next_step_headings",)),
}
