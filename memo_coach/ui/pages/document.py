"""One configuration document: changed, checked, saved, tried, compared and rolled back."""

from __future__ import annotations

import reflex as rx
from reflex_base.event import EventSpec

from memo_coach.services.administration.documents import LONGEST_NOTE
from memo_coach.translations import text
from memo_coach.ui.assets import asset
from memo_coach.ui.components.administration_frame import administration_menu
from memo_coach.ui.components.agreement import agreement_with_readers
from memo_coach.ui.components.document_pages import by_status, table
from memo_coach.ui.components.layout import alert, anchor, frame, link, own_scripts
from memo_coach.ui.components.local_time import in_local_time
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.documents import (
    DocumentState,
    FaultOnScreen,
    SavedVersionOnScreen,
    WeightOnScreen,
)
from memo_coach.ui.states.preview_on_screen import CriterionComparedOnScreen, MemoOnScreen
from memo_coach.ui.states.versions import PieceOnScreen, RowOnScreen

PAUSE_BEFORE_CHECK = 700
"""Milliseconds without a key before what was typed is checked."""
_TEXT: rx.Var[str] = rx.Var('document.getElementById("document").value', _var_type=str)
_NOTE: rx.Var[str] = rx.Var('document.getElementById("note").value', _var_type=str)


def _editor() -> rx.Component:
    return rx.el.div(
        rx.el.label(text("documents.field"), html_for="document", class_name="visually-hidden"),
        rx.el.div(
            rx.el.div(
                rx.el.div(custom_attrs={"data-document-mirror": "", "inert": True}),
                rx.el.textarea(
                    id="document",
                    name="document",
                    default_value=DocumentState.text,
                    spell_check=False,
                    on_change=DocumentState.check.debounce(PAUSE_BEFORE_CHECK),
                    custom_attrs={
                        "data-document-text": "",
                        "autocomplete": "off",
                        "autocapitalize": "off",
                        "aria-describedby": "document-help",
                    },
                ),
                custom_attrs={"data-document-lines": ""},
            ),
            key=DocumentState.key,
            class_name="sheet",
            custom_attrs={"data-document-editor": ""},
        ),
        rx.el.p(text("documents.field_help"), id="document-help", class_name="quiet"),
    )


def _fault(fault: rx.Var[FaultOnScreen]) -> rx.Component:
    return rx.el.li(
        anchor(
            text("documents.line", number=""),
            fault.line,
            to="#document",
            custom_attrs={"data-document-line": fault.line},
        ),
        ": ",
        fault.reason,
    )


def _faults() -> rx.Component:
    return rx.el.div(
        rx.cond(
            DocumentState.faults.length() > 0,
            rx.el.div(
                rx.el.h2(text("documents.faults")),
                rx.el.ul(rx.foreach(DocumentState.faults, _fault)),
                rx.cond(DocumentState.more_faults != "", rx.el.p(DocumentState.more_faults)),
                class_name="alert document-faults",
            ),
        ),
        role="alert",
    )


def _save() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.label(text("documents.note"), html_for="note"),
            rx.el.input(
                id="note",
                name="note",
                max_length=LONGEST_NOTE,
                custom_attrs={"aria-describedby": "note-hint", "autocomplete": "off"},
            ),
            rx.el.p(text("documents.note_hint"), id="note-hint", class_name="quiet"),
            class_name="field",
        ),
        rx.el.button(
            text("documents.save"),
            type="button",
            class_name="button main",
            on_click=DocumentState.save(_TEXT, _NOTE, DocumentState.base),
        ),
        rx.el.p(
            rx.cond(DocumentState.told != "", DocumentState.told, DocumentState.checked),
            role="status",
            class_name="quiet",
        ),
        class_name="stack administration-part",
    )


def _weight(weight: rx.Var[WeightOnScreen]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(weight.name, scope="row"),
        rx.el.td(weight.weight, class_name="figure"),
        rx.el.td(
            rx.el.div(class_name="weight-bar", style={"width": weight.share}),
            custom_attrs={"aria-hidden": "true"},
        ),
    )


def _weights() -> rx.Component:
    return rx.cond(
        DocumentState.weights.length() > 0,
        rx.el.section(
            rx.el.h2(text("documents.weights")),
            table(
                rx.foreach(DocumentState.weights, _weight),
                columns=(text("documents.criterion"), text("documents.weight"), ""),
                label=text("documents.weights"),
                figures=(1,),
            ),
            class_name="stack administration-part weights",
        ),
    )


def _memo(memo: rx.Var[MemoOnScreen]) -> rx.Component:
    figures = (memo.stored, memo.saved, memo.unsaved, memo.change)
    return rx.el.tr(
        rx.el.th(memo.title, scope="row"), *[rx.el.td(each, class_name="figure") for each in figures]
    )


def _criterion(criterion: rx.Var[CriterionComparedOnScreen]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(criterion.name, scope="row"),
        rx.el.td(criterion.saved, class_name="figure"),
        rx.el.td(criterion.unsaved, class_name="figure"),
    )


