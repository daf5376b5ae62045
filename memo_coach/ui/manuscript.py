"""The memo that is shown to be read, as a screen reader knows texts: headings with levels, lists, tables.

Not a sign is left out: the bars of a table stand in its cells, unseen, so that a copy is the memo's own text.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from typing import Final

from memo_coach.coaching.memo.lines import is_table_rule
from memo_coach.ui.annotated_text import Paragraph, Segment

MOST_CELLS: Final = 2_000
"""Of all tables together. What comes then is shown as the lines that it is written in."""
HEADINGS_BELOW: Final = 1
"""The level of the heading that the memo stands under."""
DEEPEST_HEADING: Final = 6

_SIGNS: Final = re.compile(r"\s*(#{1,6})")
_PIECE: Final = re.compile(r"\n|\||(?:[^\n|\\]|\\[|\\]?)+")


@dataclasses.dataclass
class Cell:
    """A cell of a table. Segments whose kind ends in ``bar`` are signs that only Markdown needs."""

    segments: list[Segment]


@dataclasses.dataclass
class Row:
    """A row of a table."""

    cells: list[Cell]


@dataclasses.dataclass
class Block:
    """What stands together: ``kind`` is ``list``, ``grid`` for a table of cells, or its paragraph's."""

    kind: str
    level: int
    """Of a heading."""
    paragraphs: list[Paragraph]
    """One, or the items of a list; none for a grid."""
    head: list[Cell]
    rows: list[Row]


def blocks_of(paragraphs: Sequence[Paragraph]) -> list[Block]:
    """Return the blocks of a memo that is cut into paragraphs."""
    blocks: list[Block] = []
    level, cells = HEADINGS_BELOW, 0
    for paragraph in paragraphs:
        if paragraph.kind == "list_item" and blocks and blocks[-1].kind == "list":
            blocks[-1].paragraphs.append(paragraph)
            continue
        if paragraph.kind == "heading":
            level = min(HEADINGS_BELOW + _signs(paragraph), level + 1, DEEPEST_HEADING)
        rows = _grid(paragraph) if paragraph.kind == "table" else []
        cells += sum(len(row.cells) for row in rows)
        if rows and cells <= MOST_CELLS:
            blocks.append(Block("grid", 0, [], rows[0].cells, rows[1:]))
        else:
            kind = "list" if paragraph.kind == "list_item" else paragraph.kind
            blocks.append(Block(kind, level if kind == "heading" else 0, [paragraph], [], []))
    return blocks


def _signs(paragraph: Paragraph) -> int:
    found = _SIGNS.match("".join(segment.text for segment in paragraph.segments))
    return len(found[1]) if found else 1


def _grid(paragraph: Paragraph) -> list[Row]:
    """Return the rows of a table that Markdown knows, its head first; none for another."""
    lines = list(_lines(paragraph.segments))
    if len(lines) < 3 or not is_table_rule(_text(lines[1])) or "|" not in _text(lines[0]):
        return []
    rows = [Row(_cells(line)) for number, line in enumerate(lines) if number != 1]
    rows[0].cells[-1].segments += [_unseen(segment) for segment in lines[1]]
    return rows


def _text(line: Sequence[Segment]) -> str:
    return "".join(segment.text for segment in line).strip()


def _lines(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    """Cut segments at bars and line feeds; yield those of each line."""
    line: list[Segment] = []
    for segment in segments:
        pieces = _PIECE.findall(segment.text)
        words = [place for place, piece in enumerate(pieces) if piece.strip(" |\t\n")]
        # A comment's number stands at its last words, where it is seen.
        last = words[-1] if words else len(pieces) - 1
        for place, piece in enumerate(pieces):
            number = segment.number if place == last else ""
            line.append(dataclasses.replace(segment, text=piece, number=number))
            if piece == "\n":
                yield line
                line = []
    if line:
        yield line


def _cells(line: Sequence[Segment]) -> list[Cell]:
    ends = max((number for number, each in enumerate(line) if each.text.strip(" |\t\n")), default=0)
    cells: list[Cell] = []
    for number, segment in enumerate(line):
        if not cells or (segment.text == "|" and (number < ends) and cells[-1].segments):
            cells.append(Cell([]))
        cells[-1].segments.append(_unseen(segment) if segment.text in "|\n" else segment)
    return cells


def _unseen(segment: Segment) -> Segment:
    """Have a sign stand where it is without being seen."""
    return segment if segment.number else dataclasses.replace(segment, kind=f"{segment.kind} bar".strip())
