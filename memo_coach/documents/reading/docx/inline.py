"""The text within a block, with emphasis and links as Markdown has them."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

_EMPHASIS = {"strong": "**", "em": "*"}
_LINKS = ("http://", "https://", "mailto:")
_LONGEST_LINK = 2_000


class _Style(NamedTuple):
    strong: bool
    em: bool
    link: str


class Inline:
    """Takes in pieces of text, and what they stand in."""

    def __init__(self) -> None:
        self._pieces: list[tuple[str, _Style]] = []
        self._open: list[str] = []
        self._link = ""

    def begin(self, tag: str, link: str) -> None:
        """Begin an element; ``link`` is where it points to, or empty."""
        if tag in _EMPHASIS:
            self._open.append(tag)
        elif tag == "a":
            self._link = link if link.startswith(_LINKS) and len(link) <= _LONGEST_LINK else ""

    def end(self, tag: str) -> None:
        """End an element."""
        if tag in self._open:
            self._open.remove(tag)
        elif tag == "a":
            self._link = ""

    def add(self, text: str) -> None:
        """Add a piece."""
        self._pieces.append((text, _Style("strong" in self._open, "em" in self._open, self._link)))

    def taken(self, *, emphasis: bool) -> str:
        """Return what there is and begin anew; ``emphasis`` may be left out, as in a heading."""
        pieces, self._pieces = self._pieces, []
        merged = (
            (style, "".join(text for text, _ in run))
            for style, run in groupby(pieces, lambda piece: piece[1])
        )
        return "".join(_written(text, style, emphasis=emphasis) for style, text in merged).strip()


def _written(text: str, style: _Style, *, emphasis: bool) -> str:
    # White space stands outside, for Markdown takes “** so**” for asterisks.
    inner = text.strip()
    if not inner:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if style.link and style.link.removeprefix("mailto:") != inner:
        inner = f"[{inner}]({style.link.replace(' ', '%20').replace(')', '%29')})"
    if emphasis and "\n" not in inner:
        around = "**" * style.strong + "*" * style.em
        inner = f"{around}{inner}{around[::-1]}"
    return f"{before}{inner}{after}"
