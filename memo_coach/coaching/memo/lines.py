"""The lines of a memo with their places, and what kind of line each is when seen alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_TAB = 4
TERMINATORS = (".", "!", "?", ":", ";", "…", '."', ".)", ".”", ".»")
"""What a line ends with where its sentence ends."""

_BULLET = re.compile(r"([-*+•‣◦▪▫·●○■□➢✓✔–—]|o(?=\t))[ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
_ORDERED = re.compile(r"(\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})\)|(?:\d{1,3}|[a-z]|[ivx]{1,5})\.)[ \t]+(?=\S)")
_FENCE = re.compile(r"(`{3,}|~{3,})([^`]*)\Z")
_IMAGE = re.compile(r"!\[[^\[\]]*\]\([^()]*\)")
_TABLE_RULE = frozenset("|:-+ \t")
_DASHES = frozenset("–—+")


@dataclass(slots=True, unsafe_hash=True)
class Line:
    """One line without its line feed; ``bare`` is the line without white space at its ends.

    Not to be changed.
    """

    start: Final[int]
    """Position of ``bare`` in the memo."""
    bare: Final[str]
    indent: Final[int]
    """Columns before ``bare``; a tab reaches to the next multiple of four."""

    @property
    def end(self) -> int:
        """Position after the last character of ``bare``."""
        return self.start + len(self.bare)


@dataclass(slots=True, unsafe_hash=True)
class Marker:
    """What makes a line a list item. Not to be changed."""

    ordered: Final[bool]
    opens_a_list: Final[bool]
    """Whether it may break off a paragraph: a plain bullet, or the first of a numbered list."""
    length: Final[int]
    """Characters up to the words of the item."""


def lines_of(text: str) -> list[Line]:
    """Split a memo at its line feeds."""
    lines: list[Line] = []
    position = 0
    for raw in text.split("\n"):
        bare = raw.strip()
        before = len(raw) - len(raw.lstrip()) if bare else 0
        lines.append(Line(position + before, bare, _columns(raw[:before]) if before else 0))
        position += len(raw) + 1
    return lines


def _columns(white_space: str) -> int:
    return len(white_space.expandtabs(_TAB)) if "\t" in white_space else len(white_space)


def list_marker(bare: str) -> Marker | None:
    """Read the marker of a list item: a bullet, a dash, ``1.``, ``1)``, ``(1)``, ``a)``, ``iv.``."""
    first = bare[:1]
    if not first or (first.isalpha() and bare[1:2] not in ".)\tivx"):
        return None
    found = _BULLET.match(bare)
    if found:
        return Marker(ordered=False, opens_a_list=first not in _DASHES, length=found.end())
    found = _ORDERED.match(bare)
    if found:
        number = found[1].strip("().").lower()
        return Marker(ordered=True, opens_a_list=number in {"1", "a", "i"}, length=found.end())
    return None


def is_rule(bare: str) -> bool:
    """Whether a line is drawn to part two passages: three or more of one of ``- * _ = ~ – —``."""
    if bare[:1] not in "-*_=~–—" or len(bare) < 3:
        return False
    marks = bare.replace(" ", "").replace("\t", "")
    return len(marks) >= 3 and marks == marks[0] * len(marks)


def setext_level(bare: str) -> int:
    """Return 1 for an underline of ``===``, 2 for one of ``---``, otherwise 0."""
    if len(bare) < 3 or bare[0] not in "=-" or bare != bare[0] * len(bare):
        return 0
    return 1 if bare[0] == "=" else 2


def fence(bare: str) -> str:
    """Return the run of ``` or ~~~ that opens or closes a block of code, or an empty string."""
    found = _FENCE.match(bare) if bare[:3] in {"```", "~~~"} else None
    return found[1] if found else ""


def is_image(bare: str) -> bool:
    """Whether a line holds nothing but a Markdown image."""
    return bare.startswith("![") and _IMAGE.fullmatch(bare) is not None


def is_table_rule(bare: str) -> bool:
    """Whether a line is the ``|---|---|`` under the head of a table."""
    return "|" in bare and "-" in bare and set(bare) <= _TABLE_RULE


def is_table_row(bare: str) -> bool:
    """Whether a line has at least two cells parted by ``|``."""
    return "|" in bare.strip("|")
