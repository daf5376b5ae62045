"""A bubble beside a heading that explains the section, on hover, focus and touch (assets/explanations.js)."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text


def explained(heading: rx.Component, section: str) -> rx.Component:
    """Return a section's heading with its bubble; ``section`` is the name of it in the feedback's texts."""
    name = f"about-{section}"
    return rx.el.div(
        heading,
        rx.el.span(
            rx.el.button(
                "?",
                type="button",
                class_name="explain",
                custom_attrs={
                    "aria-label": text("feedback.explain", section=text(f"feedback.{section}")),
                    "aria-describedby": name,
                },
            ),
            rx.el.span(text(f"feedback.explain_{section}"), id=name, role="tooltip"),
            class_name="explanation",
            custom_attrs={"data-explanation": ""},
        ),
        class_name="explained",
    )
