"""Between what a coach says and the rows that keep it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import structlog

from memo_coach.coaching.evaluation import (
    Claim,
    CoachKind,
    Comment,
    CommentKind,
    CriterionScore,
    Evaluation,
    Evidence,
    OverallJudgement,
    Provenance,
)
from memo_coach.coaching.llm.scoring import ranked, with_shared_weights
from memo_coach.services.views import EvaluationStatus, EvaluationView, Usage
from memo_coach.storage.repositories.evaluations import StoredEvaluation
from memo_coach.storage.repositories.model_calls import CallSums
from memo_coach.storage.tables import CommentRow, CriterionRow
from memo_coach.storage.tables import Evaluation as EvaluationRow

MODEL: CoachKind = "llm"

_log = structlog.get_logger(__name__)


def criterion_values(evaluation_id: str, position: int, criterion: CriterionScore) -> dict[str, Any]:
    """Return the row of a criterion, as values by the names of its columns."""
    return {
        "evaluation": evaluation_id,
        "criterion": criterion.id,
        "position": position,
        "name": criterion.name,
        "weight": criterion.weight,
        "effective_weight": criterion.effective_weight,
        "score": criterion.score,
        "justification": criterion.justification,
        "evidence": [_fields_of(evidence) for evidence in criterion.evidence],
        "coach": criterion.coach,
    }


def comment_values(evaluation_id: str, comment: Comment) -> dict[str, Any]:
    """Return the row of a comment, as values by the names of its columns."""
    return {
        "evaluation": evaluation_id,
        "id": comment.id,
        "criterion": comment.criterion,
        "kind": comment.kind,
        "start_position": comment.start,
        "end_position": comment.end,
        "quote": comment.quote,
        "comment": comment.comment,
        "questions": list(comment.questions),
        "suggestion": comment.suggestion,
        "finding": comment.finding,
        "rank": comment.rank,
        "priority": comment.priority,
        "element": comment.element,
        "claim": comment.claim,
        "confidence": comment.confidence,
    }


def overall_document(overall: OverallJudgement) -> dict[str, Any]:
    """Return the overall judgement as JSON values."""
    return _fields_of(overall)


def reading_document(evaluation: Evaluation) -> dict[str, Any]:
    """Return a whole judgement as JSON values; :func:`reading_of` gives it back."""
    return {
        **_fields_of(evaluation),
        "overall": overall_document(evaluation.overall),
        "criteria": [
            {**_fields_of(criterion), "evidence": [_fields_of(each) for each in criterion.evidence]}
            for criterion in evaluation.criteria
        ],
        "comments": [_fields_of(comment) for comment in evaluation.comments],
    }


def _fields_of(value: Evidence | CriterionScore | Comment | OverallJudgement | Evaluation) -> dict[str, Any]:
    """Return the fields by name, as they are: the standard library's way copies each value in them."""
    return {name: getattr(value, name) for name in value.__slots__}


def reading_of(document: dict[str, Any]) -> Evaluation:
    """Return the judgement that :func:`reading_document` made JSON values of."""
    return Evaluation(
        language=document["language"],
        rubric=document["rubric"],
        coach=document["coach"],
        overall=_overall(document["overall"]),
        criteria=tuple(
            CriterionScore(**{**criterion, "evidence": _evidence(criterion["evidence"])})
            for criterion in document["criteria"]
        ),
        comments=tuple(
            Comment(**{**comment, "questions": tuple(comment["questions"])})
            for comment in document["comments"]
        ),
    )


def provenance_columns(provenance: Provenance) -> dict[str, Any]:
    """Return who judged as columns of the evaluation."""
    return {
        "judged_by": provenance.kind,
        "model": provenance.model,
        "fallback_from": provenance.fallback_from,
        "cached": provenance.cached,
        "prompt_version": provenance.prompt_version,
    }


def with_verified_evidence(criterion: CriterionScore, text: str) -> CriterionScore:
    """Return the criterion without the evidence that does not stand in the text where it says."""
    true = tuple(
        evidence
        for evidence in criterion.evidence
        if _quotes_exactly(evidence.start, evidence.end, evidence.quote, text)
    )
    if len(true) < len(criterion.evidence):
        _log.error("evidence dropped", criterion=criterion.id, dropped=len(criterion.evidence) - len(true))
    return replace(criterion, evidence=true)


