"""What each page says again at its top and bottom: running titles, page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

from memo_coach.documents.reading.pdf.lines import Line

_LINES_AT_AN_EDGE = 3
_LONGEST = 120
_LEAST_SHARE = 0.3
"""Of the pages, on which a line has to stand: left and right pages differ, some have none."""
_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b")
_PAGE_NUMBER = re.compile(r"[^\w#]*#[^\w#]*(?:#[^\w#]*)?")


def without_page_heads(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], bool]:
    """Return the pages' lines without what they repeat, and whether there was such a line."""
    seen = Counter(
        key for lines in pages for key in {_key(line) for edge in _edges(lines) for line in edge} if key
    )
    least = max(2, len(pages) * _LEAST_SHARE)
    repeated = {key for key, count in seen.items() if count >= least}
    kept = []
    for lines in pages:
        # From the edge inwards, up to the first line that is the page's own.
        heads = {
            id(line)
            for edge in _edges(lines)
            for line in takewhile(lambda line: _key(line) in repeated, edge)
        }
        kept.append([line for line in lines if id(line) not in heads])
    return kept, bool(repeated)


def _edges(lines: Sequence[Line]) -> tuple[Sequence[Line], Sequence[Line]]:
    """Return the last lines from below, and the first from above."""
    by_height = sorted(lines, key=lambda line: line.baseline)
    return by_height[:_LINES_AT_AN_EDGE], by_height[: -_LINES_AT_AN_EDGE - 1 : -1]


def _key(line: Line) -> str | None:
    """Return what is the same on each page, or ``None`` for what is no head, such as a row of figures."""
    text = _NUMBER.sub("#", line.text.casefold())
    has_letters = any(letter.isalpha() for letter in text)
    if len(text) > _LONGEST or not (has_letters or _PAGE_NUMBER.fullmatch(text)):
        return None
    return text
