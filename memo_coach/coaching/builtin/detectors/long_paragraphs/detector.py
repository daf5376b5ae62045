"""Long paragraphs: blocks of text that a reader who skims will skip."""

from __future__ import annotations

from memo_coach.coaching.builtin.analysis.running_text import (
    WORDS_FOR_A_STRENGTH,
    settled,
    words_in,
    worst_first,
)
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Block, Memo, Sentence

KINDS: tuple[str, ...] = ("long-paragraphs.block", "long-paragraphs.short")

_LONG_WORDS = 150
"""plainlanguage.gov: experts recommend no more than 150 words in three to eight sentences."""

_LONG_SENTENCES = 8

_GOOD, _POOR = 0.03, 0.6
"""Burden per word of the memo: at 0.6, most of the memo stands in blocks near twice the limit."""


def paragraph_burden(words: int, sentences: int) -> float:
    """Return what a paragraph asks of a reader: 0 up to 110 words and six sentences, 1 at 240 or twelve.

    Many sentences weigh only as far as the paragraph is long too: ten short ones are a quick read.
    """
    return max(ramp(words, 110, 240), ramp(sentences, 6, 12) * ramp(words, 60, _LONG_WORDS))


def paragraph_weight(memo: Memo, sentences: tuple[Sentence, ...], lexicon: Lexicon) -> float:
    """Return the burden of the paragraph that a word of these sentences stands in, 0 to 1."""
    blocks: dict[int, list[Sentence]] = {}
    for sentence in sentences:
        blocks.setdefault(sentence.block, []).append(sentence)
    total = words_in(sentences)
    weighed = 0.0
    for own in blocks.values():
        words = words_in(own)
        weighed += words * paragraph_burden(words, len(own))
    return weighed / total if total else 0.0


@detector(
    "long-paragraphs",
    indicators=("paragraph-length",),
    source="plainlanguage.gov, 'Write short paragraphs': no more than 150 words in three to eight sentences",
)
def read_long_paragraphs(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read which share of the words stands in paragraphs too long to skim."""
    blocks = [block for block in memo.blocks if block.kind in {"paragraph", "list_item"}]
    sizes = [(block, words_in(memo.sentences_of(block)), len(memo.sentences_of(block))) for block in blocks]
    total = sum(words for _, words, _ in sizes)
    burden = (
        sum(words * paragraph_burden(words, count) for _, words, count in sizes) / total if total else 0.0
    )
    findings = [
        _finding(block, words, count, total)
        for block, words, count in sizes
        if words > _LONG_WORDS or (count > _LONG_SENTENCES and words > _LONG_WORDS // 2)
    ]
    longest = max((words for _, words, _ in sizes), default=0)
    if total >= WORDS_FOR_A_STRENGTH and longest <= _LONG_WORDS // 2:
        values = {"longest": str(longest)}
        findings.append(
            Finding("long-paragraphs.short", "paragraph-length", "strength", None, 0.4, 0.6, values)
        )
    return Reading(
        {"paragraph-length": settled(ramp(burden, _POOR, _GOOD), total)}, worst_first(findings, total)
    )


def _finding(block: Block, words: int, sentences: int, total: int) -> Finding:
    burden = paragraph_burden(words, sentences)
    return Finding(
        "long-paragraphs.block",
        "paragraph-length",
        "opportunity",
        block.span,
        min(1.0, 0.2 + burden * words / total),
        0.8,
        {"words": str(words), "sentences": str(sentences)},
    )
