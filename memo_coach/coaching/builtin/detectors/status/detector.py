"""Status updates: where the work stands, what was done against the plan, what slipped and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from memo_coach.coaching.builtin.analysis.prose import MemoFacts, facts_of
from memo_coach.coaching.builtin.analysis.terms import Term, TermReader, Terms
from memo_coach.coaching.builtin.findings import Finding, Reading, detector, ramp
from memo_coach.coaching.builtin.lexicon import Lexicon
from memo_coach.coaching.memo.model import Memo, Sentence, Span

KINDS = (
    "status.missing",
    "status.late",
    "status.stated",
    "status.progress-missing",
    "status.progress-vague",
    "status.progress-shown",
    "status.deviations-missing",
    "status.deviations-unexplained",
    "status.deviations-explained",
)

_LISTS = (
    "status_statement",
    "status_colour",
    "status_colour_frame",
    "status_done",
    "status_plan",
    "status_deviation",
    "status_cause",
    "status_recovery",
    "status_no_deviation",
)
_COLOUR_SIGNS = ("🟢", "🟡", "🟠", "🔴")
_FIRST_WORDS = 120
"""A reader of a status update gives it half a minute: the status belongs in the first 120 words."""
_LATE = 0.6
"""What a status is worth that stands further down."""
_DONE_ITEMS = 3
_DONE_WORTH = (0.15, 0.65, 1.0)
"""Something done: said only, with a figure or date, and against the plan. "Much was done" informs nobody."""
_WITHIN = 3
"""Sentences of the same section in which the cause and the new date may follow what slipped."""


@dataclass
class _Seen:
    status: list[Sentence] = field(default_factory=list)
    done: list[tuple[float, Sentence]] = field(default_factory=list)
    slips: list[tuple[int, bool, bool]] = field(default_factory=list)
    """Index of the sentence, whether a cause follows, whether a new date or a recovery does."""
    none_slipped: Span | None = None


class _Reader:
    """Walks the sentences once."""

    def __init__(self, memo: Memo, lexicon: Lexicon) -> None:
        self.memo = memo
        self.facts: MemoFacts = facts_of(memo, lexicon)
        self.terms: Terms = TermReader.of(lexicon, _LISTS).read(memo)
        self.seen = _Seen()

    def read(self) -> _Seen:
        for index, sentence in enumerate(self.memo.sentences):
            if not self._earns(sentence):
                continue
            terms = self.terms.of(sentence)
            if self._states(sentence, terms):
                self.seen.status.append(sentence)
            self._progress(sentence, terms)
            if _has(terms, "status_no_deviation"):
                self.seen.none_slipped = self.seen.none_slipped or sentence.span
            elif _has(terms, "status_deviation") or self._is_under_a_slip(index, sentence):
                self._slip(index, sentence)
        return self.seen

    def _earns(self, sentence: Sentence) -> bool:
        """Accept "Status: amber" beside evidence, but no keyword list."""
        return self.facts.is_evidence(sentence) or (sentence.word_count <= 8 and ":" in sentence.text)

    def _states(self, sentence: Sentence, terms: Iterable[Term]) -> bool:
        if _has(terms, "status_statement") or _has(terms, "status_no_deviation"):
            return True
        if any(sign in sentence.text for sign in _COLOUR_SIGNS):
            return True
        frames = [term for term in terms if "status_colour_frame" in term.lists]
        colours = [term for term in terms if "status_colour" in term.lists]
        return any(0 <= colour.first - frame.last <= 1 for colour in colours for frame in frames)

    def _progress(self, sentence: Sentence, terms: Iterable[Term]) -> None:
        """Weigh something done by its figure or date, and by whether the plan stands beside it."""
        if not _has(terms, "status_done"):
            return
        figures = self.facts.figures_in(sentence.span) or self.facts.dates_in(sentence.span)
        against = _has(terms, "status_plan") and bool(figures)
        self.seen.done.append((_DONE_WORTH[bool(figures) + against], sentence))

    def _is_under_a_slip(self, index: int, sentence: Sentence) -> bool:
        """Return the first sentence under a heading such as "The cold rooms slip by two weeks"."""
        section = self.memo.blocks[sentence.block].section
        first = index == 0 or self.memo.blocks[self.memo.sentences[index - 1].block].section != section
        return first and self.terms.in_heading(self.memo.sections[section].heading, "status_deviation")

    def _slip(self, index: int, sentence: Sentence) -> None:
        section = self.memo.blocks[sentence.block].section
        near = [
            other
            for other in self.memo.sentences[max(0, index - 1) : index + 1 + _WITHIN]
            if self.memo.blocks[other.block].section == section
        ]
        heading = self.memo.sections[section].heading
        cause = self.terms.in_heading(heading, "status_cause") or any(
            _has(self.terms.of(other), "status_cause") for other in near
        )
        recovery = any(
            _has(self.terms.of(other), "status_recovery") and self._is_dated(other) for other in near
        )
        self.seen.slips.append((index, cause, recovery))

    def _is_dated(self, sentence: Sentence) -> bool:
        return bool(self.facts.dates_in(sentence.span)) or any(
            figure.kind != "plain" for figure in self.facts.figures_in(sentence.span)
        )


def _has(terms: Iterable[Term], name: str) -> bool:
    return any(name in term.lists for term in terms)


def _status(memo: Memo, seen: _Seen) -> tuple[float, list[Finding]]:
    first = next(iter(seen.status), None)
    if first is None:
        place = memo.sentences[0].span if memo.sentences else None
        return 0.0, [Finding("status.missing", "status-stated", "opportunity", place, 1.0, 0.8)]
    words_before = first.first_word - (memo.sentences[0].first_word if memo.sentences else 0)
    if words_before > _FIRST_WORDS:
        return _LATE, [Finding("status.late", "status-stated", "opportunity", first.span, 1.0 - _LATE, 0.6)]
    return 1.0, [Finding("status.stated", "status-stated", "strength", first.span, 1.0, 0.8)]


def _progress(memo: Memo, seen: _Seen) -> tuple[float, list[Finding]]:
    """Score the three best-told things done; beyond three a list grows without telling more."""
    best = sorted((worth for worth, _ in seen.done), reverse=True)[:_DONE_ITEMS]
    value = ramp(sum(best), 0.0, _DONE_ITEMS - 0.6)
    if not best:
        return 0.0, [Finding("status.progress-missing", "status-progress", "opportunity", None, 1.0, 0.7)]
    span = max(seen.done, key=lambda item: (item[0], -item[1].span.start))[1].span
    if value >= 0.7:
        return value, [Finding("status.progress-shown", "status-progress", "strength", span, value, 0.7)]
    span = min(seen.done, key=lambda item: (item[0], item[1].span.start))[1].span
    return value, [Finding("status.progress-vague", "status-progress", "opportunity", span, 1.0 - value, 0.6)]


def _deviations(memo: Memo, seen: _Seen) -> tuple[float, list[Finding]]:
    """Score what slipped 0.4, its cause 0.3, and the new date or the recovery 0.3."""
    name = "status-deviations"
    if not seen.slips:
        if seen.none_slipped is not None:
            found = Finding("status.deviations-explained", name, "strength", seen.none_slipped, 1.0, 0.7)
            return 1.0, [found]
        return 0.0, [Finding("status.deviations-missing", name, "opportunity", None, 1.0, 0.6)]
    worth = [(0.4 + 0.3 * cause + 0.3 * recovery, index) for index, cause, recovery in seen.slips]
    value, index = max(worth, key=lambda item: (item[0], -item[1]))
    span = memo.sentences[index].span
    if value >= 0.95:
        return value, [Finding("status.deviations-explained", name, "strength", span, value, 0.7)]
    return value, [Finding("status.deviations-unexplained", name, "opportunity", span, 1.0 - value, 0.65)]


@detector(
    "status",
    indicators=("status-stated", "status-progress", "status-deviations"),
    source="PMI, A Guide to the Project Management Body of Knowledge, 6th edition (2017), 4.5, Monitor "
    "and Control Project Work, and 10.3, Monitor Communications",
)
def read_status(memo: Memo, lexicon: Lexicon) -> Reading:
    """Read what a status update says of the state of the work."""
    seen = _Reader(memo, lexicon).read()
    stated, findings = _status(memo, seen)
    progress, more = _progress(memo, seen)
    deviations, most = _deviations(memo, seen)
    return Reading(
        {"status-stated": stated, "status-progress": progress, "status-deviations": deviations},
        (*findings, *more, *most),
    )
