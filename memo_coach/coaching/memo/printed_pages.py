"""Read text that was scanned or copied from pages: wrapped lines, hyphens at their ends, page numbers.

Lines are joined where the first word of the next one would not have fitted: such an end is the page's, not
the writer's. Page numbers are lines that say so, or bare numbers that count up; what stands beside them on
each page, a running title, goes with them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from memo_coach.coaching.memo.headings import atx_heading
from memo_coach.coaching.memo.lines import TERMINATORS, Line, is_rule, lines_of, list_marker, setext_level
from memo_coach.coaching.memo.rewriting import Edit

_NUMBERED_PAGE = re.compile(
    r"[-–—\[( ]{0,4}(?:(?P<label>page|p[aá]gina|p[aá]g\.?|p\.)\s{0,3})?(?P<number>\d{1,3})"
    r"(?:\s{0,3}(?:of|de|/)\s{0,3}(?P<of>\d{1,3}))?[-–—\]) ]{0,4}",
    re.IGNORECASE,
)
_HYPHEN = re.compile(r"(?<=[^\W\d_]{2})[-¬][ \t]*\n[ \t]*(?=([^\W\d_]{2,40}))")
_HYPHENATED = re.compile(r"(?<![^\W\d_])[^\W\d_]++-[^\W\d_]++")
_GAP_AFTER = re.compile(r"[^\S\n]|\n")
_DIGITS = re.compile(r"\d+")
_WIDEST = 100
_NARROWEST = 30
_LEAST_WRAPPED = 4
_SHARE_WRAPPED = 0.4
_NEARLY_FULL = 0.8


def page_edits(text: str) -> Iterator[Edit]:
    """Yield what takes page numbers and running titles out."""
    lines = lines_of(text)
    pages = _page_lines(lines)
    if not pages:
        return
    taken = sorted(pages | _running_titles(lines, pages))
    index = 0
    while index < len(taken):
        first = last = taken[index]
        while index + 1 < len(taken) and not any(
            lines[place].bare for place in range(last + 1, taken[index + 1])
        ):
            index += 1
            last = taken[index]
        index += 1
        yield _without(lines, first, last)


def _page_lines(lines: Sequence[Line]) -> frozenset[int]:
    sure: list[int] = []
    counted: list[tuple[int, int]] = []
    for index, line in enumerate(lines):
        if not line.bare or len(line.bare) > 30 or not any(map(str.isdigit, line.bare)):
            continue
        found = _NUMBERED_PAGE.fullmatch(line.bare)
        if found is None or (index and index + 1 < len(lines) and "|" in lines[index - 1].bare):
            continue
        if found["label"] or (line.bare[0] in "-–—" and line.bare[-1] in "-–—"):
            sure.append(index)
        elif not (lines[index - 1].bare if index else "") or found["of"]:
            counted.append((index, int(found["number"])))
    numbers = [number for _, number in counted]
    if (
        len(numbers) >= 2
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        and numbers[0] <= 2
    ):
        sure.extend(index for index, _ in counted)
    return frozenset(sure)


def _running_titles(lines: Sequence[Line], pages: frozenset[int]) -> frozenset[int]:
    """Return the short lines next to page numbers that stand there more than once, numbers in them aside."""
    beside: list[tuple[int, str]] = []
    for page in sorted(pages):
        for step in (-1, 1):
            place = page + step
            while 0 <= place < len(lines) and not lines[place].bare and abs(place - page) <= 3:
                place += step
            if 0 <= place < len(lines) and place not in pages and 0 < len(lines[place].bare) <= 80:
                beside.append((place, _DIGITS.sub("#", lines[place].bare.lower())))
    often = Counter(words for _, words in set(beside))
    return frozenset(place for place, words in beside if often[words] > 1)


def _without(lines: Sequence[Line], first: int, last: int) -> Edit:
    """Take lines out; where a sentence goes on below them, its two halves come together."""
    before, after = first - 1, last + 1
    while before >= 0 and not lines[before].bare:
        before -= 1
    while after < len(lines) and not lines[after].bare:
        after += 1
    start = lines[before].end if before >= 0 else 0
    if after >= len(lines):
        return start, lines[-1].end, ""
    above, below = lines[before].bare if before >= 0 else "", lines[after].bare
    goes_on = bool(above) and not above.endswith(TERMINATORS) and below[0].islower()
    is_row = above.endswith("|") and below.startswith("|")
    return start, lines[after].start, "\n" if goes_on or is_row else "\n\n" if above else ""


def hyphen_edits(text: str) -> Iterator[Edit]:
    """Yield what puts words together that a line's end divides; the line then ends after the word."""
    if "-\n" not in text and "¬" not in text and "- \n" not in text:
        return
    hyphenated = {found[0] for found in _HYPHENATED.finditer(text)}
    position = 0
    for found in _HYPHEN.finditer(text):
        if found.start() < position:
            continue
        head = re.search(r"[^\W_]+\Z", text[max(0, found.start() - 40) : found.start()])
        first, second = (head[0] if head else ""), found[1]
        if not (second[0].islower() or text[found.start() - 1].isupper()):
            continue
        # A word that is written with its hyphen elsewhere keeps it.
        keeps = text[found.start()] == "-" and f"{first}-{second}" in hyphenated
        yield found.start(), found.end(), "-" if keeps else ""
        gap = _GAP_AFTER.search(text, found.end(), found.end() + 60)
        if gap is not None and gap[0] != "\n":
            yield gap.start(), gap.end(), "\n"
            position = gap.end()


def wrap_edits(text: str) -> Iterator[Edit]:
    """Yield what joins the lines of a text that was wrapped at a width."""
    raw_lines = text.split("\n")
    if any(len(raw.rstrip()) > _WIDEST and "|" not in raw and "\t" not in raw for raw in raw_lines):
        return  # as for nearly every text, before its lines are looked at more closely
    lines = lines_of(text)
    running = [line for line in lines if line.bare and "|" not in line.bare and "\t" not in line.bare]
    width = max((len(line.bare) + line.indent for line in running), default=0)
    if not _NARROWEST <= width <= _WIDEST:
        return
    wrapped = [index for index in range(len(lines) - 1) if _is_wrapped(lines, index, width)]
    pairs = sum(1 for line, after in pairwise(lines) if line.bare and after.bare and "|" not in line.bare)
    if len(wrapped) < _LEAST_WRAPPED or len(wrapped) < _SHARE_WRAPPED * pairs:
        return
    for index in wrapped:
        yield lines[index].end, lines[index + 1].start, " "


def _is_wrapped(lines: Sequence[Line], index: int, width: int) -> bool:
    """Whether a line ends where it does because the next word had no room."""
    line, after = lines[index], lines[index + 1]
    length = len(line.bare) + line.indent
    if (
        not after.bare
        or length < _NEARLY_FULL * width
        or length + 1 + len(after.bare.split(" ", 1)[0]) <= width
    ):
        return False
    if "|" in line.bare or "|" in after.bare or after.bare[0] in "#>" or is_rule(line.bare):
        return False
    if is_rule(after.bare) or setext_level(after.bare) or atx_heading(after.bare):
        return False
    marker = list_marker(after.bare)
    return marker is None or (marker.ordered and not line.bare.endswith(TERMINATORS))
