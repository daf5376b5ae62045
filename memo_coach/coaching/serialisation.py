"""Evaluations as plain values for JSON, and as JSON that is byte-identical for identical input."""

from __future__ import annotations

import json
from typing import Any

from memo_coach.coaching.evaluation import Comment, CriterionScore, Evaluation, OverallJudgement


def evaluation_as_dict(evaluation: Evaluation) -> dict[str, Any]:
    """Return an evaluation with the keys of the public interface, ready for :mod:`json`."""
    return {
        "language": evaluation.language,
        "rubric": {"id": evaluation.rubric},
        "coach": {"kind": evaluation.coach, "cached": False},
        "overall": overall_as_dict(evaluation.overall),
        "criteria": [criterion_as_dict(criterion) for criterion in evaluation.criteria],
        "comments": [comment_as_dict(comment) for comment in evaluation.comments],
        "indicators": dict(evaluation.overall.indicators),
    }


def overall_as_dict(overall: OverallJudgement) -> dict[str, Any]:
    """Return the overall judgement as plain values."""
    return {
        "score": overall.score,
        "summary": overall.summary,
        "strengths": list(overall.strengths),
        "opportunities": list(overall.opportunities),
        "notices": list(overall.notices),
    }


def criterion_as_dict(criterion: CriterionScore) -> dict[str, Any]:
    """Return one criterion's score as plain values."""
    return {
        "id": criterion.id,
        "name": criterion.name,
        "weight": criterion.weight,
        "effective_weight": criterion.effective_weight,
        "score": criterion.score,
        "justification": criterion.justification,
        "evidence": [
            {"start": evidence.start, "end": evidence.end, "quote": evidence.quote}
            for evidence in criterion.evidence
        ],
    }


def comment_as_dict(comment: Comment) -> dict[str, Any]:
    """Return one comment as plain values."""
    return {
        "id": comment.id,
        "criterion": comment.criterion,
        "kind": comment.kind,
        "start": comment.start,
        "end": comment.end,
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


def evaluation_as_json(evaluation: Evaluation) -> str:
    """Return an evaluation as JSON text: the same text for the same evaluation, in every process."""
    return json.dumps(evaluation_as_dict(evaluation), ensure_ascii=False, indent=2, allow_nan=False)
