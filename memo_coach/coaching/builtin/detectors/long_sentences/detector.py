"""Long sentences: more words than a reader takes in at one go."""

from __future__ import annotations

from memo_coach.coaching.builtin.analysis.running_text import (
    WORDS_FOR_A_STRENGTH,
    running_sentences,
    settled,
    words_in,
    worst_first,
)
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence

KINDS: tuple[str, ...] = ("long-sentences.long", "long-sentences.very-long", "long-sentences.short")

_GOOD, _POOR = 0.03, 0.3
"""Mean burden of the sentence that a word stands in, so that many short list items do not make up for one
endless sentence: one rather long sentence in ten is rhythm; where the burden is 0.6, most words stand in
sentences of more than 30."""


def sentence_burden(words: int, easy: float, very_long: float) -> float:
    """Return what a sentence asks of the reader: 0 up to the easy length, 1 a fifth beyond the very long."""
    return ramp(words, easy, 1.2 * very_long)


@detector(
    "long-sentences",
    indicators=("sentence-length",),
    source="GOV.UK style guide, 'Sentence length': try to split what is longer than 25 words; Cutts, "
    "'Oxford Guide to Plain English': 15 to 20 on average; Comisión Europea, 'Cómo escribir con claridad': "
    "20 on average. That Spanish may run longer is our own judgement",
)
def read_long_sentences(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read how long the sentences run, list items among them."""
    limits = {name: float(value) for name, value in lexicon.replacements("sentence_limits").items()}
    sentences = running_sentences(memo)
    words = words_in(sentences)
    lengths = [sentence.word_count for sentence in sentences]
    burdens = [sentence_burden(length, limits["easy"], limits["very_long"]) for length in lengths]
    burden = sum(n * each for n, each in zip(lengths, burdens, strict=True)) / words if words else 0.0
    findings = [
        _finding(sentence, limits, len(sentences))
        for sentence in sentences
        if sentence.word_count > limits["long"]
    ]
    average = words / len(sentences) if sentences else 0.0
    if (
        words >= WORDS_FOR_A_STRENGTH
        and average <= limits["average_good"]
        and max(lengths) <= limits["very_long"] - 5
    ):
        values = {"average": f"{average:.0f}", "longest": str(max(lengths))}
        findings.append(
            Finding("long-sentences.short", "sentence-length", "strength", None, 0.6, 0.8, values)
        )
    return Reading(
        {"sentence-length": settled(ramp(burden, _POOR, _GOOD), words)}, worst_first(findings, words)
    )


def _finding(sentence: Sentence, limits: dict[str, float], sentences: int) -> Finding:
    very_long = sentence.word_count > limits["very_long"]
    burden = sentence_burden(sentence.word_count, limits["easy"], limits["very_long"])
    return Finding(
        "long-sentences.very-long" if very_long else "long-sentences.long",
        "sentence-length",
        "opportunity",
        sentence.span,
        min(1.0, 0.2 * burden + 2 * burden / sentences),
        0.9 if very_long else 0.65,
        {"words": str(sentence.word_count), "limit": f"{limits['long']:.0f}"},
    )
