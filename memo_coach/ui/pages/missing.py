"""The page for an address that leads nowhere."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components import icons
from memo_coach.ui.components.layout import frame, link


def page() -> rx.Component:
    """Build the page."""
    return frame(
        rx.el.div(
            icons.blank_sheet(),
            rx.el.h1(text("missing.heading")),
            rx.el.p(text("missing.body")),
            link(text("missing.home"), to="/", class_name="button main"),
            class_name="empty",
        )
    )


def register(app: rx.App) -> None:
    """Add the page."""
    app.add_page(
        page,
        route="404",
        title=f"{text('missing.title')} · {text('product.name')}",
        description=text("missing.body"),
    )
