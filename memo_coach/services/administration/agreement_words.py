"""How far a coach agrees with graded memos, as rows of a table in words: of few memos nothing is said."""

from __future__ import annotations

from memo_coach.coaching.measure.figures import Agreement
from memo_coach.coaching.measure.grading import FEWEST_MEMOS, FEWEST_RANKED
from memo_coach.services.administration.agreement import RubricAgreement
from memo_coach.translations import number, text

Row = tuple[str, str, str, str, str]


def rows_of(found: RubricAgreement) -> list[Row]:
    """Return name, number of memos, offset, spread and order: of the whole first, then of each criterion."""
    lines = [(text("agreement.overall"), found.overall)]
    lines += [(each.name, each.agreement) for each in found.criteria]
    return [(name, *_cells(each)) for name, each in lines]


def _cells(found: Agreement | None) -> tuple[str, str, str, str]:
    count = 0 if found is None else found.documents
    few = text("agreement.too_few")
    if found is None or found.spread is None or count < FEWEST_MEMOS:
        return number(count), few, few, few
    order = few
    if count >= FEWEST_RANKED:
        order = "–" if found.rank_correlation is None else number(found.rank_correlation, digits=2)
    return number(count), _signed(found.offset), number(found.spread, digits=1), order


def _signed(points: float) -> str:
    shown = round(points, 1)
    if not shown:
        return number(0, digits=1)
    return f"{'+' if shown > 0 else '−'}{number(abs(shown), digits=1)}"
