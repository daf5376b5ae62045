"""What the pages of the administration have in common."""

from __future__ import annotations

from collections.abc import Collection

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components import icons
from memo_coach.ui.components.layout import empty, link


def by_status(status: rx.Var[str], problem: rx.Var[str], content: rx.Component) -> rx.Component:
    """Show ``content`` to administrators, and in its place why it is not shown."""
    return rx.match(
        status,
        ("here", content),
        (
            "refused",
            empty(icons.blank_sheet(), text("documents.refused_heading"), text("documents.refused_body")),
        ),
        (
            "missing",
            empty(
                icons.blank_sheet(),
                text("documents.missing_heading"),
                text("documents.missing_body"),
                link(text("documents.to_list"), to="/admin", class_name="button"),
            ),
        ),
        ("unavailable", rx.el.p(problem, role="alert", class_name="alert")),
        rx.el.p(text("feedback.loading"), role="status", class_name="quiet"),
    )


def table(
    *rows: rx.Component, columns: tuple[str, ...], label: str, figures: Collection[int] = ()
) -> rx.Component:
    """Show a table that scrolls within its frame on a narrow screen; ``figures`` are columns of numbers."""
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    # A column that needs no name has no header either.
                    *[
                        rx.el.th(column, scope="col", class_name="figure" if place in figures else "")
                        if column
                        else rx.el.td()
                        for place, column in enumerate(columns)
                    ]
                )
            ),
            rx.el.tbody(*rows),
        ),
        class_name="table-frame",
        tab_index=0,
        role="region",
        aria_label=label,
    )
