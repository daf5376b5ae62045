"""The list of a writer's memos."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import cast

from memo_coach.services.accounts.visitors import note_visit
from memo_coach.services.clock import now
from memo_coach.services.errors import NotFound
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.quotas import MOST_MEMOS
from memo_coach.services.views import EvaluationStatus, EvaluationSummary, MemoSummary
from memo_coach.storage.repositories.evaluations import EvaluationLine, EvaluationRepository
from memo_coach.storage.repositories.memos import MemoRepository


class MemoService:
    """The memos of the owners."""

    def __init__(self, unit_of_work: UnitOfWork, stop_work: Callable[[str], None]) -> None:
        """``stop_work`` is told the id of each evaluation that is deleted."""
        self._unit_of_work = unit_of_work
        self._stop_work = stop_work

    async def list(self, owner: str) -> tuple[MemoSummary, ...]:
        """List the memos, the one that changed last first."""
        await note_visit(self._unit_of_work, owner, now())
        async with self._unit_of_work.read() as session:
            lines = await MemoRepository(session).lines(owner, MOST_MEMOS)
            found = await EvaluationRepository(session).lines_of(owner, [line.id for line in lines])
        evaluations = defaultdict(list)
        for evaluation in found:
            evaluations[evaluation.memo].append(_summary(evaluation))
        return tuple(
            MemoSummary(
                memo_id=line.id,
                title=line.title,
                language=line.language,
                words=line.words,
                changed=line.changed,
                versions=line.versions,
                has_unsubmitted_draft=line.has_draft,
                evaluations=tuple(evaluations[line.id]),
            )
            for line in lines
        )

    async def evaluations(self, owner: str, memo_id: str) -> tuple[EvaluationSummary, ...]:
        """List the evaluations of a memo, the newest first; none where the owner has no such memo.

        Raises:
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            lines = await EvaluationRepository(session).lines_of(owner, [memo_id])
        return tuple(_summary(line) for line in lines)

    async def delete(self, owner: str, memo_id: str) -> None:
        """Delete a memo with its draft, versions and evaluations, running ones included, for good.

        Raises:
            NotFound: the owner has no such memo.
        """
        async with self._unit_of_work.write() as session:
            lost = await EvaluationRepository(session).lines_of(owner, [memo_id])
            if not await MemoRepository(session).delete(owner, memo_id):
                raise NotFound
        for evaluation in lost:
            self._stop_work(evaluation.id)


def _summary(line: EvaluationLine) -> EvaluationSummary:
    return EvaluationSummary(
        evaluation_id=line.id,
        version=line.version,
        status=cast("EvaluationStatus", line.status),
        rubric=line.rubric,
        score=line.score,
        created=line.created,
    )
