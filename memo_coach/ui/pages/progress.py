"""Progress: the scores over memos and over versions, drawn and in figures, and what is found most often."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components import icons
from memo_coach.ui.components.layout import alert, anchor, empty, frame, link
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.progress import (
    ChoiceOnScreen,
    CriterionRowOnScreen,
    LineOnScreen,
    ProgressState,
    RowOnScreen,
    WeaknessOnScreen,
)


def _option(choice: rx.Var[ChoiceOnScreen]) -> rx.Component:
    return rx.el.option(choice.label, value=choice.value)


def _filter(
    name: str, *options: rx.Component, value: rx.Var[str], on_change: rx.EventHandler
) -> rx.Component:
    return rx.el.div(
        rx.el.label(text(f"progress.{name}"), html_for=name),
        rx.el.select(*options, id=name, value=value, on_change=on_change),
        class_name="field",
    )


def _filters() -> rx.Component:
    """Offer what there is to choose; nothing where there is one of it."""
    return rx.el.div(
        rx.cond(
            ProgressState.rubrics.length() > 1,
            _filter(
                "rubric",
                rx.foreach(ProgressState.rubrics, _option),
                value=ProgressState.rubric,
                on_change=ProgressState.choose_rubric,
            ),
        ),
        rx.cond(
            ProgressState.coaches.length() > 1,
            _filter(
                "coach",
                rx.el.option(text("progress.every_coach"), value=""),
                rx.foreach(ProgressState.coaches, _option),
                value=ProgressState.coach,
                on_change=ProgressState.choose_coach,
            ),
        ),
        rx.cond(
            ProgressState.memos.length() > 0,
            _filter(
                "scores_of",
                rx.el.option(text("progress.all_memos"), value=""),
                rx.foreach(ProgressState.memos, _option),
                value=ProgressState.memo,
                on_change=ProgressState.choose_memo,
            ),
        ),
        role="group",
        aria_label=text("progress.filters"),
        class_name="score-filters",
    )


def _key(line: rx.Var[LineOnScreen]) -> rx.Component:
    return rx.el.li(rx.html(line.mark), rx.el.span(line.name))


def _row(row: rx.Var[RowOnScreen]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.number, scope="row", class_name="figure"),
        rx.cond(ProgressState.memo == "", rx.el.td(link(row.title, to=row.address))),
        rx.foreach(
            row.scores,
            lambda score: rx.el.td(
                rx.cond(ProgressState.memo == "", score, link(score, to=row.address)), class_name="figure"
            ),
        ),
    )


def _table() -> rx.Component:
    return rx.el.table(
        rx.el.caption(text("progress.chart"), class_name="visually-hidden"),
        rx.el.thead(
            rx.el.tr(
                rx.el.th(
                    rx.cond(ProgressState.memo == "", text("progress.number"), text("progress.version")),
                    scope="col",
                    class_name="figure",
                ),
                rx.cond(ProgressState.memo == "", rx.el.th(text("progress.memo"), scope="col")),
                rx.foreach(
                    ProgressState.lines, lambda line: rx.el.th(line.name, scope="col", class_name="figure")
                ),
            )
        ),
        rx.el.tbody(rx.foreach(ProgressState.rows, _row)),
        class_name="score-table",
    )


def _overall() -> rx.Component:
    heading = rx.cond(ProgressState.memo == "", text("progress.chart_memos"), text("progress.chart_versions"))
    return rx.el.section(
        rx.el.h2(heading),
        rx.html(ProgressState.chart, class_name="score-drawing"),
        rx.el.ul(rx.foreach(ProgressState.lines, _key), class_name="score-keys"),
        rx.el.details(rx.el.summary(text("progress.table")), _table()),
        class_name="sheet scores",
    )


def _criterion(criterion: rx.Var[CriterionRowOnScreen]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(criterion.name, scope="row"),
        rx.el.td(criterion.now, class_name="figure"),
        rx.el.td(criterion.best, class_name="figure"),
        rx.el.td(rx.html(criterion.course), class_name="course"),
        rx.el.td(criterion.trend, class_name="trend"),
    )


def _criteria(line: rx.Var[LineOnScreen]) -> rx.Component:
    return rx.el.table(
        rx.el.caption(line.over),
        rx.el.thead(
            rx.el.tr(
                rx.el.th(text("progress.criterion"), scope="col"),
                rx.el.th(text("progress.now"), scope="col", class_name="figure"),
                rx.el.th(text("progress.best"), scope="col", class_name="figure"),
                rx.el.th(text("progress.course"), scope="col", class_name="course"),
                rx.el.th(text("progress.trend"), scope="col"),
            )
        ),
        rx.el.tbody(rx.foreach(line.criteria, _criterion)),
        class_name="score-table criteria-table",
    )


def _weakness(weakness: rx.Var[WeaknessOnScreen]) -> rx.Component:
    return rx.el.li(
        rx.el.p(rx.el.strong(weakness.criterion), rx.el.span(weakness.found, class_name="quiet")),
        rx.cond(weakness.comment != "", rx.el.p(weakness.comment)),
        rx.el.p(
            anchor(
                text("progress.help"),
                rx.el.span(": ", weakness.criterion, class_name="visually-hidden"),
                to=weakness.address,
            )
        ),
    )


def _line(line: rx.Var[LineOnScreen]) -> rx.Component:
    figures = rx.el.dl(
        *[
            rx.el.div(rx.el.dt(text(f"progress.{name}")), rx.el.dd(value))
            for name, value in (("now", line.now), ("best", line.best), ("trend", line.trend))
        ],
        class_name="score-figures",
    )
    return rx.el.section(
        rx.el.h2(line.name, id=line.key),
        figures,
        rx.cond(line.only_newest != "", rx.el.p(line.only_newest, class_name="quiet")),
        _criteria(line),
        rx.el.h3(text("progress.weaknesses")),
        rx.cond(
            line.weaknesses.length() > 0,
            rx.el.ol(rx.foreach(line.weaknesses, _weakness), class_name="weaknesses"),
            rx.el.p(text("progress.no_weaknesses"), class_name="quiet"),
        ),
        class_name="stack score-line",
        custom_attrs={"aria-labelledby": line.key},
    )


def page() -> rx.Component:
    """Build the page."""
    nothing = empty(
        icons.blank_sheet(),
        text("progress.empty_heading"),
        text("progress.empty_body"),
        rx.el.p(
            link(text("progress.empty_action"), to="/", class_name="button main"),
            link(text("progress.to_memos"), to="/memos", class_name="button"),
            class_name="row",
        ),
    )
    content = rx.fragment(
        _filters(),
        _overall(),
        rx.foreach(ProgressState.lines, _line),
        rx.el.p(text("progress.how"), class_name="note"),
    )
    return frame(
        rx.el.div(
            rx.el.div(rx.el.h1(text("progress.heading")), rx.el.p(text("progress.lede"), class_name="lede")),
            class_name="page-head",
        ),
        alert(ProgressState.problem),
        rx.cond(
            ProgressState.loaded,
            rx.cond(
                ProgressState.enough,
                content,
                rx.cond(ProgressState.problem == "", nothing),
            ),
            rx.el.p(text("progress.loading"), class_name="quiet", role="status"),
        ),
        current="/progress",
        class_name="narrow",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(app, page, path="/progress", title=text("progress.title"), on_load=ProgressState.open)
