"""Tables: lines below each other whose cells stand below each other."""

from __future__ import annotations

from collections.abc import Sequence

from memo_coach.documents.reading.pdf.lines import Cell, Line

_LEAST_ROWS = 2
_MOST_GAP = 4.0
"""Times the size of the letters between two rows."""


def table_at(lines: Sequence[Line], index: int) -> tuple[str, int] | None:
    """Return the table that begins with a line, as Markdown, and the line after it, or ``None``."""
    first = lines[index]
    if len(first.cells) < 2:
        return None
    end = index + 1
    while end < len(lines) and _follows(lines[end - 1], lines[end]):
        end += 1
    if end - index < _LEAST_ROWS:
        return None
    rows = [_row(line) for line in lines[index:end]]
    rows.insert(1, "|" + " --- |" * len(first.cells))
    return "\n".join(rows), end


def _follows(before: Line, line: Line) -> bool:
    if before.page != line.page or len(before.cells) != len(line.cells):
        return False
    gap = before.baseline - line.baseline
    return 0 < gap < _MOST_GAP * line.size and all(
        _is_below(cell, other, line.size) for cell, other in zip(before.cells, line.cells, strict=True)
    )


def _is_below(above: Cell, cell: Cell, size: float) -> bool:
    """Tell whether two cells begin, end or have their middle at one place, or one is over the other."""
    apart = (
        cell.left - above.left,
        cell.right - above.right,
        (cell.left + cell.right - above.left - above.right) / 2,
    )
    return min(map(abs, apart)) < size or (cell.left < above.right and above.left < cell.right)


def _row(line: Line) -> str:
    return "| " + " | ".join(cell.text.replace("|", "\\|") for cell in line.cells) + " |"
