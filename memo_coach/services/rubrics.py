"""The rubrics that writers may choose from."""

from __future__ import annotations

from memo_coach.coaching import errors as coaching
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.rubric.reader import shipped_rubric, shipped_rubrics
from memo_coach.services.errors import UnknownRubric
from memo_coach.translations import text


class RubricService:
    """The rubrics that come with the product."""

    def all(self) -> tuple[Rubric, ...]:
        """Return the rubrics, the default one first."""
        return shipped_rubrics()

    def get(self, rubric_id: str) -> Rubric:
        """Return a rubric.

        Raises:
            UnknownRubric: none has the id.
        """
        try:
            return shipped_rubric(rubric_id)
        except coaching.UnknownRubric as error:
            known = ", ".join(rubric.id for rubric in shipped_rubrics())
            raise UnknownRubric(text("problem.unknown_rubric", rubric=rubric_id, known=known)) from error
