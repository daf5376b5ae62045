"""The page for an address that leads nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

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


def _title_in(language: str) -> str:
    with speaking(language):
        return f"{text('missing.title')} · {text('product.name')}"


_Shown = TypeVar("_Shown", rx.Component, str)


def _by_address(shown_in: Callable[[str], _Shown]) -> Any:  # noqa: ANN401 - as the framework has it
    """Choose by the address. There is one page for all such, so that the browser knows the language alone."""
    code: rx.Var[str] = rx.Var(
        "(typeof location === 'undefined' ? '' : location.pathname.split('/')[1])", _var_type=str
    )
    others = [(language, shown_in(language)) for language in languages() if language != ENGLISH]
    return rx.match(code, *others, shown_in(ENGLISH))


def page() -> rx.Component:
    """Build the page, in the language of the address."""
    shown: rx.Component = _by_address(_page_in)
    return shown


def register(app: rx.App) -> None:
    """Add the page."""
    app.add_page(
        page,
        route="404",
        title=_by_address(_title_in),
        description=text("missing.body"),
    )
