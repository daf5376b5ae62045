"""The built-in coach: detectors, scores and words tied into an evaluation. Offline and deterministic."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

import memo_coach.coaching.builtin.detectors  # noqa: F401 - fills the registry
from memo_coach.coaching.builtin import phrasing
from memo_coach.coaching.builtin.analysis.patterns import read_pattern
from memo_coach.coaching.builtin.detectors.instructions.detector import instruction_spans
from memo_coach.coaching.builtin.elements.kinds import fitting_kind
from memo_coach.coaching.builtin.elements.memo_features import kind_of
from memo_coach.coaching.builtin.elements.no_memo import NoMemo, is_of_any_text, no_memo_of
from memo_coach.coaching.builtin.elements.on_the_face import with_what_is_plain
from memo_coach.coaching.builtin.elements.plainly_done import with_what_is_done
from memo_coach.coaching.builtin.elements.reading import NOTHING_READ, MemoReading, read_elements, stands_in
from memo_coach.coaching.builtin.elements.remarks import (
    INDICATORS,
    findings_from,
    indicators_from,
    states_from,
)
from memo_coach.coaching.builtin.findings import Detector, Finding, Reading, ramp, registered_detectors
from memo_coach.coaching.builtin.justifications import Explainer, phrase_of
from memo_coach.coaching.builtin.language_files import languages
from memo_coach.coaching.builtin.lexicon import Lexicon, lexicon_of
from memo_coach.coaching.builtin.masking import masked, masked_text, repeated_passages
from memo_coach.coaching.builtin.ranking import CHECKS, TOP, RankedFinding, rank_findings
from memo_coach.coaching.builtin.related import placed_beside
from memo_coach.coaching.builtin.scoring import SUBSTANCE, ScoredCriterion, ScoredMemo, State, score_memo
from memo_coach.coaching.builtin.slots import slot_values
from memo_coach.coaching.evaluation import (
    CoachEvent,
    CoachKind,
    Comment,
    CommentMade,
    CriterionJudged,
    CriterionScore,
    Evaluation,
    Evidence,
    OverallJudged,
    OverallJudgement,
    Progressed,
    evidence_at,
)
from memo_coach.coaching.memo.mixed_languages import language_notice
from memo_coach.coaching.memo.model import Memo, Span
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.memo.plain_reading import PlainMemo
from memo_coach.coaching.rubric.model import PatternDetector, Rubric, localised
from memo_coach.coaching.rubric.outline import outline_blanks
from memo_coach.coaching.rubric.reader import shipped_rubrics

INSTRUCTIONS = "instructions"
REPETITION = "repetition"
NOTHING_REPEATED = "repetition.none"
BLANKS = "blanks"
_OF_THE_WHOLE_TEXT = frozenset({INSTRUCTIONS, REPETITION})
"""Detectors that must see what the others are not shown."""
_ALWAYS = frozenset({INSTRUCTIONS, REPETITION, SUBSTANCE}) | CHECKS
_OF_NO_ELEMENT = frozenset({"evidence.claim-unsupported"})
"""Findings of a detector that say nothing of the element that its indicator stands for."""
_UNSURE = 0.5
_MOST_EVIDENCE = 3
_DETECTORS_IN_A_STEP = 6
_MOSTLY_REPEATED, _HARDLY_REPEATED = 0.1, 0.5
"""The part of a text that is said for the first time; 321 real documents have three quarters and more."""


class BuiltinCoach:
    """Judges with detectors instead of a model. It holds no state and may be shared."""

    kind: CoachKind = "builtin"

    async def evaluate(self, memo: Memo, rubric: Rubric) -> AsyncIterator[CoachEvent]:
        """Judge ``memo`` against ``rubric``, a step at a time, where texts of its length are computed on."""
        # Loads asyncio, a fifth of the coach's import time, which the command line saves.
        from memo_coach.coaching.computing import compute  # noqa: PLC0415

        steps = _steps(memo, rubric)
        while (events := await compute(len(memo.text), partial(next, steps, None))) is not None:
            for event in events:
                yield event


def evaluate_memo(memo: Memo, rubric: Rubric) -> Evaluation:
    """Judge a memo and return all of the evaluation at once."""
    return gathered(_steps(memo, rubric), memo.language, rubric)


def steps_of_text(text: str, rubric: Rubric, language: str) -> Iterator[Sequence[CoachEvent]]:
    """Parse a text (already normalised) and judge it, step by step; each step yields what it led to."""
    yield from _steps(parse_memo(text, language), rubric)


def gathered(steps: Iterable[Sequence[CoachEvent]], language: str, rubric: Rubric) -> Evaluation:
    """Return what all steps of a judgement say together."""
    criteria: list[CriterionScore] = []
    comments: list[Comment] = []
    overall: OverallJudgement | None = None
    for events in steps:
        for event in events:
            if isinstance(event, CriterionJudged):
                criteria.append(event.criterion)
            elif isinstance(event, CommentMade):
                comments.append(event.comment)
            elif isinstance(event, OverallJudged):
                overall = event.overall
    if overall is None:
        raise AssertionError("the coach ended without an overall judgement")
    return Evaluation(language, rubric.id, "builtin", overall, tuple(criteria), tuple(comments))


def evaluate_text(text: str, rubric: Rubric, language: str | None = None) -> Evaluation:
    """Parse a text (already normalised) and judge it; the language is detected where none is given.

    Raises:
        EmptyMemo, MemoTooLong: as :func:`memo_coach.coaching.memo.parser.parse_memo` has it.
    """
    return evaluate_memo(parse_memo(text, language), rubric)


@dataclass(frozen=True, slots=True)
class WithoutInstructions:
    """A memo as a reader that could be ordered about may see it."""

    text: str
    """With every such passage blanked: each position is still a position in the memo that was given."""
    orders: tuple[Span, ...]
    notice: str | None
    """Says that a passage was found and left out, in the memo's language; ``None`` where there was none."""


