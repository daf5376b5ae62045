"""Readability: how long the words and sentences are, as the established formulas weigh them."""

from __future__ import annotations

from functools import lru_cache

from memo_coach.coaching.builtin.analysis.running_text import (
    WORDS_FOR_A_STRENGTH,
    running_sentences,
    settled,
    words_in,
    worst_first,
)
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon, lexicon_of
from memo_coach.coaching.memo.model import Memo, Sentence

KINDS: tuple[str, ...] = ("readability.hard", "readability.hard-paragraph", "readability.plain")

_LONGEST_WORD = 40
"""Nothing longer is a word; it is cut so that no input can make the patterns slow."""

_WORDS_FOR_THE_FORMULA = 100
"""Flesch measured samples of 100 words; below that the score is drawn to the middle."""

_PARAGRAPH_WORDS = 45
_MOST = 3


@lru_cache(maxsize=20_000)
def syllables(word: str, language: str) -> int:
    """Count the syllables of a lower-cased word by the patterns of its language; at least one.

    English: groups of vowels, less silent endings, plus vowels in hiatus. Spanish: the rules of the Real
    Academia Española for diphthongs and hiatus, which spelling shows in full.
    """
    lexicon = lexicon_of(language)
    shown = word[:_LONGEST_WORD]
    count = sum(1 for _ in lexicon.pattern("readability_nuclei").finditer(shown))
    count -= sum(1 for _ in lexicon.pattern("readability_silent").finditer(shown))
    count += sum(1 for _ in lexicon.pattern("readability_hiatus").finditer(shown))
    return max(1, count)


def syllables_per_word(memo: Memo, sentences: tuple[Sentence, ...]) -> float:
    """Return the mean syllables of the words with letters; 0 for none."""
    counts: list[int] | None = memo.remembered.get("syllables")
    if counts is None:
        counts = memo.remembered["syllables"] = _syllables_of_words(memo)
    total = spoken = 0
    for sentence in sentences:
        own = counts[sentence.first_word : sentence.last_word]
        total += sum(own)
        spoken += len(own) - own.count(0)
    return total / spoken if spoken else 0.0


def _syllables_of_words(memo: Memo) -> list[int]:
    """Count the syllables of each word of the memo; 0 for what begins with a digit."""
    words = (word for word in memo.words.places if not word[0].isdigit())
    known = {word: syllables(word, memo.language) for word in words}
    return [known.get(form, 0) for form in memo.words.forms]


def reading_ease(memo: Memo, sentences: tuple[Sentence, ...], lexicon: Lexicon) -> float:
    """Return the score of the language's formula: about 0 (very hard) to 100 (very easy, or no words)."""
    words = words_in(sentences)
    if not words:
        return 100.0
    formula = lexicon.replacements("readability_formula")
    return (
        float(formula["base"])
        - float(formula["per_sentence_word"]) * words / len(sentences)
        - float(formula["per_word_syllable"]) * syllables_per_word(memo, sentences)
    )


@detector(
    "readability",
    indicators=("readability",),
    source="Flesch, 'A new readability yardstick', Journal of Applied Psychology 32 (1948); Szigriszt "
    "Pazos, 'Sistemas predictivos de legibilidad del mensaje escrito' (1993), read on the INFLESZ scale of "
    "Barrio-Cantalejo et al. (2008)",
)
def read_readability(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read how hard the words and sentences are, and which paragraph is hardest."""
    sentences = running_sentences(memo)
    words = words_in(sentences)
    formula = lexicon.replacements("readability_formula")
    hard, plain = float(formula["hard"]), float(formula["plain"])
    ease = reading_ease(memo, sentences, lexicon)
    indicator = ramp(ease, hard, plain)
    if words < _WORDS_FOR_THE_FORMULA:
        indicator = 0.5 + (indicator - 0.5) * words / _WORDS_FOR_THE_FORMULA
    values = {"score": f"{ease:.0f}", "formula": formula["name"]}
    findings: list[Finding] = []
    if words >= _WORDS_FOR_THE_FORMULA and indicator < 0.4:
        findings.append(
            Finding("readability.hard", "readability", "opportunity", None, 1 - indicator, 0.7, values)
        )
    findings += _hard_paragraphs(memo, sentences, lexicon, hard)
    if words >= WORDS_FOR_A_STRENGTH and indicator >= 0.9:
        findings.append(Finding("readability.plain", "readability", "strength", None, 0.5, 0.7, values))
    return Reading({"readability": settled(indicator, words)}, worst_first(findings, words)[:_MOST])


def _hard_paragraphs(
    memo: Memo, sentences: tuple[Sentence, ...], lexicon: Lexicon, hard: float
) -> list[Finding]:
    """Point at the paragraphs that are very hard by themselves."""
    by_block: dict[int, list[Sentence]] = {}
    for sentence in sentences:
        by_block.setdefault(sentence.block, []).append(sentence)
    findings = []
    for block, own in by_block.items():
        if words_in(own) < _PARAGRAPH_WORDS:
            continue
        ease = reading_ease(memo, tuple(own), lexicon)
        if ease < hard:
            values = {"score": f"{ease:.0f}"}
            severity = min(1.0, 0.3 + (hard - ease) / 60)
            span = memo.blocks[block].span
            findings.append(
                Finding(
                    "readability.hard-paragraph", "readability", "opportunity", span, severity, 0.6, values
                )
            )
    return findings
