"""Find where a quoted passage stands in a memo: word for word, but for typography, or nearly so.

A model quotes with other quotation marks, without the markup, with words left out behind an ellipsis, or with
a word changed. What is shown is always the memo's own text at the place found; a quote that stands nowhere
has no place, and it is better to drop it than to show another passage.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from memo_coach.coaching.memo.model import Span
from memo_coach.coaching.quotes.normalised_text import NormalisedText, is_word_boundary, words_of

Method = Literal["exact", "normalised", "fuzzy"]

LONGEST_QUOTE = 4_000
"""Characters; a longer quote is found only where it stands as it is."""
LONGEST_CONTEXT = 32
"""Characters of ``before`` and ``after`` that count."""
THRESHOLD = 0.65
"""The least similarity of a passage taken for its quote; ``docs/coach.md`` has the measured trade-off."""
SHORTEST_FUZZY = 6
"""Words. Of a shorter quote too little is left when a word or two differ."""

_MOST_REPEATS = 500
"""A passage that stands more often is looked for among its first places only."""
_MOST_PARTS = 8
_LONGEST_GAP = 200
"""Words that an ellipsis may stand for; fewer in a short quote, whose words meet by chance more easily."""
_GAP_FOR_A_WORD = 12
_SHORTEST_ELIDED = 4
_AS_SIMILAR = 0.02
_MOST_MARKS = 8

_ELLIPSIS = re.compile(r"[\[(<{]? ?(?:…|\.{3,}|(?:\. ){2}\.|(?<=[\[(])\.\.(?=[\])])) ?[\])>}]?")
_WRAPPING = "\"'“”„‟«»‹›‘’‚‛`´「」『』＂… \t\n\u00a0"
_SAME_MARKS = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»＂‘’‚‛‹›´`", "'"),
        '"': "'",
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    }
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in a text: ``text[start:end]``, never empty, without white space at its ends."""

    start: int
    end: int
    method: Method
    similarity: float
    """How much of the quote stands there, 0 to 1: 1.0 unless the method is ``fuzzy``."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A run of words of a quote where it stands in the text, by index of word."""

    first: int
    last: int
    similarity: float = 1.0