def without_instructions(memo: Memo) -> WithoutInstructions:
    """Blank every passage that tells the grader how to judge, however many there are."""
    orders = instruction_spans(memo)
    return WithoutInstructions(masked_text(memo, orders), orders, _orders_notice(memo, orders))


def hints(memo: Memo, rubric: Rubric, limit: int = 3) -> tuple[Comment, ...]:
    """Return the opportunities that matter most, for showing while somebody writes."""
    return most_important(evaluate_memo(memo, rubric), limit)


def most_important(evaluation: Evaluation, limit: int) -> tuple[Comment, ...]:
    """Return the opportunities that matter most."""
    opportunities = (comment for comment in evaluation.comments if comment.kind == "opportunity")
    return tuple(islice(opportunities, limit))


@dataclass
class _Work:
    """What is known of a memo so far."""

    memo: Memo
    rubric: Rubric
    shown: Memo
    """The memo as the detectors see it."""
    unfilled: Memo
    """The same with the lines of an outline that are still to be filled in."""
    indicators: dict[str, float] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    states: Mapping[str, State] = field(default_factory=dict)
    read: MemoReading = NOTHING_READ
    said_once: float = 1.0
    """What the substance of the memo is multiplied by, 0 to 1, for what it says over and over."""
    no_memo: NoMemo | None = None
    """What the text is instead of a memo, where it plainly is none."""

    def take(self, reading: Reading) -> None:
        self.indicators.update(reading.indicators)
        self.findings.extend(reading.findings)

    def take_elements(self, lexicon: Lexicon) -> None:
        """Decide what is there and what is not by the trained model, in the place of the detectors' lists."""
        asked = INDICATORS & asked_by(self.rubric)
        modelled = read_elements(self.shown, lexicon, self.rubric, self.indicators)
        done = with_what_is_done(self.shown, lexicon, modelled)
        read = with_what_is_plain(self.shown, lexicon, done)
        found = indicators_from(read.elements, self.indicators)
        self.indicators.update({name: one.value for name, one in found.items() if name in asked})
        for criterion in self.rubric.criteria:
            # What nobody expects here does not count, unless the criterion is about nothing else.
            shares = [share.indicator for share in criterion.indicators]
            if any(name not in found or found[name].counts for name in shares):
                for name in shares:
                    if name in found and not found[name].counts:
                        self.indicators.pop(name, None)
        self.read = read
        self.states = states_from(read.elements)
        self.findings = [
            _of_others_words(finding) if stands_in(finding.span, read.others_words) else finding
            for finding in self.findings
            if finding.indicator not in INDICATORS or finding.kind in _OF_NO_ELEMENT
        ]
        self.findings.extend(findings_from(self.shown, read.elements))
        self.no_memo = no_memo_of(self.shown, lexicon, read.units, kind_of(self.rubric))
        if self.no_memo is not None:
            self.findings = [finding for finding in self.findings if is_of_any_text(finding, self.no_memo)]


