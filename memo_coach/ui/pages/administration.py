"""The administration: the documents by which everything is judged, and the way to the rest."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components.administration_frame import administration_menu
from memo_coach.ui.components.document_pages import by_status, table
from memo_coach.ui.components.layout import alert, frame, link
from memo_coach.ui.components.local_time import in_local_time
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.document_list import AdministrationState
from memo_coach.ui.states.documents import DocumentOnScreen


def _row(line: rx.Var[DocumentOnScreen]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            link(line.label, to=line.address),
            rx.cond(line.broken != "", rx.el.p(line.broken, class_name="alert")),
            scope="row",
        ),
        rx.el.td(line.version, class_name="figure"),
        rx.el.td(line.author),
        rx.el.td(rx.cond(line.moment != "", in_local_time(line.moment), "–")),
        rx.el.td(line.state),
        custom_attrs={"data-document": line.name},
    )


def _documents() -> rx.Component:
    columns = ("document", "version_heading", "author", "moment", "state")
    return rx.el.section(
        rx.el.h2(text("documents.list")),
        table(
            rx.foreach(AdministrationState.documents, _row),
            columns=tuple(text(f"documents.{column}") for column in columns),
            label=text("documents.list"),
            figures=(1,),
        ),
        class_name="stack administration-part",
    )


def _new_rubric() -> rx.Component:
    return rx.el.section(
        rx.el.h2(text("documents.new_rubric")),
        rx.el.p(text("documents.new_rubric_lede"), class_name="quiet"),
        rx.el.form(
            rx.el.div(
                rx.el.label(text("documents.rubric_id"), html_for="rubric-id"),
                rx.el.input(
                    id="rubric-id",
                    name="rubric_id",
                    required=True,
                    max_length=60,
                    custom_attrs={"aria-describedby": "rubric-id-hint", "autocomplete": "off"},
                ),
                rx.el.p(text("documents.rubric_id_hint"), id="rubric-id-hint", class_name="quiet"),
                class_name="field",
            ),
            rx.el.div(
                rx.el.label(text("documents.like"), html_for="like"),
                rx.el.select(
                    rx.foreach(
                        AdministrationState.rubrics, lambda each: rx.el.option(each.label, value=each.name)
                    ),
                    id="like",
                    name="like",
                ),
                class_name="field",
            ),
            rx.el.div(
                rx.el.button(text("documents.make"), type="submit", class_name="button main"),
                class_name="row",
            ),
            on_submit=AdministrationState.make_rubric,
            class_name="stack",
        ),
        class_name="stack administration-part",
    )


def page() -> rx.Component:
    """Build the page."""
    return frame(
        administration_menu("/admin"),
        rx.el.div(
            rx.el.div(
                rx.el.h1(text("documents.heading")), rx.el.p(text("documents.lede"), class_name="lede")
            ),
            class_name="page-head",
        ),
        by_status(
            AdministrationState.status,
            AdministrationState.problem,
            rx.fragment(alert(AdministrationState.problem), _documents(), _new_rubric()),
        ),
        class_name="narrow administration",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(
        app, page, path="/admin", title=text("documents.heading"), on_load=AdministrationState.open,
        is_private=True,
    )  # fmt: skip
