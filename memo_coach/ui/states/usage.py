"""What the administrators' page of usage shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import reflex as rx

from memo_coach.services.administration.usage import PERIODS, Seconds, UsageDay, UsageView
from memo_coach.services.container import current
from memo_coach.services.errors import ServiceError
from memo_coach.translations import current_language, number, text
from memo_coach.ui.day_chart import Line, day_chart
from memo_coach.ui.states.administration import administrator
from memo_coach.web.events.authorisation import allow


@dataclasses.dataclass
class UsageRowOnScreen:
    """A day in a table."""

    day: str
    figures: list[str]


@dataclasses.dataclass
class UsageChartOnScreen:
    """A drawing and the same in figures."""

    key: str
    heading: str
    drawing: str
    """As SVG."""
    columns: list[str]
    rows: list[UsageRowOnScreen]
    """The newest day first."""


class UsageState(rx.State):
    """Usage on the screen."""

    status: str = "loading"
    problem: str = ""
    days: str = str(PERIODS[1])
    evaluations: str = ""
    people: str = ""
    cost: str = ""
    errors: str = ""
    charts: list[UsageChartOnScreen] = []
    file: str = ""
    """The address of the CSV file."""

    async def _fetch(self) -> None:
        who = administrator(self)
        if isinstance(who, str):
            self.reset()  # type: ignore[no-untyped-call]  # the framework's own, without types
            self.status, self.problem = "refused", who
            return
        try:
            view = await current().usage.of_days(int(self.days))
        except ServiceError as error:
            self.status, self.problem = "unavailable", error.message
            return
        self._show(view)
        self.status = "here"

    @rx.event
    async def open(self) -> None:
        """Fetch the figures at each visit."""
        await self._fetch()

    @rx.event
    async def choose_days(self, days: str) -> None:
        """Show another stretch of days."""
        if days in {str(each) for each in PERIODS}:
            self.days = days
        await self._fetch()

    def _show(self, view: UsageView) -> None:
        self.evaluations, self.people = number(view.evaluations), number(view.people)
        self.cost, self.errors = _money(view.cost_usd), number(view.errors)
        self.charts = charts_of(view.days)
        self.file = f"/admin/usage.csv?days={len(view.days)}"


def charts_of(days: Sequence[UsageDay]) -> list[UsageChartOnScreen]:
    """Return what is drawn of some days, with the same in figures."""
    found = [
        _chart("evaluations", days, _count, {"evaluations": lambda day: day.evaluations}),
        _chart("people", days, _count, {"people": lambda day: day.people}),
        _chart("cost", days, _money, {"cost": lambda day: day.cost_usd}),
        _chart(
            "errors",
            days,
            _count,
            {
                "failed_evaluations": lambda day: day.evaluations_failed,
                "failed_calls": lambda day: day.calls_failed,
            },
        ),
    ]
    seconds: dict[str, Callable[[UsageDay], Seconds | None]] = {
        "builtin": lambda day: day.builtin,
        "model": lambda day: day.model,
    }
    for name, of in seconds.items():
        if any(of(day) for day in days):
            found.append(_chart_of_seconds(name, days, of))
    return found


def _chart_of_seconds(
    name: str, days: Sequence[UsageDay], of: Callable[[UsageDay], Seconds | None]
) -> UsageChartOnScreen:
    def median(day: UsageDay) -> float | None:
        return None if (found := of(day)) is None else found.median

    def slowest(day: UsageDay) -> float | None:
        return None if (found := of(day)) is None else found.slowest

    figures = {"median": median, "slowest": slowest}
    return _chart(f"seconds-{name}", days, _seconds, figures, heading=text(f"usage.seconds_{name}"))


def _chart(
    key: str,
    days: Sequence[UsageDay],
    written: Callable[[float], str],
    figures: Mapping[str, Callable[[UsageDay], float | None]],
    *,
    heading: str = "",
) -> UsageChartOnScreen:
    heading = heading or text(f"usage.{key}")
    lines = [
        Line(text(f"usage.line_{name}"), tuple(figure(day) for day in days))
        for name, figure in figures.items()
    ]
    names = [_day(day.day) for day in days]
    return UsageChartOnScreen(
        key=key,
        heading=heading,
        drawing=day_chart(
            lines,
            names,
            written,
            title=heading,
            description=_described(lines, written),
            name=f"usage-{key}",
            is_whole=written is _count,
        ),
        columns=[line.name for line in lines],
        rows=[
            UsageRowOnScreen(
                name,
                [
                    text("usage.none") if figure is None else written(figure)
                    for figure in (line.figures[place] for line in lines)
                ],
            )
            for place, name in reversed(list(enumerate(names)))
        ],
    )


def _described(lines: Sequence[Line], written: Callable[[float], str]) -> str:
    sentences = []
    for line in lines:
        there = [each for each in line.figures if each is not None]
        if there:
            sentences.append(
                text(
                    "usage.described",
                    name=line.name,
                    least=written(min(there)),
                    most=written(max(there)),
                    last=written(there[-1]),
                )
            )
    return " ".join(sentences)


def _day(day: date) -> str:
    from babel.dates import format_skeleton  # noqa: PLC0415 - only days need it

    return format_skeleton("MMMd", day, locale=current_language())


def _count(figure: float) -> str:
    return number(figure, digits=0)


def _money(figure: float) -> str:
    return f"${number(figure, digits=2 if figure == 0 or figure >= 0.1 else 4)}"


def _seconds(figure: float) -> str:
    return f"{number(figure, digits=0 if figure == int(figure) else 2)} s"


allow(UsageState, "open", "choose_days")