def _of_others_words(finding: Finding) -> Finding:
    """Return a finding on words that may not be the author's: told, but never first."""
    return replace(finding, confidence=_UNSURE * finding.confidence)


def indicators_of(memo: Memo) -> Mapping[str, float]:
    """Return the indicators of all detectors, whatever a rubric would ask for."""
    lexicon = lexicon_of(memo.language)
    indicators: dict[str, float] = {}
    for detector in registered_detectors():
        if detector.name not in _OF_THE_WHOLE_TEXT:
            indicators.update(detector.read(memo, lexicon).indicators)
    return indicators


def _steps(memo: Memo, rubric: Rubric) -> Iterator[Sequence[CoachEvent]]:
    """Do the work step by step, on the memo as it is read; each step gives the events that it led to."""
    plain = PlainMemo(memo)
    for events in _steps_of_reading(plain.memo, rubric):
        yield [plain.placed(event) for event in events]


def _steps_of_reading(memo: Memo, rubric: Rubric) -> Iterator[Sequence[CoachEvent]]:
    lexicon = lexicon_of(memo.language)
    groups = _groups(_needed(rubric))
    total = 1 + len(groups) + 1
    work, notices = _masked(memo, rubric, lexicon)
    yield [Progressed(1, total)]
    for done, group in enumerate(groups, 2):
        for detector in group:
            work.take(detector.read(work.unfilled if detector.name == BLANKS else work.shown, lexicon))
        yield [Progressed(done, total)]
    for pattern in rubric.detectors:
        work.take(read_pattern(work.shown, pattern))
    work.take_elements(lexicon)
    work.indicators[SUBSTANCE] = work.indicators.get(SUBSTANCE, 1.0) * work.said_once
    scored = score_memo(rubric, work.indicators, work.states)
    ranked = placed_beside(work.shown, lexicon, rank_findings(memo, scored, work.findings), work.read)
    *judged, overall = _judged(work, scored, ranked, [*notices, *_kind_notices(work)])
    yield [*judged, Progressed(total, total), overall]


def asked_by(rubric: Rubric) -> set[str]:
    """Return the indicators that a rubric asks for."""
    asked = {share.indicator for criterion in rubric.criteria for share in criterion.indicators}
    asked.update(cap.indicator for criterion in rubric.criteria for cap in criterion.caps)
    asked.update(cap.indicator for cap in rubric.caps)
    return asked


def _needed(rubric: Rubric) -> list[Detector]:
    used = asked_by(rubric)
    return [
        detector
        for detector in registered_detectors()
        if detector.name not in _OF_THE_WHOLE_TEXT
        and (detector.name in _ALWAYS or used.intersection(detector.indicators))
    ]


def _groups(detectors: Sequence[Detector]) -> list[Sequence[Detector]]:
    return [detectors[i : i + _DETECTORS_IN_A_STEP] for i in range(0, len(detectors), _DETECTORS_IN_A_STEP)]


def _masked(memo: Memo, rubric: Rubric, lexicon: Lexicon) -> tuple[_Work, list[str]]:
    """Read what concerns the whole text, and blank what the other detectors are not to see."""
    by_name = {detector.name: detector for detector in registered_detectors()}
    orders = by_name[INSTRUCTIONS].read(memo, lexicon)
    ordering = [finding.span for finding in orders.findings if finding.span is not None]
    obeying = masked(memo, ordering)
    repetition = by_name[REPETITION].read(obeying, lexicon)
    repeats = repeated_passages(obeying)
    if repeats:  # headings and lists too, of which a detector of sentences knows nothing
        said = tuple(finding for finding in repetition.findings if finding.kind != NOTHING_REPEATED)
        repetition = replace(repetition, findings=said)
    unfilled = masked(obeying, repeats)
    outline = [Span(*place) for place in outline_blanks(unfilled.text)]
    work = _Work(memo, rubric, masked(unfilled, outline), unfilled, said_once=_said_once(obeying, repeats))
    work.take(orders)
    work.take(repetition)
    notice = _orders_notice(memo, ordering)
    notices = [] if notice is None else [notice]
    if repeats:
        notices.append(phrasing.sentence(_spoken(memo), "notice-repeats"))
    mixed = language_notice(memo)
    return work, notices if mixed is None else [*notices, mixed]