class Anchors:
    """Finds quotes in one text. It keeps what it worked out, so ask the same object for each quote."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _words(self) -> NormalisedText:
        return NormalisedText(self._text)

    def locate(self, quote: str, *, before: str = "", after: str = "") -> Anchor | None:
        """Find the passage that is quoted; ``None`` where it does not stand in the text.

        ``before`` and ``after`` are what stands right before and after it: of several places the one is
        given whose surroundings resemble them most, without them the first.
        """
        quote = quote.strip()
        choice = _Choice(self._text, before, after)
        exact = self._exact(quote)
        whole = [span for span in exact if self._is_whole(span)]
        if whole or len(quote) > LONGEST_QUOTE:
            return _anchor(choice.of(whole or exact), "exact")
        quoted = NormalisedText(quote)
        if not quoted.words:
            return _anchor(choice.of(exact), "exact")
        marks = quote[: quoted.starts[0]], quote[quoted.ends[-1] :]
        places = self._words.find_all(quoted.words, most=_MOST_REPEATS)
        return (
            self._best([_Part(place, place + len(quoted.words)) for place in places], marks, choice)
            or _anchor(choice.of(exact), "exact")
            or self._best(self._elided(quote), marks, choice)
            or self._best(self._near(quoted.words), marks, choice)
        )

    def _exact(self, quote: str) -> list[Span]:
        """Look for the quote as it is, then without the quotation marks and ellipses around it."""
        return _places(self._text, quote) or _places(self._text, quote.strip(_WRAPPING))

    def _is_whole(self, span: Span) -> bool:
        return is_word_boundary(self._text, span.start) and is_word_boundary(self._text, span.end)

    def _elided(self, quote: str) -> list[_Part]:
        """Find the parts around the ellipses, in order and not too far from each other.

        The search starts from the longest part, which stands in the fewest places, and takes the nearest
        place of each other part before and after it.
        """
        parts = [words for part in _ELLIPSIS.split(quote) if (words := words_of(part))]
        total = sum(map(len, parts))
        if not 2 <= len(parts) <= _MOST_PARTS or total < _SHORTEST_ELIDED:
            return []
        gap = min(_LONGEST_GAP, _GAP_FOR_A_WORD * total)
        # Only what stands nowhere as it is may stand nearly so.
        near = [[] if self._words.find(part) >= 0 else self._near(part) for part in parts]
        pivot = max(range(len(parts)), key=lambda index: (sum(map(len, parts[index])), -index))
        places = self._words.find_all(parts[pivot], most=_MOST_REPEATS)
        chains: list[_Part] = []
        for middle in [_Part(place, place + len(parts[pivot])) for place in places] or near[pivot]:
            chain: _Part | None = middle
            for index in [*range(pivot - 1, -1, -1), *range(pivot + 1, len(parts))]:
                chain = chain and self._extended(
                    chain, parts[index], near[index], -gap if index < pivot else gap
                )
            if chain is not None:
                chains.append(chain)
        return chains

    def _extended(self, chain: _Part, words: Sequence[str], near: Sequence[_Part], gap: int) -> _Part | None:
        """Add the place of a part that is nearest before the chain, where ``gap`` is negative, or after."""
        if gap < 0:
            low, high = chain.first + gap - len(words), chain.first
            place = self._words.find_last(words, low, high)
        else:
            low, high = chain.last, chain.last + gap + len(words)
            place = self._words.find(words, low, high)
        found = [_Part(place, place + len(words))] if place >= 0 else near
        for part in found:
            if low <= part.first and part.last <= high:
                return _Part(
                    min(chain.first, part.first),
                    max(chain.last, part.last),
                    min(chain.similarity, part.similarity),
                )
        return None

    def _near(self, words: Sequence[str]) -> list[_Part]:
        if len(words) < SHORTEST_FUZZY:
            return []
        from memo_coach.coaching.quotes.fuzzy_match import near_matches  # noqa: PLC0415 - few quotes need it

        found = near_matches(self._words, words, threshold=THRESHOLD)
        return [_Part(match.first, match.last, match.similarity) for match in found]

    def _best(self, parts: Sequence[_Part], marks: tuple[str, str], choice: _Choice) -> Anchor | None:
        """Choose the most similar; among those about as similar by the surroundings, then the shortest."""
        if not parts:
            return None
        highest = max(part.similarity for part in parts)
        close = [part for part in parts if part.similarity >= highest - _AS_SIMILAR]
        close.sort(key=lambda part: (part.last - part.first, -part.similarity, part.first))
        spans = {self._span(part, marks): part.similarity for part in reversed(close)}
        chosen = choice.of(list(reversed(spans)))
        similarity = 1.0 if chosen is None else spans[chosen]
        return _anchor(chosen, "normalised" if similarity == 1.0 else "fuzzy", similarity)

    def _span(self, part: _Part, marks: tuple[str, str]) -> Span:
        """Return the place of a part, with the punctuation at the quote's ends where the text has it too."""
        start, end = self._words.starts[part.first], self._words.ends[part.last - 1]
        for mark in reversed(marks[0][-_MOST_MARKS:]):
            if start == 0 or not _is_same_mark(self._text[start - 1], mark):
                break
            start -= 1
        for mark in marks[1][:_MOST_MARKS]:
            if end == len(self._text) or not _is_same_mark(self._text[end], mark):
                break
            end += 1
        return Span(start, end)


class _Choice:
    """Chooses among several places of a quote by what stands around them."""

    def __init__(self, text: str, before: str, after: str) -> None:
        self._text = text
        self._given = before[-LONGEST_CONTEXT:], after[:LONGEST_CONTEXT]

    @cached_property
    def _around(self) -> tuple[str, str]:
        before, after = self._given
        return " ".join(words_of(before)), " ".join(words_of(after))

    def of(self, spans: Sequence[Span]) -> Span | None:
        """Return the place whose surroundings are the most similar; of equals the first of the sequence."""
        if not spans or len(spans) == 1 or not any(self._around):
            return spans[0] if spans else None
        return max(spans, key=self._resemblance)

    def _resemblance(self, span: Span) -> float:
        from rapidfuzz import fuzz  # noqa: PLC0415 - few quotes need it

        # Twice as much of the text: white space and markup take room that the words do not.
        before = " ".join(words_of(self._text[max(0, span.start - 2 * LONGEST_CONTEXT) : span.start]))
        after = " ".join(words_of(self._text[span.end : span.end + 2 * LONGEST_CONTEXT]))
        given_before, given_after = self._around
        found = 0.0
        if given_before:
            found += fuzz.ratio(before[-len(given_before) :], given_before)
        if given_after:
            found += fuzz.ratio(after[: len(given_after)], given_after)
        return found


def _places(text: str, wording: str) -> list[Span]:
    """Return the first places of a wording, which may overlap; none of an empty one."""
    found: list[Span] = []
    position = text.find(wording) if wording else -1
    while position >= 0 and len(found) < _MOST_REPEATS:
        found.append(Span(position, position + len(wording)))
        position = text.find(wording, position + 1)
    return found


def _is_same_mark(one: str, other: str) -> bool:
    return not one.isspace() and one.translate(_SAME_MARKS) == other.translate(_SAME_MARKS)


def _anchor(span: Span | None, method: Method, similarity: float = 1.0) -> Anchor | None:
    return None if span is None else Anchor(span.start, span.end, method, similarity)
