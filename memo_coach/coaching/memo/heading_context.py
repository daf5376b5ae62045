"""Decide by its neighbours whether a line that looks like a heading is one."""

from __future__ import annotations

from collections.abc import Sequence

from memo_coach.coaching.memo.headings import HeadingStyle, atx_heading, plain_heading_style
from memo_coach.coaching.memo.lines import TERMINATORS, Line, is_rule, list_marker

_LEAD = 30
"""Characters of a line above a list that names what is listed."""
_BODY_LENGTH = 40
"""Characters from which a line reads as body text even where it ends without a stop."""
_PARAGRAPH_LENGTH = 60
"""Characters from which a line is the beginning of a paragraph rather than another short line."""


class HeadingContext:
    """Looks from a line to what comes after it. A heading always heads something."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._following = _next_content_lines(lines)
        self._preceding = _last_content_lines(lines)

    def following(self, index: int) -> int | None:
        """Return the next line that is neither blank nor a drawn rule."""
        return self._following[index]

    def heads_something(
        self, index: int, style: HeadingStyle, *, stands_apart: bool, in_numbered_list: bool
    ) -> bool:
        """Whether the line, which looks like a heading of ``style``, is one in its place."""
        line, following = self._lines[index], self._following[index]
        if following is None or (line.indent >= 4 and style in {"title", "sentence"}):
            return False
        after = self._lines[following]
        marker = list_marker(line.bare)
        is_item = marker is not None and (not marker.ordered or in_numbered_list or _is_numbered(after))
        if is_item or atx_heading(after.bare):
            return False
        is_above = stands_apart and following == index + 1
        if style == "question":
            return stands_apart and (not is_above or self._is_told_below(after))
        if style == "statement":
            return (is_above and self._leads_a_list(line, following)) or self._states(index, line, after)
        if following == index + 1:
            return self._heads_next_line(line, after, style, stands_apart=stands_apart)
        return style not in {"title", "sentence"} or self._leads_to_body(following)

    def _states(self, index: int, line: Line, after: Line) -> bool:
        return self._stands_alone(index) and self._opens_a_paragraph(line, after)

    def _is_told_below(self, after: Line) -> bool:
        """Whether the next line begins something rather than going on with a sentence."""
        return list_marker(after.bare) is not None or not after.bare[0].islower()

    def _leads_a_list(self, line: Line, following: int) -> bool:
        """Whether a short line, as “Still to do”, stands right above a list."""
        marker = list_marker(self._lines[following].bare)
        return len(line.bare) <= _LEAD and marker is not None and not marker.ordered

    def _stands_alone(self, index: int) -> bool:
        """Whether blank lines are around the line, and what came before them was finished."""
        if self._lines[index + 1].bare or (index and self._lines[index - 1].bare):
            return False
        before = self._preceding[index]
        if before is None:
            return True
        bare = self._lines[before].bare
        return bare.endswith(TERMINATORS) or list_marker(bare) is not None or bare[0] in "|>#"

    @staticmethod
    def _opens_a_paragraph(line: Line, after: Line) -> bool:
        """Whether text begins after a line that may sum it up ("The boilers fail more each year")."""
        if list_marker(after.bare) is not None or after.bare[0] in "|>":
            return True
        return not after.bare[0].islower() and len(after.bare) >= max(_PARAGRAPH_LENGTH, len(line.bare))

    def _heads_next_line(self, line: Line, after: Line, style: HeadingStyle, *, stands_apart: bool) -> bool:
        if style in {"bold", "capitals", "label"}:
            return True
        if list_marker(after.bare) is not None:
            return stands_apart
        if not after.bare[0].isupper():
            return False
        if style == "sentence":
            return len(after.bare) >= 80
        return len(line.bare) <= 50 and len(after.bare) > len(line.bare) + 15

    def _leads_to_body(self, index: int | None) -> bool:
        """Whether body text comes within three lines that look like headings themselves."""
        for _ in range(3):
            if index is None:
                return False
            bare = self._lines[index].bare
            if (
                len(bare) >= _BODY_LENGTH
                or bare.endswith(TERMINATORS)
                or list_marker(bare)
                or bare[0] in "|>"
            ):
                return True
            if plain_heading_style(bare) in {None, "statement"}:
                return False
            index = self._following[index]
        return False


def _is_numbered(line: Line) -> bool:
    marker = list_marker(line.bare)
    return marker is not None and marker.ordered


def _next_content_lines(lines: Sequence[Line]) -> list[int | None]:
    """Return for each line the next one that is neither blank nor a drawn rule."""
    following: list[int | None] = [None] * len(lines)
    seen: int | None = None
    for index in range(len(lines) - 1, -1, -1):
        following[index] = seen
        if lines[index].bare and not is_rule(lines[index].bare):
            seen = index
    return following


def _last_content_lines(lines: Sequence[Line]) -> list[int | None]:
    """Return for each line the last one before it that is neither blank nor a drawn rule."""
    preceding: list[int | None] = []
    seen: int | None = None
    for index, line in enumerate(lines):
        preceding.append(seen)
        if line.bare and not is_rule(line.bare):
            seen = index
    return preceding
