"""A table, as rows of Markdown. Its first row stands as its head, without which Markdown has no table."""

from __future__ import annotations

_MOST_COLUMNS = 60
_MOST_SPANNED_ROWS = 2_000


class Table:
    """Takes in rows and cells. A cell that covers others leaves those empty, so that columns stay columns."""

    def __init__(self) -> None:
        self._rows: list[list[list[str]]] = []
        self._covered: dict[int, int] = {}
        """For a column, how many of the next rows a cell above covers."""

    def begin_row(self) -> None:
        """Begin a row."""
        self._rows.append([])

    def begin_cell(self, columns: str, rows: str) -> None:
        """Begin a cell that covers so many columns and rows, as HTML says it."""
        row = self._row()
        while self._covered.get(len(row), 0) > 0:
            self._covered[len(row)] -= 1
            row.append([])
        wide, high = _number(columns, _MOST_COLUMNS), _number(rows, _MOST_SPANNED_ROWS)
        for column in range(len(row), len(row) + wide):
            self._covered[column] = high - 1
        self._spare = wide - 1
        row.append([])

    def end_cell(self) -> None:
        """End the cell."""
        self._row().extend([] for _ in range(self._spare))
        self._spare = 0

    def add(self, text: str) -> None:
        """Add a paragraph to the cell that is open."""
        row = self._row()
        if not row:
            row.append([])
        row[-1].append(text)

    def as_blocks(self) -> list[str]:
        """Return the table as blocks of Markdown: one, or its paragraphs where it has one column."""
        rows = [[_cell(cell) for cell in row[:_MOST_COLUMNS]] for row in self._rows if any(row)]
        width = max(map(len, rows), default=0)
        if width <= 1:
            return [paragraph for row in self._rows for cell in row for paragraph in cell]
        lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
        lines.insert(1, "|" + " --- |" * width)
        return ["\n".join(lines)]

    def as_line(self) -> str:
        """Return the table as one line, for the cell of another."""
        rows = (", ".join(filter(None, map(_joined, row))) for row in self._rows)
        return "; ".join(filter(None, rows))

    _spare = 0

    def _row(self) -> list[list[str]]:
        if not self._rows:
            self._rows.append([])
        return self._rows[-1]


def _joined(cell: list[str]) -> str:
    return " ".join(" ".join(paragraph.split()) for paragraph in cell)


def _cell(cell: list[str]) -> str:
    return _joined(cell).replace("|", "\\|")


def _number(text: str, most: int) -> int:
    return max(1, min(int(text), most)) if text.isdecimal() and len(text) < 9 else 1
