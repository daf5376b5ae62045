"""A secret that was made just now, to be copied: it is shown this once."""

from __future__ import annotations

import reflex as rx


def shown_once(
    what: str, value: rx.Var[str], *, label: str, copy: str, copied: str, once: str
) -> rx.Component:
    """Return the field, with its texts; ``what`` tells it from others on the page."""
    field, hint = f"new-{what}", f"{what}-once"
    return rx.el.div(
        rx.el.label(label, html_for=field),
        rx.el.div(
            rx.el.input(
                id=field,
                type="text",
                read_only=True,
                value=value,
                auto_focus=True,
                custom_attrs={"autocomplete": "off", "aria-describedby": hint},
            ),
            rx.el.button(
                copy,
                type="button",
                class_name="button main",
                custom_attrs={"data-copy": field, "data-copied": copied},
            ),
            rx.el.span(role="status", custom_attrs={"data-copy-told": ""}),
            class_name="row",
        ),
        rx.el.p(once, id=hint, class_name="quiet"),
        class_name="new-link",
    )
