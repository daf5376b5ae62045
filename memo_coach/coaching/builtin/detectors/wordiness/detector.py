"""Wordiness: phrases and formal words that have a shorter everyday wording."""

from __future__ import annotations

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

KINDS: tuple[str, ...] = ("wordiness.phrase", "wordiness.empty", "wordiness.formal", "wordiness.concise")

_GOOD, _POOR = 0.25, 0.6
"""Burden per hundred words (a phrase is 1, a formal word a quarter): one phrase in 400 words goes
unnoticed; with six on a page of 200 the reader wades."""


_FORMAL = 0.25
"""A formal word costs the reader less than a phrase that says nothing."""

_LEAVE_OUT = "("
"""A better wording in brackets is advice and no wording: "(leave it out)"."""


def wordy_phrases(memo: Memo, sentence: Sentence, lexicon: Lexicon) -> tuple[PhraseMatch, ...]:
    """Return the wordy phrases of a sentence."""
    return tuple(
        lexicon.phrases("wordiness_phrases").find(memo.words, sentence.first_word, sentence.last_word)
    )


def formal_words(memo: Memo, sentence: Sentence, lexicon: Lexicon) -> tuple[int, ...]:
    """Return the positions in ``memo.words`` of the formal words of a sentence."""
    formal = lexicon.words("wordiness_formal")
    return tuple(memo.words.places_of(formal, sentence.first_word, sentence.last_word))


def _suspects(memo: Memo, lexicon: Lexicon) -> list[int]:
    """Return the places in ``memo.words`` of wordy phrases and formal words."""
    formal = lexicon.words("wordiness_formal")
    phrases = lexicon.phrases("wordiness_phrases").places(memo.words)
    return [*phrases, *memo.words.places_of(formal, 0, len(memo.words))]


def wordiness_burden(memo: Memo, sentences: tuple[Sentence, ...], lexicon: Lexicon) -> float:
    """Return the burden of wordy phrases (1 each) and formal words (a quarter each) per hundred words."""
    burden = 0.0
    for sentence in sentences_around(sentences, _suspects(memo, lexicon)):
        burden += len(wordy_phrases(memo, sentence, lexicon))
        burden += _FORMAL * len(formal_words(memo, sentence, lexicon))
    return per_hundred(burden, words_in(sentences))


@detector(
    "wordiness",
    indicators=("concision",),
    source="plainlanguage.gov, 'Use simple words and phrases' (public domain); GOV.UK style guide, on "
    "plain English and words to avoid; Comisión Europea, 'Cómo escribir con claridad'",
)
def read_wordiness(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read how much of the text could be said in fewer or plainer words."""
    sentences = running_sentences(memo)
    words = words_in(sentences)
    better = lexicon.replacements("wordiness_phrases")
    plain = lexicon.replacements("wordiness_formal")
    unflagged = lexicon.words("wordiness_unflagged")
    findings: list[Finding] = []
    told: set[str] = set()
    burden = 0.0
    for sentence in sentences_around(sentences, _suspects(memo, lexicon)):
        matches = wordy_phrases(memo, sentence, lexicon)
        findings += [_phrase_finding(memo, match, better[match.phrase], words) for match in matches]
        formal = formal_words(memo, sentence, lexicon)
        burden += len(matches) + _FORMAL * len(formal)
        for position in formal:
            word = memo.words[position].lower
            within = any(match.first <= position < match.last for match in matches)
            if word not in unflagged and word not in told and not within:
                told.add(word)
                findings.append(_formal_finding(memo, position, plain[word], words))
    rate = per_hundred(burden, words)
    if rate <= _GOOD and words >= WORDS_FOR_A_STRENGTH:
        findings.append(Finding("wordiness.concise", "concision", "strength", None, 0.5, 0.6))
    return Reading({"concision": settled(ramp(rate, _POOR, _GOOD), words)}, worst_first(findings, words))


def _phrase_finding(memo: Memo, match: PhraseMatch, better: str, words: int) -> Finding:
    empty = better.startswith(_LEAVE_OUT)
    span = span_of(memo, match)
    return Finding(
        "wordiness.empty" if empty else "wordiness.phrase",
        "concision",
        "opportunity",
        span,
        min(1.0, 0.1 + per_hundred(0.05 * (match.last - match.first), words)),
        0.85,
        {"phrase": memo.quote(span), "better": better},
    )


def _formal_finding(memo: Memo, position: int, better: str, words: int) -> Finding:
    span = memo.words[position].span
    return Finding(
        "wordiness.formal",
        "concision",
        "opportunity",
        span,
        min(1.0, 0.05 + per_hundred(0.03, words)),
        0.6,
        {"phrase": memo.quote(span), "better": better},
    )
