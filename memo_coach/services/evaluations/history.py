"""The list of a writer's evaluations, the newest first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.views import EvaluationStatus
from memo_coach.storage.repositories.evaluations import EvaluationRepository


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the list somebody is: behind the evaluation that was made then."""

    created: datetime
    evaluation_id: str


@dataclass(frozen=True, slots=True)
class ListedEvaluation:
    """A line in the list."""

    evaluation_id: str
    memo_id: str
    version: int
    status: EvaluationStatus
    rubric: str
    score: float | None
    created: datetime


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A part of the list."""

    evaluations: tuple[ListedEvaluation, ...]
    next: Place | None
    """Where the next part begins; ``None`` where this is the last."""


class EvaluationHistory:
    """The lists of the owners."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work

    async def page(
        self, owner: str, limit: int, *, after: Place | None = None, memo_id: str | None = None
    ) -> HistoryPage:
        """Return the next ``limit`` evaluations after a place, of all memos or of one.

        Raises:
            Unavailable: the database cannot be used.
        """
        behind = None if after is None else (after.created, after.evaluation_id)
        async with self._unit_of_work.read() as session:
            lines = await EvaluationRepository(session).latest(owner, limit + 1, behind, memo_id)
        shown = tuple(
            ListedEvaluation(
                evaluation_id=line.id,
                memo_id=line.memo,
                version=line.version,
                status=cast("EvaluationStatus", line.status),
                rubric=line.rubric,
                score=line.score,
                created=line.created,
            )
            for line in lines[:limit]
        )
        last = Place(shown[-1].created, shown[-1].evaluation_id) if len(lines) > limit else None
        return HistoryPage(shown, last)
