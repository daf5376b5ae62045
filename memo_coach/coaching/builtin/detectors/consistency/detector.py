"""Consistency of figures: sums, shares, products, and the same amount everywhere.

A wrong alarm costs more trust than a missed slip, so figures are compared only where the words around them
say that they are parts of one thing or the same thing, and rounding is allowed for.
"""

from __future__ import annotations

from collections.abc import Iterable

from memo_coach.coaching.builtin.analysis.prose import facts_of
from memo_coach.coaching.builtin.detectors.consistency.budgets import read_budgets
from memo_coach.coaching.builtin.detectors.consistency.checks import Checks
from memo_coach.coaching.builtin.detectors.consistency.lists import ListReader
from memo_coach.coaching.builtin.detectors.consistency.named import NamedReader
from memo_coach.coaching.builtin.detectors.consistency.sentences import read_sentences
from memo_coach.coaching.builtin.detectors.consistency.tables import TableReader
from memo_coach.coaching.builtin.findings import Finding, Reading, detector
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo

KINDS = (
    "consistency.amounts-differ",
    "consistency.payback-off",
    "consistency.sum-off",
    "consistency.sum-open",
    "consistency.parts-off",
    "consistency.budget-off",
    "consistency.shares-off",
    "consistency.product-off",
    "consistency.percent-off",
    "consistency.agree",
)

_NEUTRAL = 0.6
"""Where nothing in the memo can be compared: neither a fault nor a merit."""
_BY_CHECKS = (_NEUTRAL, 0.85, 1.0)
"""By comparisons that agree: one may be chance, two show that the writer checked."""
_BY_FAULTS = (1.0, 0.3, 0.0)
"""One contradiction is enough for a reader to doubt every other figure."""


def _strength(checks: Checks) -> Iterable[Finding]:
    if checks.agreed >= 2 and not checks.faults:
        yield Finding("consistency.agree", "figures-consistent", "strength", checks.first_agreed, 0.8, 0.7)


@detector(
    "consistency",
    indicators=("figures-consistent",),
    source="US GAO, Cost Estimating and Assessment Guide (GAO-20-195G), on cross-checks; "
    "Brealey, Myers and Allen, Principles of Corporate Finance (2020), chapter 5, on payback",
)
def read_consistency(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read whether the figures of the memo agree with one another."""
    checks = Checks(memo, lexicon)
    facts = facts_of(memo, lexicon)
    tables = TableReader(checks, facts)
    for block in memo.blocks:
        if block.kind == "table":
            tables.read(block)
    ListReader(checks, facts).read()
    read_sentences(checks, facts)
    read_budgets(checks, facts)
    NamedReader(checks, facts).read()
    value = _BY_FAULTS[min(len(checks.faults), 2)] if checks.faults else _BY_CHECKS[min(checks.agreed, 2)]
    return Reading({"figures-consistent": value}, (*checks.faults, *_strength(checks)))
