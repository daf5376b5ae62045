"""A text as the words it consists of, each with its place: what typography and markup change is left out.

Two passages are the same here where they have the same words in the same order. What lies between words does
not count: white space and line breaks, punctuation, quotation marks, dashes and hyphens, ellipses, list
markers, table cells' bars, tags, targets of links. Within a word case, accents, ligatures, full width, soft
hyphens, apostrophes and the marks of emphasis (``**bo**ld``) do not count. In scripts without spaces between
words each character is a word.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate

from memo_coach.coaching.memo.normalisation import normalised

_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_ACCENTS = "\u0300-\u036f"
_LETTER = rf"[^\W_{_SPACELESS}]"
_WITHIN = rf"[*_`~\\'’‘ʼ´\u00ad\u200b-\u200d\u2060\ufeff{_ACCENTS}]"

# Every repeat is possessive or bounded, so the time is linear in the text.
_WORD = re.compile(
    r"\]\([^()\n]{0,300}(?:\([^()\n]{0,100}\)[^()\n]{0,300})?\)"  # the target of a link
    r"|</?(?!https?:)[a-zA-Z!][^<>\n]{0,300}>"
    r"|&(?:#[0-9]{1,6}|[a-zA-Z]{2,8});"
    rf"|({_LETTER}++(?:{_WITHIN}++{_LETTER}++)*+[{_ACCENTS}]*+|[^\W_])"
)
_NOT_COUNTED = re.compile(_WITHIN)


class NormalisedText:
    """The words of a text in their plain form; ``text[starts[i]:ends[i]]`` is where word ``i`` stands."""

    def __init__(self, text: str) -> None:
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        plain: dict[str, str] = {}
        for match in _WORD.finditer(text):
            raw = match[1]
            if raw is None:
                continue
            word = plain.get(raw)
            if word is None:
                word = plain[raw] = _plain(raw)
            self.words.append(word)
            self.starts.append(match.start())
            self.ends.append(match.end())

    @cached_property
    def joined(self) -> str:
        """The words with one space before and after each, so that a search finds whole words."""
        return f" {' '.join(self.words)} "

    @cached_property
    def _offsets(self) -> list[int]:
        return list(accumulate((len(word) + 1 for word in self.words), initial=1))

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each word stands in the text."""
        return Counter(self.words)

    def find(self, words: Sequence[str], first: int = 0, last: int | None = None) -> int:
        """Return the index where the words stand in a row for the first time in ``[first, last)``, or -1."""
        found = self.joined.find(f" {' '.join(words)} ", *self._range(first, last))
        return -1 if found < 0 else bisect_left(self._offsets, found + 1)

    def find_last(self, words: Sequence[str], first: int = 0, last: int | None = None) -> int:
        """Return the index where the words stand in a row for the last time in ``[first, last)``, or -1."""
        found = self.joined.rfind(f" {' '.join(words)} ", *self._range(first, last))
        return -1 if found < 0 else bisect_left(self._offsets, found + 1)

    def find_all(self, words: Sequence[str], *, most: int) -> list[int]:
        """Return the first ``most`` indices where the words stand in a row; repeats may overlap."""
        needle = f" {' '.join(words)} "
        found: list[int] = []
        position = self.joined.find(needle)
        while position >= 0 and len(found) < most:
            found.append(bisect_left(self._offsets, position + 1))
            position = self.joined.find(needle, position + 1)
        return found

    def _range(self, first: int, last: int | None) -> tuple[int, int]:
        stop = len(self.words) if last is None else max(0, min(last, len(self.words)))
        return self._offsets[min(max(first, 0), len(self.words))] - 1, self._offsets[stop]


def words_of(text: str) -> list[str]:
    """Return the words of a text in their plain form."""
    return NormalisedText(text).words


def is_word_boundary(text: str, position: int) -> bool:
    """Whether no word of the text goes on across the position."""
    if not 0 < position < len(text):
        return True
    before, after = text[position - 1], text[position]
    return _IN_WORD.match(before) is None or _IN_WORD.match(after) is None


_IN_WORD = re.compile(_LETTER)


def _plain(raw: str) -> str:
    if raw.isascii() and raw.isalnum():
        return raw.lower()
    bare = _NOT_COUNTED.sub("", raw)
    decomposed = normalised("NFKD", bare).casefold()
    # A decomposed character may bring in spaces and signs, such as the solidus in ½.
    plain = "".join(char for char in decomposed if char.isalnum())
    return plain or bare
