"""Parse the text of a memo, Markdown or plain, English or Spanish, into blocks, sentences and words.

What a value of :class:`~memo_coach.coaching.memo.model.Memo` made here guarantees:

* ``text[block.span.start:block.span.end] == block.text`` for every block but a heading. A heading's
  span is its whole line (without white space at the ends, and without the underline of a setext
  heading); its ``text`` is its words alone, without ``#``, number (``2.``, ``1.3``, ``IV.``), emphasis,
  link target, emoji name or the colon at the end.
* A list item's block includes its marker; its sentences begin after it.
* Paragraphs, list items and quotations have sentences; a table has one for each body row; headings,
  code and header lines have none. Each sentence has at least one word, lies in its block, and follows
  the one before it. A block of bare links or signs has none.
* Words are those of sentences and headings. Addresses, link targets and HTML are no words.
* What older messages of a mail thread say is a quotation, with the lines that announce them.
* There is at least one section, also where the memo is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from memo_coach.coaching.memo.blocks import Draft, Segmenter
from memo_coach.coaching.memo.header import HeaderReading, read_header
from memo_coach.coaching.memo.language import detect_language
from memo_coach.coaching.memo.lines import Line, lines_of
from memo_coach.coaching.memo.mail_threads import may_be_thread, quoted_lines
from memo_coach.coaching.memo.model import Block, Memo, Section, Sentence, Span, Word, Words
from memo_coach.coaching.memo.sentences import sentences_between, trimmed
from memo_coach.coaching.memo.words import words_between


def parse_memo(text: str, language: str | None = None) -> Memo:
    """Parse a memo; ``language`` (``en`` or ``es``) is detected where it is not given.

    Positions count code points of ``text``, which should come from
    :func:`memo_coach.coaching.memo.text.normalise_text`; any other string is parsed as well. Never raises
    for the content of a string. Time is linear in its length.
    """
    lines = lines_of(text)
    reading = read_header(lines)
    quoted = quoted_lines(lines) if may_be_thread(text) else frozenset()
    drafts = Segmenter(text, _without_header(lines, reading), reading.preamble, quoted).drafts_of_all()
    assembly = _Assembly(text)
    for draft in drafts:
        assembly.add(draft)
    return Memo(
        text=text,
        language=language or detect_language(text),
        header=reading.header,
        blocks=tuple(assembly.blocks),
        sections=tuple(_sections(assembly.blocks)),
        sentences=tuple(assembly.sentences),
        words=Words(assembly.words),
        _sentences_of_block={block: tuple(found) for block, found in assembly.sentences_of_block.items()},
    )


def _without_header(lines: list[Line], reading: HeaderReading) -> list[Line]:
    return (
        [Line(line.start, "", 0) if index in reading.taken else line for index, line in enumerate(lines)]
        if reading.taken
        else lines
    )


@dataclass(slots=True)
class _Assembly:
    """Gives blocks, sentences and words their places among each other."""

    text: str
    blocks: list[Block] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    sentences_of_block: dict[int, list[Sentence]] = field(default_factory=dict)
    section: int = 0

    def add(self, draft: Draft) -> None:
        """Add a block with its sentences and words."""
        index = len(self.blocks)
        heading = draft.kind == "heading"
        if heading and self.blocks:
            self.section += 1
        self.blocks.append(
            Block(
                kind=draft.kind,
                span=Span(draft.start, draft.end),
                text=draft.title if heading else self.text[draft.start : draft.end],
                index=index,
                level=draft.level,
                section=self.section,
            )
        )
        if heading:
            self.words.extend(words_between(self.text, draft.content, draft.end))
            return
        for span, words in self._sentences_of(draft):
            first = len(self.words)
            self.words.extend(words)
            sentence = Sentence(span, self.text[span.start : span.end], index, first, len(self.words))
            self.sentences.append(sentence)
            self.sentences_of_block.setdefault(index, []).append(sentence)

    def _sentences_of(self, draft: Draft) -> Iterator[tuple[Span, list[Word]]]:
        if draft.kind == "table":
            yield from self._rows_of(draft)
        elif draft.kind != "code":
            yield from sentences_between(self.text, draft.content, draft.end)

    def _rows_of(self, draft: Draft) -> Iterator[tuple[Span, list[Word]]]:
        for start, end in draft.rows:
            cells = self.text[start:end]
            inner = cells.lstrip("| \t")
            first = end - len(inner)
            span = trimmed(self.text, first, first + len(inner.rstrip("| \t")))
            words = words_between(self.text, span.start, span.end)
            if words:
                yield span, words


def _sections(blocks: list[Block]) -> Iterator[Section]:
    """Yield a section for each heading, and one before the first heading where blocks stand there."""
    if not blocks:
        yield Section(0, None, (), Span(0, 0))
        return
    members: list[list[Block]] = [[] for _ in range(blocks[-1].section + 1)]
    for block in blocks:
        members[block.section].append(block)
    for index, found in enumerate(members):
        heading = found[0] if found[0].kind == "heading" else None
        body = tuple(found if heading is None else found[1:])
        yield Section(index, heading, body, Span(found[0].span.start, found[-1].span.end))
