"""What a rubric that is not saved yet would make of memos: scores beside those of the rubric that holds.

The built-in coach judges by both, so that what differs is the rubric's doing. Nothing is stored.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from memo_coach.coaching.computing import compute
from memo_coach.coaching.errors import CoachingError
from memo_coach.coaching.evaluation import Evaluation
from memo_coach.coaching.memo.language import SUPPORTED_LANGUAGES
from memo_coach.coaching.memo.parser import parse_memo
from memo_coach.coaching.rubric.model import Rubric
from memo_coach.coaching.samples import samples
from memo_coach.services.coaches.builtin_executor import BuiltinExecutor
from memo_coach.services.errors import UnknownRubric
from memo_coach.services.evaluations.mapping import evaluation_view
from memo_coach.services.rubrics import RubricService
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.views import Usage
from memo_coach.storage.repositories.evaluations import EvaluationRepository

MOST_EVALUATIONS: Final = 20
_STAND_IN: Final = "decision-memo"
"""Whose samples are judged where a rubric has none."""


@dataclass(frozen=True, slots=True)
class CriterionCompared:
    """A criterion by both rubrics; ``None`` where one does not have it or cannot judge it."""

    name: str
    saved: float | None
    unsaved: float | None


@dataclass(frozen=True, slots=True)
class MemoCompared:
    """A memo by both rubrics."""

    title: str
    stored: float | None
    """The score of the evaluation that was looked up; ``None`` for a sample."""
    saved: float | None
    """The built-in coach's, by the rubric that holds; ``None`` where none holds."""
    unsaved: float | None
    criteria: tuple[CriterionCompared, ...]


@dataclass(frozen=True, slots=True)
class _Memo:
    title: str
    text: str
    language: str
    stored: float | None = None


class RubricPreview:
    """Judges memos by rubrics that are not saved."""

    def __init__(self, unit_of_work: UnitOfWork, rubrics: RubricService, executor: BuiltinExecutor) -> None:
        self._unit_of_work = unit_of_work
        self._rubrics = rubrics
        self._executor = executor

    async def samples(self, rubric: Rubric, language: str) -> AsyncIterator[MemoCompared]:
        """Yield the rubric's sample memos, judged by both."""
        for sample in samples(rubric.id, language) or samples(_STAND_IN, language):
            yield await self._compared(rubric, _Memo(sample.title, sample.text, sample.language), language)

    async def evaluations(self, owner: str, rubric: Rubric, language: str) -> AsyncIterator[MemoCompared]:
        """Yield the memos of the owner's newest evaluations by the rubric, judged again by both.

        Raises:
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            found = await EvaluationRepository(session).newest_by_rubric(owner, rubric.id, MOST_EVALUATIONS)
        for evaluation_id in found:
            async with self._unit_of_work.read() as session:
                stored = await EvaluationRepository(session).whole(owner, evaluation_id)
            if stored is None or stored.version.language not in SUPPORTED_LANGUAGES:
                continue  # it was deleted meanwhile, or only a model can read it
            view = evaluation_view(stored, Usage())
            score = None if view.overall is None else view.overall.score
            memo = _Memo(view.title, view.text, view.language, score)
            yield await self._compared(rubric, memo, language)

    async def _compared(self, rubric: Rubric, memo: _Memo, spoken: str) -> MemoCompared:
        unsaved = await self._judged(rubric, memo)
        try:
            saved = await self._judged(self._rubrics.get(rubric.id), memo)
        except UnknownRubric:
            saved = None
        before = {} if saved is None else {each.id: each.score for each in saved.criteria}
        after = {} if unsaved is None else {each.id: each.score for each in unsaved.criteria}
        names = {each.id: each.name.get(spoken) or each.name["en"] for each in rubric.criteria}
        for each in () if saved is None else saved.criteria:
            names.setdefault(each.id, each.name)
        return MemoCompared(
            memo.title,
            memo.stored,
            None if saved is None else saved.overall.score,
            None if unsaved is None else unsaved.overall.score,
            tuple(CriterionCompared(name, before.get(key), after.get(key)) for key, name in names.items()),
        )

    async def _judged(self, rubric: Rubric, memo: _Memo) -> Evaluation | None:
        try:
            parsed = await compute(len(memo.text), partial(parse_memo, memo.text, memo.language))
            return await self._executor.read(parsed, rubric)
        except CoachingError:
            return None  # a memo that it cannot read keeps its place in the list
