"""A memo of an export as the rows that keep it, under new ids: what had the old ones may still be there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from memo_coach.services.clock import new_id
from memo_coach.services.data.format import (
    ExportedComment,
    ExportedCriterion,
    ExportedEvaluation,
    ExportedMark,
    ExportedMemo,
    ExportedMessage,
    ExportedReaderRemark,
    ExportedVersion,
)
from memo_coach.storage.tables import (
    ChatMessage,
    CommentRow,
    CriterionRow,
    Evaluation,
    ImportedMemo,
    Memo,
    MemoVersion,
    RemarkMark,
    SharedRemark,
)
from memo_coach.storage.tables.base import Table


def rows_of(owner: str, memo: ExportedMemo, source: str, now: datetime) -> list[list[Table]]:
    """Return the rows in the order in which they refer to each other: each list may be stored at once."""
    memo_id = new_id()
    evaluations = [(new_id(), each) for each in memo.evaluations]
    return [
        [_memo(owner, memo_id, memo, now)],
        [ImportedMemo(memo=memo_id, source_sha256=source, imported=now)],
        [_version(memo_id, version) for version in memo.versions],
        [_mark(owner, memo_id, mark) for mark in memo.marks],
        [_evaluation(owner, memo_id, new, each, memo) for new, each in evaluations],
        [row for new, each in evaluations for row in _parts(owner, new, each)],
    ]


def _memo(owner: str, memo_id: str, memo: ExportedMemo, now: datetime) -> Memo:
    return Memo(
        id=memo_id,
        owner=owner,
        title=memo.title,
        language=memo.language,
        words=memo.words,
        # A clock that was wrong elsewhere would keep it from ever getting old.
        created=min(memo.created, now),
        changed=min(memo.changed, now),
        draft_text=None if memo.draft is None else memo.draft.text,
        draft_rubric=memo.rubric,
        draft_saved=None if memo.draft is None else min(memo.draft.saved, now),
        # What was imported is opened from the list, and never takes the place of what is being written.
        draft_set_aside=memo.draft is not None,
    )


def _version(memo_id: str, version: ExportedVersion) -> MemoVersion:
    return MemoVersion(
        memo=memo_id,
        number=version.number,
        text=version.text,
        text_sha256=hashlib.sha256(version.text.encode()).hexdigest(),
        words=version.words,
        language=version.language,
        created=version.created,
    )


def _mark(owner: str, memo_id: str, mark: ExportedMark) -> RemarkMark:
    return RemarkMark(
        memo=memo_id,
        key=mark.key,
        owner=owner,
        says=mark.says,
        passage=mark.passage,
        is_only=mark.is_only,
        state=mark.state,
        reason=mark.reason,
        version=mark.version,
        marked=mark.marked,
    )


def _evaluation(
    owner: str, memo_id: str, evaluation_id: str, evaluation: ExportedEvaluation, memo: ExportedMemo
) -> Evaluation:
    text = next(version.text for version in memo.versions if version.number == evaluation.version)
    second = evaluation.second_opinion
    # It says that a model alone gave the score; what was made from what is not known here, so nothing that is
    # asked later is answered from it.
    is_models_alone = evaluation.judged_by == "llm" and evaluation.by_one_coach
    return Evaluation(
        id=evaluation_id,
        owner=owner,
        memo=memo_id,
        version=evaluation.version,
        rubric=evaluation.rubric,
        rubric_version=evaluation.rubric_version,
        coach=evaluation.coach,
        status=evaluation.status,
        attempt=1,
        done_steps=len(evaluation.criteria),
        total_steps=len(evaluation.criteria),
        overall=None if evaluation.overall is None else evaluation.overall.model_dump(mode="json"),
        score=None if evaluation.overall is None else evaluation.overall.score,
        seconds=evaluation.seconds,
        error=evaluation.error,
        created=evaluation.created,
        finished=evaluation.finished,
        characters=len(text),
        removed_characters=evaluation.removed_characters,
        judged_by=evaluation.judged_by,
        model=evaluation.model,
        fallback_from=evaluation.fallback_from,
        cached=evaluation.cached,
        prompt_version=evaluation.prompt_version,
        cache_key=f"imported-{evaluation_id}" if is_models_alone else None,
        second_opinion=None if second is None else second.model_dump(mode="json"),
    )


def _parts(owner: str, evaluation_id: str, evaluation: ExportedEvaluation) -> Iterator[Table]:
    for position, criterion in enumerate(evaluation.criteria):
        yield _criterion(evaluation_id, position, criterion)
    for comment in evaluation.comments:
        yield _comment(evaluation_id, comment)
    for position, message in enumerate(evaluation.chat):
        yield _message(owner, evaluation_id, position, message)
    for remark in evaluation.reader_remarks:
        yield _reader_remark(owner, evaluation_id, remark)


def _criterion(evaluation_id: str, position: int, criterion: ExportedCriterion) -> CriterionRow:
    return CriterionRow(
        evaluation=evaluation_id,
        criterion=criterion.id,
        position=position,
        **criterion.model_dump(mode="json", exclude={"id"}),
    )


def _comment(evaluation_id: str, comment: ExportedComment) -> CommentRow:
    return CommentRow(
        evaluation=evaluation_id,
        start_position=comment.start,
        end_position=comment.end,
        **comment.model_dump(mode="json", exclude={"start", "end"}),
    )


def _message(owner: str, evaluation_id: str, position: int, message: ExportedMessage) -> ChatMessage:
    return ChatMessage(
        id=new_id(),
        owner=owner,
        evaluation=evaluation_id,
        position=position,
        changed=message.created,
        **message.model_dump(),
    )


def _reader_remark(owner: str, evaluation_id: str, remark: ExportedReaderRemark) -> SharedRemark:
    return SharedRemark(
        id=new_id(),
        owner=owner,
        evaluation=evaluation_id,
        name=remark.name,
        start_position=remark.start,
        end_position=remark.end,
        text=remark.text,
        made=remark.made,
    )
