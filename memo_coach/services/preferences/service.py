"""What a writer starts with: the rubric and the coach that are taken where they choose none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

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
        await self._rubrics.renewed()
        kinds = await self._coach_kinds(owner)
        usual = PreferencesView(self._rubrics.all()[0].id, kinds[0])
        if stored is None:
            return usual
        rubrics = {rubric.id for rubric in self._rubrics.all()}
        return PreferencesView(
            rubric=stored.rubric if stored.rubric in rubrics else usual.rubric,
            coach=stored.coach if stored.coach in kinds else usual.coach,
        )

    def of_nobody(self) -> PreferencesView:
        """Return what the installation itself starts with."""
        return PreferencesView(self._rubrics.all()[0].id, self._coaches.offers()[0].kind)

    async def choose_rubric(self, owner: str, rubric: str) -> None:
        """Keep the rubric that the owner starts with.

        Raises:
            UnknownRubric: there is no such rubric.
            Unavailable: the database cannot be used.
        """
        await self._rubrics.renewed()
        self._rubrics.offered(rubric)
        await self._keep(owner, rubric=rubric)

    async def choose_coach(self, owner: str, coach: str) -> None:
        """Keep the coach that the owner starts with.

        Raises:
            UnknownCoach: this installation has no such coach, or not for them.
            Unavailable: the database cannot be used.
        """
        if coach not in await self._coach_kinds(owner):
            raise UnknownCoach(sentence("problem.no_such_coach"))
        await self._keep(owner, coach=coach)

    async def choose_where_none(
        self, session: AsyncSession, owner: str, *, rubric: str | None, coach: str | None, moment: datetime
    ) -> None:
        """Keep what was imported where the owner chose none; what is not there (any more) is left out.

        It is within a transaction that locks the owner.
        """
        preferences = PreferencesRepository(session)
        stored = await preferences.get(owner)
        rubrics = {each.id for each in self._rubrics.all()}
        new_rubric = rubric if rubric in rubrics and not (stored and stored.rubric) else None
        kinds = [offer.kind for offer in self._coaches.offers()]
        new_coach = coach if coach in kinds and not (stored and stored.coach) else None
        if new_rubric or new_coach:
            await preferences.keep(owner, moment, rubric=new_rubric, coach=new_coach)

    async def _keep(self, owner: str, **chosen: str) -> None:
        moment = now()
        async with self._unit_of_work.write(adds=True) as session:
            await VisitorRepository(session).lock_or_create(owner, moment)
            await PreferencesRepository(session).keep(owner, moment, **chosen)

    async def _coach_kinds(self, owner: str) -> list[str]:
        """Return the kinds of coach that an owner may choose, the default one first."""
        return [offer.kind for offer in await self._coaches.offers_to(owner)]
