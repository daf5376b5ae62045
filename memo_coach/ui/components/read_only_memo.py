"""A memo that is only read, as an earlier version: with the passages that remarks are about."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components.manuscript import block
from memo_coach.ui.states.details import DetailsState


def read_only_memo() -> rx.Component:
    """Show an earlier version, which does not change any more."""
    return rx.el.section(
        rx.foreach(DetailsState.blocks, block),
        class_name="manuscript sheet",
        aria_label=text("details.manuscript"),
    )
