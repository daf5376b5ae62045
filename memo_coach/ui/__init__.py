"""The pages, one module each, and what all of them load."""

from __future__ import annotations

import hashlib
from pathlib import Path

import reflex as rx

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
    settings,
    write,
)

ASSETS = Path(__file__).parent.parent.parent / "assets"
_PAGES = (write, feedback, details, chat, memos, progress, help, settings, debug, debug_evaluation, missing)


def asset(name: str) -> str:
    """Return the address of a file in ``assets/``. It changes with the file, so it may be kept for good."""
    digest = hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()
    return f"/{name}?v={digest[:10]}"


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
        rx.el.script(src=asset("dialog.js"), defer=True),
        rx.el.script(src=asset("settings.js"), defer=True),
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
