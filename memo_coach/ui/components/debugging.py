"""What the debug pages show where there is nothing to debug: refusal, absence, failure."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components import icons
from memo_coach.ui.components.layout import empty
from memo_coach.ui.states.debug import DebugState


def by_debug_status(content: rx.Component) -> rx.Component:
    """Show ``content`` where it may be shown."""
    return rx.match(
        DebugState.status,
        ("here", content),
        ("refused", empty(icons.blank_sheet(), text("debug.refused_heading"), DebugState.problem)),
        (
            "missing",
            empty(icons.blank_sheet(), text("feedback.missing_heading"), text("feedback.missing_body")),
        ),
        ("unavailable", rx.el.p(DebugState.problem, role="alert", class_name="alert")),
        rx.el.p(text("feedback.loading"), role="status", class_name="quiet"),
    )
