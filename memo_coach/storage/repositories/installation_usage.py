"""What all people together use, day by day, put together by the database. It is the administrators'.

It takes no owner, and what comes of it names nobody: counts, sums and percentiles of days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Executable, case, distinct, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.storage.engine.days import utc_day
from memo_coach.storage.repositories.model_calls import MICRO
from memo_coach.storage.tables import Evaluation, ModelCall, Spending
from memo_coach.storage.tables.base import table_of

_EVALUATIONS, _CALLS, _DAYS = table_of(Evaluation), table_of(ModelCall), table_of(Spending)
_MADE: Final = utc_day(_EVALUATIONS.c.created)
_BAD_CALLS: Final = ("failed", "broken", "lost")


@dataclass(frozen=True, slots=True)
class DayOfEvaluations:
    """The evaluations that were asked for on a day."""

    day: date
    evaluations: int
    failed: int
    people: int


@dataclass(frozen=True, slots=True)
class DayOfSeconds:
    """How long one kind of coach took on a day, for those of its evaluations that were done."""

    day: date
    judged_by: str
    median: float
    slowest: float
    """The 95th percentile."""


@dataclass(frozen=True, slots=True)
class DayOfCalls:
    """The calls to models that a day's budget was charged with."""

    day: date
    calls: int
    failed: int


@dataclass(frozen=True, slots=True)
class QueueState:
    """How many evaluations are to be made."""

    waiting: int
    running: int
    oldest: datetime | None
    """When the one that has waited longest was asked for."""


class InstallationUsageRepository:
    """Counts over the rows of everybody."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def evaluations(self, since: datetime) -> list[DayOfEvaluations]:
        """Return the days on which there were some, in their order."""
        failed = func.sum(case((_EVALUATIONS.c.status == "failed", 1), else_=0))
        statement = (
            select(_MADE, func.count(), failed, func.count(distinct(_EVALUATIONS.c.owner)))
            .where(_EVALUATIONS.c.created >= since)
            .group_by(_MADE)
            .order_by(_MADE)
        )
        return [DayOfEvaluations(*row) for row in await self._rows(statement)]

    async def people(self, since: datetime) -> int:
        """Return how many different people had something evaluated."""
        statement = select(func.count(distinct(_EVALUATIONS.c.owner))).where(_EVALUATIONS.c.created >= since)
        return int((await self._session.execute(statement)).scalar_one())

    async def seconds(self, since: datetime) -> list[DayOfSeconds]:
        """Return how long evaluations took, by day and kind of coach; what was found stored took none.

        It is exact to a hundredth of a second below one, and to a tenth above. So few of the evaluations that
        took the same time are ordered, rather than all of them.
        """
        seconds = _EVALUATIONS.c.seconds
        each = (_MADE.label("day"), _EVALUATIONS.c.judged_by)
        rounded = case((seconds < 1, func.round(seconds * 100) / 100), else_=func.round(seconds * 10) / 10)
        together = (
            select(*each, rounded.label("seconds"), func.count().label("count"))
            .where(
                _EVALUATIONS.c.created >= since,
                _EVALUATIONS.c.status == "done",
                _EVALUATIONS.c.judged_by.is_not(None),
                seconds.is_not(None),
                _EVALUATIONS.c.cached.is_(False),
            )
            .group_by(_MADE, _EVALUATIONS.c.judged_by, literal_column("3"))
            .subquery()
        )
        of_day = (together.c.day, together.c.judged_by)
        ordered = select(
            *of_day,
            together.c.seconds,
            func.sum(together.c.count).over(partition_by=of_day, order_by=together.c.seconds).label("place"),
            func.sum(together.c.count).over(partition_by=of_day).label("of"),
        ).subquery()
        statement = (
            select(ordered.c.day, ordered.c.judged_by, *(_percentile(ordered.c, share) for share in (50, 95)))
            .group_by(ordered.c.day, ordered.c.judged_by)
            .order_by(ordered.c.day, ordered.c.judged_by)
        )
        return [DayOfSeconds(*row) for row in await self._rows(statement)]

    async def calls(self, since: date) -> list[DayOfCalls]:
        """Return the days on which models were called, in their order."""
        failed = func.sum(case((_CALLS.c.status.in_(_BAD_CALLS), 1), else_=0))
        statement = (
            select(_CALLS.c.day, func.count(), failed)
            .where(_CALLS.c.day >= since.isoformat())
            .group_by(_CALLS.c.day)
            .order_by(_CALLS.c.day)
        )
        return [DayOfCalls(date.fromisoformat(day), *counts) for day, *counts in await self._rows(statement)]

    async def spending(self, since: date) -> dict[date, float]:
        """Return what was spent on each day on which something was, in US dollars."""
        statement = select(_DAYS.c.day, _DAYS.c.spent_micro_usd).where(_DAYS.c.day >= since.isoformat())
        return {date.fromisoformat(day): micro / MICRO for day, micro in await self._rows(statement)}

    async def queue(self) -> QueueState:
        """Return how many evaluations wait and run."""
        status, created = _EVALUATIONS.c.status, _EVALUATIONS.c.created
        statement = (
            select(status, func.count(), func.min(created))
            .where(status.in_(("queued", "running")))
            .group_by(status)
        )
        found = {name: (count, oldest) for name, count, oldest in await self._rows(statement)}
        waiting, oldest = found.get("queued", (0, None))
        return QueueState(waiting, found.get("running", (0, None))[0], oldest)

    async def _rows(self, statement: Executable) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self._session.execute(statement)]


def _percentile(columns: Any, share: int) -> Any:  # noqa: ANN401 - SQLAlchemy's collections have no one type
    """Return the value of which so many of a hundred are no greater (the nearest rank)."""
    reaches = columns.place * 100 >= columns.of * share
    return func.min(case((reaches, columns.seconds)))
