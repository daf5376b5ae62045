"""Blocks from lines: headings, paragraphs, items of lists, rows of tables.

A PDF says none of that. What decides is the size of the letters, the gaps between lines, where a line begins,
and whether the next word would still have found room in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from memo_coach.documents.reading.marks import mark
from memo_coach.documents.reading.model import Omission
from memo_coach.documents.reading.pdf.hyphens import Hyphens
from memo_coach.documents.reading.pdf.lines import Line
from memo_coach.documents.reading.pdf.tables import table_at

_BULLET = re.compile("(?:[•‣◦▪▫·●○■□➢➤✓✔\uf020-\uf0ff]|[o–—*-](?=\\s))\\s*")
"""The last of these are how symbol fonts, such as Wingdings, say theirs."""
_NUMBERED = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3}){0,3}|[a-zA-Z]|[ivx]{1,4})[.)]\s+\S")
_OF_CONTENTS = re.compile(r"(?:\.{4}|…{2}|(?:\. ){3}\.)[ .…]{0,300}\d{1,3}\Z")
_HEADER = re.compile(r"(?:[A-ZÁÉÍÓÚÑ]{2,12}|To|From|Date|Subject|Re|Cc|Para|De|Fecha|Asunto|Ref):\s*\S")
"""A line of a memo's head, or a paragraph that begins as one does."""
_FIELD = re.compile(r"[\w ]{1,20}:\s*\S")
_LONGEST_HEADING = 150
_LARGER = 1.12
"""A heading's letters are so many times as large as those of the text."""
_MOST_LEVELS = 4
_SAME_SIZE = 0.6
"""Points by which the letters of one paragraph may differ."""
_SAME_GAP = 1.25
"""Times the usual gap between lines that lines of one paragraph are apart at most."""
_HEADING_GAP = 1.5
"""Times the size of the letters that the lines of one heading are apart at most."""
_SPACED = 1.75
"""Times the size of the letters that the usual gap is at most, where a page has too few lines to say."""
_NEIGHBOURS = 6
"""Lines before and after one that say how far it could have reached."""
_INDENT = 0.8
"""Times the size of the letters; a line that begins so much further right begins a paragraph."""


def blocks_of(pages: Sequence[Sequence[Line]], marks: Sequence[str]) -> str:
    """Return the text of pages as Markdown; each page's ``marks`` stand at its end."""
    pages, contents = _without_contents(pages)
    lines = [line for page in pages for line in page]
    layout = _Layout(lines)
    parts: list[str] = []
    was_item = False
    begin = 0
    for page, end_marks in zip(pages, marks, strict=True):
        end = begin + len(page)
        for block, is_item in layout.blocks(begin, end):
            parts.append(("\n" if is_item and was_item else "\n\n") + block)
            was_item = is_item
        parts.append(end_marks)
        begin = end
    return "".join(parts) + mark(Omission.CONTENTS) * contents


def _without_contents(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], bool]:
    """Return the lines without those of a table of contents, and whether there were such.

    They end in dots and the number of a page.
    """
    kept = [[line for line in page if not _OF_CONTENTS.search(line.text)] for page in pages]
    return kept, sum(map(len, kept)) < sum(map(len, pages))


