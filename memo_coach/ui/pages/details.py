"""The review page: the memo, editable where it is the newest version, and its remarks beside it."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components.conversation import panel, panel_button
from memo_coach.ui.components.evaluation import by_status, is_of_address
from memo_coach.ui.components.layout import alert, anchor, frame, link, own_scripts
from memo_coach.ui.components.read_only_memo import read_only_memo
from memo_coach.ui.components.review_cards import review_cards
from memo_coach.ui.components.review_editor import FORM, files_of_the_editor, review_editor
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.chat import ChatState
from memo_coach.ui.states.details import DetailsState
from memo_coach.ui.states.sharing import SharingState


def _tools() -> rx.Component:
    return rx.el.div(
        rx.el.button(
            text("details.previous"),
            type="button",
            class_name="button",
            custom_attrs={"data-comment-step": "previous"},
        ),
        rx.el.button(
            text("details.next"),
            type="button",
            class_name="button",
            custom_attrs={"data-comment-step": "next"},
        ),
        rx.el.span(
            role="status",
            class_name="position",
            custom_attrs={"data-comment-position": "", "data-pattern": text("details.position")},
        ),
        rx.el.div(
            rx.cond(
                DetailsState.memo != "",
                rx.el.div(class_name="saved", custom_attrs={"data-editor-saved": "", "aria-live": "polite"}),
            ),
            rx.cond(DetailsState.status == "done", panel_button()),
            rx.cond(
                DetailsState.memo != "",
                rx.el.button(
                    text("details.evaluate_again"),
                    type="submit",
                    class_name="button main",
                    custom_attrs={"form": FORM},
                ),
            ),
            class_name="row push",
        ),
        class_name="details-tools",
    )


def _head() -> rx.Component:
    is_there = is_of_address(DetailsState) & (DetailsState.version > 0)
    return rx.el.div(
        rx.el.div(
            rx.el.h1(text("details.heading")),
            rx.cond(
                is_there,
                rx.el.p(
                    rx.el.strong(DetailsState.title, lang=DetailsState.language),
                    rx.el.span(" · ", text("details.version"), " ", DetailsState.version.to_string()),
                    class_name="lede",
                ),
            ),
            rx.cond(is_there, _files()),
        ),
        rx.cond(
            is_there,
            rx.el.div(
                link(
                    text("details.overall"),
                    rx.cond(DetailsState.score != "", rx.fragment(": ", DetailsState.score)),
                    rx.cond(
                        DetailsState.score_before != "",
                        rx.fragment(" (", text("details.before"), " ", DetailsState.score_before, ")"),
                    ),
                    to=f"/feedback/{DetailsState.evaluation_id}",
                    class_name="button",
                ),
                # Where there is room, the conversation is beside the comments: the tools have its button.
                link(
                    text("feedback.chat"),
                    to=f"/chat/{DetailsState.evaluation_id}",
                    class_name="button without-panel",
                ),
                class_name="row",
            ),
        ),
        class_name="page-head",
        custom_attrs=files_of_the_editor(),
    )


def _files() -> rx.Component:
    """Lead to what can be taken along: the server's own routes, which the browser itself goes to."""
    pdf = anchor(text("feedback.pdf"), to=f"/evaluations/{DetailsState.evaluation_id}/pdf")
    return rx.el.p(
        text("details.files"),
        ": ",
        anchor(text("versions.markdown"), to=f"{DetailsState.files}.md"),
        " · ",
        anchor(text("versions.word"), to=f"{DetailsState.files}.docx"),
        rx.cond(DetailsState.status == "done", rx.fragment(" · ", pdf)),
        class_name="quiet files",
    )


def _earlier() -> rx.Component:
    return rx.cond(
        DetailsState.newest != "",
        rx.el.p(
            text("details.earlier"),
            " ",
            link(text("details.to_newest"), to=f"/details/{DetailsState.newest}"),
            class_name="note earlier",
        ),
    )


def page() -> rx.Component:
    """Build the page."""
    content = rx.cond(
        DetailsState.version > 0,
        rx.fragment(
            alert(DetailsState.refused),
            rx.el.p(role="alert", class_name="alert", hidden=True, custom_attrs={"data-editor-warning": ""}),
            _earlier(),
            _tools(),
            rx.el.div(
                rx.cond(DetailsState.memo != "", review_editor(), read_only_memo()),
                rx.el.div(review_cards(), panel(), class_name="beside"),
                class_name="split",
            ),
        ),
    )
    return frame(*own_scripts("chat.js"), _head(), by_status(DetailsState, content))


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(
        app,
        page,
        path="/details/[evaluation]",
        title=text("details.title"),
        on_load=[DetailsState.open, ChatState.open, SharingState.open],
    )
