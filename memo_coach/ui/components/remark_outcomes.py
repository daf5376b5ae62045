"""What became of the remarks on the version before, above those on this one."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components.layout import anchor
from memo_coach.ui.remark_cards import EarlierOnScreen
from memo_coach.ui.states.details import DetailsState


def _earlier_remark(remark: rx.Var[EarlierOnScreen]) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.strong(remark.label), " · ", remark.criterion_name, class_name=f"outcome {remark.outcome}"
        ),
        rx.el.p(remark.comment),
        rx.el.p(
            remark.reason,
            rx.cond(
                remark.now != "",
                rx.fragment(" ", anchor(text("details.to_remark"), to=f"#remark-{remark.now}")),
            ),
            class_name="quiet",
        ),
    )


def outcomes() -> rx.Component:
    """Tell what became of the remarks on the version before."""
    return rx.cond(
        DetailsState.outcomes != "",
        rx.el.details(
            rx.el.summary(DetailsState.outcomes),
            rx.el.ul(rx.foreach(DetailsState.earlier, _earlier_remark), class_name="plain-list"),
            class_name="folded outcomes",
        ),
    )