class _Layout:
    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._hyphens = Hyphens(line.text for line in lines)
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[line.size] += len(line.text)
        self._size = sizes.most_common(1)[0][0] if sizes else 0.0
        larger = sorted({line.size for line in lines if self._is_larger(line)}, reverse=True)
        self._levels = {size: min(level, _MOST_LEVELS - 1) for level, size in enumerate(larger, 1)}
        self._gap = self._usual_gap()
        self._next = 0

    def blocks(self, begin: int, end: int) -> Iterator[tuple[str, bool]]:
        """Yield the blocks that begin in a range of lines, each with whether it is an item of a list."""
        index = max(begin, self._next)
        while index < end:
            table = table_at(self._lines, index)
            if table is not None:
                block, index = table
                yield block, False
                continue
            last = self._end_of_paragraph(index)
            yield self._block(self._lines[index:last])
            index = last
        self._next = max(self._next, index)

    def _block(self, lines: Sequence[Line]) -> tuple[str, bool]:
        text = self._hyphens.joined(lines)
        bullet = _BULLET.match(text)
        if bullet and bullet.end() < len(text):
            return f"{self._list_indent(lines[0])}- {text[bullet.end() :]}", True
        level = self._heading_level(lines, text)
        if level:
            return f"{'#' * level} {text}", False
        return text, bool(_NUMBERED.match(text) or _HEADER.match(text))

    def _heading_level(self, lines: Sequence[Line], text: str) -> int:
        if len(text) > _LONGEST_HEADING or not any(letter.isalpha() for letter in text):
            return 0
        first = lines[0]
        if self._is_larger(first):
            return self._levels[first.size]
        is_bold = all(line.is_bold for line in lines) and len(lines) <= 2 and len(first.cells) == 1
        if is_bold and not text.endswith((".", ",", ";")) and not _FIELD.match(text):
            return min(len(self._levels) + 1, _MOST_LEVELS)
        return 0

    def _is_larger(self, line: Line) -> bool:
        return line.size >= _LARGER * self._size and len(line.text) <= _LONGEST_HEADING

    def _list_indent(self, line: Line) -> str:
        steps = int(max(0.0, line.left - self._list_left(line)) // max(1.0, 1.2 * line.size))
        return "  " * min(steps, 3)

    def _list_left(self, line: Line) -> float:
        bullets = (each.left for each in self._lines if each.page == line.page and _BULLET.match(each.text))
        return min(bullets, default=line.left)

    def _end_of_paragraph(self, index: int) -> int:
        last = index + 1
        while last < len(self._lines) and self._belongs(index, last):
            last += 1
        return last

    def _belongs(self, first: int, index: int) -> bool:
        """Tell whether a line belongs to the paragraph that begins with ``first`` and reaches up to it."""
        before, line = self._lines[index - 1], self._lines[index]
        if _BULLET.fullmatch(before.text):
            return before.page == line.page
        if self._begins_block(before, line) or table_at(self._lines, index):
            return False
        if before.is_hyphenated:
            return True
        if before.page != line.page:
            return line.text[0].islower() and before.text[-1] not in ".:;!?"
        return self._is_below(before, line, is_first=index - first == 1) and (
            self._is_larger(line) or self._reaches_edge(index - 1, line)
        )

    def _begins_block(self, before: Line, line: Line) -> bool:
        """Tell whether a line begins something else than the one before it."""
        becomes_bold = before.is_bold != line.is_bold and len(before.text) <= _LONGEST_HEADING
        is_item = _BULLET.match(line.text) or _NUMBERED.match(line.text) or _HEADER.match(line.text)
        return becomes_bold or bool(is_item) or abs(before.size - line.size) > _SAME_SIZE

    def _is_below(self, before: Line, line: Line, *, is_first: bool) -> bool:
        """Tell whether a line stands where the next of a paragraph would, whose first may be that before."""
        gap = before.baseline - line.baseline
        if self._is_larger(before) and self._is_larger(line):
            return 0 < gap < _HEADING_GAP * line.size
        hangs = is_first and bool(_BULLET.match(before.text) or _NUMBERED.match(before.text))
        is_indented = gap > 0 and line.left > before.left + _INDENT * line.size
        return gap <= _SAME_GAP * self._gap and (hangs or not is_indented)

    def _reaches_edge(self, index: int, following: Line) -> bool:
        """Tell whether a line would have had no room for the first word of the next."""
        line = self._lines[index]
        around = self._lines[max(0, index - _NEIGHBOURS) : index + _NEIGHBOURS + 1]
        edge = max(
            each.right
            for each in around
            if each.page == line.page
            and abs(each.size - line.size) < _SAME_SIZE
            and abs(each.left - line.left) < 3 * line.size
        )
        width = (line.right - line.left) / max(1, len(line.text))
        word = len(following.text.split(" ", 1)[0]) + 1
        return line.right + width * word > edge - line.size / 2

    def _usual_gap(self) -> float:
        gaps = [
            before.baseline - line.baseline
            for before, line in pairwise(self._lines)
            if before.page == line.page and abs(line.size - self._size) < _SAME_SIZE
        ]
        likely = [gap for gap in gaps if 0.9 * self._size <= gap <= 3 * self._size]
        # Half of the gaps and more are those within paragraphs, unless all paragraphs are short.
        return min(median(likely), 2.4 * self._size) if len(likely) > 4 else _SPACED * self._size
