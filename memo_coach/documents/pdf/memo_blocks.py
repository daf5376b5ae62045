"""The memo as a PDF shows it: headings, lists, tables and paragraphs, with commented passages marked.

Markup is read, not shown: the signs of a heading and of bold type, and the bars of a table. All other text
is the memo's own.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from memo_coach.coaching.evaluation import Comment
from memo_coach.coaching.memo.lines import is_table_rule, lines_of, list_marker
from memo_coach.coaching.memo.model import Block, Memo, Span
from memo_coach.coaching.memo.parser import parse_memo

MOST_BLOCKS = 2_000
"""Blocks that are set as what they are. Of a memo with more, the rest is set as it stands in the text."""
LENGTH_TOGETHER = 2_000
"""Characters, at least, of what is set together then."""
MOST_CELLS = 2_000
"""Of all tables together. What comes then is set as the lines that it is written in."""
MOST_COLUMNS = 12
MOST_STRONG = 500
"""Words in bold type within a passage; of more the signs are shown as they are."""
DEEPEST_HEADING = 6
HEADINGS_START = 3
"""The level of the memo's first headings: they stand below the heading of the part."""

_GAP = re.compile(r"\t+| {3,}")
_BULLETS = frozenset({"", "-", "*", "+"})
_STRONG = re.compile(r"(\*\*)(?=\S)(?:(?!\*\*|\n\n).)+?(?<=\S)(\*\*)", re.DOTALL)
_HEADING_SIGNS = re.compile(r"\s*#*\s*")


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment with its number."""

    number: int
    comment: Comment


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text; ``kind`` is the remark's whose passage it is in, or empty."""

    text: str
    kind: str
    ends: tuple[Remark, ...]
    """The remarks whose passages end here."""
    strong: bool = False


@dataclass(slots=True)
class Passage:
    """A piece of running text: a paragraph, a heading, a list item or a cell."""

    span: Span
    segments: list[Segment] = field(default_factory=list)


@dataclass(slots=True)
class MemoBlock:
    """One block; ``kind`` is the parser's, or ``header``, ``list``, or ``plain`` for what is neither."""

    kind: str
    passages: list[Passage]
    """One, or as many as there are lines of a header, items or cells."""
    level: int = 0
    markers: list[str] = field(default_factory=list)
    """What stands before each item of a list, as the writer has it."""
    depths: list[int] = field(default_factory=list)
    columns: int = 0
    """Of a table; its first row is its head."""


def memo_blocks(text: str, language: str, remarks: Sequence[Remark]) -> list[MemoBlock]:
    """Return the blocks of a memo in their order, with the passages of the remarks marked."""
    memo = parse_memo(text, language)
    blocks = _with_few_cells(_with_lists(_blocks(memo)))
    _set_heading_levels(blocks)
    _mark(text, [passage for block in blocks for passage in block.passages], remarks)
    return blocks


def _blocks(memo: Memo) -> Iterator[MemoBlock]:
    known: list[tuple[Span, Block | None]] = [(line.span, None) for line in memo.header]
    known += [(block.span, block) for block in memo.blocks]
    known.sort(key=lambda each: each[0])
    position = 0
    for span, block in known[:MOST_BLOCKS]:
        line = max(memo.text.rfind("\n", position, span.start) + 1, position)
        yield from _plain(memo.text, position, line)
        start = max(line, position)
        yield _block(memo, Span(start, span.end), block)
        position = span.end
    for span, _block_of_rest in known[MOST_BLOCKS:]:
        if span.end - position >= LENGTH_TOGETHER:
            yield from _plain(memo.text, position, span.end)
            position = span.end
    yield from _plain(memo.text, position, len(memo.text))


def _plain(text: str, start: int, end: int) -> Iterator[MemoBlock]:
    part = text[start:end].strip("\n")
    if part.strip():
        begin = start + text[start:end].index(part)
        yield MemoBlock("plain", [Passage(Span(begin, begin + len(part)))])


def _block(memo: Memo, span: Span, block: Block | None) -> MemoBlock:
    if block is None:
        return MemoBlock("header", [Passage(span)])
    if block.kind == "heading":
        signs = _HEADING_SIGNS.match(memo.text, span.start, span.end)
        start = span.start if signs is None or signs.end() == span.end else signs.end()
        return MemoBlock("heading", [Passage(Span(start, span.end))], level=block.level)
    if block.kind == "list_item":
        return _item(memo.text, span, block.level)
    if block.kind == "table":
        return _table(memo.text, span) or MemoBlock("plain", [Passage(span)])
    return MemoBlock(block.kind, [Passage(span)])


def _item(text: str, span: Span, depth: int) -> MemoBlock:
    line = text[span.start : span.end]
    indent = len(line) - len(line.lstrip())
    marker = list_marker(line[indent:])
    length = indent + (0 if marker is None else marker.length)
    start = span.start + length
    if start >= span.end:
        start = span.start
    shown = text[span.start : start].strip()
    return MemoBlock(
        "list",
        [Passage(Span(start, span.end))],
        markers=["•" if shown in _BULLETS else shown],
        depths=[depth],
    )


