"""The conversation with the coach about an evaluation, on a page of its own."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components.conversation import conversation
from memo_coach.ui.components.evaluation import by_status, is_of_address
from memo_coach.ui.components.layout import frame, link, own_scripts
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.chat import ChatState


def page() -> rx.Component:
    """Build the page."""
    is_done = is_of_address(ChatState) & (ChatState.status == "done")
    return frame(
        *own_scripts("chat.js"),
        rx.el.div(
            rx.el.div(
                rx.el.h1(text("chat.heading")),
                rx.cond(
                    is_of_address(ChatState) & (ChatState.title != ""),
                    rx.el.p(rx.el.strong(ChatState.title, lang=ChatState.language), class_name="lede"),
                ),
            ),
            rx.cond(
                is_done,
                rx.el.div(
                    link(
                        text("feedback.heading"),
                        to=f"/feedback/{ChatState.evaluation_id}",
                        class_name="button",
                    ),
                    link(
                        text("details.heading"), to=f"/details/{ChatState.evaluation_id}", class_name="button"
                    ),
                    class_name="row",
                ),
            ),
            class_name="page-head",
        ),
        by_status(ChatState, rx.cond(ChatState.status == "done", conversation())),
        class_name="narrow chat-page",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(app, page, path="/chat/[evaluation]", title=text("chat.heading"), on_load=ChatState.open)
