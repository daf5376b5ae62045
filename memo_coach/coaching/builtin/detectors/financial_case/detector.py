"""The financial case: return, costs, discount rate, sensitivity and assumptions, each with figures.

A name without a figure earns next to nothing: "the ROI is strong" tells a reader what the writer hopes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from memo_coach.coaching.builtin.analysis.figures import Figure
from memo_coach.coaching.builtin.analysis.passages import holding
from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.analysis.quantities import measures_in
from memo_coach.coaching.builtin.analysis.signs import part_earned
from memo_coach.coaching.builtin.analysis.terms import Term, TermReader, Terms, nearest_term
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence, Span

KINDS = (
    "financial.return-missing",
    "financial.return-unquantified",
    "financial.return-shown",
    "financial.costs-missing",
    "financial.costs-not-split",
    "financial.costs-shown",
    "financial.discount-rate-missing",
    "financial.discount-rate-stated",
    "financial.sensitivity-missing",
    "financial.sensitivity-shown",
    "financial.assumptions-missing",
    "financial.assumptions-stated",
)

_RETURNS = {
    "financial_npv": {"money"},
    "financial_irr": {"percent"},
    "financial_roi": {"percent", "multiple", "money"},
    "financial_payback": {"duration"},
    "financial_benefit": {"money", "percent"},
}
"""What kind of figure says each measure. Any two of them make a case that can be checked."""

_LISTS = (
    *_RETURNS,
    "financial_cost",
    "financial_discount",
    "financial_scenario",
    "financial_if",
    "financial_change",
    "financial_assumption",
    "financial_vague",
)
_MEASURES = (*_RETURNS, "financial_cost")
_REACH = 10
"""Words between a measure and its figure: in "present value (NPV) over ten years is €1.2 million", five."""
_RATE_REACH = 6
_VAGUE_REACH = 6
_MENTION = 0.1
"""What a measure named without a figure is worth: the writer knows that it matters."""
_ENOUGH_BENEFITS, _BENEFITS = 7, 0.38
"""Sentences on savings, revenue or benefits, and what they earn without any figure."""
_COSTS = (0.0, 0.4, 0.55, 0.75, 1.0)
"""By distinct amounts: one total can only be believed; its parts can be checked (GAO guide, step 4)."""
_ENOUGH_EFFORTS, _EFFORTS = 8, 0.5
"""Lines with a length of time or a number of people beside a cost: what the cost was reckoned from."""
_ASSUMPTIONS = (0.0, 0.5, 0.8, 1.0)
"""By distinct figures in sentences that assume: price, volume and useful life are the usual three."""


@dataclass
class _Case:
    """What the sentences of a memo say of money, collected on one walk."""

    returns: dict[str, Span] = field(default_factory=dict)
    unquantified: list[Sentence] = field(default_factory=list)
    mentioned: bool = False
    efforts: float = 0.0
    """What figures of effort beside the costs are worth as assumptions, 0 to 1."""
    benefits: float = 0.0
    """What talk of benefits without figures is worth, 0 to 1."""
    costs: dict[float, Span] = field(default_factory=dict)
    cost_parts: set[int] = field(default_factory=set)
    """Sections with a cost of their own on a line that says so ("Costs: $5,000" under each milestone)."""
    costs_named: Span | None = None
    rate: Span | None = None
    rate_named: Span | None = None
    scenarios: list[tuple[Sentence, int]] = field(default_factory=list)
    scenario_named: Span | None = None
    assumptions: set[tuple[str, float]] = field(default_factory=set)
    assumption_span: Span | None = None


class _Reader:
    """Walks the sentences once and fills a :class:`_Case`."""

    def __init__(self, memo: Memo, lexicon: Lexicon) -> None:
        self.memo = memo
        self.facts: MemoFacts = facts_of(memo, lexicon)
        self._reader = TermReader.of(lexicon, _LISTS)
        self.terms: Terms = self._reader.read(memo)
        self.time_units = lexicon.words("time_units")
        self._number_words = lexicon.words("number_words")
        self.case = _Case()
        self._assumed_sections = {
            section.index
            for section in memo.sections
            if self.terms.in_heading(section.heading, "financial_assumption")
        }
        self._cost_sections = {
            section.index
            for section in memo.sections
            if self.terms.in_heading(section.heading, "financial_cost")
        }

    def read(self) -> _Case:
        heading_rows: dict[int, frozenset[str]] = {}
        for sentence in self.memo.sentences:
            block = self.memo.blocks[sentence.block]
            if block.kind == "table":
                if block.index not in heading_rows:
                    heading_rows[block.index] = self._reader.lists_in(block.text.partition("\n")[0])
                self._table_row(sentence, self.terms.of(sentence), heading_rows[block.index])
            elif self._earns(sentence):
                self._sentence(sentence)
        return self.case

    def _earns(self, sentence: Sentence) -> bool:
        """Accept, besides evidence, a short item such as "Costs: $5,000" that stands in a list."""
        if self.facts.is_evidence(sentence):
            return True
        listed = self.memo.blocks[sentence.block].kind == "list_item"
        return listed and 2 <= sentence.word_count < 8 and ":" in sentence.text

    def _kind(self, figure: Figure) -> str:
        if figure.kind != "quantity":
            return figure.kind
        if figure.unit in self.time_units:
            return "duration"
        return "multiple" if figure.unit in {"x", "times", "veces"} else "quantity"

    def _sentence(self, sentence: Sentence) -> None:
        terms = self.terms.of(sentence)
        if not terms and self.memo.blocks[sentence.block].section not in self._assumed_sections:
            return
        figures = measures_in(self.memo, self.facts, sentence.span)
        claimed = self._claim(sentence, terms, figures)
        self._mentions(sentence, terms, claimed)
        self._rate(terms, figures)
        self._scenario(sentence, terms, figures)
        self._assumption(sentence, terms, figures)

    def _claim(self, sentence: Sentence, terms: Sequence[Term], figures: Sequence[Figure]) -> set[Term]:
        """Return each figure to the measure it belongs to."""
        claimed: set[Term] = set()
        for figure in figures:
            kind = self._kind(figure)
            able = [term for term in terms if self._accepts(term, kind)]
            term = nearest_term(self.memo, figure, able, _REACH)
            if term is None:
                continue
            claimed.add(term)
            for name in term.lists.intersection(_RETURNS):
                if kind in _RETURNS[name] and figure.value:
                    self.case.returns.setdefault(name, sentence.span)
            if "financial_cost" in term.lists and figure.value:
                self.case.costs.setdefault(figure.value, figure.span)
        if claimed and any("financial_cost" in term.lists for term in claimed):
            if ":" in sentence.text:
                self.case.cost_parts.add(self.memo.blocks[sentence.block].section)
            # "The capital is €560,000 for heat exchangers and €230,000 for filters": one name, several parts.
            for figure in figures:
                if figure.kind == "money" and figure.value and not self._is_return(figure, terms):
                    self.case.costs.setdefault(figure.value, figure.span)
        return claimed

    def _is_return(self, figure: Figure, terms: Sequence[Term]) -> bool:
        able = [term for term in terms if self._accepts(term, "money")]
        term = nearest_term(self.memo, figure, able, 3)
        return term is not None and "financial_cost" not in term.lists

    @staticmethod
    def _accepts(term: Term, kind: str) -> bool:
        if kind == "money" and "financial_cost" in term.lists:
            return True
        return any(kind in _RETURNS[name] for name in term.lists.intersection(_RETURNS))

    def _mentions(self, sentence: Sentence, terms: Sequence[Term], claimed: set[Term]) -> None:
        for term in terms:
            if "financial_cost" in term.lists:
                self.case.costs_named = self.case.costs_named or sentence.span
            if term in claimed or term.lists.isdisjoint(_RETURNS):
                continue
            if "financial_benefit" not in term.lists:
                self.case.mentioned = True
            near = any(
                "financial_vague" in other.lists
                and (-_VAGUE_REACH <= other.first - term.last <= _VAGUE_REACH)
                and other.first != term.first
                for other in terms
            )
            if near and not claimed and sentence not in self.case.unquantified:
                self.case.unquantified.append(sentence)

    def _rate(self, terms: Sequence[Term], figures: Sequence[Figure]) -> None:
        named = [term for term in terms if "financial_discount" in term.lists]
        if not named:
            return
        self.case.rate_named = self.case.rate_named or named[0].span
        for figure in figures:
            if figure.kind == "percent" and nearest_term(self.memo, figure, named, _RATE_REACH):
                self.case.rate = self.case.rate or Span(
                    min(named[0].span.start, figure.span.start), max(named[0].span.end, figure.span.end)
                )

    def _scenario(self, sentence: Sentence, terms: Sequence[Term], figures: Sequence[Figure]) -> None:
        names = frozenset().union(*(term.lists for term in terms)) if terms else frozenset()
        asks = "financial_scenario" in names
        if asks:
            self.case.scenario_named = self.case.scenario_named or sentence.span
        supposes = {"financial_if", "financial_change"} <= names and not names.isdisjoint(_MEASURES)
        counted = [
            figure for figure in figures if self._kind(figure) in {"money", "percent", "duration", "multiple"}
        ]
        if (asks or supposes) and counted:
            self.case.scenarios.append((sentence, len(counted)))

    def _assumption(self, sentence: Sentence, terms: Sequence[Term], figures: Sequence[Figure]) -> None:
        stated = any("financial_assumption" in term.lists for term in terms)
        if not stated and self.memo.blocks[sentence.block].section not in self._assumed_sections:
            return
        for figure in figures:
            if figure.kind != "plain":
                self.case.assumptions.add((figure.unit, figure.value))
        if stated and self._counts_in_words(sentence):
            self.case.assumptions.add((sentence.text[-20:], -1.0))
        if figures:
            self.case.assumption_span = self.case.assumption_span or sentence.span

    def _counts_in_words(self, sentence: Sentence) -> bool:
        """Accept "a life of ten years": a unit of time after a number in words."""
        words = self.memo.words_of(sentence)
        return any(
            word.lower in self.time_units and words[index - 1].lower in self._number_words
            for index, word in enumerate(words)
            if index
        )

    def _table_row(self, sentence: Sentence, own: Sequence[Term], heading: frozenset[str]) -> None:
        """Read a row by its own words first, then by those of the heading row."""
        figures = measures_in(self.memo, self.facts, sentence.span)
        if not figures:
            return
        names = heading.union(*(term.lists for term in own))
        kinds = {self._kind(figure) for figure in figures if figure.value}
        for name, accepted in _RETURNS.items():
            if name in names and not kinds.isdisjoint(accepted):
                self.case.returns.setdefault(name, sentence.span)
        in_cost_section = self.memo.blocks[sentence.block].section in self._cost_sections
        if "financial_cost" in names or in_cost_section:
            for figure in figures:
                if figure.kind == "money" and figure.value:
                    self.case.costs.setdefault(figure.value, figure.span)
        self._rate(own, figures)
        if "financial_scenario" in names:
            self.case.scenarios.append(
                (sentence, len([figure for figure in figures if figure.kind != "plain"]))
            )
        self._assumption(sentence, own, figures)


def _efforts(memo: Memo, facts: MemoFacts, case: _Case, lexicon: Lexicon) -> int:
    """Count the lines with a duration or a head count in the sections that have a cost of their own."""
    labels = holding(memo, lexicon, "plan_label_words")
    return sum(
        memo.blocks[sentence.block].section in case.cost_parts
        and sentence.span.start in labels
        and bool(measures_in(memo, facts, sentence.span))
        and not facts.amounts_in(sentence.span)
        for sentence in memo.sentences
    )


def _place(memo: Memo, terms: Terms, *names: str) -> Span | None:
    """Return the heading under which something absent belongs, or ``None``."""
    section = terms.section_about(memo, *names)
    return section.heading.span if section is not None and section.heading is not None else None


def _missing(kind: str, indicator: str, span: Span | None, value: float, confidence: float) -> Finding:
    return Finding(f"financial.{kind}", indicator, "opportunity", span, 1.0 - value, confidence)


def _shown(kind: str, indicator: str, span: Span | None, value: float) -> Finding:
    return Finding(f"financial.{kind}", indicator, "strength", span, value, 0.8)


def _return(case: _Case, place: Span | None) -> tuple[float, list[Finding]]:
    """Score 0.5 for one measure with its figure and 1.0 for two: the second checks the first."""
    count = len(case.returns)
    value = min(1.0, 0.5 * count) if count else (_MENTION if case.mentioned or case.unquantified else 0.0)
    value = max(value, case.benefits)
    findings = [
        Finding("financial.return-unquantified", "financial-return", "opportunity", sentence.span, 0.5, 0.8)
        for sentence in case.unquantified[:2]
    ]
    if count >= 2:
        findings.append(_shown("return-shown", "financial-return", next(iter(case.returns.values())), value))
    elif not count and not findings:
        findings.append(_missing("return-missing", "financial-return", place, value, 0.85))
    elif count == 1:
        findings.append(
            _missing("return-missing", "financial-return", next(iter(case.returns.values())), value, 0.5)
        )
    return value, findings


def _costs(case: _Case, place: Span | None) -> tuple[float, list[Finding]]:
    count = max(len(case.costs), len(case.cost_parts))
    value = _COSTS[min(count, len(_COSTS) - 1)] or (_MENTION if case.costs_named else 0.0)
    first = next(iter(case.costs.values()), None)
    if not count:
        return value, [_missing("costs-missing", "financial-costs", place or case.costs_named, value, 0.8)]
    if count < 3:
        return value, [_missing("costs-not-split", "financial-costs", first, value, 0.65)]
    return value, [_shown("costs-shown", "financial-costs", first, value)]


def _discount_rate(case: _Case, place: Span | None) -> tuple[float, list[Finding]]:
    """Score 1.0 with a percentage, 0.3 for a rate that is named and left out."""
    if case.rate is not None:
        return 1.0, [_shown("discount-rate-stated", "financial-discount-rate", case.rate, 1.0)]
    value = 0.3 if case.rate_named else 0.0
    span = case.rate_named or case.returns.get("financial_npv") or case.returns.get("financial_irr") or place
    sure = 0.8 if "financial_npv" in case.returns or case.rate_named else 0.45
    return value, [_missing("discount-rate-missing", "financial-discount-rate", span, value, sure)]


def _sensitivity(case: _Case, place: Span | None) -> tuple[float, list[Finding]]:
    """Score 0.5 for one case with one figure, 1.0 where cause and effect, or two cases, have them."""
    figures = sum(min(2, count) for _, count in case.scenarios)
    value = min(1.0, 0.25 + 0.25 * figures) if figures else (_MENTION if case.scenario_named else 0.0)
    if figures >= 2:
        return value, [_shown("sensitivity-shown", "financial-sensitivity", case.scenarios[0][0].span, value)]
    span = case.scenarios[0][0].span if case.scenarios else case.scenario_named or place
    return value, [_missing("sensitivity-missing", "financial-sensitivity", span, value, 0.75)]


def _assumptions(case: _Case, place: Span | None) -> tuple[float, list[Finding]]:
    value = _ASSUMPTIONS[min(len(case.assumptions), len(_ASSUMPTIONS) - 1)]
    value = max(value, case.efforts)
    if value >= 0.8:
        return value, [_shown("assumptions-stated", "financial-assumptions", case.assumption_span, value)]
    return value, [
        _missing("assumptions-missing", "financial-assumptions", case.assumption_span or place, value, 0.6)
    ]


def _parts(case: _Case, place: Span | None) -> Iterator[tuple[str, tuple[float, list[Finding]]]]:
    yield "financial-return", _return(case, place)
    yield "financial-costs", _costs(case, place)
    yield "financial-discount-rate", _discount_rate(case, place)
    yield "financial-sensitivity", _sensitivity(case, place)
    yield "financial-assumptions", _assumptions(case, place)


@detector(
    "financial",
    indicators=(
        "financial-return",
        "financial-costs",
        "financial-discount-rate",
        "financial-sensitivity",
        "financial-assumptions",
    ),
    source="HM Treasury, The Green Book (2022), chapters 5 and 6; "
    "US GAO, Cost Estimating and Assessment Guide (GAO-20-195G)",
)
def read_financial_case(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read what the proposal costs, what it returns, and how sure that is."""
    reader = _Reader(memo, lexicon)
    case = reader.read()
    case.efforts = _EFFORTS * ramp(_efforts(memo, reader.facts, case, lexicon), 0, _ENOUGH_EFFORTS)
    case.benefits = part_earned(memo, lexicon, "sign_value", enough=_ENOUGH_BENEFITS, at_most=_BENEFITS)
    place = _place(memo, reader.terms, *_MEASURES)
    values: dict[str, float] = {}
    findings: list[Finding] = []
    for name, (value, found) in _parts(case, place):
        values[name] = value
        findings.extend(found)
    return Reading(values, tuple(findings))
