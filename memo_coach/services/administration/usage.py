"""What an installation is used for, day by day: evaluations, people, money, errors, seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from memo_coach.services import clock
from memo_coach.services.administration.comma_separated import comma_separated
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.installation_usage import InstallationUsageRepository

PERIODS: Final = (7, 30, 90)
"""Days that may be looked at, today the last."""
_COLUMNS: Final = (
    "day", "evaluations", "evaluations_failed", "people", "cost_usd", "model_calls", "model_calls_failed",
    "builtin_seconds_p50", "builtin_seconds_p95", "model_seconds_p50", "model_seconds_p95",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long evaluations took: half of them no longer than ``median``, 95 of 100 than ``slowest``."""

    median: float
    slowest: float


@dataclass(frozen=True, slots=True)
class UsageDay:
    """One day, in UTC."""

    day: date
    evaluations: int = 0
    evaluations_failed: int = 0
    people: int = 0
    """Different owners of evaluations that were asked for on this day."""
    cost_usd: float = 0.0
    calls: int = 0
    """To models, those of conversations included."""
    calls_failed: int = 0
    builtin: Seconds | None = None
    """``None`` where the built-in coach ended no evaluation."""
    model: Seconds | None = None


@dataclass(frozen=True, slots=True)
class UsageView:
    """A stretch of days, each of them there."""

    days: tuple[UsageDay, ...]
    people: int
    """Different ones in all of it."""

    @property
    def evaluations(self) -> int:
        """All of them."""
        return sum(each.evaluations for each in self.days)

    @property
    def errors(self) -> int:
        """Evaluations and calls to models that failed."""
        return sum(each.evaluations_failed + each.calls_failed for each in self.days)

    @property
    def cost_usd(self) -> float:
        """What all calls to models cost."""
        return sum(each.cost_usd for each in self.days)


class UsageService:
    """Puts the days together; who may ask is decided where they ask."""

    def __init__(self, unit_of_work: UnitOfWork, now: Callable[[], datetime] = clock.now) -> None:
        self._unit_of_work = unit_of_work
        self._now = now

    async def of_days(self, days: int) -> UsageView:
        """Return the last days; for a number that is not offered, those of the shortest period.

        Raises:
            Unavailable: the database cannot be used.
        """
        days = days if days in PERIODS else PERIODS[0]
        first = self._now().astimezone(UTC).date() - timedelta(days=days - 1)
        begin = datetime.combine(first, time(), UTC)
        async with self._unit_of_work.read() as session:
            usage = InstallationUsageRepository(session)
            evaluations = {each.day: each for each in await usage.evaluations(begin)}
            seconds = {
                (each.day, each.judged_by): Seconds(each.median, each.slowest)
                for each in await usage.seconds(begin)
            }
            calls = {each.day: each for each in await usage.calls(first)}
            spending = await usage.spending(first)
            people = await usage.people(begin)
        found = []
        for day in (first + timedelta(days=number) for number in range(days)):
            made, called = evaluations.get(day), calls.get(day)
            found.append(
                UsageDay(
                    day,
                    evaluations=made.evaluations if made else 0,
                    evaluations_failed=made.failed if made else 0,
                    people=made.people if made else 0,
                    cost_usd=spending.get(day, 0.0),
                    calls=called.calls if called else 0,
                    calls_failed=called.failed if called else 0,
                    builtin=seconds.get((day, "builtin")),
                    model=seconds.get((day, "llm")),
                )
            )
        return UsageView(tuple(found), people)


def usage_as_csv(view: UsageView) -> str:
    """Return the days as CSV. The columns' names are for programs, and in English."""
    return comma_separated(_COLUMNS, ([*_cells(each)] for each in view.days))


def _cells(day: UsageDay) -> tuple[str | int | float | None, ...]:
    return (
        day.day.isoformat(), day.evaluations, day.evaluations_failed, day.people, round(day.cost_usd, 6),
        day.calls, day.calls_failed, *_both(day.builtin), *_both(day.model),
    )  # fmt: skip


def _both(seconds: Seconds | None) -> tuple[float | None, float | None]:
    return (None, None) if seconds is None else (round(seconds.median, 3), round(seconds.slowest, 3))
