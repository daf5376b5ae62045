"""The question before something is deleted, and the way back, for each page that deletes."""

from __future__ import annotations

import reflex as rx

from memo_coach.services.data.deletion import UNDO_SECONDS
from memo_coach.translations import text
from memo_coach.ui.components.layout import alert
from memo_coach.ui.states.deletion import DeletionState


def _question() -> rx.Component:
    return rx.el.dialog(
        rx.el.form(
            rx.el.h2(DeletionState.heading, id="deletion-heading"),
            rx.el.p(DeletionState.body, id="deletion-body"),
            rx.el.label(text("deletion.word_label", word=text("deletion.word")), html_for="deletion-word"),
            rx.el.input(
                id="deletion-word",
                name="word",
                type="text",
                auto_complete="off",
                auto_focus=True,
                custom_attrs={
                    "autocapitalize": "none",
                    "spellcheck": "false",
                    "aria-describedby": "deletion-body",
                },
            ),
            alert(DeletionState.wrong),
            rx.el.div(
                rx.el.button(
                    text("deletion.no"),
                    type="button",
                    class_name="button",
                    on_click=DeletionState.keep,
                    custom_attrs={"data-dialog-keep": ""},
                ),
                rx.el.button(text("deletion.yes"), type="submit", class_name="button danger"),
                class_name="row",
            ),
            on_submit=DeletionState.delete,
        ),
        custom_attrs={"data-dialog": "", "aria-labelledby": "deletion-heading"},
        class_name="deletion",
    )


def _way_back() -> rx.Component:
    """Return what is there while the deletion can be undone; the style sheet takes it away in time."""
    return rx.el.div(
        rx.el.span(text("deletion.undo_hint", seconds=UNDO_SECONDS), class_name="quiet"),
        rx.el.button(text("deletion.undo"), type="button", class_name="button", on_click=DeletionState.undo),
        class_name="row undo",
        key=DeletionState.undoable,
    )


def deletion() -> rx.Component:
    """Return the question where there is one, what was done, and the way back while there is one."""
    return rx.el.div(
        alert(DeletionState.problem),
        rx.el.div(rx.el.p(DeletionState.told), role="status", class_name="told"),
        rx.cond(DeletionState.undoable != "", _way_back()),
        rx.cond(DeletionState.condemned != "", _question()),
        class_name="deletions",
    )
