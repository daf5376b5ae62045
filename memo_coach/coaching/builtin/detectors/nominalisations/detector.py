"""Nominalisations: verbs that hide in nouns ("conduct an analysis of" for "analyse")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from memo_coach.coaching.builtin.analysis.running_text import (
    WORDS_FOR_A_STRENGTH,
    per_hundred,
    running_sentences,
    sentences_around,
    settled,
    words_in,
    worst_first,
)
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence, Span

KINDS: tuple[str, ...] = ("nominalisations.light-verb", "nominalisations.noun-of", "nominalisations.verbs")

_GOOD, _POOR = 0.6, 1.6
"""Burden per hundred words: a light verb with its noun is 2, "the … of" 1, any other abstract noun a quarter.
Plain business prose has some three abstract nouns in a hundred words, so about 0.8; officialese ten and
more, with a hidden verb in each second sentence."""


_LIGHT, _NOUN_OF, _ABSTRACT = 2.0, 1.0, 0.25
_SHORTEST_ABSTRACT = 7
_REACH = 3
"""A light verb and its noun have at most two words between them: "make a final decision"."""


class Nominalisation(NamedTuple):
    """A hidden verb: ``memo.words[first:last]``, how it hides, and the verb."""

    first: int
    last: int
    what: str
    better: str


def nominalisations_in(
    memo: Memo, sentence: Sentence, lexicon: Lexicon, verbs: Mapping[str, str]
) -> Iterator[Nominalisation]:
    """Return the hidden verbs of a sentence; ``verbs`` maps a noun to the verb in it."""
    first, stop = sentence.first_word, sentence.last_word
    taken: set[int] = set()
    light = tuple(lexicon.phrases("nominalisations_light_verbs").find(memo.words, first, stop))
    fixed = tuple(lexicon.phrases("nominalisations_not").find(memo.words, first, stop)) if light else ()
    for match in light:
        if any(match.first < other.last and other.first < match.last for other in fixed):
            continue
        noun = _noun_after(memo, match.last, stop, lexicon, verbs)
        if noun is not None:
            taken.add(noun)
            yield Nominalisation(match.first, noun + 1, "light-verb", verbs[memo.words[noun].lower])
    links = lexicon.words("nominalisations_of")
    articles = lexicon.words("nominalisations_articles")
    endings = lexicon.entries("nominalisations_endings")
    for link in memo.words.places_of(links, first + 2, stop):
        position = link - 1
        word = memo.words[position].lower
        # Only nouns with the ending of an action: "the review of" or "the estimate of" may name a paper.
        if (
            word in verbs
            and word.endswith(endings)
            and position not in taken
            and memo.words[position - 1].lower in articles
        ):
            yield Nominalisation(position - 1, position + 2, "noun-of", verbs[word])


def _noun_after(memo: Memo, first: int, stop: int, lexicon: Lexicon, verbs: Mapping[str, str]) -> int | None:
    between = lexicon.words("nominalisations_determiners")
    for position in range(first, min(stop, first + _REACH)):
        word = memo.words[position].lower
        if word in verbs:
            return (
                position
                if position > first or word.endswith(lexicon.entries("nominalisations_endings"))
                else None
            )
        if word not in between:
            return None
    return None


def abstract_nouns(memo: Memo, sentence: Sentence, lexicon: Lexicon) -> int:
    """Count the words with the ending of a noun made from a verb, everyday ones aside."""
    abstract = _abstract_in(memo, lexicon)
    return len(memo.words.places_of(abstract, sentence.first_word, sentence.last_word))


def _abstract_in(memo: Memo, lexicon: Lexicon) -> frozenset[str]:
    abstract: frozenset[str] | None = memo.remembered.get("abstract_nouns")
    if abstract is None:
        abstract = memo.remembered["abstract_nouns"] = _abstract_among(memo.words.places, lexicon)
    return abstract


def _abstract_among(words: Iterable[str], lexicon: Lexicon) -> frozenset[str]:
    endings = lexicon.entries("nominalisations_endings")
    ordinary = lexicon.words("nominalisations_ordinary")
    return frozenset(
        word
        for word in words
        if len(word) >= _SHORTEST_ABSTRACT and word.endswith(endings) and word not in ordinary
    )


def _suspects(memo: Memo, lexicon: Lexicon, verbs: Mapping[str, str]) -> Iterator[int]:
    """Return the places of light verbs, of nouns that hide a verb and of abstract nouns."""
    words = memo.words
    yield from lexicon.phrases("nominalisations_light_verbs").places(words)
    endings = lexicon.entries("nominalisations_endings")
    hiding = frozenset(word for word in words.places if word.endswith(endings) and word in verbs)
    yield from words.places_of(hiding, 0, len(words))
    yield from words.places_of(_abstract_in(memo, lexicon), 0, len(words))


def nominal_burden(memo: Memo, sentences: tuple[Sentence, ...], lexicon: Lexicon) -> float:
    """Return the burden of hidden verbs per hundred words."""
    verbs = lexicon.replacements("nominalisations_verbs")
    burden = 0.0
    for sentence in sentences_around(sentences, _suspects(memo, lexicon, verbs)):
        burden += sum(_weight(found) for found in nominalisations_in(memo, sentence, lexicon, verbs))
        burden += _ABSTRACT * abstract_nouns(memo, sentence, lexicon)
    return per_hundred(burden, words_in(sentences))


def _weight(found: Nominalisation) -> float:
    return _LIGHT if found.what == "light-verb" else _NOUN_OF


@detector(
    "nominalisations",
    indicators=("verbs-over-nouns",),
    source="Williams, 'Style: Toward Clarity and Grace', on characters and actions; plainlanguage.gov, "
    "'Avoid hidden "
    "verbs'; Comisión Europea, 'Cómo escribir con claridad', on verbs over nouns",
)
def read_nominalisations(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read how much of the action hides in nouns."""
    sentences = running_sentences(memo)
    words = words_in(sentences)
    verbs = lexicon.replacements("nominalisations_verbs")
    burden = 0.0
    findings: list[Finding] = []
    for sentence in sentences_around(sentences, _suspects(memo, lexicon, verbs)):
        found = list(nominalisations_in(memo, sentence, lexicon, verbs))
        burden += sum(_weight(each) for each in found) + _ABSTRACT * abstract_nouns(memo, sentence, lexicon)
        findings += [_finding(memo, each, words) for each in found]
    rate = per_hundred(burden, words)
    if rate <= _GOOD and not findings and words >= WORDS_FOR_A_STRENGTH:
        findings.append(Finding("nominalisations.verbs", "verbs-over-nouns", "strength", None, 0.4, 0.55))
    return Reading(
        {"verbs-over-nouns": settled(ramp(rate, _POOR, _GOOD), words)}, worst_first(findings, words)
    )


def _finding(memo: Memo, found: Nominalisation, words: int) -> Finding:
    span = Span(memo.words[found.first].span.start, memo.words[found.last - 1].span.end)
    light = found.what == "light-verb"
    return Finding(
        f"nominalisations.{found.what}",
        "verbs-over-nouns",
        "opportunity",
        span,
        min(1.0, 0.1 + per_hundred(_weight(found) * 0.1, words)),
        0.75 if light else 0.55,
        {"phrase": memo.quote(span), "better": found.better},
    )
