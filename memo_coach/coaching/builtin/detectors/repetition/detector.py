"""Repetition: the same sentence, or the same eight words in a row, said twice.

Repeated text earns nothing elsewhere: detectors ask :func:`repeated_sentences` which sentences to ignore.
"""

from __future__ import annotations

from memo_coach.coaching.builtin.analysis.running_text import (
    WORDS_FOR_A_STRENGTH,
    blamed,
    repeated_sentences,
    worst_first,
)
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence

__all__ = ["KINDS", "read_repetition", "repeated_passages", "repeated_sentences"]

KINDS: tuple[str, ...] = ("repetition.sentence", "repetition.passage", "repetition.none")

_SHINGLE = 8
"""Eight equal words in a row are no accident; a name with its title can be five or six."""

_REPEATED_PART = 0.5
"""A sentence is pointed at where at least half of it was said before; below, it adds more than it repeats."""

_CLEAN, _POOR = 0.02, 0.25
"""Share of words said before: a restated request is 2 % of a page; at a quarter the memo is padded."""


def repeated_passages(memo: Memo, repeated: frozenset[int]) -> dict[int, int]:
    """Map the index of a sentence to how many of its words were said before, in runs of eight or more.

    Sentences in ``repeated`` are left out. Linear in the text.
    """
    words = memo.words.forms
    seen: dict[tuple[str, ...], int] = {}
    said_before: dict[int, int] = {}
    for index, sentence in enumerate(memo.sentences):
        if index in repeated or sentence.word_count < _SHINGLE:
            continue
        covered = _covered(words, sentence, index, seen)
        if covered:
            said_before[index] = covered
    return said_before


def _covered(words: list[str], sentence: Sentence, index: int, seen: dict[tuple[str, ...], int]) -> int:
    covered, reach = 0, sentence.first_word
    for start in range(sentence.first_word, sentence.last_word - _SHINGLE + 1):
        shingle = tuple(words[start : start + _SHINGLE])
        if seen.setdefault(shingle, index) != index:
            end = start + _SHINGLE
            covered += end - max(reach, start)
            reach = end
    return covered


@detector(
    "repetition",
    indicators=("freshness",),
    source="Broder, 'On the resemblance and containment of documents' (1997), for word shingles; "
    "plainlanguage.gov, 'Omit unnecessary words'",
)
def read_repetition(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read what share of the words was said before in the memo."""
    repeated = repeated_sentences(memo)
    passages = repeated_passages(memo, repeated)
    total = memo.body_word_count
    sentences = memo.sentences
    said_before = sum(sentences[index].word_count for index in repeated) + sum(passages.values())
    share = said_before / total if total else 0.0
    findings = [
        _finding("sentence", sentences[index], sentences[index].word_count, total) for index in repeated
    ]
    findings += [
        _finding("passage", sentences[index], said, total)
        for index, said in passages.items()
        if said >= _REPEATED_PART * sentences[index].word_count
    ]
    if not findings and total >= WORDS_FOR_A_STRENGTH:
        findings = [Finding("repetition.none", "freshness", "strength", None, 0.1, 0.6)]
    return Reading({"freshness": blamed(ramp(share, _POOR, _CLEAN), total)}, worst_first(findings, total))


def _finding(what: str, sentence: Sentence, said: int, total: int) -> Finding:
    return Finding(
        f"repetition.{what}",
        "freshness",
        "opportunity",
        sentence.span,
        min(1.0, 0.1 + 2 * said / total),
        0.95 if what == "sentence" else 0.8 * said / sentence.word_count,
        {"words": str(said)},
    )
