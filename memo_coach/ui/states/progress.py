"""What the page of progress shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import reflex as rx

from memo_coach.coaching.rubric.model import localised
from memo_coach.services.container import current
from memo_coach.services.errors import ServiceError, UnknownRubric
from memo_coach.services.progress.views import (
    CriterionProgress,
    Judge,
    ProgressLine,
    ProgressPoint,
    ProgressView,
    Trend,
)
from memo_coach.translations import current_language, number, text
from memo_coach.ui.annotated_text import shortened
from memo_coach.ui.help_anchors import RUBRICS, criterion_anchor
from memo_coach.ui.score_chart import Mark, chart, mark_of_line, sparkline
from memo_coach.web.errors import Refused
from memo_coach.web.events.authorisation import allow
from memo_coach.web.languages import localised_path
from memo_coach.web.middleware.session import owner_of

LEAST_EVALUATIONS = 2
"""With fewer there is nothing to compare."""
LONGEST_TITLE = 60
"""Characters of a memo's title in a list to choose from."""


@dataclasses.dataclass
class ChoiceOnScreen:
    """Something to choose."""

    value: str
    label: str


@dataclasses.dataclass
class RowOnScreen:
    """A memo or a version in the table: one score for each line, or a dash."""

    number: str
    title: str
    address: str
    scores: list[str]


@dataclasses.dataclass
class CriterionRowOnScreen:
    """One criterion of a line."""

    name: str
    now: str
    best: str
    trend: str
    course: str
    """A small drawing, as SVG."""


@dataclasses.dataclass
class WeaknessOnScreen:
    """What was found several times."""

    criterion: str
    comment: str
    found: str
    address: str


@dataclasses.dataclass
class LineOnScreen:
    """A line: who judged, what its figures say, and what was found most often."""

    key: str
    name: str
    mark: str
    """The shape of its points, as SVG."""
    now: str
    best: str
    trend: str
    only_newest: str
    over: str
    """How many scores the criteria's figures are of, in words."""
    criteria: list[CriterionRowOnScreen]
    weaknesses: list[WeaknessOnScreen]


class ProgressState(rx.State):
    """Scores on the screen."""

    loaded: bool = False
    problem: str = ""
    enough: bool = False
    """Whether there are evaluations to compare."""
    rubric: str = ""
    coach: str = ""
    """The coach that is shown alone, or empty for every one."""
    memo: str = ""
    """The memo whose versions are shown, or empty for all memos."""
    rubrics: list[ChoiceOnScreen] = []
    coaches: list[ChoiceOnScreen] = []
    memos: list[ChoiceOnScreen] = []
    chart: str = ""
    """The drawing, as SVG."""
    rows: list[RowOnScreen] = []
    lines: list[LineOnScreen] = []

    async def _fetch(self, *, rubric: str, coach: str, memo: str) -> ProgressView | None:
        judge = _judge_of(coach)
        try:
            owner = await owner_of(self)
            return await _remembered(
                await current().progress.of_owner(owner, rubric=rubric, judge=judge, memo_id=memo)
            )
        except Refused:
            self.problem = text("problem.no_session")
        except ServiceError as error:
            self.problem = error.message
        return None

    def _show(self, view: ProgressView, coach: str) -> None:
        names = _names(view.lines)
        judges = list(dict.fromkeys(choice.judge for choice in view.choices))
        self.enough = view.evaluations >= LEAST_EVALUATIONS
        self.rubric = view.rubric
        self.coach = coach if _judge_of(coach) in judges else ""
        self.memo = view.memo.memo_id if view.memo else ""
        self.rubrics = [
            ChoiceOnScreen(rubric, _rubric_name(rubric))
            for rubric in dict.fromkeys(choice.rubric for choice in view.choices)
        ]
        self.coaches = [ChoiceOnScreen(_value_of(judge), _judge_name(judge)) for judge in judges]
        self.memos = [
            ChoiceOnScreen(each.memo_id, text("progress.versions_of", title=_title(each.title)))
            for each in view.memos
        ]
        self.chart = _chart(view, names) if view.lines else ""
        self.rows = _rows(view)
        self.lines = [
            _line(line, index, name) for index, (line, name) in enumerate(zip(view.lines, names, strict=True))
        ]

    async def _choose(self, *, rubric: str, coach: str, memo: str) -> None:
        self.problem = ""
        view = await self._fetch(rubric=rubric, coach=coach, memo=memo)
        if view is not None:
            self._show(view, coach)
        self.loaded = True

    @rx.event
    async def open(self) -> None:
        """Fetch the scores at each visit; of one memo alone they are those of its versions."""
        self.problem = ""
        view = await self._fetch(rubric=self.rubric, coach=self.coach, memo=self.memo)
        if view is not None and view.memo is None and len(view.places) == 1 and view.memos:
            view = await self._fetch(rubric=view.rubric, coach=self.coach, memo=view.memos[0].memo_id)
        if view is None:
            self.enough, self.chart, self.rows, self.lines = False, "", [], []
        else:
            self._show(view, self.coach)
        self.loaded = True

    @rx.event
    async def choose_rubric(self, rubric: str) -> None:
        """Show the scores by another rubric."""
        await self._choose(rubric=rubric, coach=self.coach, memo=self.memo)

    @rx.event
    async def choose_coach(self, coach: str) -> None:
        """Show the scores of one coach, or of every one."""
        await self._choose(rubric=self.rubric, coach=coach, memo=self.memo)

    @rx.event
    async def choose_memo(self, memo: str) -> None:
        """Show the versions of one memo, or all memos."""
        await self._choose(rubric=self.rubric, coach=self.coach, memo=memo)