def has_exact_quote(comment: Comment, text: str) -> bool:
    """Whether a comment's quote stands in the text where it says; one on the whole memo has none."""
    places = (comment.start, comment.end, comment.quote)
    if places == (None, None, None):
        return True
    if None not in places and _quotes_exactly(*cast("tuple[int, int, str]", places), text):
        return True
    _log.error("comment dropped", comment=comment.id, finding=comment.finding)
    return False


def evaluation_view(stored: StoredEvaluation, usage: Usage) -> EvaluationView:
    """Return what a page shows of an evaluation."""
    evaluation, version = stored.evaluation, stored.version
    criteria, comments = tuple(map(_criterion, stored.criteria)), comments_of(stored.comments)
    if evaluation.judged_by == MODEL and evaluation.status == "done":
        # They were told one by one; only now is it known which matters most, and which share each has.
        criteria, comments = with_shared_weights(criteria), ranked(comments)
    return EvaluationView(
        evaluation_id=evaluation.id,
        status=cast("EvaluationStatus", evaluation.status),
        created=evaluation.created,
        finished=evaluation.finished,
        memo_id=evaluation.memo,
        version=evaluation.version,
        title=stored.title,
        text=version.text,
        language=version.language,
        words=version.words,
        rubric=evaluation.rubric,
        rubric_version=evaluation.rubric_version,
        coach=cast("CoachKind", evaluation.coach),
        provenance=_provenance(evaluation),
        second_opinion=None if evaluation.second_opinion is None else reading_of(evaluation.second_opinion),
        usage=usage,
        removed_characters=evaluation.removed_characters,
        changes=evaluation.changes,
        done_steps=evaluation.done_steps,
        total_steps=evaluation.total_steps,
        overall=None if evaluation.overall is None else _overall(evaluation.overall),
        criteria=criteria,
        comments=comments,
        seconds=evaluation.seconds,
        error=evaluation.error,
    )


def comments_of(rows: Sequence[CommentRow]) -> tuple[Comment, ...]:
    """Return the comments that rows keep."""
    return tuple(
        Comment(
            id=row.id,
            criterion=row.criterion,
            kind=cast("CommentKind", row.kind),
            start=row.start_position,
            end=row.end_position,
            quote=row.quote,
            comment=row.comment,
            questions=tuple(row.questions),
            suggestion=row.suggestion,
            finding=row.finding,
            rank=row.rank,
            priority=row.priority,
            element=row.element,
            claim=cast("Claim | None", row.claim),
            confidence=row.confidence,
        )
        for row in rows
    )


def usage_of(sums: CallSums | None) -> Usage:
    """Return what an evaluation's calls to models took."""
    if sums is None:
        return Usage()
    return Usage(sums.prompt_tokens, sums.completion_tokens, sums.micro_usd / 1_000_000)


def _quotes_exactly(start: int, end: int, quote: str, text: str) -> bool:
    return 0 <= start <= end <= len(text) and text[start:end] == quote


def _overall(document: dict[str, Any]) -> OverallJudgement:
    return OverallJudgement(
        score=document["score"],
        summary=document["summary"],
        strengths=tuple(document["strengths"]),
        opportunities=tuple(document["opportunities"]),
        notices=tuple(document.get("notices", ())),
        indicators=document.get("indicators", {}),
    )


def _criterion(row: CriterionRow) -> CriterionScore:
    return CriterionScore(
        id=row.criterion,
        name=row.name,
        weight=row.weight,
        effective_weight=row.effective_weight,
        score=row.score,
        justification=row.justification,
        evidence=_evidence(row.evidence),
        coach=cast("CoachKind", row.coach),
    )


def _evidence(documents: Sequence[dict[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(**document) for document in documents)


def _provenance(row: EvaluationRow) -> Provenance | None:
    if row.judged_by is None:
        return None
    return Provenance(
        kind=cast("CoachKind", row.judged_by),
        model=row.model,
        fallback_from=row.fallback_from,
        cached=row.cached,
        prompt_version=row.prompt_version,
    )
