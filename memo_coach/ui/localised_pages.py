"""Pages, once for each language: English at its path, the others below ``/<code>``."""

from __future__ import annotations

from collections.abc import Callable

import reflex as rx
from reflex_base.event import EventType

from memo_coach.translations import current_language, speaking, text
from memo_coach.web.languages import localised_path


def add_page(
    app: rx.App,
    page: Callable[[], rx.Component],
    *,
    path: str,
    title: str,
    on_load: EventType[()] | None = None,
    is_private: bool = False,
) -> None:
    """Add a page in the language that is spoken; ``path`` is where it stands in English.

    One that ``is_private`` is for who was given its address, and for no search engine.
    """
    app.add_page(
        _in_its_language(page),
        route=localised_path(path),
        title=f"{title} · {text('product.name')}",
        description=text("product.description"),
        on_load=on_load,
        meta=_meta(is_private=is_private),
    )


def _meta(*, is_private: bool) -> list[rx.Component]:
    if not is_private:
        return []
    return [
        rx.el.meta(name="robots", content="noindex, nofollow"),
        rx.el.meta(name="referrer", content="no-referrer"),
    ]


def _in_its_language(page: Callable[[], rx.Component]) -> Callable[[], rx.Component]:
    """Return a page that is built in the language that is spoken now, for the framework builds it later."""
    language = current_language()

    def build() -> rx.Component:
        with speaking(language):
            return page()

    # The framework makes a file of each module: in one with the English page, both languages would be sent.
    module = page.__module__
    build.__module__ = module if localised_path("/") == "/" else f"{module}.{language}"
    return build
