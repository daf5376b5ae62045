"""Usage, for administrators: evaluations, people, cost, errors and seconds, drawn and in figures."""

from __future__ import annotations

import reflex as rx

from memo_coach.services.administration.usage import PERIODS
from memo_coach.translations import text
from memo_coach.ui.components.administration_frame import administration_page, figures
from memo_coach.ui.components.layout import anchor
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.score_chart import mark_of_line
from memo_coach.ui.states.usage import UsageChartOnScreen, UsageRowOnScreen, UsageState


def _period() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.label(text("usage.period"), html_for="days"),
            rx.el.select(
                *[rx.el.option(text("usage.days", count=each), value=str(each)) for each in PERIODS],
                id="days",
                value=UsageState.days,
                on_change=UsageState.choose_days,
            ),
            class_name="field",
        ),
        anchor(text("usage.file"), to=UsageState.file, class_name="button", download=True),
        class_name="row score-filters",
    )


def _row(row: rx.Var[UsageRowOnScreen]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.day, scope="row"),
        rx.foreach(row.figures, lambda figure: rx.el.td(figure, class_name="figure")),
    )


def _key(name: rx.Var[str], place: rx.Var[int]) -> rx.Component:
    return rx.el.li(
        rx.match(place, (0, rx.html(mark_of_line(0))), rx.html(mark_of_line(1))), rx.el.span(name)
    )


def _chart(chart: rx.Var[UsageChartOnScreen]) -> rx.Component:
    table = rx.el.table(
        rx.el.caption(chart.heading, class_name="visually-hidden"),
        rx.el.thead(
            rx.el.tr(
                rx.el.th(text("usage.day"), scope="col"),
                rx.foreach(chart.columns, lambda name: rx.el.th(name, scope="col", class_name="figure")),
            )
        ),
        rx.el.tbody(rx.foreach(chart.rows, _row)),
        class_name="score-table",
    )
    return rx.el.section(
        rx.el.h2(chart.heading, id=chart.key),
        rx.html(chart.drawing, class_name="score-drawing day-drawing"),
        rx.cond(
            chart.columns.length() > 1,
            rx.el.ul(rx.foreach(chart.columns, _key), class_name="score-keys"),
        ),
        rx.el.details(
            rx.el.summary(text("usage.table"), rx.el.span(": ", chart.heading, class_name="visually-hidden")),
            table,
        ),
        class_name="sheet scores",
        custom_attrs={"aria-labelledby": chart.key},
    )


def page() -> rx.Component:
    """Build the page."""
    return administration_page(
        _period(),
        figures(
            (text("usage.evaluations"), UsageState.evaluations),
            (text("usage.people"), UsageState.people),
            (text("usage.cost"), UsageState.cost),
            (text("usage.errors"), UsageState.errors),
        ),
        rx.el.div(rx.foreach(UsageState.charts, _chart), class_name="day-charts"),
        rx.el.p(text("usage.how"), class_name="note"),
        heading=text("usage.heading"),
        lede=text("usage.lede"),
        status=UsageState.status,
        problem=UsageState.problem,
        current="/admin/usage",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(app, page, path="/admin/usage", title=text("usage.heading"), on_load=UsageState.open)
