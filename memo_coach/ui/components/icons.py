"""The few pictures of the interface, drawn here so that no icon library weighs on the pages."""

from __future__ import annotations

import reflex as rx


def _drawing(*shapes: rx.Component, class_name: str = "", view_box: str = "0 0 24 24") -> rx.Component:
    return rx.el.svg(
        *shapes,
        view_box=view_box,
        fill="none",
        stroke="currentColor",
        stroke_width="1.6",
        stroke_linecap="round",
        stroke_linejoin="round",
        class_name=class_name,
        custom_attrs={"aria-hidden": "true", "focusable": "false"},
    )


def logo() -> rx.Component:
    """A sheet with a line marked by a pencil."""
    return _drawing(
        rx.el.svg.path(d="M5 2.500h10.500l3 3V21.500H5z"),
        rx.el.svg.path(d="M8.5 8.500h6M8.5 12h4"),
        rx.el.svg.path(d="M8.5 16.500q1.5-1.8 3 0t3 0", stroke="var(--pencil)", stroke_width="2"),
    )


def sun() -> rx.Component:
    """Shown in the light theme."""
    return _drawing(
        rx.el.svg.circle(cx="12", cy="12", r="4"),
        rx.el.svg.path(
            d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.400M5.6 18.4 7 17M17 7l1.4-1.4"
        ),
        class_name="sun",
    )


def moon() -> rx.Component:
    """Shown in the dark theme."""
    return _drawing(rx.el.svg.path(d="M20 14.500A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.500z"), class_name="moon")


def sliders() -> rx.Component:
    """The way to the settings."""
    return _drawing(
        rx.el.svg.path(d="M4 7h9M19 7h1M4 17h1M11 17h9"),
        rx.el.svg.circle(cx="16", cy="7", r="2.6"),
        rx.el.svg.circle(cx="8", cy="17", r="2.6"),
    )


def person() -> rx.Component:
    """Who is signed in."""
    return _drawing(
        rx.el.svg.circle(cx="12", cy="8", r="4"),
        rx.el.svg.path(d="M4.5 20.500c1-4 4-6 7.500-6s6.500 2 7.500 6"),
    )


def blank_sheet() -> rx.Component:
    """An empty sheet, for pages with nothing on them yet."""
    return _drawing(
        rx.el.svg.path(d="M14 6h26l10 10v42H14z"),
        rx.el.svg.path(d="M40 6v10h10"),
        rx.el.svg.path(d="M22 27h20M22 35h20M22 43h9", stroke_dasharray="2 3"),
        view_box="0 0 64 64",
    )
