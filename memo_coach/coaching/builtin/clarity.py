"""One figure for how clearly a text is written, whatever its length, from the detectors' own measures.

An indicator is made for scoring: it reaches 1 where a careful reader is content, and 0 where the reader
gives up. To tell which of two texts is the clearer, even of two single sentences, the same raw measures are
placed here on curves that never quite reach their ends. Five measures have no indicator of their own: they
are too noisy for a comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from memo_coach.coaching.builtin.analysis.running_text import (
    adjacent,
    per_hundred,
    repeated_sentences,
    sentences_around,
    words_in,
)
from memo_coach.coaching.builtin.detectors.hedges.detector import hedge_places, hedges_in
from memo_coach.coaching.builtin.detectors.jargon.detector import jargon_in, jargon_places
from memo_coach.coaching.builtin.detectors.long_paragraphs.detector import paragraph_weight
from memo_coach.coaching.builtin.detectors.nominalisations.detector import nominal_burden
from memo_coach.coaching.builtin.detectors.padding.detector import padded_share
from memo_coach.coaching.builtin.detectors.passive_voice.detector import passive_share
from memo_coach.coaching.builtin.detectors.readability.detector import syllables_per_word
from memo_coach.coaching.builtin.detectors.weasel_words.detector import vagueness
from memo_coach.coaching.builtin.detectors.wordiness.detector import wordiness_burden
from memo_coach.coaching.builtin.lexicon import Lexicon, lexicon_of
from memo_coach.coaching.memo.model import Memo, Sentence

_LONG_RUN = re.compile(rb"\x01{4,}")
"""Four words and more that are not small."""

Sentences = tuple[Sentence, ...]
Measure = Callable[[Memo, Sentences, Lexicon], float]


@dataclass(frozen=True, slots=True)
class Feature:
    """One measure of the composite: 0 is best, ``half`` is worth one half, ``weight`` its share."""

    name: str
    measure: Measure
    half: float
    weight: float

    def value(self, memo: Memo, sentences: Sentences, lexicon: Lexicon) -> float:
        """Return 1 for a measure of nought, one half at ``half``, and ever less beyond."""
        return self.half / (self.half + max(0.0, self.measure(memo, sentences, lexicon)))


def sentence_length(memo: Memo, sentences: Sentences, lexicon: Lexicon) -> float:
    """Return the length, in words, of the sentence that a word stands in: long ones weigh more."""
    words = words_in(sentences)
    return sum(sentence.word_count**2 for sentence in sentences) / words if words else 0.0


def word_length(memo: Memo, sentences: Sentences, lexicon: Lexicon) -> float:
    """Return the mean syllables per word beyond the first."""
    return syllables_per_word(memo, sentences) - 1.0


def hedging(memo: Memo, sentences: Sentences, lexicon: Lexicon) -> float:
    """Return the hedges per hundred words."""
    hedged = sentences_around(sentences, hedge_places(memo, lexicon))
    return per_hundred(sum(w for s in hedged for w, _ in hedges_in(memo, s, lexicon)), words_in(sentences))


def buzzwords(memo: Memo, sentences: Sentences, lexicon: Lexicon) -> float:
    """Return the buzzwords per hundred words."""
    found = sentences_around(sentences, jargon_places(memo, lexicon))
    return per_hundred(sum(len(jargon_in(memo, s, lexicon)) for s in found), words_in(sentences))


def impersonality(memo: Memo, sentences: Sentences, lexicon: Lexicon) -> float:
    """Return the share of sentences that speak neither of "you" nor of "we".

    Source: plainlanguage.gov, 'Address the user'.

    List items and table rows complete the sentence that leads into them, so only full sentences are asked.
    """
    address = lexicon.words("clarity_address")
    full = [s for s in sentences if memo.blocks[s.block].kind == "paragraph"] or sentences
    places_of = memo.words.places_of
    distant = sum(1 for s in full if not places_of(address, s.first_word, s.last_word))
    return distant / len(full) if full else 0.0


def clause_depth(memo: Memo, sentences: Sentences, lexicon: Lexicon) -> float:
    """Return the subordinate clauses, asides in brackets and commas for each sentence."""
    openers = lexicon.words("clarity_subordinators")
    clauses = 0.0
    for sentence in sentences:
        clauses += len(memo.words.places_of(openers, sentence.first_word + 1, sentence.last_word))
        clauses += 0.5 * (sentence.text.count("(") + sentence.text.count(";")) + 0.25 * sentence.text.count(
            ","
        )
    return clauses / len(sentences) if sentences else 0.0


def negation(memo: Memo, sentences: Sentences, lexicon: Lexicon) -> float:
    """Return the negations beyond the first in each sentence. plainlanguage.gov, 'Use positive language'."""
    negations = lexicon.words("clarity_negations")
    negations |= {form for form in memo.words.vocabulary if form.endswith("n't")}
    places_of = memo.words.places_of
    beyond = sum(max(0, len(places_of(negations, s.first_word, s.last_word)) - 1) for s in sentences)
    return beyond / len(sentences) if sentences else 0.0


def noun_strings(memo: Memo, sentences: Sentences, lexicon: Lexicon) -> float:
    """Return, per hundred words, those beyond the third in a run without a small word: nouns on nouns.

    A mark of punctuation or a name in capitals ends the run. plainlanguage.gov, 'Avoid noun strings'.
    """
    small = lexicon.words("clarity_small_words")
    words, text = memo.words, memo.text
    large = {form for form in words.vocabulary - small if len(form) >= 3 and form[0].isalpha()}
    is_large = bytes(map(large.__contains__, words.forms))
    beyond = 0
    for sentence in sentences:
        for found in _LONG_RUN.finditer(is_large, sentence.first_word, sentence.last_word):
            run = 0
            for position in range(*found.span()):
                starts = position == sentence.first_word or not adjacent(memo, position - 1, position)
                is_name = text[words[position].span.start].isupper() and not starts
                run = 0 if is_name else 1 if starts else run + 1
                beyond += run > 3
    return per_hundred(beyond, words_in(sentences))


def empty_openings(memo: Memo, sentences: Sentences, lexicon: Lexicon) -> float:
    """Return the share of sentences that open with "there is" or "it is"."""
    openings = lexicon.phrases("clarity_expletives")
    found = sum(
        1
        for s in sentences_around(sentences, openings.places(memo.words))
        if any(openings.find(memo.words, s.first_word, min(s.first_word + 4, s.last_word)))
    )
    return found / len(sentences) if sentences else 0.0


FEATURES: tuple[Feature, ...] = (
    Feature("sentence length", sentence_length, 20.0, 32),
    Feature("word length", word_length, 0.6, 15),
    Feature("passive voice", passive_share, 0.5, 12),
    Feature("hidden verbs", nominal_burden, 4.0, 12),
    Feature("wordiness", wordiness_burden, 3.0, 15),
    Feature("vague words", vagueness, 4.0, 5),
    Feature("hedges", hedging, 4.0, 4),
    Feature("buzzwords", buzzwords, 4.0, 4),
    Feature("impersonality", impersonality, 1.0, 12),
    Feature("clause depth", clause_depth, 2.0, 8),
    Feature("negation", negation, 1.0, 3),
    Feature("noun strings", noun_strings, 10.0, 4),
    Feature("empty openings", empty_openings, 0.5, 3),
    Feature("padding", padded_share, 0.15, 12),
    Feature("long paragraphs", paragraph_weight, 0.5, 4),
)
"""Weights in parts; ``half`` is about what ordinary officialese measures, so that each curve is steepest
where texts differ. The weights are round figures, set by hand after reading the before-and-after
pairs of the guidance that ``docs/coach.md`` reports on, and raised for sentence length so that
joined sentences show in a strong memo. The pairs of our own are held back."""


def clarity_features(memo: Memo) -> Mapping[str, float]:
    """Return each feature's worth, 0 (poor) to 1 (best), by name; none where there is no text."""
    lexicon = lexicon_of(memo.language)
    sentences = _distinct_sentences(memo)
    if not sentences:
        return {}
    return {feature.name: feature.value(memo, sentences, lexicon) for feature in FEATURES}


def clarity_of(memo: Memo) -> float:
    """Return how clearly a memo is written, 0 to 1; 0 where there is no text.

    The weighted mean of :data:`FEATURES`. It is a rate, so a longer text is neither better nor worse. Meant
    for comparing texts of one language.
    """
    values = clarity_features(memo)
    if not values:
        return 0.0
    total = sum(feature.weight for feature in FEATURES)
    return sum(feature.weight * values[feature.name] for feature in FEATURES) / total


def _distinct_sentences(memo: Memo) -> Sentences:
    """Return all sentences but repeated ones; rows of a table count, for a table can be clearest."""
    repeated = repeated_sentences(memo)
    return tuple(s for index, s in enumerate(memo.sentences) if s.word_count and index not in repeated)
