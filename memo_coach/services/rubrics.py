"""The rubrics that writers may choose from."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from memo_coach.coaching.rubric.model import Rubric
from memo_coach.services.administration.documents_in_force import DocumentsInForce, Snapshot, as_shipped
from memo_coach.services.errors import UnknownRubric
from memo_coach.storage.engine.sqlite_file import DatabaseUnusable
from memo_coach.translations import text


class RubricService:
    """The rubrics of the installation, as administrators made them. Nobody waits for the database here."""

    def __init__(self, in_force: DocumentsInForce | None = None) -> None:
        """Without ``in_force`` they are those that come with the product."""
        self._in_force = in_force

    async def renew(self) -> None:
        """Look up what holds now; where something begins that rests on it.

        Raises:
            SQLAlchemyError, DatabaseUnusable: the database cannot be used.
        """
        if self._in_force is not None:
            await self._in_force.renew()

    async def renewed(self) -> None:
        """Look up what holds now, where the database can be used; what held last stays where it cannot."""
        if self._in_force is not None:
            await self._in_force.renewed()

    def all(self) -> tuple[Rubric, ...]:
        """Return the rubrics that are offered, the default one first."""
        return self._snapshot.rubrics

    def offered(self, rubric_id: str) -> Rubric:
        """Return a rubric that is offered.

        Raises:
            UnknownRubric: none that is offered has the id.
        """
        for rubric in self.all():
            if rubric.id == rubric_id:
                return rubric
        raise self._unknown(rubric_id)

    def get(self, rubric_id: str) -> Rubric:
        """Return a rubric, also one that is retired, for what was written for it.

        Raises:
            UnknownRubric: none has the id.
        """
        found = self._snapshot.rubric(rubric_id)
        if found is None:
            raise self._unknown(rubric_id)
        return found

    async def of_version(self, rubric_id: str, version: str | None) -> Rubric:
        """Return a rubric as it was when it judged, or as it is now where that version is gone.

        Raises:
            UnknownRubric: none has the id.
            SQLAlchemyError, DatabaseUnusable: the database cannot be used.
        """
        earlier = None
        if self._in_force is not None and version:
            earlier = await self._in_force.rubric_of(rubric_id, version)
        return earlier or self.get(rubric_id)

    async def remember(self, rubric_id: str, version: str | None) -> None:
        """Read a rubric as it was when it judged, so that :meth:`known` knows it, where that can be."""
        with suppress(UnknownRubric, SQLAlchemyError, DatabaseUnusable):
            await self.of_version(rubric_id, version)

    def known(self, rubric_id: str, version: str | None) -> Rubric:
        """Return a rubric as it was when it judged, or as it is now where that was not read.

        Raises:
            UnknownRubric: none has the id.
        """
        earlier = None
        if self._in_force is not None and version:
            earlier = self._in_force.known_rubric(rubric_id, version)
        return earlier or self.get(rubric_id)

    @property
    def _snapshot(self) -> Snapshot:
        return as_shipped() if self._in_force is None else self._in_force.snapshot

    def _unknown(self, rubric_id: str) -> UnknownRubric:
        known = ", ".join(rubric.id for rubric in self.all())
        return UnknownRubric(text("problem.unknown_rubric", rubric=rubric_id, known=known))
