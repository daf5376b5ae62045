"""Tell which languages a memo is written in: it is judged in the main one and says where there are others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from memo_coach.coaching.memo.frequent_words import LANGUAGES, frequent_words
from memo_coach.coaching.memo.model import Memo, Sentence, Span
from memo_coach.coaching.memo.other_languages import language_name

_NOTICES = {
    "en": (
        "Part of this memo is in {other} (“{quote}”). All of it was read as {main}, so what stands in "
        "{other} counts for less than it says."
    ),
    "es": (
        "Una parte de este memo está en {other} («{quote}»). Todo se ha leído como {main}, así que lo que "
        "está en {other} cuenta menos de lo que dice."
    ),
}

_LEAST_WORDS = 3
"""Words that only one of two languages has, from which on a sentence is in that language."""
_LEAST_SHARE = 0.2
_AHEAD = 3
_PASSAGE = 2
"""Sentences, one after the other, that are a passage."""
_LARGE_PART = 0.2
"""Share of all words from which on sentences need not stand together."""
_LONGEST_QUOTE = 80


@dataclass(frozen=True, slots=True)
class LanguagePart:
    """What of a memo is in one language."""

    language: str
    words: int
    passages: tuple[Span, ...]
    """Empty for the main language."""


def languages_of(memo: Memo) -> tuple[LanguagePart, ...]:
    """Return the languages of a memo, the one that it is judged in first, with the passages in the others.

    Another language counts from two sentences on that stand together, or a fifth of the words. What is quoted
    from others does not count.
    """
    likely = _words_in_others(memo)
    found = [
        each
        for code in LANGUAGES
        if likely[code] >= _PASSAGE * _LEAST_WORDS and (each := _found(memo, code)) is not None
    ]
    # A passage may count for several neighbours: it is in the one that most of its words are frequent in.
    found.sort(key=lambda each: -each.frequent)
    taken: set[int] = set()
    others: list[LanguagePart] = []
    for each in found:
        if taken.isdisjoint(each.starts):
            others.append(each.part)
            taken.update(each.starts)
    rest = memo.body_word_count - sum(part.words for part in others)
    return (LanguagePart(memo.language, rest, ()), *others)


def language_notice(memo: Memo) -> str | None:
    """Say that a part of the memo is in another language, in the memo's own; ``None`` where none is."""
    others = languages_of(memo)[1:]
    if not others:
        return None
    spoken = memo.language if memo.language in _NOTICES else "en"
    quote = " ".join(memo.quote(others[0].passages[0]).split())
    if len(quote) > _LONGEST_QUOTE:
        quote = quote[:_LONGEST_QUOTE].rpartition(" ")[0] + " …"
    names = {"other": language_name(others[0].language, spoken), "main": language_name(spoken, spoken)}
    return _NOTICES[spoken].format(quote=quote, **names)


@dataclass(frozen=True, slots=True)
class _Found:
    part: LanguagePart
    frequent: int
    """How many frequent words of the language its passages have."""
    starts: frozenset[int]
    """Where their sentences start."""


def _found(memo: Memo, code: str) -> _Found | None:
    theirs, ours = _own_words(code, memo.language), _own_words(memo.language, code)
    runs = list(_runs(memo, theirs, ours))
    passages = [run for run in runs if len(run) >= _PASSAGE]
    if sum(sentence.word_count for run in runs for sentence in run) >= _LARGE_PART * memo.body_word_count:
        passages = runs
    if not passages:
        return None
    sentences = [sentence for run in passages for sentence in run]
    frequent = frequent_words(code)
    return _Found(
        LanguagePart(
            code,
            sum(sentence.word_count for sentence in sentences),
            tuple(Span(run[0].span.start, run[-1].span.end) for run in passages),
        ),
        sum(len(memo.words.places_of(frequent, each.first_word, each.last_word)) for each in sentences),
        frozenset(sentence.span.start for sentence in sentences),
    )


def _runs(memo: Memo, theirs: frozenset[str], ours: frozenset[str]) -> Iterator[Sequence[Sentence]]:
    """Yield the runs of sentences in another language, with those between them that could be in either."""
    run: list[Sentence] = []
    undecided: list[Sentence] = []
    for sentence in memo.sentences:
        first, last = sentence.first_word, sentence.last_word
        other = len(memo.words.places_of(theirs, first, last))
        own = len(memo.words.places_of(ours, first, last))
        is_quoted = memo.blocks[sentence.block].kind == "quote"
        if not is_quoted and other >= max(_LEAST_WORDS, _LEAST_SHARE * sentence.word_count, _AHEAD * own):
            run += [*undecided, sentence] if run else [sentence]
            undecided = []
        elif own or is_quoted or not run:
            if run:
                yield run
            run, undecided = [], []
        else:
            undecided.append(sentence)
    if run:
        yield run


def _words_in_others(memo: Memo) -> Counter[str]:
    """Count the words of a memo that only another language has, for each of the others."""
    counts: Counter[str] = Counter()
    codes_of, places = _others_by_word(memo.language), memo.words.places
    for word in memo.words.vocabulary & codes_of.keys():
        for code in codes_of[word]:
            counts[code] += len(places[word])
    return counts


@cache
def _others_by_word(main: str) -> Mapping[str, Sequence[str]]:
    """Return for each word that the main language does not have the languages in which it is frequent."""
    codes_of: dict[str, list[str]] = {}
    for code in LANGUAGES:
        for word in _own_words(code, main):
            codes_of.setdefault(word, []).append(code)
    return codes_of


@cache
def _own_words(code: str, other: str) -> frozenset[str]:
    """Return the frequent words of one language that the other has not; a letter is a mark in a table."""
    return frozenset(word for word in frequent_words(code) - frequent_words(other) if len(word) > 1)
