"""The debug page: what this installation keeps of its calls to models, and self-tests of its parts."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components.administration_frame import administration_menu
from memo_coach.ui.components.debugging import by_debug_status
from memo_coach.ui.components.layout import frame, own_scripts
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.debug import DebugState, SelfTestOnScreen

_COLUMNS = (("part", ""), ("result", "result"), ("found", ""), ("time", "figure"))
"""Of the table, each with its class."""


def _row(test: rx.Var[SelfTestOnScreen]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(test.label, scope="row"),
        rx.el.td(
            rx.match(
                test.result,
                ("ok", rx.el.span(text("debug.ok"))),
                ("failed", rx.el.strong(text("debug.failed"))),
                ("absent", rx.el.span(text("debug.absent"))),
                rx.el.span(rx.cond(DebugState.running == test.name, text("debug.running"), "–")),
            ),
            class_name="result",
        ),
        rx.el.td(test.detail),
        rx.el.td(test.time, class_name="figure"),
        custom_attrs={"data-self-test": test.name, "data-result": test.result},
    )


def _browser_row() -> rx.Component:
    """The way from the browser to the server and back, which only the browser can time."""
    return rx.el.tr(
        rx.el.th(text("debug.test_browser"), scope="row"),
        rx.el.td(
            "–", class_name="result", custom_attrs={"data-round-trip-result": "", "data-ok": text("debug.ok")}
        ),
        rx.el.td(
            custom_attrs={"data-round-trip-detail": "", "data-pattern": text("debug.round_trip")},
        ),
        rx.el.td(class_name="figure", custom_attrs={"data-round-trip-time": ""}),
        custom_attrs={"data-self-test": "browser"},
    )


def page() -> rx.Component:
    """Build the page."""
    return frame(
        *own_scripts("debug.js"),
        administration_menu("/debug"),
        rx.el.div(
            rx.el.div(rx.el.h1(text("debug.heading")), rx.el.p(text("debug.lede"), class_name="lede")),
            class_name="page-head",
        ),
        by_debug_status(
            rx.fragment(
                rx.el.section(
                    rx.el.h2(text("debug.tests")),
                    rx.el.p(text("debug.tests_lede"), class_name="quiet"),
                    rx.el.button(
                        text("debug.run"),
                        type="button",
                        class_name="button main",
                        on_click=DebugState.run_all,
                        # Not disabled, which would take the focus away; the handler ignores a second click.
                        custom_attrs={
                            "data-round-trip": "",
                            "aria-disabled": rx.cond(DebugState.running != "", "true", "false"),
                        },
                    ),
                    rx.el.p(
                        rx.cond(
                            DebugState.running != "",
                            text("debug.under_way"),
                            rx.cond(DebugState.has_run, text("debug.has_run"), ""),
                        ),
                        role="status",
                        class_name="quiet run-state",
                    ),
                    rx.el.div(
                        rx.el.table(
                            rx.el.thead(
                                rx.el.tr(
                                    *[
                                        rx.el.th(text(f"debug.{column}"), scope="col", class_name=kind)
                                        for column, kind in _COLUMNS
                                    ]
                                )
                            ),
                            rx.el.tbody(rx.foreach(DebugState.tests, _row), _browser_row()),
                        ),
                        class_name="table-frame",
                        tab_index=0,
                        role="region",
                        aria_label=text("debug.tests"),
                    ),
                    class_name="stack debug-part",
                ),
                rx.el.section(
                    rx.el.h2(text("debug.calls")),
                    rx.el.p(
                        rx.cond(DebugState.collects, text("debug.collects"), text("debug.collects_not")),
                        class_name="quiet",
                    ),
                    rx.el.p(text("debug.calls_where"), class_name="quiet"),
                    class_name="stack debug-part",
                ),
            )
        ),
        class_name="narrow",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(app, page, path="/debug", title=text("debug.heading"), on_load=DebugState.open)
