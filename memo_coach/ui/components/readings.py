"""That an administrator has read a memo, told to its owner."""

from __future__ import annotations

import reflex as rx

from memo_coach.ui.components.local_time import in_local_time
from memo_coach.ui.states.readings import ReadingOnScreen, ReadingsState


def _reading(reading: rx.Var[ReadingOnScreen]) -> rx.Component:
    return rx.el.li(
        reading.sentence,
        " ",
        rx.el.time(in_local_time(reading.moment), custom_attrs={"dateTime": reading.moment}),
    )


def readings() -> rx.Component:
    """Say who has read it and when; nothing where nobody has."""
    return rx.cond(
        ReadingsState.readings.length() > 0,
        rx.el.ul(rx.foreach(ReadingsState.readings, _reading), class_name="note readings"),
    )
