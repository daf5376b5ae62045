"""Jargon: buzzwords that sound like business and say little."""

from __future__ import annotations

from collections.abc import Sequence

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

KINDS: tuple[str, ...] = ("jargon.word", "jargon.plain")

_GOOD, _POOR = 0.05, 0.4
"""Buzzwords per hundred words: a single one in a long memo passes; at one in every second or third sentence
it is a poster."""


def jargon_in(memo: Memo, sentence: Sentence, lexicon: Lexicon) -> tuple[PhraseMatch, ...]:
    """Return the buzzwords of a sentence."""
    return tuple(lexicon.phrases("jargon_words").find(memo.words, sentence.first_word, sentence.last_word))


def jargon_places(memo: Memo, lexicon: Lexicon) -> Sequence[int]:
    """Return the places in ``memo.words`` where buzzwords begin."""
    return lexicon.phrases("jargon_words").places(memo.words)


@detector(
    "jargon",
    indicators=("plain-words",),
    source="GOV.UK style guide, on plain English and words to avoid; plainlanguage.gov, 'Avoid jargon'; "
    "FundéuRAE on needless anglicisms",
)
def read_jargon(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read how dense the buzzwords are. Each is pointed at once, at its first place."""
    sentences = running_sentences(memo)
    words = words_in(sentences)
    suspect = sentences_around(sentences, lexicon.phrases("jargon_words").places(memo.words))
    matches = [match for sentence in suspect for match in jargon_in(memo, sentence, lexicon)]
    first: dict[str, PhraseMatch] = {}
    counts: dict[str, int] = {}
    for match in matches:
        first.setdefault(match.phrase, match)
        counts[match.phrase] = counts.get(match.phrase, 0) + 1
    findings = [_finding(memo, match, counts[phrase], words) for phrase, match in first.items()]
    rate = per_hundred(len(matches), words)
    if not matches and words >= WORDS_FOR_A_STRENGTH:
        findings.append(Finding("jargon.plain", "plain-words", "strength", None, 0.4, 0.6))
    return Reading({"plain-words": settled(ramp(rate, _POOR, _GOOD), words)}, worst_first(findings, words))


def _finding(memo: Memo, match: PhraseMatch, count: int, words: int) -> Finding:
    span = span_of(memo, match)
    return Finding(
        "jargon.word",
        "plain-words",
        "opportunity",
        span,
        min(1.0, 0.1 + 0.05 * count + per_hundred(0.2, words)),
        0.75,
        {"phrase": memo.quote(span), "count": str(count)},
    )
