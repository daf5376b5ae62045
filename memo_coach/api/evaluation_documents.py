"""An evaluation as a document. ``start`` and ``end`` count code points; ``quote`` stands between."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NotRequired

from typing_extensions import TypedDict

from memo_coach.coaching.evaluation import (
    Claim,
    CoachKind,
    Comment,
    CommentKind,
    CriterionScore,
    OverallJudgement,
    Provenance,
)
from memo_coach.services.evaluations.history import ListedEvaluation
from memo_coach.services.views import EvaluationStatus, EvaluationView

ROOT: Final = "/api/v1"


class EvaluationLinks(TypedDict):
    """Where there is more about an evaluation."""

    self: str
    events: str
    pdf: str
    chat: str
    memo: NotRequired[str]
    page: str
    """For a person."""


class QueuedDocument(TypedDict):
    """An evaluation that was asked for."""

    id: str
    status: EvaluationStatus
    links: EvaluationLinks


class MemoOfEvaluation(TypedDict):
    """What was judged."""

    id: str
    version: int
    title: str
    language: str
    words: int


class RubricOfEvaluation(TypedDict):
    """What it was judged by."""

    id: str
    version: str


class CoachDocument(TypedDict):
    """Who judged, or was asked to."""

    kind: CoachKind
    model: NotRequired[str]
    fallback_from: NotRequired[str]
    """The model in whose place another one, or the built-in coach, judged."""
    cached: bool


class OverallDocument(TypedDict):
    """The judgement on the memo as a whole."""

    score: float | None
    summary: str
    strengths: list[str]
    opportunities: list[str]
    notices: list[str]


class EvidenceDocument(TypedDict):
    """A passage that a score rests on."""

    start: int
    end: int
    quote: str


class CriterionDocument(TypedDict):
    """The judgement on one criterion; without a score the justification says why."""

    id: str
    name: str
    weight: float
    effective_weight: float
    score: float | None
    justification: str
    evidence: list[EvidenceDocument]
    coach: CoachKind


class CommentDocument(TypedDict):
    """One comment; without a passage it is on the memo as a whole, or on what is missing."""

    id: str
    criterion: str
    kind: CommentKind
    start: int | None
    end: int | None
    quote: str | None
    comment: str
    questions: list[str]
    suggestion: str | None
    finding: str
    element: str | None
    claim: Claim | None
    rank: int
    priority: float
    confidence: float | None


class UsageDocument(TypedDict):
    """What it took."""

    prompt_tokens: int
    completion_tokens: int
    cost_usd: float
    seconds: float | None


class StepsDocument(TypedDict):
    """How far it has come."""

    done: int
    total: int


class EvaluationDocument(TypedDict):
    """An evaluation with all that it has so far."""

    id: str
    status: EvaluationStatus
    created: str
    finished: str | None
    memo: MemoOfEvaluation
    rubric: RubricOfEvaluation
    coach: CoachDocument
    overall: OverallDocument | None
    criteria: list[CriterionDocument]
    comments: list[CommentDocument]
    indicators: dict[str, float]
    """What the built-in coach's detectors measured, each from 0 to 1; empty until there is a judgement."""
    usage: UsageDocument
    steps: StepsDocument
    error: NotRequired[str]
    links: EvaluationLinks


class ListedMemo(TypedDict):
    """What was judged."""

    id: str
    version: int


class ListedDocument(TypedDict):
    """A line in the list of evaluations."""

    id: str
    status: EvaluationStatus
    created: str
    memo: ListedMemo
    rubric: str
    score: float | None
    links: EvaluationLinks


class EvaluationsDocument(TypedDict):
    """A part of the list of evaluations, the newest first."""

    items: list[ListedDocument]
    next: str | None
    """The cursor of the next part."""


def links_of(evaluation_id: str, memo_id: str | None = None) -> EvaluationLinks:
    """Return where there is more about an evaluation."""
    own = f"{ROOT}/evaluations/{evaluation_id}"
    links = EvaluationLinks(
        self=own,
        events=f"{own}/events",
        pdf=f"{own}/pdf",
        chat=f"{own}/chat",
        page=f"/feedback/{evaluation_id}",
    )
    if memo_id is not None:
        links["memo"] = f"{ROOT}/memos/{memo_id}"
    return links


def evaluation_document(view: EvaluationView) -> EvaluationDocument:
    """Return an evaluation as far as it has come."""
    found = EvaluationDocument(
        id=view.evaluation_id,
        status=view.status,
        created=view.created.isoformat(),
        finished=None if view.finished is None else view.finished.isoformat(),
        memo={
            "id": view.memo_id,
            "version": view.version,
            "title": view.title,
            "language": view.language,
            "words": view.words,
        },
        rubric={"id": view.rubric, "version": view.rubric_version},
        coach=_coach(view.provenance or Provenance(view.coach)),
        overall=None if view.overall is None else _overall(view.overall),
        criteria=[_criterion(each) for each in view.criteria],
        comments=_comments(view.comments),
        indicators={} if view.overall is None else dict(view.overall.indicators),
        usage={
            "prompt_tokens": view.usage.prompt_tokens,
            "completion_tokens": view.usage.completion_tokens,
            "cost_usd": view.usage.cost_usd,
            "seconds": view.seconds,
        },
        steps={"done": view.done_steps, "total": view.total_steps},
        links=links_of(view.evaluation_id, view.memo_id),
    )
    if view.error is not None:
        found["error"] = view.error
    return found


def listed_document(line: ListedEvaluation) -> ListedDocument:
    """Return a line in the list."""
    return ListedDocument(
        id=line.evaluation_id,
        status=line.status,
        created=line.created.isoformat(),
        memo={"id": line.memo_id, "version": line.version},
        rubric=line.rubric,
        score=line.score,
        links=links_of(line.evaluation_id, line.memo_id),
    )


def _coach(provenance: Provenance) -> CoachDocument:
    found = CoachDocument(kind=provenance.kind, cached=provenance.cached)
    if provenance.model is not None:
        found["model"] = provenance.model
    if provenance.fallback_from is not None:
        found["fallback_from"] = provenance.fallback_from
    return found


def _overall(overall: OverallJudgement) -> OverallDocument:
    return OverallDocument(
        score=overall.score,
        summary=overall.summary,
        strengths=list(overall.strengths),
        opportunities=list(overall.opportunities),
        notices=list(overall.notices),
    )


def _criterion(criterion: CriterionScore) -> CriterionDocument:
    return CriterionDocument(
        id=criterion.id,
        name=criterion.name,
        weight=criterion.weight,
        effective_weight=criterion.effective_weight,
        score=criterion.score,
        justification=criterion.justification,
        evidence=[{"start": each.start, "end": each.end, "quote": each.quote} for each in criterion.evidence],
        coach=criterion.coach,
    )


def _comments(comments: Iterable[Comment]) -> list[CommentDocument]:
    return [
        CommentDocument(
            id=comment.id,
            criterion=comment.criterion,
            kind=comment.kind,
            start=comment.start,
            end=comment.end,
            quote=comment.quote,
            comment=comment.comment,
            questions=list(comment.questions),
            suggestion=comment.suggestion,
            finding=comment.finding,
            element=comment.element,
            claim=comment.claim,
            rank=comment.rank,
            priority=comment.priority,
            confidence=comment.confidence,
        )
        for comment in comments
    ]
