"""The conversation with the coach: what was said, what is being said, and the field to ask in."""

from __future__ import annotations

import reflex as rx

from memo_coach.services.chat.service import LONGEST_QUESTION
from memo_coach.translations import text
from memo_coach.ui.components.layout import link
from memo_coach.ui.states.chat import BlockOnScreen, ChatState, MessageOnScreen


def _paragraph(line: rx.Var[str]) -> rx.Component:
    return rx.el.p(line)


def _item(line: rx.Var[str]) -> rx.Component:
    return rx.el.li(line)


def _block(block: rx.Var[BlockOnScreen]) -> rx.Component:
    return rx.cond(
        block.kind == "list",
        rx.el.ul(rx.foreach(block.lines, _item)),
        rx.fragment(rx.foreach(block.lines, _paragraph)),
    )


def _message(message: rx.Var[MessageOnScreen]) -> rx.Component:
    return rx.el.div(
        rx.el.p(message.by, class_name="by"),
        rx.cond(
            message.about != "",
            rx.el.p(text("chat.about"), " ", rx.el.q(message.about), class_name="about"),
        ),
        rx.el.div(rx.foreach(message.blocks, _block), class_name="said"),
        rx.cond(message.notice != "", rx.el.p(message.notice, class_name="note")),
        key=message.id,
        class_name=f"message {message.role}",
        custom_attrs={"data-message": message.role},
    )


def _growing() -> rx.Component:
    """Return the answer that is being given. It is read out when it is complete, not at each piece."""
    return rx.cond(
        ChatState.streaming,
        rx.el.div(
            rx.el.p(ChatState.streaming_by, class_name="by"),
            rx.el.div(
                rx.foreach(ChatState.grown, _block),
                rx.foreach(ChatState.growing, _block),
                class_name="said",
            ),
            class_name="message coach growing",
            custom_attrs={"data-message": "growing", "aria-live": "off"},
        ),
    )


def _log() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.foreach(ChatState.messages, _message),
            role="log",
            aria_label=text("chat.log"),
            class_name="messages",
        ),
        _growing(),
        class_name="said-so-far",
        tab_index=0,
        role="region",
        aria_label=text("chat.region"),
        custom_attrs={"data-chat-log": ""},
    )


def _suggestion(question: rx.Var[str]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            question,
            type="button",
            class_name="button",
            on_click=ChatState.ask_suggested(question),
        )
    )


def _suggestions() -> rx.Component:
    """Suggest questions where nothing was said yet, or where a comment was just chosen."""
    return rx.cond(
        ((ChatState.messages.length() == 0) | ((ChatState.about != "") & ChatState.suggests))
        & ~ChatState.streaming,
        rx.el.div(
            rx.cond(
                ChatState.messages.length() == 0,
                rx.el.p(text("chat.empty"), class_name="quiet"),
            ),
            rx.el.ul(
                rx.foreach(ChatState.suggested, _suggestion),
                class_name="suggested",
                lang=ChatState.language,
                aria_label=text("chat.suggested"),
            ),
        ),
    )


def _about() -> rx.Component:
    return rx.cond(
        ChatState.about != "",
        rx.el.div(
            rx.el.p(text("chat.about"), " ", rx.el.q(ChatState.about_text)),
            rx.el.button(
                text("chat.about_all"),
                type="button",
                class_name="button plain",
                on_click=ChatState.ask_about_all,
            ),
            class_name="about-comment",
        ),
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.label(text("chat.question"), html_for="question"),
        rx.el.textarea(
            id="question",
            name="question",
            default_value="",
            rows=2,
            max_length=LONGEST_QUESTION,
            custom_attrs={
                "data-chat-field": "",
                "autocomplete": "off",
                "aria-describedby": "question-keys",
            },
        ),
        rx.el.div(
            rx.el.p(text("chat.keys"), id="question-keys", class_name="quiet"),
            rx.el.div(
                rx.cond(
                    (ChatState.messages.length() > 0) & ~ChatState.streaming,
                    rx.el.button(
                        text("chat.clear"), type="button", class_name="button plain", on_click=ChatState.clear
                    ),
                ),
                rx.cond(
                    ChatState.streaming,
                    rx.el.button(
                        text("chat.stop"), type="button", class_name="button", on_click=ChatState.stop
                    ),
                ),
                rx.el.button(
                    text("chat.send"), type="submit", class_name="button main", disabled=ChatState.streaming
                ),
                class_name="row",
            ),
            class_name="ask-foot",
        ),
        on_submit=ChatState.ask,
        class_name="ask",
        custom_attrs={
            "data-chat-form": "",
            "data-chat-sent": ChatState.sent.to_string(),
            "data-chat-busy": rx.cond(ChatState.streaming, "true", "false"),
        },
    )


def conversation(*, remark_first: bool = False) -> rx.Component:
    """Build the conversation; its state knows which evaluation it is about from the address.

    The remark that the next question is about stands beside the field, or above all that was said.
    """
    return rx.el.div(
        *([_about()] if remark_first else []),
        rx.cond(
            (ChatState.messages.length() > 0) | ChatState.streaming,
            _log(),
        ),
        rx.el.div(
            rx.cond(ChatState.streaming, rx.el.p(text("chat.answering"), class_name="quiet")),
            role="status",
        ),
        _suggestions(),
        rx.cond(ChatState.refused != "", rx.el.p(ChatState.refused, role="alert", class_name="alert")),
        *([] if remark_first else [_about()]),
        _form(),
        class_name="conversation",
    )


def panel() -> rx.Component:
    """Build the conversation beside the detailed feedback, put away until somebody asks for it."""
    return rx.el.aside(
        rx.el.div(
            rx.el.h2(text("chat.heading"), id="chat-panel-heading"),
            link(text("chat.whole_page"), to=f"/chat/{ChatState.evaluation_id}", class_name="button plain"),
            rx.el.button(
                text("chat.close"),
                type="button",
                class_name="button",
                custom_attrs={"data-chat-close": ""},
            ),
            class_name="chat-panel-head",
        ),
        conversation(remark_first=True),
        id="chat-panel",
        # assets/details.js shows it: each visit of the page begins without it, which covers a phone's.
        hidden=True,
        class_name="chat-panel sheet",
        custom_attrs={"aria-labelledby": "chat-panel-heading", "data-chat-panel": ""},
    )


def panel_button() -> rx.Component:
    """Return the button that shows the conversation beside the detailed feedback."""
    return rx.el.button(
        text("chat.open"),
        type="button",
        class_name="button",
        custom_attrs={"data-chat-open": "", "aria-controls": "chat-panel", "aria-expanded": "false"},
    )


def about_button(comment_id: rx.Var[str]) -> rx.Component:
    """Return the button of a comment that starts the conversation from it."""
    return rx.el.button(
        text("chat.ask_about"),
        type="button",
        class_name="button plain ask-about",
        on_click=ChatState.ask_about(comment_id),
        custom_attrs={"data-chat-open": ""},
    )
