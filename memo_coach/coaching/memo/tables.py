"""Find tables: Markdown's with ``|``, and columns parted by tabs or wide gaps as they are pasted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from memo_coach.coaching.memo.lines import Line, is_table_row, is_table_rule, list_marker

_GAP = re.compile(r"\t+| {3,}")
_LEAST_ROWS = {2: 3}
"""Two columns need three rows to be a table rather than a signature; more columns need two."""


def starts_table(lines: Sequence[Line], index: int) -> bool:
    """Whether a Markdown table begins at a line: a row above ``|---|``, or two rows within ``|``."""
    bare = lines[index].bare
    if "|" not in bare or index + 1 >= len(lines):
        return False
    following = lines[index + 1].bare
    if is_table_rule(following):
        return True
    return bare[0] == "|" and bare[-1] == "|" and is_table_row(bare) and following.startswith("|")


def table_end(lines: Sequence[Line], index: int) -> int | None:
    """Return the last line of the table that begins at a line, or ``None`` where none does."""
    if starts_table(lines, index):
        last = index
        while last + 1 < len(lines) and "|" in lines[last + 1].bare:
            last += 1
        return last
    return _columns_end(lines, index)


def body_rows(lines: Sequence[Line], index: int, last: int) -> list[tuple[int, int]]:
    """Return the places of a table's rows without its head: what is above the rule, or else the first line.

    Rows that all begin and end with ``|`` and have no rule are a table without a head.
    """
    rule = next((at for at in range(index, min(last, index + 1) + 1) if is_table_rule(lines[at].bare)), None)
    if rule is None:
        rule = index - 1 if "|" in lines[index].bare else index
    return [(line.start, line.end) for line in lines[rule + 1 : last + 1] if not is_table_rule(line.bare)]


def _columns_end(lines: Sequence[Line], index: int) -> int | None:
    columns = _column_count(lines[index])
    if columns < 2:
        return None
    last = index
    while last + 1 < len(lines) and _column_count(lines[last + 1]) == columns:
        last += 1
    return last if last + 1 - index >= _LEAST_ROWS.get(columns, 2) else None


def _column_count(line: Line) -> int:
    """Count the cells of a line that gaps part; a list item, whose marker a gap may follow, has one."""
    if "\t" not in line.bare and "   " not in line.bare:
        return 1
    return 1 if list_marker(line.bare) else len(_GAP.findall(line.bare)) + 1
