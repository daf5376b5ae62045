"""How far a coach agrees with memos that an administrator has graded, by one or several versions of a rubric.

Nothing is stored. One is measured after the other, and each memo waits its turn among those of the writers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from memo_coach.coaching.errors import CoachingError
from memo_coach.coaching.evaluation import Attributed, CoachKind, CriterionJudged, OverallJudged
from memo_coach.coaching.measure.annotated import GradedMemo
from memo_coach.coaching.measure.figures import Agreement
from memo_coach.coaching.measure.grading import Grades, compare_grades
from memo_coach.coaching.rubric.model import Rubric, localised
from memo_coach.services.administration.graded_memos import GradedMemos, LeftOut
from memo_coach.services.coaches.service import BUILTIN, MODEL, Coaches, CoachRequest
from memo_coach.services.errors import ServiceError, TooMany
from memo_coach.services.memos.input import check_readable, metadata_of, submitted_text
from memo_coach.translations import current_language, number, text
from memo_coach.translations.sentences import spoken

LONGEST_SECONDS: Final = 600.0
"""For all memos together. Two hundred long ones take the built-in coach four minutes."""
MOST_AT_ONCE: Final = 2


class NoneToCompare(ServiceError):
    """No memo was graded by the rubric."""


class AgreementTimedOut(ServiceError):
    """The coach did not come through all memos in time."""


@dataclass(frozen=True, slots=True)
class CriterionAgreement:
    """A criterion of the rubric, or one that it does not have any more."""

    name: str
    agreement: Agreement | None
    """``None`` where no memo has a score of both."""


@dataclass(frozen=True, slots=True)
class RubricAgreement:
    """How far the coach agrees by one rubric."""

    overall: Agreement | None
    criteria: tuple[CriterionAgreement, ...]


@dataclass(frozen=True, slots=True)
class AgreementView:
    """How far the coach agrees."""

    coach: CoachKind
    memos: int
    """That were judged."""
    by_rubric: tuple[RubricAgreement, ...]
    """In the order of the rubrics that were asked about."""
    of_other_rubrics: int
    """Memos that were graded by another rubric."""
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class AgreementCost:
    """What measuring a model would take at most, where no answer has to be mended."""

    model: str
    answers: int
    prompt_tokens: int
    usd: float


@dataclass(frozen=True, slots=True)
class JudgedSoFar:
    """How many of the memos have been judged."""

    done: int
    total: int


class AgreementService:
    """Measures coaches on graded memos."""

    def __init__(self, coaches: Coaches) -> None:
        self._coaches = coaches
        self._measuring = 0

    @property
    def model(self) -> str | None:
        """The model that can be measured, where one is configured."""
        return next((each.model for each in self._coaches.offers() if each.kind == MODEL), None)

    async def estimate(self, graded: GradedMemos, rubrics: Sequence[Rubric]) -> AgreementCost | None:
        """Return the most that measuring the model would cost; ``None`` where that is not known yet.

        Raises:
            UnknownCoach: no model is configured.
        """
        self._coaches.kind(MODEL)
        cost = AgreementCost(self.model or "", 0, 0, 0.0)
        for memo in _of_rubric(graded.memos, rubrics[0]):
            for rubric in rubrics:
                try:
                    found = await self._coaches.estimate(_request(memo, rubric))
                except ServiceError:
                    continue  # told when it is its turn
                if found is None:
                    return None
                cost = AgreementCost(
                    cost.model,
                    cost.answers + 1,
                    cost.prompt_tokens + found.prompt_tokens,
                    cost.usd + found.cost_usd,
                )
        return cost

    async def measure(
        self, graded: GradedMemos, rubrics: Sequence[Rubric], *, coach: CoachKind = BUILTIN
    ) -> AsyncIterator[JudgedSoFar | AgreementView]:
        """Have the memos judged by some versions of a rubric; yield how far it is, and at last the result.

        Closing it ends the work.

        Raises:
            NoneToCompare: no memo was graded by the rubric.
            TooMany: as many are being measured as may be.
            AgreementTimedOut: it took too long.
            UnknownCoach: there is no coach of the kind.
        """
        kind = self._coaches.kind(coach)
        memos = _of_rubric(graded.memos, rubrics[0])
        if not memos:
            raise NoneToCompare(text("agreement.none_of_rubric", rubric=rubrics[0].id))
        if self._measuring >= MOST_AT_ONCE:
            raise TooMany(text("agreement.too_many_at_once", most=number(MOST_AT_ONCE)))
        self._measuring += 1
        try:
            deadline = asyncio.get_running_loop().time() + LONGEST_SECONDS
            grades: list[list[Grades]] = [[] for _ in rubrics]
            left_out = list(graded.left_out)
            for done, memo in enumerate(memos, 1):
                try:
                    async with asyncio.timeout_at(deadline):
                        given = [await self._graded(kind, memo, rubric) for rubric in rubrics]
                except TimeoutError:
                    raise AgreementTimedOut(
                        text("agreement.timed_out", minutes=number(LONGEST_SECONDS / 60))
                    ) from None
                except (ServiceError, CoachingError) as error:
                    left_out.append(LeftOut(memo.name, f"{memo.name}: {spoken(error)}"))
                else:
                    for own, each in zip(grades, given, strict=True):
                        own.append(each)
                yield JudgedSoFar(done, len(memos))
            yield AgreementView(
                coach=kind,
                memos=len(grades[0]),
                by_rubric=tuple(map(_agreement, rubrics, grades)),
                of_other_rubrics=len(graded.memos) - len(memos),
                left_out=tuple(left_out),
            )
        finally:
            self._measuring -= 1

    async def _graded(self, kind: CoachKind, memo: GradedMemo, rubric: Rubric) -> Grades:
        request = _request(memo, rubric)
        if kind == BUILTIN:
            check_readable(request.text, None)
        criteria: dict[str, float | None] = {}
        overall: float | None = None
        async with aclosing(self._coaches.events(kind, request)) as events:
            async for event in events:
                match event:
                    case CriterionJudged(criterion):
                        criteria[criterion.id] = criterion.score
                    case OverallJudged(judgement):
                        overall = judgement.score
                    case Attributed(provenance) if provenance.fallback_from is not None:
                        # Another coach's scores say nothing of this one's.
                        raise CoachSilent(text("agreement.no_answer"))
                    case _:
                        pass
        return Grades(memo, overall, criteria)


class CoachSilent(ServiceError):
    """The model gave no usable answer."""


def _of_rubric(memos: Sequence[GradedMemo], rubric: Rubric) -> list[GradedMemo]:
    return [memo for memo in memos if memo.rubric == rubric.id]


def _request(memo: GradedMemo, rubric: Rubric) -> CoachRequest:
    submitted = submitted_text(memo.text)
    return CoachRequest(submitted, metadata_of(submitted).language, rubric)


def _agreement(rubric: Rubric, grades: Sequence[Grades]) -> RubricAgreement:
    compared = compare_grades(grades)
    names = {each.id: localised(each.name, current_language()) for each in rubric.criteria}
    return RubricAgreement(
        compared.overall,
        tuple(CriterionAgreement(name, compared.criteria.get(key)) for key, name in names.items()),
    )
