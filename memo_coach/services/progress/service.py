"""Progress: the scores of an owner over versions and over memos."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final, cast

from memo_coach.coaching.evaluation import CoachKind
from memo_coach.services.progress.trend import trend_of
from memo_coach.services.progress.views import (
    CriterionPoint,
    CriterionProgress,
    Judge,
    LineChoice,
    MemoChoice,
    ProgressLine,
    ProgressPoint,
    ProgressView,
    ScoreHistory,
    Weakness,
)
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.progress import (
    LineKey,
    ProgressRepository,
    StoredCriterion,
    StoredLine,
    StoredPoint,
    StoredWeakness,
)

MOST_POINTS: Final = 24
"""Of a line: so many can be told apart on a phone, and what is older says little of how one writes now."""
MOST_LINES: Final = 4
"""At once, of one rubric."""
MOST_CHOICES: Final = 60
"""Lines that can be chosen; more than so many coaches, rubrics and versions of rubrics nobody has."""
MOST_MEMOS: Final = 50
"""Memos whose versions can be chosen, the newest."""
MOST_WEAKNESSES: Final = 3
_LEAST_TIMES: Final = 2
"""What was found once is no habit."""


class ProgressService:
    """How the owners' scores go."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work

    async def of_owner(
        self, owner: str, *, rubric: str = "", judge: Judge | None = None, memo_id: str = ""
    ) -> ProgressView:
        """Return the progress with one rubric, over memos, or over the versions of the memo that is named.

        Only finished evaluations with a score count. Without ``rubric``, and where the owner has no score
        with it, it is the one that was used last; without ``judge`` all are shown, each in a line of its own.
        A memo that is not the owner's, or has no two versions to compare, is as good as none.

        Raises:
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            progress = ProgressRepository(session)
            found = await progress.lines(owner, MOST_CHOICES)
            memos = [MemoChoice(each.id, each.title) for each in await progress.memos(owner, MOST_MEMOS)]
            memo = next((each for each in memos if each.memo_id == memo_id), None)
            chosen = _chosen(found, rubric, judge)
            points = await progress.points(
                owner,
                [line.key for line in chosen],
                memo_id=memo.memo_id if memo else None,
                limit=MOST_POINTS,
            )
            shown = [point.evaluation for point in points]
            criteria = await progress.criteria(owner, shown) if shown else []
            points = _in_one_order(points, by_version=memo is not None)
            weaknesses = (
                await progress.weaknesses(owner, shown, least=_LEAST_TIMES, limit=MOST_WEAKNESSES)
                if shown
                else []
            )
        return ProgressView(
            evaluations=sum(line.evaluations for line in found),
            choices=tuple(_choice(line) for line in found),
            memos=tuple(memos),
            rubric=chosen[0].key.rubric if chosen else "",
            memo=memo,
            lines=tuple(_lines([line.key for line in chosen], points, criteria, weaknesses)),
            places=_places(points, by_version=memo is not None),
        )

    async def before(self, owner: str, evaluation_id: str) -> ScoreHistory | None:
        """Return the score of an evaluation after those of the versions before it.

        They are by the same judge and rubric. ``None`` where there is no earlier one, or the evaluation has
        no score of its own.

        Raises:
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            found = await ProgressRepository(session).before(owner, evaluation_id, MOST_POINTS)
        if len(found) < 2 or found[-1][1] != evaluation_id:
            return None
        return ScoreHistory(tuple((version, score) for version, _, score in found))


def _chosen(lines: Sequence[StoredLine], rubric: str, judge: Judge | None) -> list[StoredLine]:
    """Return the lines to be shown, the newest first."""
    of_judge = [line for line in lines if judge is None or _judge(line.key) == judge] or lines
    of_rubric = [line for line in of_judge if line.key.rubric == rubric]
    if of_judge and not of_rubric:
        of_rubric = [line for line in of_judge if line.key.rubric == of_judge[0].key.rubric]
    return of_rubric[:MOST_LINES]


def _judge(key: LineKey) -> Judge:
    return Judge(cast("CoachKind", key.judged_by), key.model)


def _choice(line: StoredLine) -> LineChoice:
    return LineChoice(_judge(line.key), line.key.rubric, line.key.rubric_version, line.evaluations)


def _lines(
    keys: Sequence[LineKey],
    points: Sequence[StoredPoint],
    criteria: Iterable[StoredCriterion],
    weaknesses: Sequence[StoredWeakness],
) -> Iterable[ProgressLine]:
    scored = defaultdict(list)
    for criterion in criteria:
        scored[criterion.evaluation].append(criterion)
    for key in keys:
        of_line = [point for point in points if point.key == key]
        if not of_line:
            continue
        of_criteria = _criteria([each for point in of_line for each in scored[point.evaluation]], of_line)
        names = {criterion.id: criterion.name for criterion in of_criteria}
        yield ProgressLine(
            judge=_judge(key),
            rubric=key.rubric,
            rubric_version=key.rubric_version,
            evaluations=of_line[0].line_evaluations,
            total_points=of_line[0].line_points,
            points=tuple(_point(point) for point in of_line),
            best_score=of_line[0].best_score,
            trend=trend_of([point.score for point in of_line]),
            criteria=of_criteria,
            weaknesses=tuple(
                _weakness(each, names.get(each.criterion, each.criterion))
                for each in weaknesses
                if each.key == key
            ),
        )


def _criteria(
    found: Sequence[StoredCriterion], points: Sequence[StoredPoint]
) -> tuple[CriterionProgress, ...]:
    """Return the criteria of a line; ``found`` has those of one evaluation after those of another."""
    order = {point.evaluation: place for place, point in enumerate(points)}
    by_criterion = sorted(found, key=lambda each: (each.position, each.criterion, order[each.evaluation]))
    criteria = []
    for criterion, group in groupby(by_criterion, key=lambda each: each.criterion):
        scores = list(group)
        criteria.append(
            CriterionProgress(
                id=criterion,
                name=scores[-1].name,
                points=tuple(CriterionPoint(each.evaluation, each.score) for each in scores),
                trend=trend_of([each.score for each in scores]),
            )
        )
    return tuple(criteria)


def _point(point: StoredPoint) -> ProgressPoint:
    return ProgressPoint(point.evaluation, point.memo, point.title, point.version, point.score)


def _weakness(found: StoredWeakness, name: str) -> Weakness:
    return Weakness(
        criterion=found.criterion,
        criterion_name=name,
        finding=found.finding,
        times=found.times,
        comment=found.comment,
    )


def _in_one_order(points: Sequence[StoredPoint], *, by_version: bool) -> list[StoredPoint]:
    """Return the points of all lines by version, or by when the memo was first evaluated in any of them."""
    if by_version:
        return sorted(points, key=lambda each: each.version)
    began = {each.memo: each.began for each in sorted(points, key=lambda each: each.began, reverse=True)}
    return sorted(points, key=lambda each: (began[each.memo], each.memo))


def _places(points: Sequence[StoredPoint], *, by_version: bool) -> tuple[ProgressPoint, ...]:
    """Return each memo, or version, of ordered points once, the newest :data:`MOST_POINTS` of them."""
    places = {(each.version if by_version else each.memo): _point(each) for each in points}
    return tuple(places.values())[-MOST_POINTS:]
