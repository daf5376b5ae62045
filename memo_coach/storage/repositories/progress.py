"""The scores of an owner over time, worked out by the database. Every method takes the owner.

A line is what may be compared: the same judge (the built-in coach, or one model), the same rubric, the same
version of it. An evaluation that two coaches shared, because a model's answer broke off, is in no line:
neither judged it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    Integer,
    Subquery,
    and_,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from memo_coach.storage.engine.ordering import by_bytes
from memo_coach.storage.repositories.ownership import owned
from memo_coach.storage.tables import CommentRow, CriterionRow, Evaluation, Memo
from memo_coach.storage.tables.base import table_of

_ROWS = table_of(Evaluation)


def _scored(rows: FromClause) -> ColumnElement[bool]:
    """Whether evaluations have scores that can be compared: the condition of the index on them.

    Its values are written out: only so SQLite sees that the index will do.
    """
    return and_(
        rows.c.status == literal_column("'done'"),
        rows.c.score.is_not(None),
        or_(rows.c.judged_by == literal_column("'builtin'"), rows.c.cache_key.is_not(None)),
    )


_IS_SCORED: Final = _scored(_ROWS)
# In the order of that index, so that nothing is sorted to be put together.
_LINE: Final = (_ROWS.c.rubric, _ROWS.c.rubric_version, _ROWS.c.judged_by, _ROWS.c.model)


@dataclass(frozen=True, slots=True)
class LineKey:
    """What makes scores comparable. ``model`` is ``None`` for the built-in coach."""

    rubric: str
    rubric_version: str
    judged_by: str
    model: str | None


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line, and how much there is of it."""

    key: LineKey
    evaluations: int
    newest: datetime


@dataclass(frozen=True, slots=True)
class StoredPoint:
    """The newest score of a memo, or of a version of one, in a line; and what that line has."""

    key: LineKey
    evaluation: str
    memo: str
    version: int
    score: float
    began: datetime
    """When the memo, or the version, was first evaluated: the points of all lines are in this order."""
    title: str
    best_score: float
    line_evaluations: int
    line_points: int


@dataclass(frozen=True, slots=True)
class StoredCriterion:
    """The score of a criterion at one point."""

    evaluation: str
    criterion: str
    name: str
    position: int
    score: float


@dataclass(frozen=True, slots=True)
class StoredWeakness:
    """A kind of opportunity in a line: at how many points it was found, and what was said of it last."""

    key: LineKey
    criterion: str
    finding: str
    """Empty for a model's: then the criterion is all that is known of its kind."""
    times: int
    comment: str


@dataclass(frozen=True, slots=True)
class MemoChoice:
    """A memo with versions to compare."""

    id: str
    title: str


