"""Weasel words: "significant", "many", "improve", where no figure makes them true or false."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

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

KINDS: tuple[str, ...] = ("weasel-words.quantity", "weasel-words.change", "weasel-words.precise")

_GOOD, _POOR = 0.1, 1.4
"""Vague words per hundred, a verb of change without a figure counting 0.4: one on a page and a half is
speech; at two or three in a hundred hardly a claim can be checked."""


_CHANGE = 0.4
_DIGITS = re.compile(r"\d")
_YEAR = re.compile(r"(?:19|20)\d\d")


def has_figure(memo: Memo, sentence: Sentence, lexicon: Lexicon) -> bool:
    """Whether a sentence has a figure, in digits or in words; a bare year is none."""
    numbers: frozenset[str] | None = memo.remembered.get("numbers")
    if numbers is None:
        signs = (word for word in memo.words.places if not word.isalpha())
        figures = {word for word in signs if _DIGITS.search(word) and not _YEAR.fullmatch(word)}
        numbers = memo.remembered["numbers"] = lexicon.words("weasel_numbers") | figures
    return bool(memo.words.places_of(numbers, sentence.first_word, sentence.last_word))


def weasels_in(memo: Memo, sentence: Sentence, lexicon: Lexicon) -> Iterator[tuple[str, PhraseMatch]]:
    """Return ``("quantity" or "change", match)`` for each vague word of a sentence without a figure."""
    if has_figure(memo, sentence, lexicon):
        return
    first, last = sentence.first_word, sentence.last_word
    exact = tuple(lexicon.phrases("weasel_not").find(memo.words, first, last))
    for what, name in (("quantity", "weasel_quantities"), ("change", "weasel_changes")):
        for match in lexicon.phrases(name).find(memo.words, first, last):
            if not any(match.first < other.last and other.first < match.last for other in exact):
                yield what, match


def _suspects(memo: Memo, lexicon: Lexicon) -> Iterable[int]:
    """Return the places where vague words begin, also where a figure makes them true or false."""
    names = ("weasel_quantities", "weasel_changes")
    return chain.from_iterable(lexicon.phrases(name).places(memo.words) for name in names)


def vagueness(memo: Memo, sentences: tuple[Sentence, ...], lexicon: Lexicon) -> float:
    """Return the vague words per hundred words; a verb of change counts 0.4."""
    burden = 0.0
    for sentence in sentences_around(sentences, _suspects(memo, lexicon)):
        burden += sum(_CHANGE if what == "change" else 1.0 for what, _ in weasels_in(memo, sentence, lexicon))
    return per_hundred(burden, words_in(sentences))


@detector(
    "weasel-words",
    indicators=("precision",),
    source="Wikipedia, 'Manual of Style/Words to watch', on unsupported attributions; 'Writing for "
    "GOV.UK': be specific; Amazon's in-house writing advice, as widely quoted: replace adjectives with data",
)
def read_weasel_words(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read how often a vague word stands where a figure should."""
    sentences = running_sentences(memo)
    words = words_in(sentences)
    burden = 0.0
    findings: list[Finding] = []
    for sentence in sentences_around(sentences, _suspects(memo, lexicon)):
        found = list(weasels_in(memo, sentence, lexicon))
        burden += sum(_CHANGE if what == "change" else 1.0 for what, _ in found)
        findings += [_finding(memo, what, match, words) for what, match in found[:1]]
    rate = per_hundred(burden, words)
    if rate <= _GOOD and words >= WORDS_FOR_A_STRENGTH:
        findings.append(Finding("weasel-words.precise", "precision", "strength", None, 0.5, 0.6))
    return Reading({"precision": settled(ramp(rate, _POOR, _GOOD), words)}, worst_first(findings, words))


def _finding(memo: Memo, what: str, match: PhraseMatch, words: int) -> Finding:
    span = span_of(memo, match)
    weight = 1.0 if what == "quantity" else _CHANGE
    return Finding(
        f"weasel-words.{what}",
        "precision",
        "opportunity",
        span,
        min(1.0, weight * (0.15 + per_hundred(0.2, words))),
        0.75 if what == "quantity" else 0.5,
        {"phrase": memo.quote(span)},
    )
