"""What a writer starts with: the rubric and the coach that are taken where they choose none."""

from __future__ import annotations

from dataclasses import dataclass

from memo_coach.services.clock import now
from memo_coach.services.coaches.service import Coaches
from memo_coach.services.errors import UnknownCoach
from memo_coach.services.rubrics import RubricService
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.preferences import PreferencesRepository
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.translations.sentences import sentence


@dataclass(frozen=True, slots=True)
class PreferencesView:
    """What a writer starts with; both are ones that there are."""

    rubric: str
    coach: str


class PreferenceService:
    """The preferences of the owners."""

    def __init__(self, unit_of_work: UnitOfWork, rubrics: RubricService, coaches: Coaches) -> None:
        self._unit_of_work = unit_of_work
        self._rubrics = rubrics
        self._coaches = coaches

    async def of_owner(self, owner: str) -> PreferencesView:
        """Return what the owner chose, or the installation's own where that is not there (any more).

        Raises:
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            stored = await PreferencesRepository(session).get(owner)
        rubrics = [rubric.id for rubric in self._rubrics.all()]
        coaches = self._coach_kinds()
        return PreferencesView(
            rubric=stored.rubric if stored and stored.rubric in rubrics else rubrics[0],
            coach=stored.coach if stored and stored.coach in coaches else coaches[0],
        )

    async def choose_rubric(self, owner: str, rubric: str) -> None:
        """Keep the rubric that the owner starts with.

        Raises:
            UnknownRubric: there is no such rubric.
            Unavailable: the database cannot be used.
        """
        self._rubrics.get(rubric)
        await self._keep(owner, rubric=rubric)

    async def choose_coach(self, owner: str, coach: str) -> None:
        """Keep the coach that the owner starts with.

        Raises:
            UnknownCoach: this installation has no such coach.
            Unavailable: the database cannot be used.
        """
        if coach not in self._coach_kinds():
            raise UnknownCoach(sentence("problem.no_such_coach"))
        await self._keep(owner, coach=coach)

    async def _keep(self, owner: str, **chosen: str) -> None:
        moment = now()
        async with self._unit_of_work.write(adds=True) as session:
            await VisitorRepository(session).lock_or_create(owner, moment)
            await PreferencesRepository(session).keep(owner, moment, **chosen)

    def _coach_kinds(self) -> list[str]:
        """Return the kinds of coach that there are, the default one first."""
        return [offer.kind for offer in self._coaches.offers()]
