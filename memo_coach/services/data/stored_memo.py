"""A memo as the database has it, read as a part of an export: one evaluation at a time."""

from __future__ import annotations

from typing import Any

from memo_coach.services.data.format import (
    ExportedDraft,
    ExportedEvaluation,
    ExportedMark,
    ExportedMessage,
    ExportedVersion,
)
from memo_coach.services.views import FINISHED
from memo_coach.storage.repositories.chats import StoredMessage
from memo_coach.storage.repositories.evaluations import StoredEvaluation
from memo_coach.storage.tables import CommentRow, CriterionRow, Memo, MemoVersion, RemarkMark, SharedRemark


def memo_fields(memo: Memo) -> dict[str, Any]:
    """Return what an export says of the memo itself, as values for :class:`.format.ExportedMemo`."""
    draft = None
    if memo.draft_text:
        draft = ExportedDraft(text=memo.draft_text, saved=memo.draft_saved or memo.changed)
    return {
        "id": memo.id,
        "title": memo.title,
        "language": memo.language,
        "words": memo.words,
        "created": memo.created,
        "changed": memo.changed,
        "rubric": memo.draft_rubric,
        "draft": draft,
    }


def exported_version(version: MemoVersion) -> ExportedVersion:
    """Return a version as an export has it."""
    return ExportedVersion.model_construct(
        number=version.number,
        text=version.text,
        language=version.language,
        words=version.words,
        created=version.created,
    )


def exported_mark(mark: RemarkMark) -> ExportedMark:
    """Return a mark as an export has it."""
    return ExportedMark.model_validate(
        {
            "key": mark.key,
            "says": mark.says,
            "passage": mark.passage,
            "is_only": mark.is_only,
            "state": mark.state,
            "reason": mark.reason,
            "version": mark.version,
            "marked": mark.marked,
        }
    )


def exported_evaluation(
    stored: StoredEvaluation, messages: list[StoredMessage], remarks: list[SharedRemark]
) -> ExportedEvaluation | None:
    """Return an evaluation as an export has it; ``None`` while it runs."""
    row = stored.evaluation
    if row.status not in FINISHED or row.finished is None:
        return None
    return ExportedEvaluation.model_validate(
        {
            "id": row.id,
            "version": row.version,
            "status": row.status,
            "created": row.created,
            "finished": row.finished,
            "rubric": row.rubric,
            "rubric_version": row.rubric_version,
            "coach": row.coach,
            "judged_by": row.judged_by,
            "model": row.model,
            "fallback_from": row.fallback_from,
            "cached": row.cached,
            "prompt_version": row.prompt_version,
            "by_one_coach": row.judged_by == "builtin" or row.cache_key is not None,
            "removed_characters": row.removed_characters,
            "seconds": row.seconds,
            "error": row.error,
            "overall": row.overall,
            "criteria": [_criterion(criterion) for criterion in stored.criteria],
            "comments": [_comment(comment) for comment in stored.comments],
            "second_opinion": row.second_opinion,
            "chat": [_message(each) for each in messages],
            "reader_remarks": [_reader_remark(each) for each in remarks],
        }
    )


def _criterion(row: CriterionRow) -> dict[str, Any]:
    return {
        "id": row.criterion,
        "name": row.name,
        "weight": row.weight,
        "effective_weight": row.effective_weight,
        "score": row.score,
        "justification": row.justification,
        "evidence": row.evidence,
        "coach": row.coach,
    }


def _comment(row: CommentRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "criterion": row.criterion,
        "kind": row.kind,
        "start": row.start_position,
        "end": row.end_position,
        "quote": row.quote,
        "comment": row.comment,
        "questions": row.questions,
        "suggestion": row.suggestion,
        "finding": row.finding,
        "rank": row.rank,
        "priority": row.priority,
        "element": row.element,
        "claim": row.claim,
        "confidence": row.confidence,
    }


def _reader_remark(row: SharedRemark) -> dict[str, Any]:
    return {
        "name": row.name,
        "text": row.text,
        "start": row.start_position,
        "end": row.end_position,
        "made": row.made,
    }


def _message(stored: StoredMessage) -> ExportedMessage:
    row = stored.message
    return ExportedMessage.model_validate(
        {
            "role": row.role,
            "text": row.text,
            "about": row.about,
            # An answer that still grows is as far as it has come.
            "status": "stopped" if row.status == "streaming" else row.status,
            "coach": row.coach,
            "model": row.model,
            "fallback_from": row.fallback_from,
            "notice": row.notice,
            "created": row.created,
        }
    )
