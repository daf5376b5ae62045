"""An evaluation as something that is followed: in the database, and in the workers of this process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from memo_coach.services.evaluations.progress import SoFar
from memo_coach.services.views import FINISHED, EvaluationView


@dataclass(frozen=True, slots=True)
class EvaluationSource:
    """One evaluation of an owner's; a :class:`memo_coach.services.streaming.Source`."""

    whole: Callable[[], Awaitable[EvaluationView]]
    """Reads it from the database."""
    state: Callable[[], Awaitable[tuple[str, int]]]
    """Reads only its status and number of changes there: of two that are equal, neither is newer."""
    live: Callable[[], SoFar | None]
    """Returns what a worker of this process has."""

    async def read(self) -> EvaluationView:
        """Return it as the database has it."""
        return await self.whole()

    async def look(self, known: EvaluationView) -> EvaluationView:
        """Return it as the database has it: ``known`` itself where that is still all."""
        return known if await self.state() == (known.status, known.changes) else await self.whole()

    def growing(self, known: EvaluationView) -> SoFar | None:
        """Return what a worker of this process has."""
        return self.live()

    def is_waiting(self, view: EvaluationView) -> bool:
        """Whether no worker has taken it yet."""
        return view.status == "queued"

    def is_over(self, view: EvaluationView) -> bool:
        """Whether it is finished."""
        return view.status in FINISHED