async def _remembered(view: ProgressView) -> ProgressView:
    """Return a view whose rubrics were read in the versions that judged."""
    for line in view.lines:
        await current().rubrics.remember(line.rubric, line.rubric_version)
    return view


def _value_of(judge: Judge) -> str:
    return judge.kind if judge.model is None else f"{judge.kind}:{judge.model}"


def _judge_of(value: str) -> Judge | None:
    kind, _, model = value.partition(":")
    if kind == "llm" and model:
        return Judge("llm", model)
    return Judge("builtin") if kind == "builtin" else None


def _judge_name(judge: Judge) -> str:
    return judge.model or text("progress.builtin")


def _rubric_name(rubric_id: str) -> str:
    try:
        return localised(current().rubrics.get(rubric_id).name, current_language())
    except UnknownRubric:
        # The rubric may have been taken away since; the evaluations keep its id.
        return rubric_id


def _criterion_names(rubric_id: str, version: str) -> dict[str, str]:
    """Return the names of a rubric's criteria as this page says them, whatever the memos are written in."""
    try:
        criteria = current().rubrics.known(rubric_id, version).criteria
    except UnknownRubric:
        return {}
    return {each.id: localised(each.name, current_language()) for each in criteria}


def _title(title: str) -> str:
    title = title or text("progress.untitled")
    return title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE].rstrip()}…"


def _names(lines: Sequence[ProgressLine]) -> list[str]:
    """Name each line by who judged; by the rubric's version where the same judge has a newer line."""
    named: set[Judge] = set()
    names = []
    for line in lines:
        name = _judge_name(line.judge)
        if line.judge in named:
            name = text("progress.earlier_rubric", judge=name, version=line.rubric_version[:6])
        named.add(line.judge)
        names.append(name)
    return names


def _place_key(point: ProgressPoint, view: ProgressView) -> str | int:
    return point.version if view.memo else point.memo_id


def _place_names(view: ProgressView) -> list[str]:
    if view.memo:
        return [text("progress.version_short", number=place.version) for place in view.places]
    return [str(place) for place in range(1, len(view.places) + 1)]


def _chart(view: ProgressView, names: Sequence[str]) -> str:
    places, labels = {_place_key(place, view): index for index, place in enumerate(view.places)}, []
    marks = []
    for line, name in zip(view.lines, names, strict=True):
        marks.append(
            [
                Mark(places[key], point.score, _mark_label(point, view))
                for point in line.points
                if (key := _place_key(point, view)) in places
            ]
        )
        labels.append(_described(line, name))
    return chart(
        marks,
        _place_names(view),
        title=text("progress.chart_versions" if view.memo else "progress.chart_memos"),
        description=" ".join(labels),
        name="scores",
    )


