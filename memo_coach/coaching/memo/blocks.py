"""Cut the lines of a memo into blocks: headings, paragraphs, list items, tables, quotations and code.

Markdown as in CommonMark where a memo uses it, and the habits of plain text where it does not: headings
in capitals or title case, one paragraph a line when pasted from a word processor, rows of ``=`` or
``-`` that part passages. Where the two disagree, the reading that keeps a writer's prose visible wins:
indented lines are code only if they look like code, and a fence that is never closed hides nothing.
Time is linear in the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from memo_coach.coaching.memo.code_blocks import CodeBlocks
from memo_coach.coaching.memo.heading_context import HeadingContext
from memo_coach.coaching.memo.headings import (
    atx_heading,
    heading_title,
    heading_words_start,
    plain_heading_style,
)
from memo_coach.coaching.memo.lines import (
    TERMINATORS,
    Line,
    Marker,
    fence,
    is_image,
    is_rule,
    list_marker,
    setext_level,
)
from memo_coach.coaching.memo.model import BlockKind
from memo_coach.coaching.memo.tables import body_rows, starts_table, table_end

_LONG_LINE = 120
"""A longer line was not wrapped by hand, so its end is the end of a paragraph."""


@dataclass(slots=True)
class Draft:
    """A block before it has a place among the others."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    content: int = 0
    """Where its words begin, past a marker; a position in the memo."""
    title: str = ""
    """The words of a heading without markup."""
    ordered: bool = False
    """Whether a list item is numbered."""
    rows: list[tuple[int, int]] = field(default_factory=list)
    """The body rows of a table."""


