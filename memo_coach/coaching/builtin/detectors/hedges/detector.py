"""Hedges: words that take back what the sentence says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from memo_coach.coaching.builtin.analysis.phrases import PhraseMatch
from memo_coach.coaching.builtin.analysis.running_text import (
    WORDS_FOR_A_STRENGTH,
    per_hundred,
    running_sentences,
    sentences_around,
    settled,
    span_of,
    words_in,
    worst_first,
)
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence

KINDS: tuple[str, ...] = ("hedges.phrase", "hedges.committed")

_GOOD, _POOR = 0.05, 0.5
"""Hedges per hundred words. Research articles, which hedge by trade, have one to two (Hyland counted them
in several disciplines). A memo that asks for a decision can do with far fewer, and should not sound like an
article; the cut points are our own judgement."""


_MODAL = 0.5
"""A modal is half a hedge: "users could pay by card" may tell what is possible."""


def hedges_in(memo: Memo, sentence: Sentence, lexicon: Lexicon) -> Iterator[tuple[float, PhraseMatch]]:
    """Return the hedges of a sentence, each with what it counts for: 1, or a half for a modal.

    A question may be tentative, and a sentence about a risk speaks of what could happen: their modals are
    no hedge.
    """
    first, last = sentence.first_word, sentence.last_word
    plain = lexicon.phrases("hedges_plain").find(memo.words, first, last)
    found = [(1.0, match) for match in plain]
    modal = tuple(lexicon.phrases("hedges_modal").find(memo.words, first, last))
    if modal and not sentence.text.rstrip().endswith("?") and not _speaks_of_risk(memo, sentence, lexicon):
        found += [(_MODAL, match) for match in modal]
    if not found:
        return
    harmless = tuple(lexicon.phrases("hedges_not").find(memo.words, first, last))
    for weight, match in found:
        if not any(match.first < other.last and other.first < match.last for other in harmless):
            yield weight, match


def hedge_places(memo: Memo, lexicon: Lexicon) -> Sequence[int]:
    """Return the places in ``memo.words`` where what may be a hedge begins."""
    plain, modal = lexicon.phrases("hedges_plain"), lexicon.phrases("hedges_modal")
    return [*plain.places(memo.words), *modal.places(memo.words)]


def _speaks_of_risk(memo: Memo, sentence: Sentence, lexicon: Lexicon) -> bool:
    risk = lexicon.words("hedges_risk_words")
    if memo.words.places_of(risk, sentence.first_word, sentence.last_word):
        return True
    heading = memo.sections[memo.blocks[sentence.block].section].heading if memo.sections else None
    return heading is not None and any(word in risk for word in heading.text.lower().split())


@detector(
    "hedges",
    indicators=("commitment",),
    source="Hyland, 'Hedging in Scientific Research Articles' (1998); Minto, 'The Pyramid Principle', on "
    "stating the answer",
)
def read_hedges(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read how often the memo takes back what it says."""
    sentences = running_sentences(memo)
    words = words_in(sentences)
    found: list[tuple[PhraseMatch, float, float]] = []
    for sentence in sentences_around(sentences, hedge_places(memo, lexicon)):
        matches = list(hedges_in(memo, sentence, lexicon))
        near = sum(weight for weight, _ in matches)
        found += [(match, weight, near) for weight, match in matches]
    findings = [_finding(memo, match, weight, near, words) for match, weight, near in found]
    rate = per_hundred(sum(weight for _, weight, _ in found), words)
    if rate <= _GOOD and words >= WORDS_FOR_A_STRENGTH:
        findings.append(Finding("hedges.committed", "commitment", "strength", None, 0.5, 0.6))
    return Reading({"commitment": settled(ramp(rate, _POOR, _GOOD), words)}, worst_first(findings, words))


def _finding(memo: Memo, match: PhraseMatch, weight: float, near: float, words: int) -> Finding:
    """Make a finding; hedges that heap up in one sentence weigh more."""
    span = span_of(memo, match)
    return Finding(
        "hedges.phrase",
        "commitment",
        "opportunity",
        span,
        min(1.0, 0.1 + 0.1 * near + per_hundred(0.1 * weight, words)),
        0.75 if weight == 1.0 else 0.5,
        {"phrase": memo.quote(span)},
    )
