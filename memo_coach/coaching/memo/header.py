"""Read the lines ``To: … From: … Date: … Subject: …`` at the top of a memo, in English and in Spanish.

In any order, with the labels of letters and of mail programs, in bold type, or as rows of a table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from memo_coach.coaching.memo.headings import atx_heading
from memo_coach.coaching.memo.lines import Line, is_rule, setext_level
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
    rf"(?:[-*+•][ \t]+)?(?P<open>\*\*|__|\*|_)?(?P<name>{_ANY_NAME})"
    r"[ \t]*+(?:\*\*|__|\*|_)?[ \t]*+:[ \t]*(?P<close>\*\*|__|\*(?!\*)|_(?!_))?[ \t]*",
    re.IGNORECASE,
)
_ROW = re.compile(
    rf"\|?[ \t]*+(?:\*\*|__|\*|_)?(?P<name>{_ANY_NAME})[ \t]*+:?(?:\*\*|__|\*|_)?[ \t]*+:?[ \t]*+\|[ \t]*+"
    r"(?P<value>[^|]*[^|\s])[ \t]*+\|?",
    re.IGNORECASE,
)
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
    for index, line in enumerate(lines):
        if len(taken) == _MOST_LINES:
            break
        if not line.bare or (is_rule(line.bare) and not header):
            continue
        if line.bare[0] == "|" and set(line.bare) <= _EMPTY_ROW:
            rules.append(index)
            continue
        found = _header_line(line) or _header_row(line)
        if found is not None:
            header.append(found)
        elif header and index - 1 in taken and line.indent >= 2:
            header[-1] = _continued(header[-1], lines[index - 1], line)
        elif header or len(preamble) == _MOST_TITLES or not _may_be_title(line):
            break
        else:
            preamble.append(index)
            sure = sure and _is_title(lines, index)
            continue
        sure = sure and line.bare[0] != "|"
        taken.add(index)
    if not sure and len({line.name for line in header}) < 2:
        header, taken = [], set()
    if header:
        taken.update(index for index in rules if index - 1 in taken or index + 1 in taken)
        header = _with_subject(header)
    else:
        preamble = _memo_title(lines, preamble)
    plain = frozenset(index for index in preamble if not _is_marked(lines, index))
    return HeaderReading(tuple(header), frozenset(taken), plain)


def _with_subject(header: list[HeaderLine]) -> list[HeaderLine]:
    """Take the reference for the subject where no line is called so."""
    if any(line.name == "subject" for line in header):
        return header
    return [replace(line, name="subject") if line.name == "reference" else line for line in header]


def _header_row(line: Line) -> HeaderLine | None:
    """Read a row of a table with two cells, a label and what it stands for."""
    found = _ROW.fullmatch(line.bare) if "|" in line.bare else None
    if found is None:
        return None
    start = line.start + found.start("value")
    value = Span(start, start + len(found["value"]))
    return HeaderLine(_NAMES[found["name"].lower()], Span(line.start, line.end), found["value"], value)


def _memo_title(lines: Sequence[Line], preamble: Sequence[int]) -> list[int]:
    """Return the first line where it is a title such as ``Memo: a warehouse`` with a blank line below it."""
    for index in preamble[:1]:
        titled = _MEMO_TITLE.fullmatch(lines[index].bare) is not None
        if titled and index + 2 < len(lines) and not lines[index + 1].bare:
            return [index]
    return []


def _header_line(line: Line) -> HeaderLine | None:
    found = _LINE.match(line.bare)
    if found is None:
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
