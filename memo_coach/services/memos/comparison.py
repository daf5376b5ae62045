"""What differs between two versions, for a page: folded where nothing changed, a bounded part at a time.

Long passages that both versions have are folded to their ends. What is left is cut into parts of a bounded
length, so that a page never gets two books at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from memo_coach.coaching.memo.difference import Run
from memo_coach.services.views import ComparedPiece, Comparison

LONGEST_SHOWN: Final = 60
"""Words; an unchanged passage that has more, and is long beside its context, is folded."""
CONTEXT: Final = 200
"""Characters, at most, that stay beside a change."""
LONGEST_PART: Final = 40_000
"""Characters of text in one part."""
MOST_PIECES: Final = 1_500
"""Pieces in one part: each is an element of the page."""

_WORD: Final = re.compile(r"[^\W_]++(?:['’\-][^\W_]++)*+")
_LINE: Final = re.compile(r"[^\n]*\n+|[^\n]+")


def compare(runs: Sequence[Run], opened: Collection[int] = (), part: int = 1) -> Comparison:
    """Return one part of a difference, the nearest that there is.

    ``opened`` are the numbers of the folded passages that are to be shown.
    """
    parts = _parts(_cut(_pieces(runs, opened)))
    chosen = min(max(part, 1), len(parts))
    changes = sum(_begins_change(runs, index) for index in range(len(runs)))
    return Comparison(tuple(parts[chosen - 1]), chosen, len(parts), changes)


def _begins_change(runs: Sequence[Run], index: int) -> bool:
    return runs[index].kind != "equal" and (index == 0 or runs[index - 1].kind == "equal")


def _pieces(runs: Sequence[Run], opened: Collection[int]) -> Iterator[ComparedPiece]:
    change = 0
    for index, run in enumerate(runs):
        if run.kind != "equal":
            begins = _begins_change(runs, index)
            change += begins
            yield ComparedPiece(run.kind, run.text, change=change, begins=begins)
        elif index not in opened and _is_long(run.text):
            yield from _folded(run.text, index, first=index == 0, last=index == len(runs) - 1)
        else:
            yield from _lines(run.text)


def _is_long(text: str) -> bool:
    return len(text) > 3 * CONTEXT and len(_WORD.findall(text)) > LONGEST_SHOWN


def _folded(text: str, index: int, *, first: bool, last: bool) -> Iterator[ComparedPiece]:
    start = 0 if first else _end_of_context(text)
    end = len(text) if last else len(text) - _end_of_context(text[::-1])
    # What is left begins with a word: the space before it goes with the words before.
    blank = "\n" if text[:end].endswith("\n") else " \t\n"
    end += len(text[end:]) - len(text[end:].lstrip(blank))
    yield from _lines(text[:start])
    yield ComparedPiece("folded", "", fold=index, words=len(_WORD.findall(text, start, end)))
    yield from _lines(text[end:])


def _end_of_context(text: str) -> int:
    """Return where the context at the beginning of a text ends: at a line, or else between two words."""
    line = text.rfind("\n", 1, CONTEXT)
    if line > 0:
        return line + 1
    space = max(text.rfind(sign, 1, CONTEXT) for sign in " \t")
    return space + 1 if space > 0 else 0


def _lines(text: str) -> Iterator[ComparedPiece]:
    for line in _LINE.findall(text):
        yield ComparedPiece("equal", line)


def _cut(pieces: Iterator[ComparedPiece]) -> Iterator[ComparedPiece]:
    """Cut what is longer than a part."""
    for piece in pieces:
        if len(piece.text) <= LONGEST_PART:
            yield piece
            continue
        for start in range(0, len(piece.text), LONGEST_PART):
            text = piece.text[start : start + LONGEST_PART]
            yield ComparedPiece(piece.kind, text, change=piece.change, begins=piece.begins and start == 0)


def _parts(pieces: Iterator[ComparedPiece]) -> list[list[ComparedPiece]]:
    parts: list[list[ComparedPiece]] = [[]]
    length = 0
    for piece in pieces:
        if parts[-1] and (length + len(piece.text) > LONGEST_PART or len(parts[-1]) == MOST_PIECES):
            parts.append([])
            length = 0
        parts[-1].append(piece)
        length += len(piece.text)
    return parts
