"""A text that was changed for reading, with the place of each passage in the text as it was written."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from memo_coach.coaching.memo.model import Span

Edit = tuple[int, int, str]
"""Where a passage starts and ends, and what stands there instead."""


@dataclass(frozen=True, slots=True)
class _Pieces:
    """One round of edits: where each piece begins now and began before; where a replaced one ended."""

    starts: list[int]
    sources: list[int]
    ends: list[int | None]

    def source_of(self, span: Span) -> Span:
        first = bisect_right(self.starts, span.start) - 1
        last = bisect_right(self.starts, max(span.start, span.end - 1)) - 1
        start = self.sources[first]
        if self.ends[first] is None:
            start += span.start - self.starts[first]
        replaced = self.ends[last]
        end = self.sources[last] + span.end - self.starts[last] if replaced is None else replaced
        return Span(start, max(start, end))


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A text after some rounds of edits."""

    text: str
    _rounds: tuple[_Pieces, ...] = field(default=(), repr=False)

    def source_of(self, span: Span) -> Span:
        """Return the place that a passage has in the text as it was written."""
        for pieces in reversed(self._rounds):
            span = pieces.source_of(span)
        return span

    def edited(self, edits: Iterable[Edit]) -> Rewriting:
        """Return the text with passages replaced; the edits come in order and do not overlap."""
        parts: list[str] = []
        pieces = _Pieces([0], [0], [None])
        position = length = 0

        def add(piece: str, source: int, end: int | None) -> None:
            nonlocal length
            if piece:
                pieces.starts.append(length)
                pieces.sources.append(source)
                pieces.ends.append(end)
                parts.append(piece)
                length += len(piece)

        for start, end, replacement in edits:
            add(self.text[position:start], position, None)
            add(replacement, start, end)
            position = end
        if not position:
            return self
        add(self.text[position:], position, None)
        return Rewriting("".join(parts), (*self._rounds, pieces))

    def then(self, edits_of: Callable[[str], Iterable[Edit]]) -> Rewriting:
        """Return the text after the edits that a reader finds in it."""
        return self.edited(edits_of(self.text))

    def recased(self, text: str) -> Rewriting:
        """Return the text with letters of another case: as long as before, and each at its place."""
        assert len(text) == len(self.text), "a letter of another case takes the place of the one before"  # noqa: S101
        return Rewriting(text, self._rounds)