class Segmenter:
    """Reads lines from the first to the last; each recogniser takes the lines that it knows."""

    def __init__(
        self,
        text: str,
        lines: Sequence[Line],
        preamble: frozenset[int] = frozenset(),
        quoted: frozenset[int] = frozenset(),
    ) -> None:
        self.text = text
        self.quoted = quoted
        self.lines = lines
        self.preamble = preamble
        self.drafts: list[Draft] = []
        self._indents: list[int] = []
        self._explicit_level = 0
        self._after_blank = True
        self._code_blocks = CodeBlocks(lines)
        self._context = HeadingContext(lines)
        self._line_is_paragraph = _lines_are_paragraphs(lines)

    def drafts_of_all(self) -> list[Draft]:
        """Return the blocks in order."""
        index = 0
        while index < len(self.lines):
            if not self.lines[index].bare:
                self._after_blank = True
                index += 1
                continue
            index = self._take(index)
            self._after_blank = False
        return self.drafts

    def _take(self, index: int) -> int:
        if index in self.quoted:
            return self._older_message(index)
        for recognise in (
            self._code,
            self._atx,
            self._rule,
            self._table,
            self._setext,
            self._quote,
            self._plain_heading,
            self._list_item,
        ):
            following = recognise(index)
            if following is not None:
                return following
        return self._paragraph(index)

    def _add(self, kind: BlockKind, first: int, last: int, *, level: int = 0, content: int = 0) -> Draft:
        start = self.lines[first].start
        draft = Draft(kind, start, self.lines[last].end, level, content or start)
        self.drafts.append(draft)
        if kind == "heading" or (kind in {"paragraph", "quote"} and self.lines[first].indent < 2):
            self._indents.clear()
        return draft

    def _code(self, index: int) -> int | None:
        last = self._code_blocks.last_line(index, may_indent=self._after_blank and not self._indents)
        if last is None:
            return None
        self._add("code", index, last)
        return last + 1

    def _atx(self, index: int) -> int | None:
        line = self.lines[index]
        found = atx_heading(line.bare) if line.indent < 4 else None
        if found is None:
            return None
        self._explicit_level = found.level
        self._heading(index, found.level, found.content)
        return index + 1

    def _heading(self, index: int, level: int, content: int = 0) -> None:
        line = self.lines[index]
        title = heading_title(line.bare, content)
        if title:
            words = line.start + heading_words_start(line.bare, content)
            self._add("heading", index, index, level=level, content=words).title = title

    def _rule(self, index: int) -> int | None:
        return index + 1 if is_rule(self.lines[index].bare) else None

    def _setext(self, index: int) -> int | None:
        if index + 1 >= len(self.lines):
            return None
        line, level = self.lines[index], setext_level(self.lines[index + 1].bare)
        if not level or len(line.bare) > _LONG_LINE or line.bare.endswith((".", "!", ";", ",")):
            return None
        if list_marker(line.bare) or line.bare.startswith(">"):
            return None
        self._explicit_level = level
        self._heading(index, level)
        return index + 2

    def _quote(self, index: int) -> int | None:
        if not self.lines[index].bare.startswith(">"):
            return None
        last = index
        while last + 1 < len(self.lines) and self.lines[last + 1].bare.startswith(">"):
            last += 1
            if not self.lines[last].bare.strip("> \t"):
                break
        self._add("quote", index, last)
        return last + 1

    def _older_message(self, index: int) -> int:
        last = index
        while last + 1 in self.quoted and self.lines[last + 1].bare:
            last += 1
        self._add("quote", index, last)
        return last + 1

    def _table(self, index: int) -> int | None:
        last = table_end(self.lines, index)
        if last is None:
            return None
        self._add("table", index, last).rows = body_rows(self.lines, index, last)
        return last + 1

    def _list_item(self, index: int) -> int | None:
        line = self.lines[index]
        marker = list_marker(line.bare)
        if marker is None or not self._marks_item(index, marker):
            return None
        while self._indents and self._indents[-1] > line.indent - 2:
            self._indents.pop()
        level = len(self._indents)
        self._indents.append(line.indent)
        last = index
        while last + 1 < len(self.lines) and self._continues_item(line, last):
            last += 1
        draft = self._add("list_item", index, last, level=level, content=line.start + marker.length)
        draft.ordered = marker.ordered
        return last + 1

    def _marks_item(self, index: int, marker: Marker) -> bool:
        """Whether a marker is one; a lone dash in the midst of a paragraph is punctuation."""
        if marker.opens_a_list or marker.ordered or self._after_blank or self._in_list():
            return True
        first = self.lines[index].bare[0]
        return self._next_bare(index).startswith(first) or self._previous_ends(":")

    def _in_list(self) -> bool:
        return bool(self.drafts) and self.drafts[-1].kind == "list_item"

    def _previous_ends(self, ending: str) -> bool:
        return bool(self.drafts) and self.text.startswith(ending, self.drafts[-1].end - len(ending))

    def _next_bare(self, index: int) -> str:
        return self.lines[index + 1].bare if index + 1 < len(self.lines) else ""

    def _continues_item(self, item: Line, last: int) -> bool:
        line, before = self.lines[last + 1], self.lines[last]
        if last + 1 in self.quoted or not line.bare or list_marker(line.bare) or self._interrupts(last + 1):
            return False
        if line.indent > item.indent:
            return True
        if self._line_is_paragraph:
            return False
        return not (before.bare.endswith(TERMINATORS) and line.bare[0].isupper() and len(before.bare) < 60)

    def _plain_heading(self, index: int) -> int | None:
        line = self.lines[index]
        if index in self.preamble:
            self._heading(index, 1)
            return index + 1
        style = plain_heading_style(line.bare)
        in_numbered_list = self._in_list() and self.drafts[-1].ordered
        if style is None or not self._context.heads_something(
            index,
            style,
            stands_apart=self._after_blank or self._line_is_paragraph,
            in_numbered_list=in_numbered_list,
        ):
            return None
        self._heading(index, self._plain_level(line.bare))
        return index + 1

    def _plain_level(self, bare: str) -> int:
        if self._explicit_level:
            return min(6, self._explicit_level + 1)
        depth = bare.split(" ", 1)[0].rstrip(".)").count(".") if bare[0].isdigit() else 0
        return min(6, 2 + depth) if self.drafts else 1

    def _interrupts(self, index: int) -> bool:
        """Whether a line breaks off the paragraph or list item before it."""
        line, before = self.lines[index], self.lines[index - 1]
        bare = line.bare
        if (
            fence(bare)
            or is_rule(bare)
            or (bare[0] == "#" and atx_heading(bare))
            or bare.startswith(("> ", "<!--"))
        ):
            return True
        if starts_table(self.lines, index):
            return True
        marker = list_marker(bare)
        if marker is not None:
            if marker.opens_a_list or before.bare.endswith(":"):
                return True
            return not marker.ordered and self._next_bare(index)[:2] == bare[:2]
        if not before.bare.endswith(TERMINATORS):
            return False
        return (
            plain_heading_style(bare) in {"capitals", "bold"} and self._context.following(index) is not None
        )

    def _paragraph(self, index: int) -> int:
        last = index
        alone = self._line_is_paragraph or is_image(self.lines[index].bare)
        while not alone and last + 1 < len(self.lines) and self.lines[last + 1].bare:
            if (
                last + 1 in self.quoted
                or self._interrupts(last + 1)
                or setext_level(self.lines[last + 1].bare)
            ):
                break
            last += 1
        self._add("paragraph", index, last)
        return last + 1


def _lines_are_paragraphs(lines: Sequence[Line]) -> bool:
    """Whether line ends are paragraph ends: most lines above another are too long to be wrapped."""
    pairs = long = 0
    for line, after in pairwise(lines):
        if line.bare and after.bare and "|" not in line.bare and list_marker(line.bare) is None:
            pairs += 1
            long += len(line.bare) > _LONG_LINE
    return long > 0 and 2 * long >= pairs
