"""A memo of an export as the rows that keep it, under new ids: what had the old ones may still be there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from memo_coach.services.clock import new_id
from memo_coach.services.data.checked_export import CheckedExport, CheckedMemo
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

MOST_ROWS: Final = 25
"""In one statement: more of them would hold up who else is answered."""


@dataclass(frozen=True, slots=True)
class NewMemo:
    """What a memo is to be here, whatever it was where it comes from."""

    id: str
    owner: str
    now: datetime


def rows_of(new: NewMemo, memo: CheckedMemo, export: CheckedExport) -> Iterator[list[Table]]:
    """Yield the rows of one table at a time; each refers to those before it alone."""
    yield [_memo(new, memo.fields)]
    yield [ImportedMemo(memo=new.id, source_sha256=memo.source, imported=new.now)]
    for version in export.versions(memo):
        yield [_version(new.id, version)]
    yield from _batches(_mark(new, mark) for mark in export.marks(memo))
    for evaluation in export.evaluations(memo):
        evaluation_id = new_id()
        yield [_evaluation(new, evaluation_id, evaluation, memo.characters[evaluation.version])]
        for table in _parts(new.owner, evaluation_id, evaluation):
            yield from _batches(table)


def _batches(rows: Iterator[Table]) -> Iterator[list[Table]]:
    while batch := list(islice(rows, MOST_ROWS)):
        yield batch


def _memo(new: NewMemo, memo: ExportedMemo) -> Memo:
    return Memo(
        id=new.id,
        owner=new.owner,
        title=memo.title,
        language=memo.language,
        words=memo.words,
        # A clock that was wrong elsewhere would keep it from ever getting old.
        created=min(memo.created, new.now),
        changed=min(memo.changed, new.now),
        draft_text=None if memo.draft is None else memo.draft.text,
        draft_rubric=memo.rubric,
        draft_saved=None if memo.draft is None else min(memo.draft.saved, new.now),
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


def _mark(new: NewMemo, mark: ExportedMark) -> RemarkMark:
    return RemarkMark(
        memo=new.id,
        key=mark.key,
        owner=new.owner,
        says=mark.says,
        passage=mark.passage,
        is_only=mark.is_only,
        state=mark.state,
        reason=mark.reason,
        version=mark.version,
        marked=mark.marked,
    )


def _evaluation(
    new: NewMemo, evaluation_id: str, evaluation: ExportedEvaluation, characters: int
) -> Evaluation:
    second = evaluation.second_opinion
    # It says that a model alone gave the score; what was made from what is not known here, so nothing that is
    # asked later is answered from it.
    is_models_alone = evaluation.judged_by == "llm" and evaluation.by_one_coach
    return Evaluation(
        id=evaluation_id,
        owner=new.owner,
        memo=new.id,
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
        characters=characters,
        removed_characters=evaluation.removed_characters,
        judged_by=evaluation.judged_by,
        model=evaluation.model,
        fallback_from=evaluation.fallback_from,
        cached=evaluation.cached,
        prompt_version=evaluation.prompt_version,
        cache_key=f"imported-{evaluation_id}" if is_models_alone else None,
        second_opinion=None if second is None else second.model_dump(mode="json"),
    )


def _parts(owner: str, evaluation_id: str, evaluation: ExportedEvaluation) -> Iterator[Iterator[Table]]:
    yield (_criterion(evaluation_id, *each) for each in enumerate(evaluation.criteria))
    yield (_comment(evaluation_id, comment) for comment in evaluation.comments)
    yield (_message(owner, evaluation_id, *each) for each in enumerate(evaluation.chat))
    yield (_reader_remark(owner, evaluation_id, remark) for remark in evaluation.reader_remarks)


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
