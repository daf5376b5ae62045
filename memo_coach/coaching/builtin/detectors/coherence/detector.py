"""Coherence: whether words make sentences, and whether sentences of a kind stand together.

It sees two things only. In a heap of words, articles and prepositions stand before words that cannot follow
them. In a heap of sentences without headings, what speaks of money, dates, people or duties is scattered
evenly, sentences that share a word stand apart, and paragraphs open with words that point at nothing. It does
not see whether one sentence follows from another.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from memo_coach.coaching.builtin.analysis.running_text import words_in
from memo_coach.coaching.builtin.detectors.headings.detector import signposting
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence

KINDS: tuple[str, ...] = ("coherence.words", "coherence.order")

_SENSE, _NO_SENSE = 0.09, 0.18
"""Share of articles and prepositions that end a sentence or stand before a word that cannot follow. No real
document at hand with 30 of them or more has above 0.07; the strong samples with their words shuffled have
0.20 to 0.38."""
_FEWEST_JOINTS = 30
_LEAST_SENSE = 0.02
"""What is left to a heap of words, so that scores still differ before they are rounded."""

_ORDERED, _RANDOM = 3.0, 0.5
"""How far a text looks ordered (:func:`order_of`). Of 123 documents without headings one in four is taken for
disordered, good letters among them, so it counts only where nothing guides the reader; of the strong samples
in random order 31 of 40 are. Weights and ends were looked for on a grid, on these same texts."""
_SAME_WORDS = 0.5
_OPENINGS = 12.0
_ROOT = 6
"""Letters by which two words count as the same."""
_SHORTEST_ROOT = 4
_USUAL_OPENINGS, _AS_MANY_AS = 0.5, 3.0
"""What the share of dangling openings is pulled towards, as if so many more sentences had been seen."""
_GUIDED = 0.3
"""From this much of ``headings`` on, order is not judged."""
_WORDS_FOR_ORDER = 350
_LISTED, _RUNNING = 0.5, 0.8
"""Share of the sentences that stand in paragraphs: points in a list have an order of their own."""
DISORDER = 0.2
"""What disorder costs at most: it is a suspicion and no proof."""
_SCATTERED_AT_LEAST = 1.5
_NEXT_BUT_ONE = 0.5

_SIGNS = tuple(
    re.compile(sign)
    for sign in (
        r"[€$£]",
        "%",
        r"\d",
        r"\b20\d\d\b",
        r"(?<=[\w,:] )[A-ZÁÉÍÓÚ]\w+ [A-ZÁÉÍÓÚ]\w+",
        r"[.!?]\W*$",
        ":",
        r"\|",
        ",",
        r"\(",
    )
)
"""What may be in a sentence whatever its language; ``coherence_signs`` of the lexicon has the rest."""


def broken_joints(memo: Memo, lexicon: Lexicon) -> tuple[list[Sentence], int, int]:
    """Return the sentences with words that cannot stand together, how many such places, and of how many."""
    articles, prepositions = lexicon.words("coherence_articles"), lexicon.words("coherence_prepositions")
    after_article = lexicon.words("coherence_not_after_article")
    after_preposition = lexicon.words("coherence_not_after_preposition")
    forms, joints = memo.words.forms, articles | prepositions
    sentences: list[Sentence] = []
    broken = total = 0
    for sentence in memo.sentences:
        own = 0
        for place in memo.words.places_of(joints, sentence.first_word, sentence.last_word):
            total += 1
            impossible = after_article if forms[place] in articles else after_preposition
            own += place + 1 == sentence.last_word or forms[place + 1] in impossible
        if own:
            broken += own
            sentences.append(sentence)
    return sentences, broken, total


def order_of(memo: Memo, lexicon: Lexicon) -> float:
    """Return how far the order of a text looks like a writer's; in a random one it is near 0."""
    same_words = _joined(words_together(memo, lexicon), len(_said(memo)))
    return togetherness(memo, lexicon) + _SAME_WORDS * same_words + _OPENINGS * tied_openings(memo, lexicon)


def togetherness(memo: Memo, lexicon: Lexicon) -> float:
    """Return how far sentences of a kind stand together, in standard deviations of a random order."""
    sentences = _said(memo)
    columns = _columns(memo, sentences, lexicon)
    return _joined((each for column in columns for each in _together(column)), len(sentences))


def tied_openings(memo: Memo, lexicon: Lexicon) -> float:
    """Return by how much rarer “but”, “it”, “this” and the like open a paragraph than a sentence within one.

    Such a word points back at the sentence before; at the head of a paragraph it mostly points at nothing.
    """
    openers = lexicon.words("coherence_openers")
    opening: list[bool] = []
    inside: list[bool] = []
    block = None
    for sentence in _said(memo):
        if memo.blocks[sentence.block].kind == "paragraph":
            seen = inside if sentence.block == block else opening
            seen.append(memo.words[sentence.first_word].lower in openers)
            block = sentence.block
    return _share(inside) - _share(opening)


