"""The pages, one module each, and what all of them load."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import languages, speaking
from memo_coach.ui.assets import asset
from memo_coach.ui.pages import (
    administration,
    audit,
    chat,
    debug,
    debug_evaluation,
    details,
    document,
    feedback,
    help,  # noqa: A004
    installation_state,
    memos,
    missing,
    progress,
    settings,
    shared,
    usage,
    users,
    versions,
    write,
)

_PAGES = (
    write, feedback, details, chat, memos, versions, progress, help, settings, shared,
    debug, debug_evaluation, administration, document, users, usage, audit, installation_state,
)  # fmt: skip


def head_components() -> list[rx.Component]:
    """Return what stands in the head of every page. The theme is chosen before anything is painted."""
    return [
        # For theme.js, which sets the document's language by the address.
        rx.el.meta(name="languages", content=" ".join(languages())),
        rx.el.script(src=asset("theme.js")),
        rx.el.link(rel="stylesheet", href=asset("styles.css")),
        # Before all that keeps or sends something on somebody's behalf.
        rx.el.script(src=asset("account.js"), defer=True),
        rx.el.script(src=asset("editor.js"), defer=True),
        rx.el.script(src=asset("focus.js"), defer=True),
        rx.el.script(src=asset("links.js"), defer=True),
        # Its keys work as soon as the comments are seen.
        rx.el.script(src=asset("details.js"), defer=True),
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
    """Add every page to the app, in every language; the one for addresses that lead nowhere has them all."""
    for language in languages():
        with speaking(language):
            for page in _PAGES:
                page.register(app)
    missing.register(app)