def _said_once(memo: Memo, repeats: Sequence[Span]) -> float:
    """Return what is left of a memo's substance, 0 to 1: one paragraph over and over is no memo."""
    repeated = sum(span.end - span.start for span in repeats)
    return ramp(1.0 - repeated / max(1, len(memo.text)), _MOSTLY_REPEATED, _HARDLY_REPEATED)


def _orders_notice(memo: Memo, orders: Sequence[Span]) -> str | None:
    if not orders:
        return None
    quote = phrasing.shortened(memo.quote(orders[0]))
    return phrasing.sentence(_spoken(memo), "notice-instructions", {"quote": quote})


def _kind_notices(work: _Work) -> Iterator[str]:
    """Say that the text is no memo, or that another of the shipped rubrics would fit far better."""
    if work.no_memo is not None:
        yield phrasing.sentence(_spoken(work.memo), f"notice-no-memo-{work.no_memo}")
        return
    fitting = fitting_kind(work.read.kinds, work.shown.body_word_count, work.rubric, shipped_rubrics)
    if fitting is not None:
        spoken = _spoken(work.memo)
        name = localised(fitting.name, spoken)
        yield phrasing.sentence(spoken, f"notice-kind-{fitting.id}", {"rubric": name})


def _spoken(memo: Memo) -> str:
    """Return the language that the coach answers a memo in."""
    return memo.language if memo.language in languages() else "en"


def _judged(
    work: _Work, scored: ScoredMemo, ranked: Sequence[RankedFinding], notices: Sequence[str]
) -> Iterable[CoachEvent]:
    explainer = Explainer(work.memo, work.rubric, work.indicators)
    for position, item in enumerate(scored.criteria):
        yield CriterionJudged(_criterion_score(explainer, item, position, ranked))
    for number, item_ranked in enumerate(ranked, 1):
        yield CommentMade(_comment(work.memo, explainer, item_ranked, number))
    measured = {name: round(value, 4) for name, value in sorted(work.indicators.items())}
    yield OverallJudged(replace(explainer.overall(scored, ranked, notices), indicators=measured))


def _criterion_score(
    explainer: Explainer, item: ScoredCriterion, position: int, ranked: Sequence[RankedFinding]
) -> CriterionScore:
    return CriterionScore(
        id=item.criterion.id,
        name=explainer.name(item),
        weight=item.criterion.weight,
        effective_weight=round(item.effective_weight, 2),
        score=item.score,
        justification=explainer.justification(item, position),
        evidence=_evidence(explainer.memo, item.criterion.id, ranked),
    )


def _evidence(memo: Memo, criterion: str, ranked: Iterable[RankedFinding]) -> tuple[Evidence, ...]:
    """Quote the passages that a score rests on, strengths first, each once."""
    spans: dict[Span, None] = {}
    own = [item for item in ranked if item.criterion == criterion and item.priority > 0]
    for item in sorted(own, key=lambda item: item.finding.polarity == "opportunity"):
        is_evidence = item.finding.role != "related"
        if is_evidence and item.finding.span is not None and len(item.finding.span):
            spans.setdefault(item.finding.span)
    return tuple(evidence_at(memo.text, span) for span in list(spans)[:_MOST_EVIDENCE])


def _comment(memo: Memo, explainer: Explainer, item: RankedFinding, number: int) -> Comment:
    patterns: Mapping[str, PatternDetector] = explainer.patterns
    texts = phrase_of(item, patterns, explainer.language)
    finding = item.finding
    span = finding.span if finding.span is not None and len(finding.span) else None
    values = slot_values(memo, finding, texts.slots)
    key = memo.quote(span) if span else finding.kind
    return Comment(
        id=f"c{number:02d}",
        criterion=item.criterion,
        kind=finding.polarity,
        start=None if span is None else span.start,
        end=None if span is None else span.end,
        quote=None if span is None else memo.quote(span),
        comment=phrasing.chosen(texts.comment, values, key),
        questions=tuple(phrasing.chosen(question, values, key) for question in texts.questions),
        suggestion=phrasing.chosen(texts.suggestion, values, key) if texts.suggestion else None,
        finding=finding.kind,
        rank=item.rank,
        priority=round(item.priority, 4),
        element=finding.element,
        claim=finding.claim,
        confidence=round(finding.confidence, 2),
    )


__all__ = [
    "TOP",
    "BuiltinCoach",
    "WithoutInstructions",
    "evaluate_memo",
    "evaluate_text",
    "hints",
    "without_instructions",
]
