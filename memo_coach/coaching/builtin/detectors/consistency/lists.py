"""Lists of amounts: the lines above a total, the parts below the sentence that names their sum."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from memo_coach.coaching.builtin.analysis.figures import Figure
from memo_coach.coaching.builtin.analysis.prose import MemoFacts
from memo_coach.coaching.builtin.detectors.consistency.checks import (
    Checks,
    Row,
    rounded,
    sum_that_differs,
    tolerance,
)
from memo_coach.coaching.memo.model import Block, Sentence, Span

_TOTAL_WORD = re.compile(r"(?i)totals?\b|\bsuma\b|\bsum\b")
_BULLET = re.compile(r"[ \t>]*(?:[-*+•‣◦–—·]|\(?[0-9]{1,2}[.)]|\(?[a-z]\))[ \t]+")
_LABEL_END = re.compile(r"[*_:=|–—~]|\s-\s|\.{2,}")
_TOTALS = frozenset({"total", "totals", "sum", "suma", "totales", "subtotal"})
_LEAST_FIGURES = 3
_LONGEST_LINE = 200
_MOST_LINES = 40
_MOST_TOTALS = 8
_LONGEST_LABEL = 6
_LONGEST_COST = 30
_LONGEST_OPEN = 80
_SURE, _LIKELY = 0.9, 0.75
_NEAR = 1.5
"""Parts that differ from the amount above them by more than this factor are no parts of it."""


class _Line(NamedTuple):
    text: str
    start: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.start + len(self.text))


class ListReader:
    """Holds the totals of lists against what stands above or below them."""

    def __init__(self, checks: Checks, facts: MemoFacts) -> None:
        self.checks = checks
        self.memo = checks.memo
        self.facts = facts
        lexicon = checks.lexicon
        self.total = lexicon.pattern("consistency_total_labels")
        self.lead = lexicon.pattern("consistency_total_leads")
        self.soft = lexicon.pattern("consistency_soft_labels")
        self.introduces = lexicon.pattern("consistency_introductions")
        self.rough = lexicon.pattern("consistency_rough")
        self.cost = lexicon.pattern("consistency_cost_labels")

    def read(self) -> None:
        """Check the lists and sums of a memo."""
        if len(self.facts.figures) < _LEAST_FIGURES:
            return
        if self.memo.words.vocabulary & _TOTALS:
            self._total_lines()
            self._labelled_costs()
            for before, sentence in pairwise(self.memo.sentences):
                if before.block == sentence.block:
                    self._summing_sentence(before, sentence)
        for block in self.memo.blocks:
            if block.kind == "paragraph" and block.text.endswith((":", ":**", ":*")):
                self._introduced(block)

    def _total_lines(self) -> None:
        text = self.memo.text
        seen: set[int] = set()
        for found in _TOTAL_WORD.finditer(text):
            start = text.rfind("\n", max(0, found.start() - _LONGEST_LINE), found.start()) + 1
            if len(seen) >= _MOST_TOTALS or start in seen:
                continue
            end = text.find("\n", found.end(), found.end() + _LONGEST_LINE)
            line = text[start : end if end >= 0 else min(len(text), found.end() + _LONGEST_LINE)]
            if "|" in line or "\t" in line.strip():
                continue
            bullet = _BULLET.match(line)
            at = start + (bullet.end() if bullet else 0)
            if text[at : found.start()].strip(" *_>\"'").count(" ") <= 1 and self.lead.match(
                text[at : found.end() + 1].strip(" *_>").lower()
            ):
                seen.add(start)
                self._total_line(_Line(line, start))

    def _amount(self, figures: Sequence[Figure]) -> list[Figure]:
        """Return the amounts of money among figures, or all where there is none."""
        return [figure for figure in figures if figure.kind == "money"] or list(figures)

    def _total_line(self, line: _Line) -> None:
        figures = self._amount(self.facts.figures_in(line.span))
        if len(figures) != 1 or figures[0].kind == "percent" or figures[0].value <= 0:
            return
        stated = figures[0]
        label = _label(line.text[: max(0, stated.span.start - line.start)])
        if not self.total.fullmatch(label) and not (
            stated.kind == "money" and len(label.split()) <= _LONGEST_LABEL and self.lead.match(label)
        ):
            return
        rows, figures, unknown = self._rows_above(line, stated)
        if len(figures) < 2:
            return
        for first in range(1, len(rows) - 1):
            if abs(sum(row.value for row in rows[first:] if not row.subtotal) - stated.value) < 0.005:
                self.checks.agree(stated.span)
                return
        rough = [
            figure.value
            for figure in [*figures, stated]
            if self.rough.search(self.memo.text[max(0, figure.span.start - 14) : figure.span.start])
        ]
        allowed = max(tolerance(self.memo, [*figures, stated], stated.value), rounded(rough))
        differs = sum_that_differs(rows, stated.value, allowed)
        if differs is None:
            self.checks.agree(stated.span)
        elif unknown and differs < stated.value:
            self.checks.fault(
                "sum-open", stated.span, _LIKELY, {**self._values(stated, differs), "row": unknown}
            )
        else:
            self.checks.fault("sum-off", stated.span, _SURE, self._values(stated, differs))

    def _values(self, stated: Figure, total: float) -> dict[str, str]:
        return {"total": self.memo.quote(stated.span), "sum": self.checks.money(total, stated)}

    def _rows_above(self, line: _Line, stated: Figure) -> tuple[list[Row], list[Figure], str]:
        """Return the items above a total, from the nearest upwards until something else stands there."""
        rows: list[Row] = []
        figures: list[Figure] = []
        unknown = ""
        bulleted: bool | None = None
        blanks = 0
        for one in self._lines_above(line):
            if not one.text.strip():
                blanks += 1
                if blanks > 1:
                    break
                continue
            marker = _BULLET.match(one.text)
            figure = self._item(one, stated)
            if figure is None:
                if marker and _is_open(one.text):
                    unknown = _label(one.text[marker.end() :]) or unknown
                    continue
                if rows and bulleted == bool(marker) and not blanks and self.facts.amounts_in(one.span):
                    # An item of the same list that cannot be read: nothing can be said of their sum.
                    return [], [], ""
                break
            if bulleted is not None and bulleted != bool(marker):
                break
            if len(rows) > 1 and blanks and not marker:
                break
            bulleted = bool(marker)
            blanks = 0
            label = one.text[marker.end() if marker else 0 :].strip(" *_").lower()
            rows.append(
                Row(label, figure, figure.value, bool(self.lead.match(label)), bool(self.soft.search(label)))
            )
            figures.append(figure)
        rows.reverse()
        while rows and rows[0].subtotal:
            rows.pop(0)
        return rows, [row.figure for row in rows if row.figure is not None], unknown

    def _lines_above(self, line: _Line) -> Iterator[_Line]:
        """Yield the lines above one, the nearest first, down to the first that is too long for an item."""
        end = line.start - 1
        for _ in range(_MOST_LINES):
            start = self.memo.text.rfind("\n", max(0, end - _LONGEST_LINE), max(0, end)) + 1 if end > 0 else 0
            if end <= 0 or (start == 0 and end > _LONGEST_LINE):
                return
            yield _Line(self.memo.text[start:end], start)
            end = start - 1

    def _item(self, line: _Line, stated: Figure) -> Figure | None:
        """Return the one figure of a line that may be an item of the sum."""
        text = line.text.strip()
        if len(text) > _LONGEST_LINE - 20 or text.startswith(("#", "|")):
            return None
        found = self.facts.figures_in(line.span)
        figures = [figure for figure in found if (figure.kind, figure.unit) == (stated.kind, stated.unit)]
        if stated.kind != "money" and len(found) != 1:
            return None
        if len(figures) == 1:
            return figures[0]
        if len(figures) > 1:
            between = self.memo.text[figures[-2].span.end : figures[-1].span.start]
            after = self.memo.text[figures[-1].span.end : line.span.end]
            ends_the_line = between.rstrip(" *_").endswith(":") and not after.strip(" *_.")
            return figures[-1] if "=" in between or ends_the_line else None
        return None

    def _labelled_costs(self) -> None:
        """Add up items such as “Costs: $5,000” and hold them against the one “Total costs: $15,000”."""
        totals: list[Figure] = []
        parts: list[Figure] = []
        for block in self.memo.blocks:
            label, colon, _ = block.text.partition(":")
            if block.kind != "list_item" or not colon or len(label) > _LONGEST_COST:
                continue
            name = _label(label)
            if self.total.fullmatch(name):
                totals += self.facts.amounts_in(block.span)
            elif self.cost.fullmatch(name):
                parts += self.facts.amounts_in(block.span)
        if len(totals) == 1 and len(parts) >= 2 and all(part.unit == totals[0].unit for part in parts):
            self._parts(totals[0], parts)

    def _introduced(self, block: Block) -> None:
        """Hold “we ask for £40,000, as follows:” against the list below it."""
        sentences = self.memo.sentences_of(block)
        if not sentences or not self.introduces.search(sentences[-1].text):
            return
        wholes = self.facts.amounts_in(sentences[-1].span)
        items: list[Block] = []
        for other in self.memo.blocks[block.index + 1 : block.index + 1 + _MOST_LINES]:
            if other.kind != "list_item":
                break
            items.append(other)
        if len(wholes) != 1 or len(items) < 2 or not wholes[0].value:
            return
        parts: list[Figure] = []
        for item in items:
            amounts = self.facts.amounts_in(item.span)
            if len(amounts) != 1 or amounts[0].unit != wholes[0].unit or item.level != items[0].level:
                return
            if self.soft.search(item.text) or self.lead.match(_label(item.text)):
                return
            parts.append(amounts[0])
        self._parts(wholes[0], parts)

    def _parts(self, whole: Figure, parts: Sequence[Figure]) -> None:
        total = sum(part.value for part in parts)
        rough = [
            figure.value
            for figure in [*parts, whole]
            if self.rough.search(self.memo.text[max(0, figure.span.start - 14) : figure.span.start])
        ]
        allowed = max(tolerance(self.memo, [*parts, whole], whole.value), rounded(rough))
        if abs(total - whole.value) <= allowed:
            self.checks.agree(whole.span)
        elif whole.value / _NEAR <= total <= whole.value * _NEAR:
            self.checks.fault("sum-off", whole.span, _LIKELY, self._values(whole, total))

    def _summing_sentence(self, before: Sentence, sentence: Sentence) -> None:
        """Hold “Total $85,000.” against the amounts that the sentence before it lists."""
        word = self.memo.words[sentence.first_word].lower
        if word not in ("total", "suma", "totalling", "in", "en"):
            return
        label = _label(sentence.text.split("$")[0][:40])
        amounts = self.facts.amounts_in(sentence.span)
        if not amounts or not self.lead.match(label):
            return
        if self.memo.text.rfind("\n", before.span.start, sentence.span.start) >= 0:
            return
        stated = amounts[0]
        if stated.span.start - sentence.span.start > 30:
            return
        parts = self.facts.amounts_in(before.span)
        found = self.facts.figures_in(before.span)
        if len(parts) < 3 or any(part.unit != stated.unit for part in parts) or len(found) > len(parts) + 1:
            return
        for one, other in pairwise(parts):
            if not any(
                sign in self.memo.text[one.span.end : other.span.start] for sign in (",", ";", " and ", " y ")
            ):
                return
        self._parts(stated, parts)


def _label(text: str) -> str:
    """Return the words of a line before its figure, without markup, in lower case."""
    bullet = _BULLET.match(text)
    bare = text[bullet.end() :] if bullet else text
    bare = re.sub(r"\([^()]*\)", "", bare)
    return " ".join(_LABEL_END.sub(" ", bare).split()).strip(" .,").lower()


def _is_open(text: str) -> bool:
    """Whether an item has no figure yet and says so."""
    return len(text) < _LONGEST_OPEN and text.rstrip(" *").endswith(("?", "TBD", "TBC", "por definir"))
