"""Tables: columns that miss their total, rows whose sum or product is another, shares beyond 100 %."""

from __future__ import annotations

import re
from collections.abc import Sequence

from memo_coach.coaching.builtin.analysis.figures import Figure
from memo_coach.coaching.builtin.analysis.prose import MemoFacts
from memo_coach.coaching.builtin.detectors.consistency.checks import (
    Checks,
    Row,
    rounded,
    sum_that_differs,
    tolerance,
)
from memo_coach.coaching.builtin.detectors.consistency.grid import MOST_ROWS, Column, Table
from memo_coach.coaching.memo.model import Block, Span

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|[:.]+$")
_SURE, _LIKELY = 0.9, 0.75
_WHOLE = 100.0
_NEARLY_WHOLE = 20.0
"""Percentages further from 100 than this are no parts of one thing."""
_PRODUCT_OFF = 0.02
"""Share by which a product may differ: a price is often rounded."""


class TableReader:
    """Holds the tables of a memo against themselves."""

    def __init__(self, checks: Checks, facts: MemoFacts) -> None:
        self.checks = checks
        self.facts = facts
        lexicon = checks.lexicon
        self.total = lexicon.pattern("consistency_total_labels")
        self.totals = lexicon.pattern("consistency_total_leads")
        self.soft = lexicon.pattern("consistency_soft_labels")
        self.periods = lexicon.pattern("consistency_period_labels")
        self.no_sum = lexicon.pattern("consistency_no_sum")
        self.shares = lexicon.pattern("consistency_share_columns")
        self.quantity = lexicon.pattern("consistency_quantity_columns")
        self.price = lexicon.pattern("consistency_price_columns")
        self.amount = lexicon.pattern("consistency_amount_columns")

    def read(self, block: Block) -> None:
        """Check one table."""
        if sum(map(str.isdigit, block.text[:4000])) < 4:
            return
        table = Table(self.checks.memo, self.facts, block)
        if len(table.rows) < 2 or len(table.rows) > MOST_ROWS:
            return
        labels = [table.label(row) for row in table.rows]
        leads = [bool(self.totals.match(label)) for label in labels]
        for column in range(1, table.width):
            if not self.no_sum.search(table.heading(column)):
                self._column(table, column, labels, leads)
        self._products(table, leads)
        self._row_totals(table)

    def _column(self, table: Table, at: int, labels: Sequence[str], leads: Sequence[bool]) -> None:
        column = table.column(at)
        last = self._row_of_totals(leads)
        stated = None if column is None else column.figures[last]
        if column is None or not leads[last] or stated is None:
            self._shares(table, column, at)
            return
        parts = [figure for figure in column.figures[:last] if figure is not None]
        if not self._is_total(labels[last], stated) or not _may_add_up(stated, parts):
            return
        rows = [
            Row(labels[index], figure, figure.value, leads[index], self._is_soft(labels[index]))
            for index, figure in enumerate(column.figures[:last])
            if figure is not None
        ]
        if sum(not row.subtotal for row in rows) < 2:
            return
        figures = [*parts, stated]
        least = 1.0 if stated.kind == "percent" else 0.0
        allowed = max(least, tolerance(self.checks.memo, figures, stated.value)) + (
            rounded([stated.value]) if self._is_rough(table.rows[last][at].text) else 0.0
        )
        differs = sum_that_differs(rows, stated.value, allowed)
        if differs is None:
            self.checks.agree(stated.span)
            return
        if any(map(self.periods.search, labels[:last])):
            return  # four quarters may make the total
        unknown = [labels[index] for index in range(last) if column.unknown[index]]
        values = {"total": self.checks.memo.quote(stated.span), "sum": self.checks.money(differs, stated)}
        if unknown and differs < stated.value:
            values["row"] = table.original(unknown[0])
            self.checks.fault("sum-open", stated.span, _LIKELY, values)
        else:
            sure = all(column.figures[:last])
            self.checks.fault("sum-off", stated.span, _SURE if sure else _LIKELY, values)

    def _row_of_totals(self, leads: Sequence[bool]) -> int:
        """Return the last row, or one above it: a note or a share may stand below the total."""
        last = len(leads) - 1
        return next((at for at in range(last, max(0, last - 2), -1) if leads[at]), last)

    def _is_soft(self, label: str) -> bool:
        return bool(self.soft.search(label) or self.periods.search(label))

    def _is_total(self, label: str, stated: Figure | None) -> bool:
        bare = _ASIDE.sub("", label).strip()
        return self.total.fullmatch(bare) is not None or (
            stated is not None and stated.kind == "money" and len(bare.split()) <= 4
        )

    def _is_rough(self, text: str) -> bool:
        return any(sign in text.lower() for sign in ("~", "≈", "approx", "aprox", "about", "c.", "ca."))

    def _shares(self, table: Table, column: Column | None, at: int) -> None:
        """Without a row of totals: weights make 100, and shares of one whole no more than 100."""
        heading = table.heading(at)
        if column is None or not self.shares.search(heading):
            return
        parts = [figure for figure in column.figures if figure is not None]
        if len(parts) != len(table.rows) or len(parts) < 3:
            return
        if not (all(part.kind == "percent" for part in parts) or "%" in heading):
            return
        total = sum(part.value for part in parts)
        if abs(total - _WHOLE) <= max(1.0, tolerance(self.checks.memo, parts, _WHOLE)):
            self.checks.agree(parts[-1].span)
        elif _WHOLE < total <= _WHOLE + _NEARLY_WHOLE and max(part.value for part in parts) < _WHOLE:
            span = Span(table.head[at].span.start, table.head[at].span.end)
            values = {
                "what": self.checks.memo.quote(span).strip("* "),
                "sum": f"{self.checks.number(total)} %",
            }
            self.checks.fault("shares-off", span, 0.8, values)

    def _products(self, table: Table, leads: Sequence[bool]) -> None:
        """Hold price × quantity against the amount, where the other rows show that it is meant so."""
        places = [
            next(
                (
                    at
                    for at in range(table.width)
                    if pattern.fullmatch(_ASIDE.sub("", table.heading(at)).strip())
                ),
                None,
            )
            for pattern in (self.quantity, self.price, self.amount)
        ]
        quantity, price, amount = places
        if quantity is None or price is None or amount is None or len({quantity, price, amount}) < 3:
            return
        right: list[Figure] = []
        wrong: list[tuple[Figure, Figure, Figure]] = []
        for row, lead in zip(table.rows, leads, strict=True):
            if lead or max(quantity, price, amount) >= len(row):
                continue
            three = [table.figure(row[at]) for at in (quantity, price, amount)]
            count, each, result = three
            if count is None or each is None or result is None or not result.value:
                continue
            expected = count.value * each.value
            if abs(expected - result.value) <= max(_PRODUCT_OFF * abs(result.value), 1.0):
                right.append(result)
            else:
                wrong.append((count, each, result))
        if not right or len(wrong) > len(right):
            return
        for count, each, result in wrong:
            self._product_off(count, each, result)
        if not wrong:
            self.checks.agree(right[0].span)

    def _product_off(self, count: Figure, each: Figure, result: Figure) -> None:
        quote = self.checks.memo.quote
        values = {
            "product": f"{quote(count.span)} × {quote(each.span)}",
            "amount": quote(result.span),
            "expected": self.checks.money(count.value * each.value, result),
        }
        self.checks.fault("product-off", result.span, 0.85, values)

    def _row_totals(self, table: Table) -> None:
        """Hold the last column, where it is headed as a total, against the others of each row."""
        last = table.width - 1
        if last < 3 or len(table.head) != table.width:
            return
        if not self.total.fullmatch(_ASIDE.sub("", table.heading(last)).strip()):
            return
        right = 0
        wrong: list[tuple[Figure, float]] = []
        for row in table.rows:
            if len(row) != table.width:
                continue
            stated = table.figure(row[last])
            parts = [figure for cell in row[1:last] if (figure := table.figure(cell)) is not None]
            if stated is None or stated.value <= 0 or len(parts) < 2 or not _alike([*parts, stated]):
                continue
            total = sum(part.value for part in parts)
            if abs(total - stated.value) <= tolerance(self.checks.memo, [*parts, stated], stated.value):
                right += 1
            else:
                wrong.append((stated, total))
        if right < 2 or len(wrong) * 2 > right:
            return
        for stated, total in wrong:
            values = {"total": self.checks.memo.quote(stated.span), "sum": self.checks.money(total, stated)}
            self.checks.fault("sum-off", stated.span, 0.85, values)


def _alike(figures: Sequence[Figure]) -> bool:
    """Whether all are of one kind and unit; a bare number beside amounts is one of them."""
    kinds = {(figure.kind, figure.unit) for figure in figures if figure.kind != "plain"}
    return len(kinds) <= 1


def _may_add_up(stated: Figure, parts: Sequence[Figure]) -> bool:
    if stated.value <= 0 or len(parts) < 2 or not _alike([*parts, stated]):
        return False
    total = sum(part.value for part in parts)
    return stated.kind != "percent" or (
        stated.value == _WHOLE
        and abs(total - _WHOLE) <= _NEARLY_WHOLE
        and all(part.value < _WHOLE for part in parts)
    )