def _mark_label(point: ProgressPoint, view: ProgressView) -> str:
    place = text("progress.version_short", number=point.version) if view.memo else _title(point.title)
    return text("progress.mark", place=place, score=number(point.score, digits=1))


def _described(line: ProgressLine, name: str) -> str:
    now = number(line.points[-1].score, digits=1)
    if len(line.points) == 1:
        return text("progress.described_one", judge=name, now=now)
    first, best = number(line.points[0].score, digits=1), number(line.best_score, digits=1)
    return text("progress.described", judge=name, first=first, now=now, best=best)


def _rows(view: ProgressView) -> list[RowOnScreen]:
    """Return the places with the score of each line, the newest first."""
    scores = [{_place_key(point, view): point for point in line.points} for line in view.lines]
    rows = []
    for named, place in zip(_place_names(view), view.places, strict=True):
        found = [of_line.get(_place_key(place, view)) for of_line in scores]
        rows.append(
            RowOnScreen(
                number=named,
                title=_title(place.title),
                address=localised_path(f"/feedback/{place.evaluation_id}"),
                scores=[
                    text("progress.none") if each is None else number(each.score, digits=1) for each in found
                ],
            )
        )
    return rows[::-1]


def _line(line: ProgressLine, index: int, name: str) -> LineOnScreen:
    points, names = len(line.points), _criterion_names(line.rubric, line.rubric_version)
    return LineOnScreen(
        key=f"line-{index}",
        name=name,
        mark=mark_of_line(index),
        now=number(line.points[-1].score, digits=1),
        best=number(line.best_score, digits=1),
        trend=_trend(line.trend),
        only_newest=text("progress.only_newest", shown=points, total=line.total_points)
        if points < line.total_points
        else "",
        over=text("progress.criteria", points=points) if points > 1 else text("progress.criteria_one"),
        criteria=[_criterion(each, names.get(each.id, each.name)) for each in line.criteria],
        weaknesses=[
            WeaknessOnScreen(
                criterion=names.get(weakness.criterion, weakness.criterion_name),
                comment=shortened(weakness.comment) if weakness.finding else "",
                found=text("progress.found", times=weakness.times, points=points),
                address=_help_address(line.rubric, weakness.criterion),
            )
            for weakness in line.weaknesses
        ],
    )


def _criterion(criterion: CriterionProgress, name: str) -> CriterionRowOnScreen:
    return CriterionRowOnScreen(
        name=name,
        now=number(criterion.points[-1].score, digits=1),
        best=number(criterion.best, digits=1),
        trend=_short_trend(criterion.trend),
        course=sparkline([point.score for point in criterion.points]),
    )


def _trend(trend: Trend | None) -> str:
    if trend is None:
        return text("progress.too_few")
    change = _signed(trend.change)
    return text(f"progress.{trend.direction}", change=change, points=trend.points)


def _short_trend(trend: Trend | None) -> str:
    """Return a trend as it fits into a column."""
    if trend is None:
        return text("progress.too_few_short")
    change = _signed(trend.change)
    return text(f"progress.{trend.direction}_short", change=change)


def _signed(change: float) -> str:
    return f"{'−' if change < 0 else '+'}{number(abs(change), digits=1)}"


def _help_address(rubric_id: str, criterion_id: str) -> str:
    """Return where help says what a criterion is about; its rubrics, where it has no such criterion."""
    try:
        rubric = current().rubrics.get(rubric_id)
    except UnknownRubric:
        return localised_path(f"/help#{RUBRICS}")
    known = any(criterion.id == criterion_id for criterion in rubric.criteria)
    return localised_path(f"/help#{criterion_anchor(rubric_id, criterion_id) if known else RUBRICS}")


allow(ProgressState, "open", "choose_rubric", "choose_coach", "choose_memo")