def _table(text: str, span: Span) -> MemoBlock | None:
    """Return a table with a head; ``None`` for rows that have none, or too many cells."""
    lines = [
        (span.start + line.start, span.start + line.end) for line in lines_of(text[span.start : span.end])
    ]
    lines = [(start, end) for start, end in lines if text[start:end].strip()]
    if len(lines) < 2:
        return None
    by_bars = "|" in text[slice(*lines[0])]
    if by_bars and not is_table_rule(text[slice(*lines[1])].strip()):
        return None
    rows = [
        _cells(text, start, end, by_bars=by_bars) for start, end in lines if not _is_rule(text, start, end)
    ]
    columns = max(map(len, rows))
    if columns > MOST_COLUMNS or columns * len(rows) > MOST_CELLS or len(rows) < 2:
        return None
    for row in rows:
        row.extend(Passage(Span(row[-1].span.end, row[-1].span.end)) for _ in range(columns - len(row)))
    return MemoBlock("table", [cell for row in rows for cell in row], columns=columns)


def _is_rule(text: str, start: int, end: int) -> bool:
    return is_table_rule(text[start:end].strip())


def _cells(text: str, start: int, end: int, *, by_bars: bool) -> list[Passage]:
    line = text[start:end]
    edges: list[tuple[int, int]] = []
    position = 0
    for part in re.finditer(r"\|" if by_bars else _GAP, line):
        edges.append((position, part.start()))
        position = part.end()
    edges.append((position, len(line)))
    if by_bars and len(edges) > 1 and not line[slice(*edges[0])].strip():
        edges = edges[1:]
    if by_bars and len(edges) > 1 and not line[slice(*edges[-1])].strip():
        edges = edges[:-1]
    cells = []
    for first, last in edges:
        words = line[first:last]
        begin = first + len(words) - len(words.lstrip())
        cells.append(Passage(Span(start + begin, start + max(begin, first + len(words.rstrip())))))
    return cells


def _with_lists(blocks: Iterator[MemoBlock]) -> list[MemoBlock]:
    """Put items that follow each other into one list, and the lines of the header into one block."""
    together: list[MemoBlock] = []
    for block in blocks:
        if block.kind in ("list", "header") and together and together[-1].kind == block.kind:
            together[-1].passages += block.passages
            together[-1].markers += block.markers
            together[-1].depths += block.depths
        else:
            together.append(block)
    return together


def _with_few_cells(blocks: Sequence[MemoBlock]) -> list[MemoBlock]:
    """Set the tables as lines that come when there have been enough cells."""
    cells = 0
    kept: list[MemoBlock] = []
    for block in blocks:
        if block.kind == "table":
            cells += len(block.passages)
            if cells > MOST_CELLS:
                start, end = block.passages[0].span.start, block.passages[-1].span.end
                block = MemoBlock("plain", [Passage(Span(start, end))])  # noqa: PLW2901
        kept.append(block)
    return kept


def _set_heading_levels(blocks: Sequence[MemoBlock]) -> None:
    """Let headings begin below the part's own, and none be more than one level below the last."""
    level = HEADINGS_START - 1
    for block in blocks:
        if block.kind == "heading":
            wanted = max(HEADINGS_START, HEADINGS_START - 1 + block.level)
            level = block.level = min(wanted, level + 1, DEEPEST_HEADING)


def _mark(text: str, passages: Sequence[Passage], remarks: Sequence[Remark]) -> None:
    """Cut passages into segments where remarks begin and end, and put each remark's number at its end."""
    starts = [passage.span.start for passage in passages]
    ends = [passage.span.end for passage in passages]
    touching: defaultdict[int, list[tuple[Span, Remark]]] = defaultdict(list)
    ending: defaultdict[int, list[tuple[int, Remark]]] = defaultdict(list)
    for remark in remarks:
        if remark.comment.start is None or remark.comment.end is None or not passages:
            continue
        span = Span(remark.comment.start, remark.comment.end)
        first, last = bisect_right(ends, span.start), bisect_left(starts, span.end) - 1
        for at in range(first, last + 1):
            touching[at].append((span, remark))
        # What is between two passages, as the bar of a table, is shown nowhere: the one before is numbered.
        at = min(max(last, 0), len(passages) - 1)
        ending[at].append((min(max(span.end, starts[at]), ends[at]), remark))
    for at, passage in enumerate(passages):
        passage.segments = _segments(text, passage.span, touching[at], ending[at])


def _segments(
    text: str, span: Span, touching: Sequence[tuple[Span, Remark]], ending: Sequence[tuple[int, Remark]]
) -> list[Segment]:
    edges = {span.start, span.end}
    for commented, _remark in touching:
        edges.update(edge for edge in (commented.start, commented.end) if span.start < edge < span.end)
    edges.update(end for end, _remark in ending)
    bold = [(match.span(1), match.span(2)) for match in _STRONG.finditer(text, span.start, span.end)]
    if len(bold) > MOST_STRONG:
        bold = []
    edges.update(edge for opening, closing in bold for edge in (*opening, *closing))
    signs = [sign for pair in bold for sign in pair]
    segments: list[Segment] = []
    for start, end in itertools.pairwise(sorted(edges)):
        here = [each for each in touching if each[0].start <= start and end <= each[0].end]
        # The closest remark owns the words; a wider one keeps what is left of its passage.
        owner = min(here, key=lambda each: (len(each[0]), each[1].number), default=None)
        is_sign = any(first <= start and end <= last for first, last in signs)
        words = "" if is_sign else text[start:end]
        kind = "" if owner is None or not words.strip() else owner[1].comment.kind
        is_strong = any(opening[1] <= start and end <= closing[0] for opening, closing in bold)
        segments.append(
            Segment(words, kind, tuple(remark for at, remark in ending if at == end), strong=is_strong)
        )
    first = tuple(remark for at, remark in ending if at == span.start)
    segments = [Segment("", "", first), *segments] if first else segments
    return [segment for segment in segments if segment.text or segment.ends]
