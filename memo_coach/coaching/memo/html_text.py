"""Read pasted HTML as its text, in Markdown: paragraphs, headings, lists, tables, bold words, entities."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape

from memo_coach.coaching.memo.rewriting import Edit
from memo_coach.coaching.memo.words import word_set

_TAG = re.compile(r"<!--|</?([a-zA-Z][a-zA-Z0-9]{0,12})(?=[\s/>])[^<>]{0,2000}>")
_BLOCKS = word_set(
    "p div br li ul ol table thead tbody tr td th h1 h2 h3 h4 h5 h6 blockquote section article hr dl dt dd "
    "html body center header footer main"
)
_HIDDEN = frozenset({"script", "style", "head", "title", "template"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_REPLACEMENTS = {"br": "\n", "hr": "\n\n---\n\n", "b": "**", "strong": "**", "thead": "", "tbody": ""}
_GAP = re.compile(r"\s+")
_MARKDOWN = re.compile(r"#{1,6}\s|[-*+|]\s|\d{1,3}\.\s")
_MOST_MARKED = 0.1
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")
_LEAST_TAGS = 3
_TAGS_A_LINE = 0.3
"""Tags for each line that is not blank, from which on lines are the source's and not the writer's."""


def html_edits(text: str) -> Iterator[Edit]:
    """Yield what makes the text of HTML out of it.

    Of Markdown only the tables and lists that are written in HTML are read so, and entities.
    """
    if "<" not in text and "&" not in text:
        return
    position = 0
    for start, end in _regions(text):
        yield from _entities(text, position, start)
        yield from _Reader(text, start, end).edits()
        position = end
    yield from _entities(text, position, len(text))


def _regions(text: str) -> list[tuple[int, int]]:
    """Return the passages that are HTML."""
    if "</" not in text and "<br" not in text.lower():
        return []
    tags = [found for found in _TAG.finditer(text) if (found[1] or "").lower() in _BLOCKS]
    if len(tags) < _LEAST_TAGS or "```" in text:
        return []
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    marked = sum(1 for line in lines if _MARKDOWN.match(line))
    if len(tags) >= _TAGS_A_LINE * len(lines) and marked <= _MOST_MARKED * len(lines):
        return [(0, len(text))]
    return list(_outermost(tags))


def _outermost(tags: Iterable[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Yield the tables and lists, each with those within it."""
    depth = start = 0
    for found in tags:
        if found[1].lower() not in {"table", "ul", "ol"}:
            continue
        if found[0][1] != "/":
            start = start if depth else found.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                yield start, found.end()


def _entities(text: str, start: int, end: int) -> Iterator[Edit]:
    for found in _ENTITY.finditer(text, start, end):
        read = unescape(found[0]).replace("\u00a0", " ")
        # What could be taken for markup of another kind stays as it is.
        if read != found[0] and read not in "<>\n" and "\x00" not in read:
            yield found.start(), found.end(), read


@dataclass
class _Reader:
    """Goes from tag to tag."""

    text: str
    start: int
    end: int
    cells: int = 0
    has_rule: bool = False
    in_row: bool = False

    def edits(self) -> Iterator[Edit]:
        text, position, after_block = self.text, self.start, True
        unclosed: set[str] = set()
        found = _TAG.search(text, position, self.end)
        while found is not None:
            name = (found[1] or "").lower()
            is_end = text.startswith("</", found.start())
            is_block = name in _BLOCKS
            yield from self._words(position, found.start(), after_block, before_block=is_block)
            end = found.end()
            if not is_end and (name in _HIDDEN or not name) and name not in unclosed:
                closing = text.find("-->" if not name else f"</{name}", end, self.end)
                if closing < 0 and name:
                    closing = text.find(f"</{name.upper()}", end, self.end)
                if closing < 0:
                    unclosed.add(name)
                else:
                    end = text.find(">", closing) + 1 or self.end
            yield found.start(), end, self._replacement(name, is_end=is_end)
            if text[position : found.start()].strip() or is_block:
                after_block = is_block
            position = end
            found = _TAG.search(text, position, self.end)
        yield from self._words(position, self.end, after_block, before_block=True)

    def _words(self, start: int, end: int, after_block: bool, *, before_block: bool) -> Iterator[Edit]:
        """Read white space as HTML does: as one space, and none beside a block."""
        edits = [*_entities(self.text, start, end)]
        for gap in _GAP.finditer(self.text, start, end):
            at_edge = (gap.start() == start and after_block) or (gap.end() == end and before_block)
            replacement = "" if at_edge else " "
            if gap[0] != replacement:
                edits.append((gap.start(), gap.end(), replacement))
        yield from sorted(edits)

    def _replacement(self, name: str, *, is_end: bool) -> str:
        if name in {"table", "tr", "td", "th"}:
            return self._of_table(name, is_end=is_end)
        if self.in_row and name in _BLOCKS:
            return " "
        if name == "li":
            return "" if is_end else "\n- "
        if name in _HEADINGS and not is_end:
            return "\n\n" + "#" * int(name[1]) + " "
        return _REPLACEMENTS.get(name, "\n\n" if name in _BLOCKS else "")

    def _of_table(self, name: str, *, is_end: bool) -> str:
        if name == "table":
            self.has_rule, self.in_row = False, False
            return "\n\n"
        if name == "tr":
            self.in_row = not is_end
            if not is_end:
                self.cells = 0
                return "\n|"
            if self.has_rule or not self.cells:
                return ""
            self.has_rule = True
            return "\n|" + "---|" * self.cells
        self.cells += not is_end
        return " |" if is_end else " "
