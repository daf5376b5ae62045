"""The state of the installation, for administrators."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components.administration_frame import administration_page
from memo_coach.ui.components.installation_state import installation_state
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.installation_state import InstallationStateOnScreen


def page() -> rx.Component:
    """Build the page."""
    return administration_page(
        installation_state(),
        rx.el.p(
            rx.el.button(
                text("installation_state.again"),
                type="button",
                class_name="button",
                on_click=InstallationStateOnScreen.open,
            ),
            class_name="row",
        ),
        heading=text("installation_state.heading"),
        lede=text("installation_state.lede"),
        status=InstallationStateOnScreen.status,
        problem=InstallationStateOnScreen.problem,
        current="/admin/state",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(
        app,
        page,
        path="/admin/state",
        title=text("installation_state.heading"),
        on_load=InstallationStateOnScreen.open,
    )
