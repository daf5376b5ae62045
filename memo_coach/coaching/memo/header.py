"""Read the lines ``To: … From: … Date: … Subject: …`` at the top of a memo, in English and in Spanish.

In any order, with the labels of letters and of mail programs, in bold type, as headings, or in a table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from memo_coach.coaching.memo.headings import atx_heading
from memo_coach.coaching.memo.lines import Line, is_rule, is_table_row, is_table_rule, setext_level
from memo_coach.coaching.memo.model import HeaderLine, HeaderName, Span

_NAMES: dict[str, HeaderName] = {
    "to": "to", "para": "to", "a": "to", "attn": "to", "attn.": "to", "attention": "to", "recipient": "to",
    "recipients": "to", "atención": "to", "atn": "to", "atn.": "to", "a la atención de": "to",
    "destinatario": "to", "destinatarios": "to", "destinataria": "to",
    "from": "from", "de": "from", "sender": "from", "remitente": "from",
    "cc": "cc", "c.c.": "cc", "copia": "cc", "con copia": "cc", "copy": "cc", "copies": "cc",
    "bcc": "cc", "cco": "cc", "copias": "cc", "con copia a": "cc",
    "through": "via", "thru": "via", "via": "via", "vía": "via", "a través de": "via",
    "por conducto de": "via",
    "date": "date", "fecha": "date", "sent": "date", "enviado": "date", "enviado el": "date",
    "subject": "subject", "re": "subject", "asunto": "subject", "tema": "subject", "objeto": "subject",
    "ref": "reference", "ref.": "reference", "reference": "reference", "our ref": "reference",
    "your ref": "reference", "referencia": "reference", "n/ref": "reference", "n/ref.": "reference",
    "s/ref": "reference", "s/ref.": "reference",
}  # fmt: skip
_ANY_NAME = "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True))
_LINE = re.compile(
    rf"(?:[-*+•][ \t]+|(?P<heading>#{{1,6}})[ \t]+)?(?P<open>\*\*|__|\*|_)?(?P<name>{_ANY_NAME})"
    r"[ \t]*+(?:\*\*|__|\*|_)?[ \t]*+:[ \t]*(?P<close>\*\*|__|\*(?!\*)|_(?!_))?[ \t]*",
    re.IGNORECASE,
)
_LABEL = re.compile(
    rf"(?:\*\*|__|\*|_)?(?P<name>{_ANY_NAME})[ \t]*+:?(?:\*\*|__|\*|_)?[ \t]*+:?", re.IGNORECASE
)
_CELL = re.compile(r"(?:[^|\\]|\\.?)+")
_LEAST_COLUMNS = 3
"""Of a table that has the labels in its first row and what they stand for in the second."""
_EMPTY_ROW = frozenset("| \t-:")
_MEMO_TITLE = re.compile(r"[-=*_~# ]{0,40}(?:memo|memorandum|memorándum|memorando)\b.{0,80}", re.IGNORECASE)
_LONGEST_TITLE = 80
_MOST_LINES = 40
"""Lines of a head, those that go on with a value included; a list of more is none."""
_MOST_TITLES = 4


@dataclass(frozen=True, slots=True)
class HeaderReading:
    """The header lines, the lines that they take, and the lines of a title above them."""

    header: tuple[HeaderLine, ...]
    taken: frozenset[int]
    preamble: frozenset[int]


def read_header(lines: Sequence[Line]) -> HeaderReading:
    """Read the header lines at the top, before any body text.

    A title may stand above them (``MEMORANDUM``, a Markdown heading, up to four short lines where at
    least two header lines follow); an indented line goes on with the value above it. The first line
    that is none of this ends them.
    """
    header: list[HeaderLine] = []
    taken: set[int] = set()
    preamble: list[int] = []
    rules: list[int] = []
    sure = True
    in_columns = _header_columns(lines)
    for index, line in enumerate(lines):
        if len(taken) == _MOST_LINES:
            break
        if not line.bare or (is_rule(line.bare) and not header):
            continue
        found = in_columns.get(index, _header_lines(line))
        if not found and _is_frame(lines, index, inside=bool(header)):
            rules.append(index)
            continue
        if found:
            header.extend(found)
        elif header and index - 1 in taken and line.indent >= 2:
            header[-1] = _continued(header[-1], lines[index - 1], line)
        elif header or len(preamble) == _MOST_TITLES or not _may_be_title(line):
            break
        else:
            preamble.append(index)
            sure = sure and _is_title(lines, index)
            continue
        sure = sure and line.bare[0] not in "|#"
        taken.add(index)
    if not sure and not _is_enough(lines, header, taken):
        header, taken = [], set()
    if not header:
        return HeaderReading((), frozenset(), _unmarked(lines, _memo_title(lines, preamble)))
    taken |= _touching(taken, rules)
    return HeaderReading(tuple(_with_subject(header)), frozenset(taken), _unmarked(lines, preamble))


def _touching(taken: set[int], rules: Sequence[int]) -> set[int]:
    """Return the lines of the tables' frames that stand beside what was taken, and beside each other."""
    found: set[int] = set()
    for index in (*reversed(rules), *rules):
        if {index - 1, index + 1} & (taken | found):
            found.add(index)
    return found


def _unmarked(lines: Sequence[Line], preamble: Sequence[int]) -> frozenset[int]:
    return frozenset(index for index in preamble if not _is_marked(lines, index))


