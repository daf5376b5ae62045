"""What the pages about one evaluation show while it is not done: loading, progress, failure, absence."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components import icons
from memo_coach.ui.components.layout import empty, link
from memo_coach.ui.states.evaluations import EvaluationStateMixin


def with_rubric(name: rx.Var[str]) -> rx.Component:
    """Return by which rubric was judged, its name within the language's quotation marks."""
    before, after = text("feedback.with_rubric", rubric="\n").split("\n")
    return rx.fragment(before, name, after)


def _progress(state: type[EvaluationStateMixin]) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.match(
                state.status,
                ("queued", text("feedback.queued")),
                rx.cond(state.asks_model, text("feedback.running_model"), text("feedback.running")),
            ),
            id="progress-label",
        ),
        rx.el.div(
            rx.el.div(class_name="progress-bar", style={"width": state.percent}),
            role="progressbar",
            class_name="progress-track",
            custom_attrs={
                "aria-labelledby": "progress-label",
                "aria-valuemin": "0",
                "aria-valuemax": state.total_steps.to_string(),
                "aria-valuenow": state.done_steps.to_string(),
            },
        ),
        rx.el.button(text("feedback.cancel"), type="button", class_name="button", on_click=state.cancel),
        class_name="progress",
    )


def _again(state: type[EvaluationStateMixin]) -> rx.Component:
    # It takes the focus: the button that was pressed last, Cancel, has gone.
    return rx.el.div(
        rx.el.button(
            text("feedback.again"),
            type="button",
            class_name="button main",
            auto_focus=True,
            on_click=state.again,
        ),
        link(text("feedback.to_memos"), to="/memos", class_name="button"),
        class_name="row",
    )


def _stopped(state: type[EvaluationStateMixin]) -> rx.Component:
    return rx.el.section(
        rx.el.h2(text("feedback.cancelled_heading")),
        rx.el.p(text("feedback.cancelled_reading"), class_name="lede"),
        _again(state),
        class_name="stopped",
    )


def is_of_address(state: type[EvaluationStateMixin]) -> rx.Var[bool]:
    """Tell in the browser whether the state is about the evaluation in the address.

    Right after a change of page it is still about the one that was shown last, until the server has answered.
    """
    shown = state.evaluation_id
    address = "location.pathname.split('/').filter(Boolean).pop()"
    same = f"(typeof location === 'undefined' || {shown!s} === '' || {address} === {shown!s})"
    return rx.Var(same, _var_type=bool, _var_data=shown._get_all_var_data())  # noqa: SLF001 - its only way


def by_status(state: type[EvaluationStateMixin], content: rx.Component) -> rx.Component:
    """Show ``content`` once there is something to show, and the evaluation's state otherwise."""
    loading = rx.el.p(text("feedback.loading"), role="status", class_name="quiet")
    return rx.fragment(
        rx.cond(is_of_address(state), _by_status(state, content), loading), _announcement(state)
    )


def _announcement(state: type[EvaluationStateMixin]) -> rx.Component:
    """Say what a page that changes by itself has come to: once at each turn, never at a step."""
    said = rx.match(
        state.status,
        ("running", rx.cond(state.asks_model, text("feedback.running_model"), text("feedback.running"))),
        ("done", rx.cond(state.watched, text("feedback.done"), "")),
        ("cancelled", rx.cond(state.watched, text("feedback.cancelled_heading"), "")),
        "",
    )
    return rx.el.p(said, role="status", class_name="visually-hidden", custom_attrs={"data-announcement": ""})


def _by_status(state: type[EvaluationStateMixin], content: rx.Component) -> rx.Component:
    return rx.match(
        state.status,
        ("loading", rx.el.p(text("feedback.loading"), role="status", class_name="quiet")),
        (
            "missing",
            empty(
                icons.blank_sheet(),
                text("feedback.missing_heading"),
                text("feedback.missing_body"),
                link(text("feedback.to_memos"), to="/memos", class_name="button"),
            ),
        ),
        (
            "cancelled",
            # What was read before stays: a model is cancelled, not the built-in coach's reading.
            rx.cond(
                state.has_reading,
                rx.fragment(_stopped(state), content),
                empty(
                    icons.blank_sheet(),
                    text("feedback.cancelled_heading"),
                    text("feedback.cancelled_body"),
                    _again(state),
                ),
            ),
        ),
        (
            "failed",
            rx.el.div(
                empty(icons.blank_sheet(), text("feedback.failed_heading"), state.problem, _again(state)),
                role="alert",
            ),
        ),
        (
            "unavailable",
            rx.el.div(
                rx.el.p(state.problem, role="alert", class_name="alert"),
                rx.el.button(text("feedback.again"), type="button", class_name="button", on_click=state.open),
                class_name="stack",
            ),
        ),
        # The content stays the same elements when the progress goes: focus and what was opened are kept.
        rx.fragment(content, rx.cond(state.status != "done", _progress(state))),
    )
