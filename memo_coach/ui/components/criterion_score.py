"""A criterion's score and its reason, as every page that shows an evaluation has them."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.states.feedback import CriterionOnScreen


def mark_given(criterion: rx.Var[CriterionOnScreen]) -> rx.Component:
    """Return the score of a criterion, or that it has none."""
    return rx.el.p(
        rx.cond(
            criterion.score != "",
            criterion.score,
            rx.el.span(text("feedback.not_scored"), class_name="quiet"),
        ),
        class_name="mark-given",
    )


def reason(criterion: rx.Var[CriterionOnScreen], language: rx.Var[str], *below: rx.Component) -> rx.Component:
    """Return why a criterion has its score, in the memo's language, with what stands below it."""
    return rx.el.div(
        rx.el.div(
            rx.el.p(criterion.justification),
            rx.foreach(criterion.evidence, lambda quote: rx.el.blockquote(rx.el.p(quote))),
            lang=language,
        ),
        *below,
        class_name="reason",
    )