def _with_subject(header: list[HeaderLine]) -> list[HeaderLine]:
    """Take the reference for the subject where no line is called so."""
    if any(line.name == "subject" for line in header):
        return header
    return [replace(line, name="subject") if line.name == "reference" else line for line in header]


def _is_enough(lines: Sequence[Line], header: Sequence[HeaderLine], taken: set[int]) -> bool:
    """Whether lines that may also be something else are a head: two labels, or a heading ``Subject: …``."""
    names = {line.name for line in header}
    return len(names) > 1 or (names == {"subject"} and all(lines[index].bare[0] == "#" for index in taken))


def _is_frame(lines: Sequence[Line], index: int, *, inside: bool) -> bool:
    """Whether a line belongs to a table without saying anything: a rule, an empty row, a row of titles."""
    bare = lines[index].bare
    if bare[0] == "|" and set(bare) <= _EMPTY_ROW:
        return True
    ruled = index + 1 < len(lines) and is_table_rule(lines[index + 1].bare)
    return not inside and ruled and is_table_row(bare)


def _header_lines(line: Line) -> list[HeaderLine]:
    found = _header_line(line)
    return [found] if found is not None else _header_cells(line)


def _cells(line: Line) -> list[Line]:
    """Return the cells of a row as lines of their own."""
    if "|" not in line.bare:
        return []
    cells = []
    for found in _CELL.finditer(line.bare):
        bare = found[0].strip()
        cells.append(Line(line.start + found.start() + found[0].index(bare), bare, 0))
    return cells


def _header_cells(line: Line) -> list[HeaderLine]:
    """Read a row of a table: labels each with what it stands for, in one cell or in the next one."""
    cells = _cells(line)
    together = [_header_line(cell) for cell in cells]
    if cells and all(each is not None and each.value for each in together):
        return _parted(line, [each for each in together if each is not None])
    labels, values = cells[::2], cells[1::2]
    if len(labels) != len(values) or not all(value.bare for value in values):
        return []
    return _parted(line, _labelled(labels, values))


def _labelled(labels: Sequence[Line], values: Sequence[Line]) -> list[HeaderLine]:
    """Return what labels stand for; nothing where one of them is none."""
    header = []
    for label, value in zip(labels, values, strict=True):
        found = _LABEL.fullmatch(label.bare)
        if found is None:
            return []
        span = Span(value.start, value.end)
        header.append(HeaderLine(_NAMES[found["name"].lower()], span, value.bare, span))
    return header


def _parted(line: Line, header: Sequence[HeaderLine]) -> list[HeaderLine]:
    """Give each that stands in a line its part of it."""
    edges = [line.start, *(each.value_span.end for each in header[:-1]), line.end]
    return [
        replace(each, span=Span(start, end))
        for each, start, end in zip(header, edges, edges[1:], strict=False)
    ]


def _header_columns(lines: Sequence[Line]) -> dict[int, list[HeaderLine]]:
    """Read a table at the top with labels in its first row and one row below: by the numbers of the rows."""
    first = next((index for index, line in enumerate(lines) if "|" in line.bare), len(lines))
    if first > _MOST_LINES or first + 2 >= len(lines) or not is_table_rule(lines[first + 1].bare):
        return {}
    if first + 3 < len(lines) and "|" in lines[first + 3].bare:
        return {}
    labels, values = _cells(lines[first]), _cells(lines[first + 2])
    if len(labels) < _LEAST_COLUMNS or len(labels) != len(values):
        return {}
    found = _labelled(labels, values)
    return {first: [], first + 2: _parted(lines[first + 2], found)} if found else {}


def _memo_title(lines: Sequence[Line], preamble: Sequence[int]) -> list[int]:
    """Return the first line where it is a title such as ``Memo: a warehouse`` with a blank line below it."""
    for index in preamble[:1]:
        titled = _MEMO_TITLE.fullmatch(lines[index].bare) is not None
        if titled and index + 2 < len(lines) and not lines[index + 1].bare:
            return [index]
    return []


def _header_line(line: Line) -> HeaderLine | None:
    found = _LINE.match(line.bare)
    if found is None or (found["heading"] and found.end() == len(line.bare)):
        return None
    end = len(line.bare.rstrip("\\ \t"))
    opened = found["open"] or ""
    if opened and not found["close"] and line.bare.endswith(opened) and end - len(opened) >= found.end():
        end -= len(opened)
    value = line.bare[found.end() : end].strip()
    start = line.start + found.end()
    return HeaderLine(
        _NAMES[found["name"].lower()], Span(line.start, line.end), value, Span(start, start + len(value))
    )


def _continued(header: HeaderLine, before: Line, line: Line) -> HeaderLine:
    gap = line.start - header.value_span.end
    value = header.value + (" " if gap else "") + line.bare
    first = header.value_span.start if header.value else line.start
    return HeaderLine(header.name, Span(header.span.start, line.end), value.strip(), Span(first, line.end))


def _may_be_title(line: Line) -> bool:
    return atx_heading(line.bare) is not None or (
        len(line.bare) <= _LONGEST_TITLE and not line.bare.endswith((".", "!", "?", ";", ",", ":"))
    )


def _is_title(lines: Sequence[Line], index: int) -> bool:
    return _is_marked(lines, index) or _MEMO_TITLE.fullmatch(lines[index].bare) is not None


def _is_marked(lines: Sequence[Line], index: int) -> bool:
    following = lines[index + 1].bare if index + 1 < len(lines) else ""
    return atx_heading(lines[index].bare) is not None or setext_level(following) > 0
