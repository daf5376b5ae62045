"""How the installation stands, part by part."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components.local_time import in_local_time
from memo_coach.ui.states.installation_state import InstallationStateOnScreen, PartOnScreen


def _row(part: rx.Var[PartOnScreen]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(part.label, scope="row"),
        rx.el.td(
            rx.cond(part.is_well, rx.el.span(part.found), rx.el.strong(part.found, class_name="unwell")),
            rx.cond(
                part.moment != "",
                rx.el.time(
                    in_local_time(part.moment), class_name="quiet", custom_attrs={"dateTime": part.moment}
                ),
            ),
        ),
        custom_attrs={"data-part": part.name},
    )


def installation_state() -> rx.Component:
    """Return a table of the parts."""
    return rx.el.table(
        rx.el.caption(text("installation_state.table"), class_name="visually-hidden"),
        rx.el.tbody(rx.foreach(InstallationStateOnScreen.parts, _row)),
        class_name="score-table installation-state",
    )
