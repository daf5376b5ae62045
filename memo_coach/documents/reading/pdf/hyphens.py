"""Put lines together to one text, and words that a hyphen parts at the end of a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from memo_coach.documents.reading.pdf.lines import Line

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ENDS = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)[-\u2010]?\Z")
_BEGINS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


class Hyphens:
    """Knows the words of a document, which decide whether a hyphen is a word's or the line's."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words = {word.casefold() for line in lines for word in _WORD.findall(line)}

    def joined(self, lines: Sequence[Line]) -> str:
        """Return the lines as one."""
        text = lines[0].text
        for before, line in pairwise(lines):
            text = self._join(text, line.text, is_hyphenated=before.is_hyphenated)
        return text

    def _join(self, text: str, line: str, *, is_hyphenated: bool) -> str:
        if not is_hyphenated and not text.endswith(("-", "\u2010")):
            return f"{text} {line}"
        stem, head, tail = text.rstrip("-\u2010"), _ENDS.search(text), _BEGINS.match(line)
        if not head or not tail:
            return f"{stem}-{line}" if stem and stem[-1].isalnum() else f"{text} {line}"
        whole, compound = f"{head[1]}{tail[0]}".casefold(), f"{head[1]}-{tail[0]}".casefold()
        keeps = compound in self._words or not tail[0][0].islower()
        return f"{stem}-{line}" if keeps and whole not in self._words else f"{stem}{line}"
