"""The list of a writer's memos."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, cast

from memo_coach.services.accounts.visitors import note_visit
from memo_coach.services.clock import now
from memo_coach.services.errors import NotFound
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.quotas import MOST_MEMOS
from memo_coach.services.views import EvaluationStatus, EvaluationSummary, MemoSummary
from memo_coach.storage.repositories.evaluations import EvaluationLine, EvaluationRepository
from memo_coach.storage.repositories.memos import MemoRepository

TOLD_BEFORE: Final = timedelta(days=30)
"""A memo that is deleted because nobody uses it says so as long before."""


class MemoService:
    """The memos of the owners."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        stop_work: Callable[[str], None],
        kept_unused: timedelta | None = None,
    ) -> None:
        """``stop_work`` is told the id of each evaluation that is deleted.

        ``kept_unused`` is for how long a memo is kept that nobody uses; ``None`` is for ever.
        """
        self._unit_of_work = unit_of_work
        self._stop_work = stop_work
        self._kept_unused = kept_unused

    async def list(self, owner: str) -> tuple[MemoSummary, ...]:
        """List the memos, the one that changed last first."""
        await note_visit(self._unit_of_work, owner, now())
        async with self._unit_of_work.read() as session:
            lines = await MemoRepository(session).lines(owner, MOST_MEMOS)
            found = await EvaluationRepository(session).lines_of(owner, [line.id for line in lines])
            used = await self._last_used(MemoRepository(session), owner)
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
                going=self._going(used.get(line.id)),
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

    async def _last_used(self, memos: MemoRepository, owner: str) -> dict[str, datetime]:
        return {} if self._kept_unused is None else await memos.last_used(owner)

    def _going(self, used: datetime | None) -> datetime | None:
        """Return when a memo goes, where that is soon; what is due already goes with the next sweep."""
        if used is None or self._kept_unused is None:
            return None
        going = used + self._kept_unused
        return going if going - now() <= TOLD_BEFORE else None

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