class ProgressRepository:
    """Reads scores over versions and memos; what comes of them is bounded, however many there are."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def _rows(self, statement: Executable) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self._session.execute(statement)]

    async def lines(self, owner: str, limit: int) -> list[StoredLine]:
        """List the lines of an owner, the one with the newest evaluation first."""
        newest = func.max(_ROWS.c.created)
        statement = (
            select(*_LINE, func.count(), newest)
            .where(owned(_ROWS.c.owner, owner), _IS_SCORED)
            .group_by(*_LINE)
            .order_by(newest.desc(), *(by_bytes(column) for column in _LINE))
            .limit(limit)
        )
        return [StoredLine(_key(row), *row[4:]) for row in await self._rows(statement)]

    async def memos(self, owner: str, limit: int) -> list[MemoChoice]:
        """List the memos of which some line has two versions or more, the newest evaluation first."""
        # By line first, in the order of the index; by memo alone SQLite would go through everybody's.
        of_lines = (
            select(_ROWS.c.memo, func.max(_ROWS.c.created).label("newest"))
            .where(owned(_ROWS.c.owner, owner), _IS_SCORED)
            .group_by(*_LINE, _ROWS.c.memo)
            .having(func.min(_ROWS.c.version) < func.max(_ROWS.c.version))
            .subquery()
        )
        newest = func.max(of_lines.c.newest)
        several = (
            select(of_lines.c.memo, newest.label("newest"))
            .group_by(of_lines.c.memo)
            .order_by(newest.desc(), by_bytes(of_lines.c.memo))
            .limit(limit)
            .subquery()
        )
        statement = (
            select(col(Memo.id), col(Memo.title))
            .join(several, several.c.memo == col(Memo.id))
            .where(owned(col(Memo.owner), owner))
            .order_by(several.c.newest.desc(), by_bytes(col(Memo.id)))
        )
        return [MemoChoice(*row) for row in await self._rows(statement)]

    async def points(
        self, owner: str, keys: Sequence[LineKey], *, memo_id: str | None, limit: int
    ) -> list[StoredPoint]:
        """Return the newest points of lines, at most ``limit`` of each, in the order in which they began.

        A point is a memo, by the newest evaluated version of it; of one memo it is a version, by its newest
        evaluation.
        """
        if not keys:
            return []
        each, same_memo = (
            (_ROWS.c.memo, true()) if memo_id is None else (_ROWS.c.version, _ROWS.c.memo == memo_id)
        )
        ranked = _ranked(and_(owned(_ROWS.c.owner, owner), _IS_SCORED, _is_of(keys), same_memo), each)
        newest = _ROWS.alias("newest")
        its_newest = (
            select(newest.c.id)
            .where(
                owned(newest.c.owner, owner),
                _scored(newest),
                *(_is_same(newest.c[column.name], ranked.c[column.name]) for column in _LINE),
                newest.c.memo == ranked.c.memo,
                newest.c.version == ranked.c.version,
            )
            .order_by(newest.c.created.desc(), by_bytes(newest.c.id))
            .limit(1)
            .correlate(ranked)
            .scalar_subquery()
        )
        statement = (
            select(
                *_line_of(ranked), _ROWS.c.id, ranked.c.memo, ranked.c.version, _ROWS.c.score, ranked.c.began,
                col(Memo.title), ranked.c.best_score, ranked.c.line_evaluations, ranked.c.line_points,
            )
            .select_from(ranked)
            .join(_ROWS, _ROWS.c.id == its_newest)
            .join(Memo, col(Memo.id) == ranked.c.memo)
            .where(owned(_ROWS.c.owner, owner), owned(col(Memo.owner), owner), ranked.c.back <= limit)
            .order_by(ranked.c.back.desc())
        )  # fmt: skip
        return [StoredPoint(_key(row), *row[4:]) for row in await self._rows(statement)]

    async def criteria(self, owner: str, evaluation_ids: Sequence[str]) -> list[StoredCriterion]:
        """Return the criteria's scores in evaluations, those that another coach gave left out."""
        statement = (
            select(
                col(CriterionRow.evaluation),
                col(CriterionRow.criterion),
                col(CriterionRow.name),
                col(CriterionRow.position),
                col(CriterionRow.score),
            )
            .join(Evaluation, col(Evaluation.id) == col(CriterionRow.evaluation))
            .where(
                owned(col(Evaluation.owner), owner),
                col(Evaluation.id).in_(evaluation_ids),
                col(CriterionRow.score).is_not(None),
                col(CriterionRow.coach) == col(Evaluation.judged_by),
            )
            .order_by(col(CriterionRow.position), by_bytes(col(CriterionRow.criterion)))
        )
        return [StoredCriterion(*row) for row in await self._rows(statement)]

    async def weaknesses(
        self, owner: str, evaluation_ids: Sequence[str], *, least: int, limit: int
    ) -> list[StoredWeakness]:
        """Return the most frequent kinds of opportunity of each line in evaluations, the most frequent first.

        A kind counts once an evaluation. Those found less than ``least`` times are left out, and all but
        ``limit`` of a line.
        """
        kind = (col(CommentRow.criterion), col(CommentRow.finding))
        once = (
            select(
                *_LINE,
                *kind,
                col(CommentRow.comment),
                _ROWS.c.created,
                func.row_number()
                .over(
                    partition_by=(_ROWS.c.id, *kind),
                    order_by=(col(CommentRow.rank), by_bytes(col(CommentRow.id))),
                )
                .label("place"),
            )
            .join(_ROWS, _ROWS.c.id == col(CommentRow.evaluation))
            .where(
                owned(_ROWS.c.owner, owner),
                _ROWS.c.id.in_(evaluation_ids),
                col(CommentRow.kind) == "opportunity",
            )
            .subquery()
        )
        group = (*_line_of(once), once.c.criterion, once.c.finding)
        counted = (
            select(
                *group,
                once.c.comment,
                func.count().over(partition_by=group).label("times"),
                func.row_number()
                .over(partition_by=group, order_by=(once.c.created.desc(), by_bytes(once.c.comment)))
                .label("newest"),
            )
            .where(once.c.place == 1)
            .subquery()
        )
        ordered = (counted.c.times.desc(), by_bytes(counted.c.criterion), by_bytes(counted.c.finding))
        ranked = (
            select(
                *counted.c,
                func.row_number().over(partition_by=_line_of(counted), order_by=ordered).label("place"),
            )
            .where(counted.c.newest == 1, counted.c.times >= least)
            .subquery()
        )
        statement = (
            select(*_line_of(ranked), ranked.c.criterion, ranked.c.finding, ranked.c.times, ranked.c.comment)
            .where(ranked.c.place <= limit)
            .order_by(ranked.c.place)
        )
        return [StoredWeakness(_key(row), *row[4:]) for row in await self._rows(statement)]

    async def before(self, owner: str, evaluation_id: str, limit: int) -> list[tuple[int, str, float]]:
        """Return version, evaluation and score of a memo's versions up to an evaluation, in its line.

        The oldest comes first. There is one a version, the newest; for the evaluation's own version it is
        itself. None where it has no score.
        """
        this = _ROWS.alias("this")
        same = and_(
            this.c.id == evaluation_id,
            owned(this.c.owner, owner),
            _ROWS.c.memo == this.c.memo,
            *(_is_same(column, this.c[column.name]) for column in _LINE),
            or_(_ROWS.c.version < this.c.version, _ROWS.c.id == this.c.id),
        )
        found = (
            select(
                _ROWS.c.version,
                _ROWS.c.id,
                _ROWS.c.score,
                func.row_number()
                .over(partition_by=_ROWS.c.version, order_by=(_ROWS.c.created.desc(), by_bytes(_ROWS.c.id)))
                .label("place"),
            )
            .select_from(_ROWS.join(this, same))
            .where(owned(_ROWS.c.owner, owner), _IS_SCORED)
            .subquery()
        )
        statement = (
            select(found.c.version, found.c.id, found.c.score)
            .where(found.c.place == 1)
            .order_by(found.c.version.desc())
            .limit(limit)
        )
        rows = [(version, each, score) for version, each, score in await self._rows(statement)]
        return rows[::-1]


