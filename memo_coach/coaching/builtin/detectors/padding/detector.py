"""Padding: sentences that announce, reassure or generalise, and tell the reader nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain

from memo_coach.coaching.builtin.analysis.running_text import (
    running_sentences,
    sentences_around,
    span_of,
    words_in,
    worst_first,
)
from memo_coach.coaching.builtin.detectors.jargon.detector import jargon_in, jargon_places
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence

KINDS: tuple[str, ...] = ("padding.sentence",)

_GOOD, _POOR = 0.04, 0.25
"""Share of the words that stand in such sentences: one in a page passes; at a quarter the reader skims."""

_LOOSE = 0.7
"""A sentence that is tied to nothing counts in part: it may be the one thought that stands alone."""
_WORDS_FOR_TIES = 150
_BUZZWORDS = 2
"""One buzzword may be the name of a thing, or the plain word of a trade: a platform, a stakeholder."""
_FIGURE = re.compile(r"\d")
_MOST_TIES = 1
_SHORTEST = 6
_STEM, _SHORT = 5, 3
"""Words of up to three letters tie nothing; of longer ones the first five letters are compared."""


def padded_share(memo: Memo, sentences: tuple[Sentence, ...], lexicon: Lexicon) -> float:
    """Return the share of the words that stand in sentences which say nothing.

    That is sure of a sentence with a phrase of the lists and no figure, and likely of one tied to nothing.
    """
    words = words_in(sentences)
    if not words:
        return 0.0
    listed = _listed(memo, sentences, lexicon)
    known = {sentence.first_word for sentence in listed}
    loose = [s for s in loose_sentences(memo, lexicon) if s.first_word not in known]
    return (words_in(listed) + _LOOSE * words_in(loose)) / words


def _listed(memo: Memo, sentences: tuple[Sentence, ...], lexicon: Lexicon) -> list[Sentence]:
    """Return the sentences with such a phrase. One with a figure says something all the same."""
    phrases = lexicon.phrases("padding_phrases")
    places = [*phrases.places(memo.words), *jargon_places(memo, lexicon)]
    return [
        sentence
        for sentence in sentences_around(sentences, places)
        if (
            len(jargon_in(memo, sentence, lexicon)) >= _BUZZWORDS
            or any(phrases.find(memo.words, sentence.first_word, sentence.last_word))
        )
        and not _has_figure(sentence)
    ]


def loose_sentences(memo: Memo, lexicon: Lexicon) -> tuple[Sentence, ...]:
    """Return the sentences that are tied to nothing.

    Such a one has no figure, no name, nobody in particular, nothing that happened, and at most one word that
    stands elsewhere in the memo. A text of a few sentences has no elsewhere, and none.
    """
    held: tuple[Sentence, ...] | None = memo.remembered.get("loose_sentences")
    if held is None:
        enough = memo.body_word_count >= _WORDS_FOR_TIES
        held = memo.remembered["loose_sentences"] = tuple(_loose(memo, lexicon)) if enough else ()
    return held


def _loose(memo: Memo, lexicon: Lexicon) -> Iterator[Sentence]:
    small = lexicon.words("function_words")
    stem_of = {form: form[:_STEM] for form in memo.words.vocabulary - small if len(form) > _SHORT}
    stems = [stem_of.get(form, "") for form in memo.words.forms]
    different = {tuple(stems[s.first_word : s.last_word]) for s in memo.sentences}
    counts = Counter(chain.from_iterable(map(set, different)))
    titles = {memo.header_value("subject"), *(section.title for section in memo.sections)}
    for title in titles:
        counts.update({word[:_STEM] for word in title.lower().split()})
    counts[""] = 0
    elsewhere = {stem for stem, count in counts.items() if count > 1}
    somebody = lexicon.pattern("padding_somebody")
    for sentence in running_sentences(memo):
        if (
            sentence.word_count >= _SHORTEST
            and not _has_figure(sentence)
            and len(elsewhere.intersection(stems[sentence.first_word : sentence.last_word])) <= _MOST_TIES
            and not somebody.search(sentence.text)
            and not any(
                memo.text[memo.words[place].span.start].isupper()
                for place in range(sentence.first_word + 1, sentence.last_word)
            )
        ):
            yield sentence


def _has_figure(sentence: Sentence) -> bool:
    return _FIGURE.search(sentence.text) is not None


@detector(
    "padding",
    indicators=("to-the-point",),
    source="plainlanguage.gov, 'Omit unnecessary words'; Orwell, Politics and the English Language (1946), "
    "on ready-made phrases. The lists are our own",
)
def read_padding(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read what share of the words is spent on sentences that say nothing."""
    sentences = running_sentences(memo)
    words = words_in(sentences)
    share = padded_share(memo, sentences, lexicon)
    phrases = lexicon.phrases("padding_phrases")
    findings = []
    for sentence in sentences_around(sentences, phrases.places(memo.words)):
        for match in phrases.find(memo.words, sentence.first_word, sentence.last_word):
            severity = min(1.0, 0.1 + 2 * sentence.word_count / max(1, words))
            values = {"phrase": memo.quote(span_of(memo, match))}
            findings.append(
                Finding(
                    "padding.sentence", "to-the-point", "opportunity", sentence.span, severity, 0.7, values
                )
            )
            break
    return Reading({"to-the-point": ramp(share, _POOR, _GOOD)}, worst_first(findings, words))
