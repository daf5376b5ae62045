"""The writing page: the editor, ready to type in, and hints beside it."""

from __future__ import annotations

import reflex as rx

from memo_coach.coaching.memo.language import SUPPORTED_LANGUAGES
from memo_coach.coaching.rubric.model import localised
from memo_coach.coaching.rubric.reader import shipped_rubrics
from memo_coach.documents.reading.limits import MOST_BYTES
from memo_coach.documents.reading.model import Refusal
from memo_coach.documents.reading.sentences import refusal_sentence
from memo_coach.translations import current_language, text
from memo_coach.ui.components.layout import alert, frame
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.write import LONGEST_FOR_HINTS, HintOnScreen, WriteState

PAUSE_BEFORE_HINTS = 1200
"""Milliseconds without a key before hints are asked for."""
# What goes along with a choice, so that hints follow it at once. The text itself is the browser's.
_MEMO: rx.Var[str] = rx.Var(
    f'document.getElementById("memo").value.slice(0, {LONGEST_FOR_HINTS + 1})', _var_type=str
)
_CHOSEN: rx.Var[str] = rx.Var('(document.getElementById("rubric").dataset.chosen || "")', _var_type=str)

_MESSAGES = (
    "word", "words", "character", "characters", "reading", "blank", "blanks", "passage_changed",
    "uploading", "uploaded", "two_files", "upload_failed",
    "saving", "saved", "restored", "empty", "forked", "unreachable", "refused", "too_long",
)  # fmt: skip


def _rubric() -> rx.Component:
    return rx.el.div(
        rx.el.label(text("write.rubric"), html_for="rubric"),
        rx.el.select(
            *[
                rx.el.option(
                    rx.cond(
                        WriteState.rubric_names.contains(rubric.id),
                        WriteState.rubric_names[rubric.id],
                        localised(rubric.name, current_language()),
                    ),
                    value=rubric.id,
                    # It stays where a draft may have it: one that was written for it keeps it.
                    hidden=WriteState.retired.contains(rubric.id),
                )
                for rubric in shipped_rubrics()
            ],
            rx.foreach(WriteState.more_rubrics, lambda each: rx.el.option(each.label, value=each.kind)),
            id="rubric",
            name="rubric",
            default_value=shipped_rubrics()[0].id,
            on_change=lambda rubric: WriteState.choose_rubric(rubric, _MEMO, _CHOSEN),
            custom_attrs={"data-editor-rubric": ""},
        ),
        class_name="field",
    )


def _language() -> rx.Component:
    """Let a writer say which language it is, where the coach takes it for another."""
    return rx.el.div(
        rx.el.label(text("write.language"), html_for="language"),
        rx.el.select(
            rx.el.option(text("write.language_as_written"), value=""),
            *[rx.el.option(text(f"languages.{code}"), value=code) for code in SUPPORTED_LANGUAGES],
            id="language",
            name="language",
            default_value="",
            on_change=lambda language: WriteState.choose_language(language, _MEMO),
        ),
        class_name="field",
    )


def _coach() -> rx.Component:
    """Let a writer choose who reads the memo, where there is a choice."""
    return rx.cond(
        WriteState.coaches.length() > 0,
        rx.el.div(
            rx.el.label(text("write.coach"), html_for="coach"),
            rx.el.select(
                rx.foreach(WriteState.coaches, lambda coach: rx.el.option(coach.label, value=coach.kind)),
                id="coach",
                name="coach",
                value=WriteState.coach,
                on_change=WriteState.choose_coach,
                custom_attrs={"aria-describedby": "destination"},
            ),
            class_name="field",
        ),
    )


def _sample(quality: str) -> rx.Component:
    return rx.el.button(
        text(f"write.sample_{quality}"),
        type="button",
        class_name="button plain",
        custom_attrs={"data-editor-action": "sample", "data-quality": quality},
    )


def _outline() -> rx.Component:
    return rx.el.button(
        text("write.outline"),
        type="button",
        class_name="button plain",
        custom_attrs={"data-editor-action": "outline"},
    )


def _upload() -> rx.Component:
    """Let a writer bring a file; dropping one on the editor does the same."""
    return rx.el.label(
        rx.el.input(
            type="file",
            accept=".txt,.md,.docx,.pdf,text/plain,text/markdown",
            custom_attrs={
                "data-editor-file": "",
                "data-most-bytes": str(MOST_BYTES),
                "data-too-large": refusal_sentence(Refusal.TOO_LARGE, current_language()),
            },
        ),
        text("write.upload"),
        class_name="button plain file",
    )


