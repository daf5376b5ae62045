"""Whether a passage is worth praise: it says something of its own, and holds what it is praised for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.detectors.jargon.detector import jargon_in
from memo_coach.coaching.builtin.lexicon import Lexicon, lexicon_of
from memo_coach.coaching.memo.model import Memo, Sentence, Span

_HAS_AN_AMOUNT: Final = frozenset({"ask-amount", "costs"})
_LEAST_PARTS: Final = 2
_ONLY_SOUNDS: Final = {"options": "no_option_here", "plan-dates": "no_date_of_work"}
_VAGUE: Final = ("platitudes", "weasel_quantities", "weasel_changes")
_VAGUE_WORDS: Final = 2
"""One may be the plain word of a trade; two in a sentence without a figure tell nothing."""
_MOST_SENTENCES: Final = 8


def is_praiseworthy(memo: Memo, element: str, span: Span) -> bool:
    """Whether a passage, which most likely does what it is read for, may be praised for it."""
    lexicon = lexicon_of(memo.language)
    facts = facts_of(memo, lexicon)
    if element in _HAS_AN_AMOUNT and not facts.figures_in(span):
        return False
    if element == "cost-parts" and len(facts.amounts_in(span)) < _LEAST_PARTS:
        return False
    if element == "plan-dates" and not _says_when(facts, lexicon, span):
        return False
    if element == "sources" and lexicon.pattern("more_to_read").search(memo.quote(span)):
        return False
    return not _is_hollow(memo, lexicon, facts, span)


def has_it_somewhere(memo: Memo, element: str) -> bool:
    """Whether a memo can have done an element at all: one amount is no breakdown."""
    amounts = facts_of(memo, lexicon_of(memo.language)).amounts
    return element != "cost-parts" or len({one.value for one in amounts}) >= _LEAST_PARTS


def only_sounds_like_it(memo: Memo, element: str, span: Span) -> bool:
    """Whether a passage has the words and not the thing.

    “An alternative to paper maps” is no option, and “from 1 May you may work at home” no date for the work.
    """
    name = _ONLY_SOUNDS.get(element)
    return name is not None and lexicon_of(memo.language).pattern(name).search(memo.quote(span)) is not None


def _says_when(facts: MemoFacts, lexicon: Lexicon, span: Span) -> bool:
    units = lexicon.words("time_units")
    return bool(facts.dates_in(span)) or any(one.unit in units for one in facts.figures_in(span))


def _is_hollow(memo: Memo, lexicon: Lexicon, facts: MemoFacts, span: Span) -> bool:
    """Whether most sentences of a passage without a figure or a date are phrases that fit any memo."""
    if facts.figures_in(span) or facts.dates_in(span):
        return False
    sentences = list(_sentences_in(memo, span))
    hollow = sum(_is_stock(memo, lexicon, sentence) for sentence in sentences)
    return 2 * hollow > len(sentences)


def _sentences_in(memo: Memo, span: Span) -> Iterator[Sentence]:
    sentence = memo.sentence_at(span.start)
    for _ in range(_MOST_SENTENCES):
        if sentence is None or sentence.span.start >= span.end:
            return
        yield sentence
        sentence = memo.sentence_at(sentence.span.end + 1)


def _is_stock(memo: Memo, lexicon: Lexicon, sentence: Sentence) -> bool:
    """Whether a sentence has a phrase of padding, or two words that stand for something said."""
    first, last = sentence.first_word, sentence.last_word
    if any(lexicon.phrases("padding_phrases").find(memo.words, first, last)):
        return True
    vague = len(jargon_in(memo, sentence, lexicon))
    for name in _VAGUE:
        vague += sum(1 for _ in lexicon.phrases(name).find(memo.words, first, last))
    return vague >= _VAGUE_WORDS
