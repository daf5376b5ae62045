"""Figures that are called by one name: the amount asked for, a payback, a change in per cent."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product
from typing import NamedTuple

from memo_coach.coaching.builtin.analysis.figures import Figure, numbers_in
from memo_coach.coaching.builtin.analysis.prose import MemoFacts
from memo_coach.coaching.builtin.analysis.quantities import agree, in_years, measures_in, written
from memo_coach.coaching.builtin.analysis.terms import Term, TermReader, Terms, nearest_term
from memo_coach.coaching.builtin.detectors.consistency.checks import Checks
from memo_coach.coaching.builtin.detectors.consistency.subjects import are_of_different_things, labels_in
from memo_coach.coaching.memo.model import Sentence, Span

_MEASURES = ("financial_npv", "financial_irr", "financial_payback")
_LISTS = (
    "consistency_ask",
    "consistency_whole",
    "consistency_other",
    "consistency_yearly",
    "consistency_capital",
    "consistency_gross",
    "consistency_rise",
    "consistency_points",
    "financial_benefit",
    "evidence_from",
    "evidence_to",
    *_MEASURES,
)
_ASK_REACH = 4
_MEASURE_REACH = 8
_FURTHEST_RATIO = 3.0
"""Amounts further apart than this are taken for different things rather than for a slip."""
_PAYBACK_TOLERANCE = 0.15
"""Simple payback leaves out ramp-up and rounding; beyond 15 % a reader with a calculator stumbles."""
_PERCENT_TOLERANCE = 1.5
"""Percentage points, or a twentieth of the change where that is more."""


class _Stated(NamedTuple):
    """A figure with what it is said to be."""

    figure: Figure
    sentence: Span


class NamedReader:
    """Collects what can be compared, and compares it."""

    def __init__(self, checks: Checks, facts: MemoFacts) -> None:
        self.checks = checks
        self.memo = memo = checks.memo
        self.lexicon = lexicon = checks.lexicon
        self.facts = facts
        self.reader = TermReader.of(lexicon, _LISTS)
        self.terms: Terms = self.reader.read(memo)
        self.asks: list[_Stated] = []
        self.wholes: list[_Stated] = []
        self.capitals: list[_Stated] = []
        self.benefits: list[_Stated] = []
        self.measures: dict[str, list[_Stated]] = {name: [] for name in _MEASURES}
        self.breakdowns: list[tuple[float, str, Span]] = []

    def read(self) -> None:
        """Compare what can be compared."""
        self._subject()
        for sentence in self.memo.sentences:
            if self.memo.blocks[sentence.block].kind != "table":
                self._sentence(sentence)
        self._compare_asks()
        self._compare_measures()
        self._compare_payback()
        self._compare_breakdowns()

    def _subject(self) -> None:
        for line in self.memo.header:
            if line.name == "subject":
                amounts = [
                    figure for figure in numbers_in(line.value, self.lexicon) if figure.kind == "money"
                ]
                if len(amounts) == 1 and "consistency_ask" in self.reader.lists_in(line.value):
                    start = line.value_span.start
                    span = Span(start + amounts[0].span.start, start + amounts[0].span.end)
                    amount = Figure("money", amounts[0].value, amounts[0].unit, span)
                    self.asks.append(_Stated(amount, line.value_span))

    def _sentence(self, sentence: Sentence) -> None:
        figures = measures_in(self.memo, self.facts, sentence.span)
        terms = self.terms.of(sentence)
        if not figures or not terms:
            return
        names = frozenset().union(*(term.lists for term in terms))
        amounts = [figure for figure in figures if figure.kind == "money" and figure.value]
        running = self.memo.blocks[sentence.block].kind != "list_item" and self.facts.is_prose(sentence)
        if amounts and running:
            self._asked(sentence, amounts, terms, "consistency_ask", self.asks)
            self._asked(sentence, amounts, terms, "consistency_whole", self.wholes)
        if "consistency_gross" not in names and not self._is_of_another_option(figures, amounts):
            self._measure(sentence, figures, terms)
            self._capital_and_benefit(sentence, amounts, terms, names)
        if "consistency_rise" in names:
            self._percentage(sentence, figures, names)

    def _asked(
        self,
        sentence: Sentence,
        amounts: Sequence[Figure],
        terms: Sequence[Term],
        name: str,
        found: list[_Stated],
    ) -> None:
        asks = [term for term in terms if name in term.lists]
        if not asks:
            return
        others = [term for term in terms if "consistency_other" in term.lists]
        for figure in amounts:
            ask = nearest_term(self.memo, figure, asks, _ASK_REACH)
            if ask is None or nearest_term(self.memo, figure, others, _ASK_REACH):
                continue
            found.append(_Stated(figure, sentence.span))
            return

    def _is_of_another_option(self, figures: Sequence[Figure], amounts: Sequence[Figure]) -> bool:
        """Whether a payback is explained by its own sentence: "it costs 120, saves 20 a year, so 6 years"."""
        asked = {ask.figure.value for ask in self.asks + self.wholes}
        if len(amounts) < 2 or any(amount.value in asked for amount in amounts):
            return False
        years = [length for figure in figures if (length := in_years(figure))]
        return any(
            abs(capital.value / benefit.value - length) <= _PAYBACK_TOLERANCE * length
            for capital, benefit in pairwise(amounts)
            for length in years
        )

    def _measure(self, sentence: Sentence, figures: Sequence[Figure], terms: Sequence[Term]) -> None:
        named = [term for term in terms if not term.lists.isdisjoint(_MEASURES)]
        for figure in figures:
            term = nearest_term(self.memo, figure, named, _MEASURE_REACH)
            if term is None or self._is_after(term, figure):
                continue
            for name in term.lists.intersection(_MEASURES):
                fits = {"financial_npv": figure.kind == "money", "financial_irr": figure.kind == "percent"}
                if fits.get(name, in_years(figure) is not None):
                    self.measures[name].append(_Stated(figure, sentence.span))

    def _is_after(self, term: Term, figure: Figure) -> bool:
        """Whether a name follows its figure at some distance, and so is rather another thing's."""
        gap = self.memo.text[figure.span.end : term.span.start].split()
        return term.span.start > figure.span.end and len(gap) > 1

    def _capital_and_benefit(
        self, sentence: Sentence, amounts: Sequence[Figure], terms: Sequence[Term], names: frozenset[str]
    ) -> None:
        capital = [term for term in terms if "consistency_capital" in term.lists]
        benefit = [term for term in terms if "financial_benefit" in term.lists]
        measured = [term for term in terms if "financial_npv" in term.lists]
        for figure in amounts:
            nearest = nearest_term(self.memo, figure, [*capital, *benefit, *measured], _MEASURE_REACH)
            if nearest is None:
                continue
            if nearest in benefit and "consistency_yearly" in names:
                self.benefits.append(_Stated(figure, sentence.span))
            elif nearest in capital:
                self.capitals.append(_Stated(figure, sentence.span))
        leads = (
            bool(capital)
            and capital[0].first - sentence.first_word <= 4
            and "consistency_yearly" not in names
        )
        if leads and len(amounts) >= 3 and len({figure.unit for figure in amounts}) == 1:
            total = sum(figure.value for figure in amounts)
            self.breakdowns.append((total, amounts[0].unit, sentence.span))

    def _compare_asks(self) -> None:
        """Compare each amount that is asked for with the first one, and each total cost likewise."""
        for stated in (self.asks, self.wholes):
            for other in stated[1:]:
                if not self._is_cost_of_another(stated[0], other):
                    self._pair(stated[0], other)

    def _is_cost_of_another(self, first: _Stated, other: _Stated) -> bool:
        """Whether two amounts differ because each is that of an option: each has its label before it."""
        if agree(first.figure.value, other.figure.value):
            return False
        labels = (self._label_before(one) for one in (first, other))
        return len(set(labels)) > 1

    def _label_before(self, stated: _Stated) -> str:
        """Return the option that was named last in the paragraph before an amount, if one was."""
        block = self.memo.block_at(stated.sentence.start)
        if block is None:
            return ""
        before = self.memo.text[block.span.start : stated.figure.span.start]
        labels = labels_in(before, self.lexicon)
        return labels[-1] if labels else ""

    def _compare_measures(self) -> None:
        for stated in self.measures.values():
            for other in stated[1:]:
                if not self._is_said_of_another(stated, other):
                    self._pair(stated[0], other)

    def _is_said_of_another(self, stated: Sequence[_Stated], other: _Stated) -> bool:
        """Whether a measure differs from the first because it is that of another option."""
        one, two = _comparable(stated[0].figure), _comparable(other.figure)
        if one is None or two is None or agree(one[1], two[1]):
            return False
        return are_of_different_things(self.memo, self.lexicon, stated[0].sentence, other.sentence)

    def _pair(self, first: _Stated, second: _Stated) -> None:
        one, two = _comparable(first.figure), _comparable(second.figure)
        if one is None or two is None or one[0] != two[0] or not one[1] or not two[1]:
            return
        if agree(one[1], two[1]):
            self.checks.agree(second.figure.span)
        elif 1 / _FURTHEST_RATIO <= one[1] / two[1] <= _FURTHEST_RATIO and first.sentence != second.sentence:
            values = {
                "first": self.memo.quote(first.figure.span),
                "second": self.memo.quote(second.figure.span),
            }
            self.checks.fault("amounts-differ", second.figure.span, 0.7, values)

    def _compare_payback(self) -> None:
        """Hold the payback against capital ÷ yearly benefit; any of the amounts stated may be meant."""
        paybacks = self.measures["financial_payback"][:1]
        capitals = (self.asks + self.wholes + self.capitals)[:6]
        if not paybacks or not capitals or not self.benefits:
            return
        payback = in_years(paybacks[0].figure)
        if not payback:
            return
        ratios = [
            capital.figure.value / benefit.figure.value
            for capital, benefit in product(capitals, self.benefits[:6])
            if capital.figure.unit == benefit.figure.unit and benefit.figure.value
        ]
        if not ratios:
            return
        span = paybacks[0].figure.span
        if any(abs(ratio - payback) <= _PAYBACK_TOLERANCE * payback for ratio in ratios):
            self.checks.agree(span)
            return
        unit = paybacks[0].figure.value / payback
        expected = f"{written(round(ratios[0] * unit, 1), self.lexicon)} {paybacks[0].figure.unit}"
        self.checks.fault("payback-off", span, 0.75, {"payback": self.memo.quote(span), "expected": expected})

    def _compare_breakdowns(self) -> None:
        """Hold the parts of the capital, told in one sentence, against the amount that is asked for."""
        for total, unit, span in self.breakdowns[:2]:
            stated = self.asks + self.wholes
            wholes = [one.figure.value for one in stated if one.figure.unit == unit]
            # A sentence that names the total first and its parts after adds up to twice the total.
            if any(agree(total, whole) or agree(total, 2 * whole) for whole in wholes):
                self.checks.agree(span)
            elif wholes and 0.5 <= total / wholes[0] <= 2.0:
                values = {
                    "total": self.memo.quote(stated[0].figure.span),
                    "sum": written(total, self.lexicon),
                }
                self.checks.fault("sum-off", span, 0.6, values)

    def _percentage(self, sentence: Sentence, figures: Sequence[Figure], names: frozenset[str]) -> None:
        """Check "from 40 to 50, up 25 %" where nothing else in the sentence could be meant."""
        shares = [figure for figure in figures if figure.kind == "percent"]
        others = [figure for figure in figures if figure.kind != "percent"]
        if len(shares) != 1 or len(others) != 2 or not others[0].value or "consistency_points" in names:
            return
        first, second = others
        if second.unit and first.unit and first.unit != second.unit and first.kind != "plain":
            return
        if not self._is_from_to(first, second):
            return
        change = abs(second.value - first.value) / first.value * 100
        if abs(change - shares[0].value) <= max(_PERCENT_TOLERANCE, change / 20):
            self.checks.agree(shares[0].span)
        else:
            values = {
                "percent": self.memo.quote(shares[0].span),
                "expected": f"{written(round(change), self.lexicon)} %",
            }
            self.checks.fault("percent-off", shares[0].span, 0.75, values)

    def _is_from_to(self, first: Figure, second: Figure) -> bool:
        between = self.memo.text[first.span.end : second.span.start].lower().split()
        unit = first.unit if first.kind == "quantity" else ""
        before = self.memo.text[max(0, first.span.start - 12) : first.span.start].lower().split()
        to_words, from_words = self.lexicon.words("evidence_to"), self.lexicon.words("evidence_from")
        joined = bool(between) and len(between) <= 3 and between[-1] in to_words
        # "from 40 to 50" may be read with "to" as the unit of 40.
        return (joined or (not between and unit in to_words)) and bool(before) and before[-1] in from_words


def _comparable(figure: Figure) -> tuple[str, float] | None:
    """Return unit and value on one scale: lengths of time in years."""
    years = in_years(figure) if figure.kind == "quantity" else None
    if years is not None:
        return "years", years
    return (figure.unit, figure.value) if figure.kind in {"money", "percent"} else None
