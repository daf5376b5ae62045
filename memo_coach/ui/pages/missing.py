"""The page for an address that leads nowhere."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import ENGLISH, languages, speaking, text
from memo_coach.ui.components import icons
from memo_coach.ui.components.layout import frame, link


def _page_in(language: str) -> rx.Component:
    with speaking(language):
        return frame(
            rx.el.div(
                icons.blank_sheet(),
                rx.el.h1(text("missing.heading")),
                rx.el.p(text("missing.body")),
                link(text("missing.home"), to="/", class_name="button main"),
                class_name="empty",
            )
        )


def page() -> rx.Component:
    """Build the page. There is one for all such addresses, so the browser chooses the language by its own."""
    others = [language for language in languages() if language != ENGLISH]
    code: rx.Var[str] = rx.Var(
        "(typeof location === 'undefined' ? '' : location.pathname.split('/')[1])", _var_type=str
    )
    return rx.match(code, *[(language, _page_in(language)) for language in others], _page_in(ENGLISH))


def register(app: rx.App) -> None:
    """Add the page."""
    app.add_page(
        page,
        route="404",
        title=f"{text('missing.title')} · {text('product.name')}",
        description=text("missing.body"),
    )
