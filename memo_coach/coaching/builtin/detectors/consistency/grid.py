"""A table as rows of cells with their figures, its heading row apart; written with bars or with gaps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from memo_coach.coaching.builtin.analysis.figures import Figure
from memo_coach.coaching.builtin.analysis.prose import Cell, MemoFacts, table_rows
from memo_coach.coaching.memo.model import Block, Memo, Span

MOST_ROWS = 60
_MOST_COLUMNS = 16
_MARKUP = re.compile(r"[*_`#]+")
_NOTHING = frozenset({"", "-", "–", "—", "n/a", "na", "n.a.", "nil", "none", "0"})
_GAP = re.compile(r"\t+| {3,}")
_OPEN = re.compile(
    r"[?x_.,\s]+|\[[^\[\]]*\]"
    r"|(?:tb[acd]|to be|por (?:definir|confirmar|determinar)|pendiente|sin cotizar)\b.*"
)
"""What stands in the place of a figure that is not known yet."""


class Column(NamedTuple):
    """What the cells of a column say, row by row."""

    figures: list[Figure | None]
    unknown: list[bool]


class Table:
    """A table as rows of cells, its heading row apart."""

    def __init__(self, memo: Memo, facts: MemoFacts, block: Block) -> None:
        self.memo = memo
        self.facts = facts
        rows = table_rows(memo, block) if "|" in block.text else _gapped_rows(memo, block)
        self.head: Sequence[Cell] = ()
        if rows and (_is_above_rule(block, rows[0]) or not any(map(self._has_figure, rows[0][1:]))):
            self.head, rows = rows[0], rows[1:]
        self.rows = rows[: MOST_ROWS + 1]
        self.width = min(_MOST_COLUMNS, max((len(row) for row in rows), default=0))

    def _has_figure(self, cell: Cell) -> bool:
        return bool(self.facts.figures_in(cell.span))

    def heading(self, column: int) -> str:
        """Return the heading of a column without markup, in lower case."""
        return plain(self.head[column].text) if column < len(self.head) else ""

    def label(self, row: Sequence[Cell]) -> str:
        """Return the first words of a row: those of a total may stand in its second cell."""
        for cell in row:
            if any(char.isalpha() for char in cell.text) and not self._is_amount(cell):
                return plain(cell.text)
        return ""

    def _is_amount(self, cell: Cell) -> bool:
        figures = self.facts.figures_in(cell.span)
        return len(figures) == 1 and len(figures[0].span) >= len(cell.span) - 4

    def column(self, at: int) -> Column | None:
        """Read the figures of a column; ``None`` where a cell cannot be read for sure."""
        figures: list[Figure | None] = []
        unknown: list[bool] = []
        for row in self.rows:
            cell = row[at] if at < len(row) else None
            figure = None if cell is None else self.figure(cell)
            text = "" if cell is None else plain(cell.text)
            if figure is None and any(char.isdigit() for char in text):
                return None
            figures.append(figure)
            unknown.append(figure is None and text not in _NOTHING and _stands_for_a_figure(text))
        return Column(figures, unknown)

    def figure(self, cell: Cell) -> Figure | None:
        """Read a cell that is one figure, or begins with an amount and explains it."""
        figures = self.facts.figures_in(cell.span)
        if not figures:
            return None
        first = figures[0]
        before = self.memo.text[cell.span.start : first.span.start].strip("*_ ~$")
        if len(figures) > 1 and (first.kind != "money" or before or "(" not in cell.text):
            return None
        if len(before) > 2 and any(char.isalnum() for char in before):
            return None
        value = -first.value if before[:1] in ("-", "–", "−", "(") and before else first.value
        return Figure(first.kind, value, first.unit, first.span)

    def original(self, label: str) -> str:
        """Return the label of a row as it stands in the table."""
        for row in self.rows:
            for cell in row:
                if plain(cell.text) == label:
                    return cell.text.strip("* ")
        return label


def _stands_for_a_figure(text: str) -> bool:
    return _OPEN.fullmatch(text) is not None


def plain(text: str) -> str:
    """Return the words of a cell without markup, in lower case."""
    return _MARKUP.sub("", text).strip().lower()


def _is_above_rule(block: Block, row: Sequence[Cell]) -> bool:
    lines = block.text.split("\n", 2)
    ruled = len(lines) > 1 and "-" in lines[1] and not lines[1].strip("|:-+ \t")
    return ruled and row[0].span.start < block.span.start + len(lines[0])


def _gapped_rows(memo: Memo, block: Block) -> tuple[tuple[Cell, ...], ...]:
    """Split a table whose columns are parted by tabs or wide gaps."""
    rows: list[tuple[Cell, ...]] = []
    position = block.span.start
    for line in memo.quote(block.span).split("\n")[:MOST_ROWS]:
        cells: list[Cell] = []
        start = 0
        for gap in [*_GAP.finditer(line), None]:
            end = len(line) if gap is None else gap.start()
            text = line[start:end]
            first = position + start + len(text) - len(text.lstrip())
            cells.append(Cell(text.strip(), Span(first, first + len(text.strip()))))
            start = end if gap is None else gap.end()
        rows.append(tuple(cells))
        position += len(line) + 1
    return tuple(rows)
