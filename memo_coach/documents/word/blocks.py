"""The Markdown of a memo as a word processor has it: headings, lists, tables and paragraphs, with emphasis.

What is no Markdown stays as it is written. A list is numbered by the word processor only where that gives the
numbers that the writer has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from memo_coach.coaching.memo.lines import Line, fence, is_table_row, is_table_rule, lines_of

MOST_COLUMNS: Final = 60
DEEPEST_LIST: Final = 8

_HEADING: Final = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_ITEM: Final = re.compile(r"(?:([-*+•])|(\d{1,3})\.)[ \t]+(?=\S)")
_CELL_END: Final = re.compile(r"(?<!\\)\|")
_EMPHASIS: Final = re.compile(
    r"(?P<marks>\*\*\*|\*\*|__|(?<![\w*])\*(?!\*)|(?<!\w)_(?!_))(?=\S)(?P<words>[^*_\n]{1,2000}?)(?<=\S)(?P=marks)(?!\w)"
)

BlockKind = Literal["heading", "bullet", "numbered", "table", "paragraph"]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of running text."""

    text: str
    strong: bool = False
    em: bool = False


@dataclass(frozen=True, slots=True)
class WordBlock:
    """One block. ``level`` is a heading's, or how deep an item stands, from 0."""

    kind: BlockKind
    runs: tuple[Run, ...] = ()
    level: int = 0
    begins_list: bool = False
    """Whether a numbered list begins here at 1."""
    rows: tuple[tuple[tuple[Run, ...], ...], ...] = ()
    """Of a table; the first is its head."""


def blocks_of(text: str) -> Iterator[WordBlock]:
    """Yield the blocks of a memo in their order."""
    lines = lines_of(text)
    numbering = _Numbering()
    index = 0
    while index < len(lines):
        line = lines[index]
        if not line.bare:
            index += 1
        elif heading := _HEADING.match(line.bare):
            numbering.end()
            yield WordBlock("heading", runs_of(line.bare[heading.end() :]), len(heading[1]))
            index += 1
        elif marks := fence(line.bare):
            numbering.end()
            end = _end_of_code(lines, index, marks)
            yield WordBlock("paragraph", (Run("\n".join(map(_as_written, lines[index:end]))),))
            index = end
        elif _is_table(lines, index):
            numbering.end()
            end = _end_of(lines, index, "table")
            yield _table(lines[index:end])
            index = end
        else:
            end = _end_of(lines, index, "text")
            yield _text(lines[index:end], numbering)
            index = end


class _Numbering:
    """The indents and numbers of the list items that are open, the outermost first."""

    def __init__(self) -> None:
        self._open: list[tuple[int, int]] = []

    def end(self) -> None:
        """End every list."""
        self._open.clear()

    def depth(self, indent: int) -> int:
        """Return how deep an item stands."""
        while self._open and indent < self._open[-1][0]:
            self._open.pop()
        if not self._open or indent >= self._open[-1][0] + 2:
            self._open.append((indent, 0))
        return min(len(self._open) - 1, DEEPEST_LIST)

    def interrupt(self) -> None:
        """Have the innermost list begin anew: another kind of item came between."""
        self._open[-1] = self._open[-1][0], 0

    def follows(self, number: int) -> bool:
        """Tell whether the number is the next one of the innermost list, and count it then."""
        indent, last = self._open[-1]
        if number != last + 1:
            return False
        self._open[-1] = indent, number
        return True


def _is_table(lines: Sequence[Line], index: int) -> bool:
    return (
        index + 1 < len(lines)
        and is_table_row(lines[index].bare)
        and is_table_rule(lines[index + 1].bare)
        and len(_cells(lines[index].bare)) <= MOST_COLUMNS
    )


def _end_of_code(lines: Sequence[Line], start: int, marks: str) -> int:
    """Return the first line after a block of code; one that is never closed reaches to the end."""
    for index in range(start + 1, len(lines)):
        if fence(lines[index].bare)[:3] == marks[:3]:
            return index + 1
    return len(lines)


def _as_written(line: Line) -> str:
    return " " * line.indent + line.bare


def _end_of(lines: Sequence[Line], start: int, what: Literal["table", "text"]) -> int:
    """Return the first line after a table or a paragraph."""
    for index in range(start + 1, len(lines)):
        bare = lines[index].bare
        if not bare:
            return index
        if what == "table":
            if "|" not in bare:
                return index
        elif _HEADING.match(bare) or _ITEM.match(bare) or _is_table(lines, index):
            return index
    return len(lines)


def _text(lines: Sequence[Line], numbering: _Numbering) -> WordBlock:
    words = "\n".join(line.bare for line in lines)
    item = _ITEM.match(words)
    if item is None:
        numbering.end()
        return WordBlock("paragraph", runs_of(words))
    depth = numbering.depth(lines[0].indent)
    if item[1]:
        numbering.interrupt()
        return WordBlock("bullet", runs_of(words[item.end() :]), depth)
    number = int(item[2])
    if not numbering.follows(number):
        numbering.end()
        return WordBlock("paragraph", runs_of(words))
    return WordBlock("numbered", runs_of(words[item.end() :]), depth, begins_list=number == 1)


def _table(lines: Sequence[Line]) -> WordBlock:
    rows = [_cells(line.bare) for number, line in enumerate(lines) if number != 1]
    width = max(map(len, rows))
    if width > MOST_COLUMNS:
        return WordBlock("paragraph", runs_of("\n".join(line.bare for line in lines)))
    filled = (row + [""] * (width - len(row)) for row in rows)
    return WordBlock("table", rows=tuple(tuple(map(runs_of, row)) for row in filled))


def _cells(bare: str) -> list[str]:
    inner = bare.removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _CELL_END.split(inner)]


def runs_of(text: str) -> tuple[Run, ...]:
    """Return running text cut where emphasis begins and ends, without its signs."""
    runs: list[Run] = []
    position = 0
    for found in _EMPHASIS.finditer(text):
        if found.start() > position:
            runs.append(Run(text[position : found.start()]))
        marks = found["marks"]
        runs.append(Run(found["words"], strong=len(marks) >= 2, em=len(marks) != 2))
        position = found.end()
    if position < len(text):
        runs.append(Run(text[position:]))
    return tuple(runs)
