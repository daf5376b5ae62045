"""The memo as it is shown beside its comments: paragraphs cut into plain and commented passages.

Nothing is left out or changed: the segments of a paragraph, put together, are the memo's own text.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Sequence

from memo_coach.coaching.evaluation import Comment
from memo_coach.coaching.memo.model import Memo, Span
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.ui.plain_words import plain_words

MOST_PIECES = 2_000
"""That are paragraphs of their own. A memo with more is a list of scraps: what comes behind goes together."""
LENGTH_TOGETHER = 2_000
"""Characters, at least, of what goes together."""
LONGEST_QUOTE = 600
"""Characters. A memo without a full stop is one sentence, and every comment on it would quote all of it."""

Piece = tuple[str, Span]
"""A part of the text with its kind. It holds positions, and none of the words."""


@dataclasses.dataclass
class Segment:
    """A run of text within a paragraph."""

    text: str
    comment: str
    """The id of the comment on it, or empty."""
    also: str
    """Ids of further comments on the same words, separated by spaces."""
    kind: str
    """``opportunity`` or ``strength`` where there is a comment; ``markup`` for the signs before a heading."""
    number: str
    """The comment's number, on the last segment of its passage only."""


@dataclasses.dataclass
class Paragraph:
    """A block of the memo: ``kind`` is the parser's, or ``header-line``, or ``plain`` for what is neither."""

    kind: str
    segments: list[Segment]


@dataclasses.dataclass(frozen=True)
class _Passage:
    span: Span
    comment: Comment


def paragraphs_of(
    text: str, pieces: Sequence[Piece], comments: Sequence[Comment], numbers: Mapping[str, str]
) -> list[Paragraph]:
    """Make paragraphs of the pieces of a text; only comments that have a number are marked."""
    passages = [
        _Passage(Span(comment.start, comment.end), comment)
        for comment in comments
        if comment.id in numbers and comment.start is not None and comment.end is not None
    ]
    passages.sort(key=lambda passage: (passage.span.start, passage.span.end))
    paragraphs: list[Paragraph] = []
    first = 0
    for kind, span in pieces:
        while first < len(passages) and passages[first].span.end <= span.start:
            first += 1
        touching = []
        for passage in passages[first:]:
            if passage.span.start >= span.end:
                break
            if passage.span.overlaps(span):
                touching.append(passage)
        segments = _segments(text, span, touching, numbers)
        paragraphs.append(Paragraph(kind, _with_quiet_markup(segments) if kind == "heading" else segments))
    return paragraphs


def pieces_of(text: str, language: str) -> tuple[Piece, ...]:
    """Cut a memo into its parts: every one that is not blank, in order, with its kind."""
    pieces = _pieces(parse_memo(text, language))
    return (*pieces[:MOST_PIECES], *_together(pieces[MOST_PIECES:]))


def _together(pieces: Sequence[Piece]) -> Iterator[Piece]:
    start: int | None = None
    for number, (_kind, span) in enumerate(pieces, start=1):
        start = span.start if start is None else start
        if span.end - start >= LENGTH_TOGETHER or number == len(pieces):
            yield "plain", Span(start, span.end)
            start = None


def _pieces(memo: Memo) -> list[Piece]:
    known = [("header-line", line.span) for line in memo.header]
    known += [(block.kind, block.span) for block in memo.blocks]
    known.sort(key=lambda piece: piece[1])
    pieces: list[Piece] = []
    position = 0
    for kind, span in known:
        # A list marker belongs to its item; whatever else stands between two blocks is shown by itself.
        line = memo.text.rfind("\n", position, span.start) + 1 or position
        _add_plain(memo.text, position, line, pieces)
        pieces.append((kind, Span(max(line, position), span.end)))
        position = span.end
    _add_plain(memo.text, position, len(memo.text), pieces)
    return pieces


def _add_plain(text: str, start: int, end: int, pieces: list[Piece]) -> None:
    stripped = text[start:end].strip("\n")
    if stripped.strip():
        begin = start + text[start:end].index(stripped)
        pieces.append(("plain", Span(begin, begin + len(stripped))))


def _segments(
    text: str, span: Span, passages: Sequence[_Passage], numbers: Mapping[str, str]
) -> list[Segment]:
    edges = {span.start, span.end}
    for passage in passages:
        edges.update(edge for edge in (passage.span.start, passage.span.end) if span.start < edge < span.end)
    ordered = sorted(edges)
    segments: list[Segment] = []
    for start, end in itertools.pairwise(ordered):
        here = [passage for passage in passages if passage.span.start <= start and end <= passage.span.end]
        # The closest comment owns the words; a wider one keeps what is left of its passage.
        here.sort(key=lambda passage: (len(passage.span), passage.comment.id))
        segments.append(_segment(text[start:end], end, here, numbers))
    return segments


def _with_quiet_markup(segments: list[Segment]) -> list[Segment]:
    """Set the signs that make a line a heading apart from its words, so that they can be shown quietly."""
    first = segments[0]
    signs = len(first.text) - len(first.text.lstrip("# "))
    if first.comment or not signs:
        return segments
    return [
        Segment(first.text[:signs], "", "", "markup", ""),
        Segment(first.text[signs:], "", "", "", ""),
        *segments[1:],
    ]


def quoted(quote: str) -> str:
    """Return a quotation to show: as one would read it aloud, and not longer than one would."""
    return shortened(plain_words(quote))


def shortened(words: str) -> str:
    """Return some words, or as many of them as a quotation has."""
    return words if len(words) <= LONGEST_QUOTE else f"{words[: LONGEST_QUOTE - 1].rstrip()}…"


def _segment(words: str, end: int, passages: Sequence[_Passage], numbers: Mapping[str, str]) -> Segment:
    if not passages or not words.strip():
        return Segment(words, "", "", "", "")
    owner = passages[0]
    return Segment(
        text=words,
        comment=owner.comment.id,
        also=" ".join(passage.comment.id for passage in passages[1:]),
        kind=owner.comment.kind,
        number=numbers[owner.comment.id] if owner.span.end == end else "",
    )