def _results() -> rx.Component:
    scores = ("memo", "score_stored", "score_saved", "score_unsaved", "change")
    return rx.cond(
        DocumentState.memos.length() > 0,
        rx.fragment(
            table(
                rx.foreach(DocumentState.memos, _memo),
                columns=tuple(text(f"documents.{name}") for name in scores),
                label=text("documents.preview"),
                figures=range(1, 5),
            ),
            rx.el.h3(text("documents.criteria_of_first")),
            table(
                rx.foreach(DocumentState.criteria, _criterion),
                columns=tuple(text(f"documents.{name}") for name in ("criterion", *scores[2:4])),
                label=text("documents.criteria_of_first"),
                figures=(1, 2),
            ),
        ),
    )


def _preview() -> rx.Component:
    return rx.cond(
        DocumentState.is_rubric,
        rx.el.section(
            rx.el.h2(text("documents.preview")),
            rx.el.p(text("documents.preview_lede"), class_name="quiet"),
            rx.el.div(
                *[
                    rx.el.button(
                        text(f"documents.preview_{of}"),
                        type="button",
                        class_name="button",
                        on_click=DocumentState.preview(_TEXT, of),  # type: ignore[misc] # its decorator has no type
                        # Not disabled, which would take the focus away; the handler ignores a second click.
                        aria_disabled=rx.cond(DocumentState.previewing != "", "true", "false"),
                    )
                    for of in ("samples", "evaluations")
                ],
                class_name="row",
            ),
            rx.el.p(DocumentState.previewing, role="status", class_name="quiet"),
            _results(),
            class_name="stack administration-part",
        ),
    )


def _piece(piece: rx.Var[PieceOnScreen]) -> rx.Component:
    begins = {name: {"data-begins": text(f"versions.{name}_begins")} for name in ("removed", "added")}
    ends = {"data-ends": text("versions.ends")}
    return rx.match(
        piece.kind,
        ("removed", rx.el.del_(piece.text, custom_attrs={**begins["removed"], **ends})),
        ("added", rx.el.ins(piece.text, custom_attrs={**begins["added"], **ends})),
        rx.el.span(piece.text),
    )


def _difference_row(row: rx.Var[RowOnScreen]) -> rx.Component:
    return rx.el.p(rx.foreach(row.pieces, _piece))


def _difference() -> rx.Component:
    return rx.cond(
        DocumentState.compared != "",
        rx.el.section(
            rx.el.h2(DocumentState.compared),
            rx.el.div(
                rx.foreach(DocumentState.rows, _difference_row),
                class_name="difference document-difference sheet",
            ),
            class_name="stack administration-part",
        ),
    )


def _version(version: rx.Var[SavedVersionOnScreen]) -> rx.Component:
    number = version.number
    return rx.el.tr(
        rx.el.th(version.label, scope="row"),
        rx.el.td(version.author),
        rx.el.td(rx.cond(version.moment != "", in_local_time(version.moment), "–")),
        rx.el.td(version.note),
        rx.el.td(
            rx.cond(
                version.holds,
                rx.el.span(text("documents.holds"), class_name="quiet"),
                rx.el.div(
                    _of_version("compare", version, DocumentState.compare_with(number)),
                    _of_version("roll_back", version, DocumentState.roll_back(number, DocumentState.base)),
                    class_name="row",
                ),
            )
        ),
        custom_attrs={"data-version": version.number},
    )


def _of_version(name: str, version: rx.Var[SavedVersionOnScreen], on_click: EventSpec) -> rx.Component:
    return rx.el.button(
        text(f"documents.{name}"),
        rx.el.span(" ", version.label, class_name="visually-hidden"),
        type="button",
        class_name="button",
        on_click=on_click,
    )


def _versions() -> rx.Component:
    columns = ("version_heading", "author", "moment", "note")
    return rx.el.section(
        rx.el.h2(text("documents.versions")),
        table(
            rx.foreach(DocumentState.versions, _version),
            columns=(*[text(f"documents.{column}") for column in columns], ""),
            label=text("documents.versions"),
        ),
        class_name="stack administration-part",
    )


def _retirement() -> rx.Component:
    return rx.cond(
        DocumentState.is_rubric,
        rx.el.section(
            rx.el.p(text("documents.retire_lede"), class_name="quiet"),
            rx.el.button(
                rx.cond(DocumentState.is_retired, text("documents.offer"), text("documents.retire")),
                type="button",
                class_name="button",
                on_click=DocumentState.set_retired(~DocumentState.is_retired, DocumentState.base),
            ),
            class_name="stack administration-part",
        ),
    )


def page() -> rx.Component:
    """Build the page."""
    return frame(
        *own_scripts("document-editor.js"),
        administration_menu("/admin"),
        rx.el.div(
            rx.el.div(
                rx.el.h1(rx.cond(DocumentState.title != "", DocumentState.title, text("documents.heading"))),
                rx.el.p(link(text("documents.to_list"), to="/admin")),
            ),
            class_name="page-head",
            # Fetched by the script of the editor: no other page needs it.
            custom_attrs={"data-document-style": asset("document-editor.css")},
        ),
        by_status(
            DocumentState.status,
            DocumentState.problem,
            rx.fragment(
                alert(DocumentState.broken),
                _editor(),
                alert(DocumentState.problem),
                _faults(),
                _save(),
                _difference(),
                _weights(),
                _preview(),
                rx.cond(DocumentState.is_rubric, agreement_with_readers(DocumentState.model)),
                _versions(),
                _retirement(),
            ),
        ),
        class_name="document-page",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(
        app, page, path="/admin/config/[document]", title=text("documents.heading"),
        on_load=DocumentState.open, is_private=True,
    )  # fmt: skip
