"""The debug page of one evaluation: each call to a model, word for word where that is kept."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components.administration_frame import administration_menu
from memo_coach.ui.components.debugging import by_debug_status
from memo_coach.ui.components.layout import frame, link, own_scripts
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.debug import CallOnScreen, DebugState, MessageOnScreen


def _message(message: rx.Var[MessageOnScreen]) -> rx.Component:
    return _raw(message.role, message.content)


def _raw(label: str | rx.Var[str], content: rx.Var[str]) -> rx.Component:
    """Show a text as it is, in a frame that scrolls by keyboard, too."""
    return rx.el.details(
        rx.el.summary(label),
        rx.el.pre(content, tab_index=0, role="group", aria_label=label),
        class_name="raw",
    )


def _call(call: rx.Var[CallOnScreen]) -> rx.Component:
    return rx.el.article(
        rx.el.h2(call.heading),
        rx.el.ul(rx.foreach(call.figures, rx.el.li), class_name="figures"),
        rx.cond(
            call.kept,
            rx.fragment(
                rx.el.h3(text("debug.prompt")),
                rx.foreach(call.prompt, _message),
                rx.el.h3(text("debug.response")),
                rx.cond(
                    call.response != "",
                    _raw(text("debug.response_raw"), call.response),
                    rx.el.p(text("debug.no_response"), class_name="quiet"),
                ),
            ),
            rx.el.p(text("debug.not_kept"), class_name="quiet"),
        ),
        class_name="call sheet stack",
    )


def page() -> rx.Component:
    """Build the page."""
    return frame(
        *own_scripts("debug.js"),
        administration_menu("/debug"),
        rx.el.div(
            rx.el.div(rx.el.h1(text("debug.heading")), rx.el.p(text("debug.calls"), class_name="lede")),
            rx.el.div(
                rx.cond(
                    DebugState.status == "here",
                    link(
                        text("feedback.heading"), to=f"/feedback/{DebugState.evaluation}", class_name="button"
                    ),
                ),
                link(text("debug.tests"), to="/debug", class_name="button"),
                class_name="row",
            ),
            class_name="page-head",
        ),
        by_debug_status(
            rx.cond(
                DebugState.calls.length() > 0,
                rx.el.div(rx.foreach(DebugState.calls, _call), class_name="stack"),
                rx.el.p(text("debug.no_calls"), class_name="lede"),
            )
        ),
        class_name="narrow",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(
        app, page, path="/debug/[evaluation]", title=text("debug.heading"), on_load=DebugState.open_evaluation
    )
