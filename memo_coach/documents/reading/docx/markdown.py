"""Markdown from the HTML that mammoth writes: headings, paragraphs, lists, tables, emphasis, links.

The text is left as it was written, since a writer reads it and a coach quotes it: nothing in it is escaped
but what would break a table.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from memo_coach.documents.reading.docx.inline import Inline
from memo_coach.documents.reading.docx.table import Table
from memo_coach.documents.reading.marks import mark, without_marks
from memo_coach.documents.reading.model import Omission

_HEADING = re.compile(r"h([1-6])")
_DEEPEST_LIST = 9


def markdown_of(html: str, notes: str) -> tuple[str, int]:
    """Return Markdown with marks for what is left out, and how many pictures that are.

    ``notes`` is what the addresses of notes and comments begin with.
    """
    writer = _Writer(notes)
    writer.feed(html)
    writer.close()
    return writer.markdown(), writer.pictures


class _Writer(HTMLParser):
    def __init__(self, notes: str) -> None:
        super().__init__(convert_charrefs=True)
        self.pictures = 0
        self._notes = notes
        self._blocks: list[tuple[str, bool]] = []
        """Each with whether it is an item of a list."""
        self._inline = Inline()
        self._heading = 0
        self._lists: list[tuple[str, int]] = []
        """The open lists: which kind, and how many items it has."""
        self._tables: list[Table] = []
        self._left_out: list[str] = []
        """The open elements within one that is left out, that one first."""
        self._has_contents = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if self._left_out or self._is_left_out(tag, attributes):
            self._left_out.append(tag)
        elif tag in {"p", "ul", "ol", "li"} or _HEADING.fullmatch(tag):
            self._begin_block(tag)
        elif tag in {"table", "tr", "td", "th"}:
            self._begin_table_part(tag, attributes)
        else:
            self._begin_inline(tag, attributes)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._left_out:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._left_out:
            self._left_out.pop()
        elif tag in {"ul", "ol"}:
            self._end_block()
            self._lists.pop()
        elif tag in {"p", "li"} or _HEADING.fullmatch(tag):
            self._end_block()
            self._heading = 0
        elif tag in {"td", "th"}:
            self._end_block()
            self._tables[-1].end_cell()
        elif tag == "table":
            self._end_table()
        else:
            self._inline.end(tag)

    def handle_data(self, data: str) -> None:
        if not self._left_out:
            self._inline.add(without_marks(data))

    def markdown(self) -> str:
        self._end_block()
        parts: list[str] = []
        was_item = False
        for block, is_item in self._blocks:
            parts.append(("\n" if is_item and was_item else "\n\n") + block)
            was_item = is_item
        return "".join(parts)

    def _is_left_out(self, tag: str, attributes: dict[str, str]) -> bool:
        """Tell whether an element is left out; its place is marked."""
        target = attributes.get("href", "")
        if tag == "a" and target.startswith((f"#{self._notes}footnote-", f"#{self._notes}endnote-")):
            self._inline.add(mark(Omission.FOOTNOTES))
            return True
        if tag == "a" and target.startswith(f"#{self._notes}comment-"):
            self._inline.add(mark(Omission.COMMENTS))
            return True
        if attributes.get("class") == "contents":
            if not self._has_contents:
                self._has_contents = True
                self._inline.add(mark(Omission.CONTENTS))
            return True
        # The notes themselves stand at the end.
        identity = attributes.get("id", "")
        return tag == "dl" or (
            tag == "li" and identity.startswith((f"{self._notes}footnote-", f"{self._notes}endnote-"))
        )

    def _begin_block(self, tag: str) -> None:
        self._end_block()
        heading = _HEADING.fullmatch(tag)
        if heading:
            self._heading = int(heading[1])
        elif tag in {"ul", "ol"}:
            self._lists.append((tag, 0))
        elif tag == "li" and self._lists:
            kind, items = self._lists[-1]
            self._lists[-1] = (kind, items + 1)

    def _begin_inline(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "img":
            self.pictures += 1
            self._inline.add(mark(Omission.PICTURES))
        elif tag == "br":
            self._inline.add("\n")
        elif tag == "input":
            self._inline.add("[x] " if "checked" in attributes else "[ ] ")
        else:
            self._inline.begin(tag, attributes.get("href", ""))

    def _begin_table_part(self, tag: str, attributes: dict[str, str]) -> None:
        self._end_block()
        if tag == "table":
            self._tables.append(Table())
        elif tag == "tr":
            self._tables[-1].begin_row()
        else:
            self._tables[-1].begin_cell(attributes.get("colspan", ""), attributes.get("rowspan", ""))

    def _end_table(self) -> None:
        table = self._tables.pop()
        if self._tables:
            self._tables[-1].add(table.as_line())
        else:
            self._blocks.extend((block, False) for block in table.as_blocks())

    def _end_block(self) -> None:
        text = self._inline.taken(emphasis=not self._heading)
        if not text:
            return
        if self._tables:
            self._tables[-1].add(text)
        elif self._heading:
            self._blocks.append((f"{'#' * self._heading} {' '.join(text.split())}", False))
        elif self._lists:
            self._blocks.append((self._item(text), True))
        else:
            self._blocks.append((text, False))

    def _item(self, text: str) -> str:
        markers = ["- " if kind == "ul" else f"{items}. " for kind, items in self._lists[-_DEEPEST_LIST:]]
        indent = " " * sum(map(len, markers[:-1]))
        return f"{indent}{markers[-1]}" + text.replace("\n", "\n" + indent + " " * len(markers[-1]))
