"""The units of a memo in which elements are looked for: sentences, headings, header lines, rows of tables.

A label of the training set belongs to a unit, so what a unit is decides what can be learned. A table has one
for its head and one for each row; a code block is one, and so is a block without words, such as a bare link.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal, NamedTuple

from memo_coach.coaching.memo.model import Block, Memo, Span

UnitKind = Literal["header", "heading", "paragraph", "list_item", "table", "table_head", "quote", "code"]


class Unit(NamedTuple):
    """A stretch of the text that says one thing."""

    span: Span
    kind: UnitKind
    block: int
    """Index into ``memo.blocks``; -1 for a header line."""


def units_of(memo: Memo) -> tuple[Unit, ...]:
    """Return the units of a memo in order of position. They do not overlap."""
    found = [Unit(line.span, "header", -1) for line in memo.header]
    for block in memo.blocks:
        found.extend(_units_of_block(memo, block))
    found.sort()
    return tuple(found)


def units_with(memo: Memo, units: Sequence[Unit], words: frozenset[str]) -> tuple[int, ...]:
    """Return the places of the units that hold one of some words, in order."""
    starts = [unit.span.start for unit in units]
    found = {
        bisect_right(starts, memo.words[place].span.start) - 1
        for place in memo.words.places_of(words, 0, len(memo.words))
    }
    return tuple(sorted(place for place in found if place >= 0))


def _units_of_block(memo: Memo, block: Block) -> list[Unit]:
    if block.kind in {"heading", "code"}:
        return [Unit(block.span, block.kind, block.index)]
    sentences = memo.sentences_of(block)
    units = [Unit(sentence.span, block.kind, block.index) for sentence in sentences]
    if block.kind == "table":
        end = sentences[0].span.start if sentences else block.span.end
        if memo.text[block.span.start : end].strip(" |\n-:"):
            units.insert(0, Unit(Span(block.span.start, end), "table_head", block.index))
    elif not sentences and block.text.strip():
        units.append(Unit(block.span, block.kind, block.index))
    return units
