"""A budget with what is spent and what is still to come: together they may not pass it unsaid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from memo_coach.coaching.builtin.analysis.figures import Figure
from memo_coach.coaching.builtin.analysis.prose import MemoFacts
from memo_coach.coaching.builtin.detectors.consistency.checks import Checks, tolerance
from memo_coach.coaching.memo.model import Block, Span

_BEFORE, _AFTER = 45, 24
"""Characters before an amount, and after it, in which the words stand that say what it is."""
_MOST_OVER = 1.5
"""What passes the budget by more than this factor is hardly of one budget."""
_MOST_AMOUNTS = 8
_KINDS = ("to_come", "spent", "approved")
"""In this order: of “spent from the approved budget” it is the first that tells."""
_CLAUSE_ENDS = (".", ";", "\n")


def read_budgets(checks: Checks, facts: MemoFacts) -> None:
    """Check every paragraph, and every list, that has one budget, one amount spent and one to come."""
    lexicon = checks.lexicon
    if len(facts.figures) < 3 or not checks.memo.words.vocabulary & lexicon.words("consistency_budget_words"):
        return
    patterns = {name: lexicon.pattern(f"consistency_budget_{name}") for name in _KINDS}
    for span in _passages(checks.memo.blocks):
        amounts = [one for one in facts.amounts_in(span) if one.kind == "money"]
        if not 3 <= len(amounts) <= _MOST_AMOUNTS:
            continue
        found: dict[str, list[Figure]] = {name: [] for name in _KINDS}
        for place, amount in enumerate(amounts):
            # What stands before an amount tells what it is; what follows may belong to the next.
            words = _words_beside(checks.memo.text, span, amounts, place)
            name = next((name for side in words for name in _KINDS if patterns[name].search(side)), None)
            if name is not None:
                found[name].append(amount)
        _hold(checks, found["approved"], found["spent"], found["to_come"])


def _passages(blocks: Sequence[Block]) -> Iterator[Span]:
    """Yield each paragraph, and each run of list items."""
    run: list[Block] = []
    for block in blocks:
        if block.kind == "list_item":
            run.append(block)
            continue
        if run:
            yield Span(run[0].span.start, run[-1].span.end)
            run = []
        if block.kind == "paragraph":
            yield block.span
    if run:
        yield Span(run[0].span.start, run[-1].span.end)


def _words_beside(text: str, span: Span, amounts: Sequence[Figure], place: int) -> tuple[str, str]:
    """Return the words before an amount and right after it, up to the next amount or the end of a clause."""
    own = amounts[place].span
    start = amounts[place - 1].span.end if place else span.start
    end = amounts[place + 1].span.start if place + 1 < len(amounts) else span.end
    before = text[max(start, own.start - _BEFORE) : own.start]
    after = text[own.end : min(end, own.end + _AFTER)]
    for mark in _CLAUSE_ENDS:
        before = before.rpartition(mark)[2]
        after = after.partition(mark)[0]
    return before, after.partition(",")[0]


def _hold(
    checks: Checks, approved: Sequence[Figure], spent: Sequence[Figure], to_come: Sequence[Figure]
) -> None:
    if len(spent) != 1 or len(to_come) != 1:
        return
    # A part of the budget may be named beside it.
    whole = [one for one in approved if one.value >= max(spent[0].value, to_come[0].value)]
    if len(whole) == 1:
        _hold_together(checks, whole[0], spent[0], to_come[0])


def _hold_together(checks: Checks, approved: Figure, spent: Figure, to_come: Figure) -> None:
    amounts = [approved, spent, to_come]
    if len({one.unit for one in amounts}) != 1:
        return
    total = spent.value + to_come.value
    if total <= approved.value + tolerance(checks.memo, amounts, approved.value):
        checks.agree(approved.span)
    elif total <= _MOST_OVER * approved.value:
        quote = checks.memo.quote
        values = {
            "budget": quote(approved.span),
            "spent": quote(spent.span),
            "to_come": quote(to_come.span),
            "sum": checks.money(total, approved),
        }
        checks.fault("budget-off", to_come.span, 0.8, values)
