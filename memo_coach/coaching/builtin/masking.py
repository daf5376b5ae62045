"""What the detectors are not shown: sentences that order the grader about, and passages said before.

Both are overwritten with spaces, so that every position in what remains is a position in the memo.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from memo_coach.coaching.memo.model import Memo, Span
from memo_coach.coaching.memo.parser import parse_memo

SHORTEST_REPEAT = 8
"""Words of the shortest run of sentences that counts as said twice: “Owner: Ana” may stand twice."""

_LONGEST_HEAD = 2_000
"""Characters of header lines that are looked for together: their runs are as many as their square."""

_VISIBLE = re.compile(r"\S")


class _Unit(NamedTuple):
    """A sentence, or a heading with its markup."""

    span: Span
    key: str
    words: int


def masked(memo: Memo, spans: Sequence[Span]) -> Memo:
    """Return the memo as it reads with the spans blanked; the same memo where there are none.

    Where nothing is left of a block, its bullet or number goes too.
    """
    return memo if not spans else parse_memo(masked_text(memo, spans), memo.language)


def masked_text(memo: Memo, spans: Sequence[Span]) -> str:
    """Return the text of the memo with the spans blanked, as long as it was."""
    pieces = []
    position = 0
    for span in sorted([*spans, *_emptied_blocks(memo, spans)]):
        start = max(span.start, position)
        pieces.append(memo.text[position:start])
        pieces.append(_VISIBLE.sub(" ", memo.text[start : max(start, span.end)]))
        position = max(position, span.end)
    pieces.append(memo.text[position:])
    return "".join(pieces)


def _emptied_blocks(memo: Memo, spans: Sequence[Span]) -> Iterable[Span]:
    starts = {span.start for span in spans}
    for block in memo.blocks:
        sentences = memo.sentences_of(block)
        if sentences and all(sentence.span.start in starts for sentence in sentences):
            yield _with_markup(memo, block.span)


def repeated_passages(memo: Memo) -> tuple[Span, ...]:
    """Find the passages that say again, word for word, what the memo said before.

    Case, spacing and punctuation are ignored. A run of repeated sentences and headings counts from
    :data:`SHORTEST_REPEAT` words on. Linear in the length of the memo.
    """
    # Said again further down, header lines are read as one sentence or as several: every run is known.
    seen = {
        _key(memo.text[first.span.start : last.span.end])
        for number, first in enumerate(memo.header)
        for last in memo.header[number:]
        if last.span.end - first.span.start <= _LONGEST_HEAD
    }
    passages: list[Span] = []
    run: list[_Unit] = []
    for unit in _units(memo):
        if unit.key in seen:
            run.append(unit)
            continue
        seen.add(unit.key)
        passages.extend(_long_enough(run))
        run = []
    passages.extend(_long_enough(run))
    return tuple(passages)


def _long_enough(run: Sequence[_Unit]) -> Iterable[Span]:
    return [unit.span for unit in run] if sum(unit.words for unit in run) >= SHORTEST_REPEAT else []


def _units(memo: Memo) -> Iterable[_Unit]:
    plain = _plain(memo.text)
    is_placed = len(plain) == len(memo.text)  # a few letters, such as İ, become two
    for span in _spans_of_units(memo):
        said = plain[span.start : span.end] if is_placed else _plain(memo.quote(span))
        words = said.split()
        yield _Unit(span, " ".join(words), len(words))


def _spans_of_units(memo: Memo) -> Iterable[Span]:
    for block in memo.blocks:
        if block.kind == "heading":
            yield _with_markup(memo, block.span)
        else:
            yield from (sentence.span for sentence in memo.sentences_of(block))


def _with_markup(memo: Memo, span: Span) -> Span:
    """Widen a span to the start of its line where only list or heading markup stands before it."""
    line_start = memo.text.rfind("\n", 0, span.start) + 1
    before = memo.text[line_start : span.start]
    is_markup = len(before) <= 20 and not any(character.isalpha() for character in before)
    return Span(line_start, span.end) if is_markup else span


class _Blanks(dict[int, str]):
    """Maps every character but letters and digits to a space. Latin ones are held, the others worked out."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        return character if character.isalnum() else " "


_BLANKS = _Blanks((code, character if (character := chr(code)).isalnum() else " ") for code in range(0x250))


def _key(text: str) -> str:
    return " ".join(_plain(text).split())


def _plain(text: str) -> str:
    """Return the text in lower case without marks."""
    return text.lower().translate(_BLANKS)