def _editor() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.div(_rubric(), _language(), _coach(), class_name="row"),
            rx.el.div(_upload(), _outline(), _sample("weak"), _sample("strong"), class_name="row"),
            class_name="editor-tools",
        ),
        rx.el.label(text("write.editor"), html_for="memo", class_name="visually-hidden"),
        rx.el.textarea(
            id="memo",
            name="memo",
            default_value="",
            placeholder=text("write.placeholder"),
            spell_check=True,
            auto_focus=True,
            on_change=WriteState.review.debounce(PAUSE_BEFORE_HINTS),
            custom_attrs={"data-editor": "", "autocomplete": "off"},
        ),
        rx.el.input(type="hidden", name="memo_id", default_value="", custom_attrs={"data-editor-memo": ""}),
        rx.el.input(
            type="hidden", name="revision", default_value="0", custom_attrs={"data-editor-revision": ""}
        ),
        rx.el.div(
            rx.el.div(
                rx.el.div(
                    *[
                        rx.el.span(custom_attrs={f"data-editor-{name}": ""})
                        for name in ("words", "characters", "reading", "blanks")
                    ],
                    class_name="counts",
                ),
                rx.el.div(class_name="saved", custom_attrs={"data-editor-saved": "", "aria-live": "polite"}),
            ),
            rx.el.div(
                rx.el.button(
                    text("write.new"),
                    type="button",
                    class_name="button",
                    custom_attrs={"data-editor-action": "new"},
                ),
                rx.el.button(
                    text("write.evaluate"),
                    type="submit",
                    class_name="button main",
                    custom_attrs={"aria-describedby": "destination"},
                ),
                class_name="row",
            ),
            # Always there, so that what it describes never points at nothing.
            rx.el.p(WriteState.destination, id="destination", class_name="destination quiet"),
            class_name="editor-foot",
        ),
        rx.el.div(
            hidden=True,
            custom_attrs={
                "data-editor-messages": "",
                # The framework drops underscores from names of attributes.
                **{f"data-{name.replace('_', '-')}": text(f"editor.{name}") for name in _MESSAGES},
            },
        ),
        on_submit=WriteState.evaluate,
        class_name="editor sheet",
    )


def _hint(hint: rx.Var[HintOnScreen]) -> rx.Component:
    return rx.el.li(
        rx.cond(
            hint.quote != "",
            rx.el.button(
                rx.el.span(text("write.show_passage"), class_name="visually-hidden"),
                rx.el.q(hint.quote),
                type="button",
                class_name="passage",
                custom_attrs={
                    "data-editor-action": "passage",
                    "data-start": hint.start,
                    "data-length": hint.characters,
                    "data-head": hint.head,
                },
            ),
        ),
        rx.el.p(hint.comment),
        rx.cond(hint.question != "", rx.el.p(hint.question, class_name="question")),
        class_name="hint",
    )


def _proposal() -> rx.Component:
    """Propose another rubric; it is taken only where the writer says so."""
    return rx.cond(
        WriteState.proposal != "",
        rx.el.div(
            rx.el.p(WriteState.proposal),
            rx.el.button(
                text("write.proposed_use"),
                type="button",
                class_name="button",
                custom_attrs={"data-editor-action": "use-rubric", "data-rubric": WriteState.proposed},
            ),
            class_name="note proposal",
        ),
    )


def _hints() -> rx.Component:
    return rx.el.aside(
        rx.el.h2(text("write.hints"), id="hints"),
        _proposal(),
        rx.match(
            WriteState.reviewed,
            (
                "done",
                rx.cond(
                    WriteState.hints.length() > 0,
                    rx.el.ul(rx.foreach(WriteState.hints, _hint), class_name="hints"),
                    rx.el.p(text("write.hints_none"), class_name="quiet"),
                ),
            ),
            ("long", rx.el.p(text("write.hints_long"), class_name="quiet")),
            ("unread", rx.el.p(text("write.hints_unread"), class_name="quiet")),
            rx.el.p(text("write.hints_empty"), class_name="quiet"),
        ),
        rx.el.p(text("write.shortcut"), class_name="note with-keys"),
        class_name="rail",
        custom_attrs={"aria-labelledby": "hints"},
    )


def _dialog() -> rx.Component:
    return rx.el.dialog(
        rx.el.h2(text("write.new_heading"), id="new-heading"),
        rx.el.p(text("write.new_body")),
        rx.el.div(
            rx.el.button(
                text("write.new_no"),
                type="button",
                class_name="button",
                custom_attrs={"data-editor-action": "keep"},
            ),
            rx.el.button(
                text("write.new_yes"),
                type="button",
                class_name="button main",
                custom_attrs={"data-editor-action": "new-now"},
            ),
            class_name="row",
        ),
        custom_attrs={"data-editor-dialog": "", "aria-labelledby": "new-heading"},
    )


def page() -> rx.Component:
    """Build the page."""
    return frame(
        rx.el.div(
            rx.el.div(rx.el.h1(text("write.heading")), rx.el.p(text("write.lede"), class_name="lede")),
            class_name="page-head",
        ),
        alert(WriteState.problem),
        rx.el.p(role="alert", class_name="alert", hidden=True, custom_attrs={"data-editor-warning": ""}),
        # Always there: what appears in a region that appears with it is not told by every screen reader.
        rx.el.div(
            rx.el.span(custom_attrs={"data-editor-notice": ""}),
            " ",
            rx.el.button(
                text("write.before"),
                type="button",
                class_name="button plain",
                hidden=True,
                custom_attrs={"data-editor-before": "", "data-editor-action": "before"},
            ),
            role="status",
            class_name="note notice",
        ),
        rx.el.div(_editor(), _hints(), class_name="desk"),
        _dialog(),
        current="/",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(app, page, path="/", title=text("write.title"), on_load=WriteState.open)
