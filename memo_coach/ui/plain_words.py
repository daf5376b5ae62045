"""Words of a memo as one would read them aloud, where they are quoted on a page that shows no Markdown."""

from __future__ import annotations

import re
from typing import Final

# Each has bounded repeats: linear on any text.
_LINE_MARKS: Final = re.compile(
    r"^[ \t]{0,8}(?:#{1,6}[ \t]{1,4}|>[ \t]{0,4}|[-*+][ \t]{1,4}){1,6}", re.MULTILINE
)
_LINK: Final = re.compile(r"!?\[([^\[\]\n]{1,200})\]\([^()\s]{1,500}\)")
_EMPHASIS: Final = re.compile(r"(\*{1,3}|__|~~|`{1,3})(?=\S)([^\n]{1,300}?)(?<=\S)\1")
_HALF: Final = re.compile(r"\*\*|~~")
"""What is left where a quotation begins or ends within emphasis."""
_RULE: Final = re.compile(r"[ \t]{0,8}\|?[ \t]{0,8}:?-{2,}[-:| \t]{0,300}$")
"""What stands below the head of a table."""
_CELLS: Final = re.compile(r"[ \t]{0,8}\|[ \t]{0,8}")


def plain_words(words: str) -> str:
    """Return some words without the signs for headings, lists, emphasis, links and tables."""
    plain = _LINE_MARKS.sub("", words)
    plain = _LINK.sub(r"\1", plain)
    plain = _EMPHASIS.sub(r"\2", plain)
    plain = _HALF.sub("", plain)
    if "|" in plain:
        lines = plain.splitlines()
        plain = "\n".join(_cells(line) if _is_row(line) else line for line in lines if not _RULE.match(line))
    return plain.strip()


def _is_row(line: str) -> bool:
    """Whether a line is of a table; a quotation may begin or end within one."""
    return line.lstrip().startswith("|") or line.count("|") > 1


def _cells(row: str) -> str:
    return _CELLS.sub(" · ", row.strip().strip("|").strip())
