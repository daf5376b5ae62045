"""Signs: sentences that do part of what is asked for, in words that are not the usual ones.

A writer who says how the proposal differs from others has begun to weigh options; one who says on what the
work depends has begun to name risks. Each such sentence earns a part, and all of them together never the
whole. The words stand in the lists ``sign_…`` of the detectors.
"""

from __future__ import annotations

from memo_coach.coaching.builtin.analysis.passages import holding
from memo_coach.coaching.builtin.analysis.prose import facts_of
from memo_coach.coaching.builtin.findings import ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence

_NOTE, _MEMO = 100, 250
"""Words: up to the first a text is a note, from the second on a memo of a page."""


def sentences_with(memo: Memo, lexicon: Lexicon, name: str) -> tuple[Sentence, ...]:
    """Return the sentences of prose, each said the first time, that hold a phrase of the list ``name``."""
    facts = facts_of(memo, lexicon)
    starts = holding(memo, lexicon, name)
    return facts.once(
        f"sentences with {name}",
        lambda: tuple(
            sentence
            for sentence in memo.sentences
            if sentence.span.start in starts and facts.is_prose(sentence) and facts.is_evidence(sentence)
        ),
    )


def part_earned(memo: Memo, lexicon: Lexicon, name: str, *, enough: float, at_most: float) -> float:
    """Return what sentences with a phrase of ``name`` earn: in proportion, ``at_most`` from ``enough`` on.

    In a text of a few sentences they earn nothing: there a word proves little.
    """
    found = len(sentences_with(memo, lexicon, name))
    return at_most * ramp(found, 0, enough) * ramp(memo.body_word_count, _NOTE, _MEMO)
