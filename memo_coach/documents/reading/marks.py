"""Marks that stand in a text, while it is being made, for what is left out of it.

They are characters of Unicode's private area, so that they pass through whatever is done to the text and are
counted as places at its end; characters of the file that look like them are taken out before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from memo_coach.coaching.memo.text import normalise_text
from memo_coach.documents.reading.limits import MOST_CHARACTERS
from memo_coach.documents.reading.model import DocumentRefused, LeftOut, Omission, ReadDocument, Refusal

_FIRST = 0xE6F0
_MARKS = {what: chr(_FIRST + number) for number, what in enumerate(Omission)}
_OMISSIONS = {mark: what for what, mark in _MARKS.items()}
_MARK = re.compile(f"[{chr(_FIRST)}-{chr(_FIRST + len(Omission) - 1)}]")
_MOST_PLACES = 200
_ALONE = re.compile(f"\n{{1,2}}({_MARK.pattern}+)(?=\n|\\Z)")
"""Marks on a line of their own, which go to the end of the one before, or to the beginning of the first."""
_FIRST_ALONE = re.compile(f"\\A({_MARK.pattern}+)\n+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def mark(what: Omission) -> str:
    """Return the character that stands for something left out."""
    return _MARKS[what]


def without_marks(text: str) -> str:
    """Return a file's own text without characters that would be taken for marks."""
    return _MARK.sub("", text)


def finished(marked: str, counts: Mapping[Omission, int]) -> ReadDocument:
    """Return a text that was put together here in its stored form, without its marks, which become places.

    ``counts`` are of what has no place, or has not always one.

    Raises:
        DocumentRefused: there is no word in it, or it is too long.
    """
    # Where there are far too many characters, even putting them in order takes long.
    if len(marked) > 2 * MOST_CHARACTERS:
        raise DocumentRefused(Refusal.TOO_LONG)
    marked = _tidied(normalise_text(marked))
    parts: list[str] = []
    places: dict[Omission, list[int]] = defaultdict(list)
    read = length = 0
    for found in _MARK.finditer(marked):
        part = marked[read : found.start()]
        parts.append(part)
        read, length = found.end(), length + len(part)
        places[_OMISSIONS[found[0]]].append(length)
    text = checked("".join((*parts, marked[read:])))
    left_out = (
        LeftOut(what, max(counts.get(what, 0), len(places[what])), tuple(places[what][:_MOST_PLACES]))
        for what in Omission
    )
    return ReadDocument(text, tuple(each for each in left_out if each.count))


def checked(text: str) -> str:
    """Return a text that may be a memo's.

    Raises:
        DocumentRefused: there is no word in it, or it is too long.
    """
    if len(text) > MOST_CHARACTERS:
        raise DocumentRefused(Refusal.TOO_LONG)
    if not any(character.isalnum() for character in text):
        raise DocumentRefused(Refusal.EMPTY)
    return text


def _tidied(marked: str) -> str:
    """Take away what parsers leave behind: spaces at the ends of lines, empty lines in a row."""
    lines = "\n".join(line.rstrip(" \t\u00a0") for line in marked.split("\n"))
    return _FIRST_ALONE.sub(r"\1", _ALONE.sub(r"\1", _EMPTY_LINES.sub("\n\n", lines)).strip("\n"))
