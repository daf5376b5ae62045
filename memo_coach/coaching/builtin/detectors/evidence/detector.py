"""Evidence: figures in the prose, something to compare them with, and where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from memo_coach.coaching.builtin.analysis.figures import Figure
from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.analysis.quantities import measures_in
from memo_coach.coaching.builtin.analysis.terms import Term, TermReader, Terms
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Block, Memo, Sentence, Span

KINDS = (
    "evidence.figures-missing",
    "evidence.figures-given",
    "evidence.baselines-missing",
    "evidence.baselines-given",
    "evidence.sources-missing",
    "evidence.sources-given",
    "evidence.claim-unsupported",
)

_LISTS = (
    "evidence_baseline",
    "evidence_baseline_weak",
    "evidence_baseline_since",
    "evidence_source_phrase",
    "evidence_source_named",
    "evidence_source_noun",
    "evidence_source_verb",
    "evidence_source_label",
    "evidence_strong_claim",
    "evidence_no_claim",
)
_FEWEST_FIGURES, _ENOUGH_FIGURES = 0.1, 2.5
"""Figures per 100 words. Real grant proposals have 0.5 (median) to 2 (most); strong memos, 2 to 7."""
_FIRST_FIGURES, _MANY_FIGURES = 3, 15
"""Distinct figures: a long memo with fifteen is as well measured as a short one with a few."""
_SHORT = 120
"""A shorter memo is read as if it had this many words: one figure in ten words proves little."""
_BASELINES = (0.0, 0.5, 0.8, 1.0)
"""By sentences that compare: problem, gain and cost each need a starting point."""
_WORDS_A_SOURCE = 250
_FEWEST_SOURCES, _MOST_SOURCES = 2, 5
"""One source for each 250 words, but at least two and at most five, earn the whole indicator."""
_ENOUGH_LINKS, _LINKS = 9, 0.6
"""Different links to what can be looked up, and what they are worth: they are tied to no figure."""
_VERB_REACH = 6
_MOST_CLAIMS = 4
_FOOTNOTE = re.compile(r"\[\^?[0-9]{1,3}\]|(?<!\b[kcdm]m)(?<!\bm)[⁰¹²³⁴-⁹]{1,3}(?=[\s.,;)]|$)")
"""A mark of a note; the exponent of "m³" or "km²" is none."""
_YEAR = re.compile(r"\b20[0-9]{2}\b")
_LINK = re.compile(r"https?://[^\s)>\]]{4,80}")


@dataclass
class _Seen:
    figures: set[tuple[str, str, float]] = field(default_factory=set)
    first_figure: Span | None = None
    first_measure: Span | None = None
    """The first running sentence with money or a share: where a comparison is missed most."""
    baselines: list[Span] = field(default_factory=list)
    sources: float = 0.0
    links: set[str] = field(default_factory=set)
    """Where the links of running sentences lead, each once."""
    first_source: Span | None = None
    sourceless: Span | None = None
    """The sentence with the most figures and no source: where one is missed most."""
    sourceless_figures: int = 0
    claims: list[tuple[float, Sentence, str]] = field(default_factory=list)


class _Reader:
    """Walks the sentences once."""

    def __init__(self, memo: Memo, lexicon: Lexicon) -> None:
        self.memo = memo
        self.facts: MemoFacts = facts_of(memo, lexicon)
        self.terms: Terms = TermReader.of(lexicon, _LISTS).read(memo)
        self._headings = TermReader.of(lexicon, ("evidence_baseline_heading",))
        self.from_words = lexicon.words("evidence_from")
        self.to_words = lexicon.words("evidence_to")
        self.seen = _Seen()
        self._tables: set[int] = set()

    def read(self) -> _Seen:
        supported: dict[int, bool] = {}
        sentences = self.memo.sentences
        for index, sentence in enumerate(sentences):
            block = self.memo.blocks[sentence.block]
            figures = self._measured(sentence)
            supported[index] = bool(figures)
            table = block.kind == "table"
            if table and block.index not in self._tables:
                self._tables.add(block.index)
                self._table_heading(block, sentence)
            if not table and not self.facts.is_evidence(sentence):
                continue
            self._count(sentence, figures)
            if figures or self.facts.figures_in(sentence.span):
                self._baseline(sentence, self.facts.figures_in(sentence.span))
            sourced = self._source(sentence, figures)
            supported[index] = supported[index] or sourced
        for index, sentence in enumerate(sentences):
            self._claim(sentence, index, supported)
        return self.seen

    def _measured(self, sentence: Sentence) -> list[Figure]:
        """Return the figures that measure something: money, shares, and numbers with a unit."""
        return [
            figure
            for figure in measures_in(self.memo, self.facts, sentence.span)
            if figure.kind in {"money", "percent"} or (figure.kind == "quantity" and self._counts(figure))
        ]

    def _counts(self, figure: Figure) -> bool:
        """Whether it is "16 hours" and no number of a name: "Substrate 2.0 framework", "6300 Zug"."""
        text = self.memo.text
        unit = text[figure.span.end - len(figure.unit) : figure.span.end]
        if figure.value <= 1 or (unit.istitle() and len(unit) > 2):
            return False
        before = text[max(0, figure.span.start - 24) : figure.span.start].split(" ")
        named = len(before) > 2 and not before[-1] and before[-2][:1].isupper() and before[-2].isalpha()
        return not (named and before[-3][-1:] not in {"", ".", ":", "!", "?", "\n"})

    def _tells(self, sentence: Sentence) -> bool:
        """Whether it is a running sentence and no label with its value, such as "Duration: 2 months"."""
        return self.facts.is_prose(sentence) and ":" not in sentence.text[:30]

    def _count(self, sentence: Sentence, figures: Sequence[Figure]) -> None:
        for figure in figures:
            # The same figure said again is the same evidence.
            self.seen.figures.add((figure.kind, figure.unit, figure.value))
            self.seen.first_figure = self.seen.first_figure or sentence.span
            if figure.kind != "quantity" and self._tells(sentence):
                self.seen.first_measure = self.seen.first_measure or sentence.span

    def _baseline(self, sentence: Sentence, figures: Sequence[Figure]) -> None:
        named = self.terms.named(sentence, "evidence_baseline")
        weak = self.terms.named(sentence, "evidence_baseline_weak")
        since = self.terms.named(sentence, "evidence_baseline_since") and any(
            date.kind == "year" for date in self.facts.dates_in(sentence.span)
        )
        if named or since or (weak and len(figures) >= 2) or self._from_to(figures):
            self.seen.baselines.append(sentence.span)

    def _from_to(self, figures: Sequence[Figure]) -> bool:
        """Whether it is "from 40 to 55 orders" or "de 40 a 55 pedidos": figures with only "to" between."""
        text = self.memo.text
        for first, second in pairwise(figures):
            between = text[first.span.end : second.span.start]
            if len(between) < 40 and not self.to_words.isdisjoint(between.lower().split()):
                before = text[max(0, first.span.start - 12) : first.span.start].lower().split()
                if not self.from_words.isdisjoint(before[-2:]):
                    return True
        return False

    def _table_heading(self, table: Block, row: Sentence) -> None:
        """Count a table with columns such as "Baseline" and "Target", or two years."""
        heading = table.text.partition("\n")[0]
        years = len(set(_YEAR.findall(heading)))
        named = sum(
            1 for cell in heading.split("|") if "evidence_baseline_heading" in self._headings.lists_in(cell)
        )
        if years + named >= 2:
            # A table compares line by line: it stands for two sentences that compare.
            self.seen.baselines.extend((row.span, row.span))

    def _source(self, sentence: Sentence, figures: Sequence[Figure]) -> bool:
        value = self._source_value(sentence, figures) if figures or self.terms.of(sentence) else 0.0
        if "http" in sentence.text:
            self.seen.links.update(_LINK.findall(sentence.text))
        if value:
            self.seen.sources += value
            self.seen.first_source = self.seen.first_source or sentence.span
        elif len(figures) > self.seen.sourceless_figures and self._tells(sentence):
            self.seen.sourceless, self.seen.sourceless_figures = sentence.span, len(figures)
        return value > 0

    def _source_value(self, sentence: Sentence, figures: Sequence[Figure]) -> float:
        terms = self.terms.of(sentence)
        nouns = [term for term in terms if "evidence_source_noun" in term.lists]
        dated = bool(self.facts.dates_in(sentence.span))
        if any("evidence_source_phrase" in term.lists for term in terms) and (figures or dated):
            return 1.0
        if nouns and any("evidence_source_named" in term.lists for term in terms):
            return 1.0
        if any("evidence_source_label" in term.lists and self._is_label(term) for term in terms):
            return 1.0
        if nouns and (figures or dated) and (self._in_brackets(nouns) or self._shown(terms, nouns)):
            return 1.0
        if figures and _FOOTNOTE.search(sentence.text):
            return 1.0
        return 0.5 if figures and "http" in sentence.text and _LINK.search(sentence.text) else 0.0

    def _is_label(self, term: Term) -> bool:
        """Whether it is "Source: finance ledger" and not "source code" and "open source"."""
        return self.memo.text[term.span.end : term.span.end + 3].lstrip("*_ ").startswith(":")

    def _in_brackets(self, nouns: Iterable[Term]) -> bool:
        """Whether it is a citation in brackets, such as "(accounts payable ledger, December 2026)"."""
        text = self.memo.text
        for noun in nouns:
            before = text[max(0, noun.span.start - 60) : noun.span.start]
            opened = before.rfind("(")
            if opened > before.rfind(")") and ")" in text[noun.span.end : noun.span.end + 60]:
                return True
        return False

    @staticmethod
    def _shown(terms: Sequence[Term], nouns: Iterable[Term]) -> bool:
        """Whether it is "the March survey shows": a source and, soon after it, a verb of finding."""
        return any(
            "evidence_source_verb" in term.lists and 0 <= term.first - noun.last <= _VERB_REACH
            for noun in nouns
            for term in terms
        )

    def _claim(self, sentence: Sentence, index: int, supported: dict[int, bool]) -> None:
        terms = self.terms.named(sentence, "evidence_strong_claim")
        if not terms or supported[index] or not self.facts.is_prose(sentence):
            return
        if self.memo.blocks[sentence.block].kind == "table":
            return
        following = index + 1 < len(self.memo.sentences) and supported[index + 1]
        if following and self.memo.sentences[index + 1].block == sentence.block:
            return
        if self.terms.named(sentence, "evidence_no_claim") or sentence.text.rstrip().endswith("?"):
            return
        phrase = self.memo.quote(terms[0].span)
        self.seen.claims.append((len(terms) + 0.1 * (terms[0].last - terms[0].first), sentence, phrase))


def _figures(seen: _Seen, words: int) -> tuple[float, list[Finding]]:
    density = 100 * len(seen.figures) / max(words, _SHORT)
    count = ramp(len(seen.figures), _FIRST_FIGURES, _MANY_FIGURES) * ramp(words, 0, _SHORT)
    value = max(ramp(density, _FEWEST_FIGURES, _ENOUGH_FIGURES), count)
    if value >= 0.75:
        return value, [
            Finding("evidence.figures-given", "evidence-figures", "strength", seen.first_figure, value, 0.7)
        ]
    if value > 0.5:
        return value, []
    return value, [
        Finding("evidence.figures-missing", "evidence-figures", "opportunity", None, 1.0 - value, 0.75)
    ]


def _baselines(seen: _Seen) -> tuple[float, list[Finding]]:
    value = _BASELINES[min(len(seen.baselines), len(_BASELINES) - 1)]
    if value >= 0.8:
        return value, [
            Finding(
                "evidence.baselines-given", "evidence-baselines", "strength", seen.baselines[0], value, 0.7
            )
        ]
    place = seen.baselines[0] if seen.baselines else seen.first_measure
    return value, [
        Finding("evidence.baselines-missing", "evidence-baselines", "opportunity", place, 1.0 - value, 0.6)
    ]


def _sources(seen: _Seen, words: int) -> tuple[float, list[Finding]]:
    needed = min(max(words / _WORDS_A_SOURCE, _FEWEST_SOURCES), _MOST_SOURCES)
    linked = _LINKS * ramp(len(seen.links), 1, _ENOUGH_LINKS)
    value = min(1.0, ramp(seen.sources, 0.0, needed) + linked)
    findings = [
        Finding(
            "evidence.claim-unsupported",
            "evidence-sources",
            "opportunity",
            sentence.span,
            0.3,
            0.65,
            {"phrase": phrase},
        )
        for _, sentence, phrase in sorted(seen.claims, key=lambda claim: (-claim[0], claim[1].span.start))[
            :_MOST_CLAIMS
        ]
    ]
    if value >= 0.5:
        findings.append(
            Finding("evidence.sources-given", "evidence-sources", "strength", seen.first_source, value, 0.75)
        )
    else:
        findings.append(
            Finding(
                "evidence.sources-missing",
                "evidence-sources",
                "opportunity",
                seen.sourceless,
                1.0 - value,
                0.75,
            )
        )
    return value, findings


@detector(
    "evidence",
    indicators=("evidence-figures", "evidence-baselines", "evidence-sources"),
    source="HM Treasury, The Magenta Book (2020), on baselines and the quality of evidence; "
    "Stephen Toulmin, The Uses of Argument (1958), on claims and their grounds",
)
def read_evidence(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read how much of the memo is measured, compared and attributed."""
    seen = _Reader(memo, lexicon).read()
    words = memo.body_word_count
    figures, findings = _figures(seen, words)
    baselines, more = _baselines(seen)
    sources, most = _sources(seen, words)
    return Reading(
        {"evidence-figures": figures, "evidence-baselines": baselines, "evidence-sources": sources},
        (*findings, *more, *most),
    )
