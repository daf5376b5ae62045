"""The pages, one module each, and what all of them load."""

from __future__ import annotations

import reflex as rx

from memo_coach.ui.assets import asset
from memo_coach.ui.pages import (
    chat,
    debug,
    debug_evaluation,
    details,
    feedback,
    help,  # noqa: A004
    memos,
    missing,
    progress,
    write,
)

_PAGES = (write, feedback, details, chat, memos, progress, help, debug, debug_evaluation, missing)


def head_components() -> list[rx.Component]:
    """Return what stands in the head of every page. The theme is chosen before anything is painted."""
    return [
        rx.el.script(src=asset("theme.js")),
        rx.el.link(rel="stylesheet", href=asset("styles.css")),
        rx.el.script(src=asset("editor.js"), defer=True),
        rx.el.script(src=asset("focus.js"), defer=True),
        rx.el.script(src=asset("details.js"), defer=True),
        rx.el.script(src=asset("chat.js"), defer=True),
        rx.el.script(src=asset("debug.js"), defer=True),
        rx.el.link(rel="icon", href=asset("favicon.svg"), type="image/svg+xml"),
        rx.el.meta(name="color-scheme", content="light dark"),
        rx.el.meta(
            name="theme-color", content="#f3f1ec", custom_attrs={"media": "(prefers-color-scheme: light)"}
        ),
        rx.el.meta(
            name="theme-color", content="#16181b", custom_attrs={"media": "(prefers-color-scheme: dark)"}
        ),
    ]


def register(app: rx.App) -> None:
    """Add every page to the app."""
    for page in _PAGES:
        page.register(app)
