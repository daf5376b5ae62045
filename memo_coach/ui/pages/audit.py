"""The audit log, for administrators: who did what to what, the newest first."""

from __future__ import annotations

import reflex as rx

from memo_coach.services.administration.audit_log import LONGEST_FILTER
from memo_coach.translations import text
from memo_coach.ui.components.administration_frame import administration_page
from memo_coach.ui.components.layout import anchor
from memo_coach.ui.components.local_time import in_local_time
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.audit import AuditChangeOnScreen, AuditEntryOnScreen, AuditState


def _text_field(name: str, value: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.label(text(f"audit.{name}"), html_for=name),
        rx.el.input(
            id=name,
            name=name,
            type="search",
            default_value=value,
            max_length=LONGEST_FILTER,
            auto_complete="off",
        ),
        class_name="field",
    )


def _filters() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label(text("audit.action"), html_for="action"),
            rx.el.select(
                rx.el.option(text("audit.every_action"), value=""),
                rx.foreach(AuditState.actions, lambda each: rx.el.option(each.words, value=each.name)),
                id="action",
                name="action",
                default_value=AuditState.action,
            ),
            class_name="field",
        ),
        _text_field("actor", AuditState.actor),
        _text_field("target", AuditState.target),
        rx.el.button(text("audit.search"), type="submit", class_name="button"),
        anchor(text("audit.file"), to=AuditState.file, class_name="button", download=True),
        on_submit=AuditState.search,
        class_name="score-filters",
        custom_attrs={"aria-label": text("audit.filters"), "role": "search"},
    )


def _change(change: rx.Var[AuditChangeOnScreen]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(change.name),
        rx.el.dd(
            rx.cond(
                change.before != "",
                rx.fragment(
                    rx.el.span(text("audit.before"), " ", class_name="visually-hidden"),
                    rx.el.del_(change.before),
                    rx.el.span(" → ", aria_hidden="true"),
                    rx.el.span(" ", text("audit.after"), " ", class_name="visually-hidden"),
                ),
            ),
            rx.el.ins(change.after),
        ),
    )


def _entry(entry: rx.Var[AuditEntryOnScreen]) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.strong(entry.action),
            rx.el.span(entry.target, class_name="target"),
            class_name="audit-head",
        ),
        rx.el.p(
            rx.el.span(entry.actor),
            " · ",
            rx.el.time(
                in_local_time(entry.moment, "timeStyle: 'medium', "), custom_attrs={"dateTime": entry.moment}
            ),
            rx.cond(entry.origin != "", rx.el.span(" · ", entry.origin)),
            class_name="quiet",
        ),
        rx.cond(entry.changes.length() > 0, rx.el.dl(rx.foreach(entry.changes, _change))),
        key=entry.key,
    )


def page() -> rx.Component:
    """Build the page."""
    return administration_page(
        _filters(),
        rx.cond(
            AuditState.entries.length() > 0,
            rx.el.ol(rx.foreach(AuditState.entries, _entry), class_name="audit-entries"),
            rx.el.p(text("audit.empty"), class_name="lede", role="status"),
        ),
        rx.el.p(
            rx.cond(
                AuditState.cursor != "",
                rx.el.button(
                    text("audit.newest"), type="button", class_name="button", on_click=AuditState.open
                ),
            ),
            rx.cond(
                AuditState.next_cursor != "",
                rx.el.button(
                    text("audit.older"), type="button", class_name="button", on_click=AuditState.older
                ),
            ),
            class_name="row",
        ),
        heading=text("audit.heading"),
        lede=text("audit.lede"),
        status=AuditState.status,
        problem=AuditState.problem,
        current="/admin/audit",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(app, page, path="/admin/audit", title=text("audit.heading"), on_load=AuditState.open)
