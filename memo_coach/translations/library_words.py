"""What a library says of a text that it cannot read, in the language that is spoken.

A library's own words are English. Those that are listed here are told in the other languages, too, and what
is not listed is said there in general words.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from memo_coach.translations import ENGLISH, contents, speaking
from memo_coach.translations.sentences import Sentence

OTHER: Final = "other"
"""The key of the general words of a part."""


def library_words(part: str, english: str, **values: str) -> Sentence:
    """Return a library's words as a sentence.

    Args:
        part: the part of the texts in which that library's words are.
        english: what it said; what is listed is known by how it begins.
        values: what else the other languages say.
    """
    key = next((key for begins, key in _listed(part) if english.startswith(begins)), OTHER)
    return Sentence(english, f"{part}.{key}", values)


@cache
def _listed(part: str) -> tuple[tuple[str, str], ...]:
    """Return the words that are listed, with their keys; the longest come first."""
    with speaking(ENGLISH):
        listed = [(str(said), key) for key, said in contents(part).items() if key != OTHER]
    return tuple(sorted(listed, key=lambda each: -len(each[0])))