def _key(row: tuple[Any, ...]) -> LineKey:
    return LineKey(*row[:4])


def _line_of(rows: FromClause) -> tuple[ColumnElement[Any], ...]:
    return tuple(rows.c[column.name] for column in _LINE)


def _is_same(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether two values are equal, or are both missing where they may be: only a model has a name."""
    if one.name != "model":
        return one == other
    return or_(one == other, and_(one.is_(None), other.is_(None)))


def _is_of(keys: Sequence[LineKey]) -> ColumnElement[bool]:
    return or_(
        *(and_(*(column == value for column, value in zip(_LINE, astuple(key), strict=True))) for key in keys)
    )


def _ranked(condition: ColumnElement[bool], each: ColumnElement[Any]) -> Subquery:
    """Return the memos, or versions of one, of each line, counted from the newest, and what the line has.

    Scores are put together in the order of the index, and only the few that come of it are sorted.
    """
    grouped = (
        select(
            *_LINE,
            func.max(_ROWS.c.memo).label("memo"),
            func.max(_ROWS.c.version).label("version"),
            func.min(_ROWS.c.created).label("began"),
            func.max(_ROWS.c.score).label("best"),
            func.count().label("evaluations"),
        )
        .where(condition)
        .group_by(*_LINE, each)
        .subquery()
    )
    line = _line_of(grouped)
    order = (
        (grouped.c.began.desc(), by_bytes(grouped.c.memo))
        if each is _ROWS.c.memo
        else (grouped.c.version.desc(),)
    )
    return select(
        *line,
        grouped.c.memo,
        grouped.c.version,
        grouped.c.began,
        func.row_number().over(partition_by=line, order_by=order).label("back"),
        func.max(grouped.c.best).over(partition_by=line).label("best_score"),
        # A sum of whole numbers is a decimal one on Postgres.
        cast(func.sum(grouped.c.evaluations).over(partition_by=line), Integer).label("line_evaluations"),
        func.count().over(partition_by=line).label("line_points"),
    ).subquery()