def _share(found: Sequence[bool]) -> float:
    return (sum(found) + _USUAL_OPENINGS) / (len(found) + _AS_MANY_AS)


def _said(memo: Memo) -> list[Sentence]:
    return [sentence for sentence in memo.sentences if sentence.word_count]


def _together(column: Sequence[float]) -> Iterator[float]:
    """Yield how far the high values of a column stand together (Moran's statistic), unless they are few."""
    count = len(column)
    mean = sum(column) / count
    centred = [value - mean for value in column]
    spread = sum(value * value for value in centred)
    if spread >= _SCATTERED_AT_LEAST:
        near = sum(a * b for a, b in pairwise(centred))
        next_but_one = sum(a * b for a, b in zip(centred, centred[2:], strict=False))
        yield (near + _NEXT_BUT_ONE * next_but_one) / spread + (1 + _NEXT_BUT_ONE) / count


def _joined(found: Iterable[float], count: int) -> float:
    """Return what several columns of so many sentences say together, in standard deviations."""
    values = list(found)
    if not values:
        return 0.0
    return sum(values) / math.sqrt(len(values)) * math.sqrt(count / (1 + _NEXT_BUT_ONE**2))


def words_together(memo: Memo, lexicon: Lexicon) -> Iterator[float]:
    """For each word of more than one sentence, yield how far those stand together, as :func:`_together` does.

    Worked out from the places of the word alone, so the time grows with the text and not with its square.
    """
    small = lexicon.words("function_words")
    places: defaultdict[str, list[int]] = defaultdict(list)
    sentences = _said(memo)
    for number, sentence in enumerate(sentences):
        for word in memo.words_of(sentence):
            form = word.lower
            if len(form) >= _SHORTEST_ROOT and form not in small and not form[0].isdigit():
                own = places[form[:_ROOT]]
                if not own or own[-1] != number:
                    own.append(number)
    for own in places.values():
        yield from _placed_together(own, len(sentences))


def _placed_together(places: Sequence[int], count: int) -> Iterator[float]:
    mean = len(places) / count
    spread = len(places) * (1 - mean)
    if len(places) < 2 or spread <= 0:
        return
    among = frozenset(places)
    total = (1 + _NEXT_BUT_ONE) / count
    for step, weight in ((1, 1.0), (2, _NEXT_BUT_ONE)):
        both = sum(place + step in among for place in places)
        left, right = sum(place < count - step for place in places), sum(place >= step for place in places)
        total += weight * (both - mean * (left + right) + (count - step) * mean * mean) / spread
    yield total


@lru_cache(maxsize=8)
def _signs_of(lexicon: Lexicon) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(sign, re.IGNORECASE) for sign in lexicon.entries("coherence_signs"))


def _columns(memo: Memo, sentences: Sequence[Sentence], lexicon: Lexicon) -> Iterator[list[float]]:
    """For each sign, whether each sentence has it; then how long each is, and how many small words it has."""
    for sign in (*_SIGNS, *_signs_of(lexicon)):
        yield [1.0 if sign.search(sentence.text) else 0.0 for sentence in sentences]
    yield [math.log(1 + sentence.word_count) for sentence in sentences]
    small = lexicon.words("function_words")
    places = memo.words.places_of
    yield [len(places(small, s.first_word, s.last_word)) / s.word_count for s in sentences]


@detector(
    "coherence",
    indicators=("coherence",),
    source="Own rule. Halliday and Hasan, 'Cohesion in English' (1976), on what ties sentences together; the "
    "test of order is Moran's, 'Notes on continuous stochastic phenomena' (1950)",
)
def read_coherence(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read whether the words make sentences, and the sentences a text."""
    suspects, broken, total = broken_joints(memo, lexicon)
    sense = ramp(broken / total, _NO_SENSE, _SENSE) if total >= _FEWEST_JOINTS else 1.0
    value = _LEAST_SENSE + (1 - _LEAST_SENSE) * sense
    findings: list[Finding] = []
    if sense < 1.0:
        findings.append(
            Finding("coherence.words", "coherence", "opportunity", suspects[0].span, 1 - sense, 0.8)
        )
    disorder = _disorder(memo, lexicon) if sense == 1.0 else 0.0
    if disorder >= 0.5:
        findings.append(Finding("coherence.order", "coherence", "opportunity", None, disorder, 0.5))
    return Reading({"coherence": value * (1 - DISORDER * disorder)}, tuple(findings))


def _disorder(memo: Memo, lexicon: Lexicon) -> float:
    length = ramp(words_in(memo.sentences), _WORDS_FOR_ORDER / 2, _WORDS_FOR_ORDER)
    guided = 1.0 - ramp(signposting(memo), _GUIDED, 0.05)
    if not length or guided == 1.0:
        return 0.0
    running = sum(memo.blocks[sentence.block].kind == "paragraph" for sentence in memo.sentences)
    told = ramp(running / len(memo.sentences), _LISTED, _RUNNING)
    return length * told * (1 - guided) * ramp(order_of(memo, lexicon), _ORDERED, _RANDOM)
