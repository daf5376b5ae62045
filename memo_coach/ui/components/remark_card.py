"""A remark on the memo, as a card beside it; on a phone as a sheet."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.remark_cards import CardOnScreen


def _step(way: str, sign: str) -> rx.Component:
    return rx.el.button(
        sign,
        type="button",
        class_name="button",
        aria_label=text(f"details.{way}"),
        custom_attrs={"data-comment-step": way},
    )


def _sheet_head() -> rx.Component:
    """Return what a remark has on top where it is a sheet on a phone: the way to its neighbours, and out."""
    return rx.el.div(
        _step("previous", "‹"),
        rx.el.span(
            class_name="position",
            custom_attrs={"data-comment-position": "", "data-pattern": text("details.position")},
        ),
        _step("next", "›"),
        rx.el.button(
            text("details.close"),
            type="button",
            class_name="button close",
            custom_attrs={"data-comment-step": "close"},
        ),
        class_name="sheet-head",
    )


def remark_card(card: rx.Var[CardOnScreen], *below: rx.Component) -> rx.Component:
    """Return what is said of a passage, or of something missing, with what stands below it."""
    return rx.el.article(
        _sheet_head(),
        rx.el.div(
            rx.el.h3(
                rx.cond(card.kind == "strength", text("details.strength"), text("details.opportunity")),
                " ",
                card.number,
                class_name=f"kind {card.kind}",
            ),
            rx.el.span(card.criterion_name, class_name="quiet"),
            class_name="card-head",
        ),
        rx.cond(card.placed, rx.el.q(card.quote), rx.el.p(text("details.whole"), class_name="quiet")),
        rx.el.p(card.comment),
        rx.foreach(card.questions, lambda question: rx.el.p(question, class_name="question")),
        rx.cond(
            card.suggestion != "",
            rx.el.p(rx.el.strong(text("details.suggestion")), ": ", card.suggestion, class_name="suggestion"),
        ),
        rx.cond(card.place != "", rx.el.p(card.place, class_name="belongs")),
        *below,
        id=f"remark-{card.id}",
        # Cards come in between while a model reads: each stays its own element, with its focus.
        key=card.id,
        class_name=f"card {card.kind}",
        tab_index=-1,
        custom_attrs={"data-card": card.id},
    )
