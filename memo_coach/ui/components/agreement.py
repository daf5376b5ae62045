"""Graded memos to compare a coach with, on a rubric's page; assets/agreement.js sends and shows them."""

from __future__ import annotations

from typing import Final

import reflex as rx

from memo_coach.coaching.measure.grading import FEWEST_MEMOS, FEWEST_RANKED
from memo_coach.services.administration.graded_memos import MOST_MEMOS
from memo_coach.translations import current_language, number, text
from memo_coach.ui.components.layout import own_scripts

_COLUMNS: Final = ("criterion", "memos", "offset", "spread", "order")
_EXAMPLE: Final = '{"rubric": "ID", "criteria": {"ask": 3.5, "plan": null}, "overall": 3}'


def _coach(model: rx.Var[str]) -> rx.Component:
    return rx.cond(
        model != "",
        rx.el.div(
            rx.el.label(text("agreement.coach"), html_for="agreement-coach"),
            rx.el.select(
                rx.el.option(text("agreement.coach_builtin"), value="builtin"),
                rx.el.option(model, value="llm"),
                id="agreement-coach",
            ),
            class_name="field",
        ),
    )


def _button(name: str, *, hidden: bool = False) -> rx.Component:
    return rx.el.button(
        text(f"agreement.{name}"),
        type="button",
        class_name="button",
        hidden=hidden,
        custom_attrs={f"data-agreement-{name}": ""},
    )


def agreement_with_readers(model: rx.Var[str]) -> rx.Component:
    """Return the section; ``model`` is what the model is called that can be asked, or empty."""
    explained = text("agreement.explained", memos=number(FEWEST_MEMOS), ranked=number(FEWEST_RANKED))
    return rx.el.section(
        *own_scripts("agreement.js"),
        rx.el.h2(text("agreement.heading")),
        rx.el.p(text("agreement.lede"), class_name="quiet"),
        rx.el.details(
            rx.el.summary(text("agreement.how")),
            rx.el.p(text("agreement.how_body", example=_EXAMPLE, memos=number(MOST_MEMOS))),
        ),
        rx.el.div(
            rx.el.label(
                rx.el.input(
                    type="file", accept=".zip,.json,.md", multiple=True, class_name="visually-hidden"
                ),
                text("agreement.files"),
                class_name="button",
            ),
            rx.el.span(role="status", class_name="quiet", custom_attrs={"data-agreement-chosen": ""}),
            class_name="row",
        ),
        _coach(model),
        rx.el.div(
            _button("compare"),
            _button("agree", hidden=True),
            _button("cancel", hidden=True),
            class_name="row",
        ),
        rx.el.p(role="status", class_name="quiet", custom_attrs={"data-agreement-told": ""}),
        rx.el.p(role="alert", class_name="alert", hidden=True, custom_attrs={"data-agreement-problem": ""}),
        rx.el.div(class_name="stack", custom_attrs={"data-agreement-found": ""}),
        class_name="stack administration-part",
        custom_attrs={
            "data-agreement": "",
            "data-language": current_language(),
            "data-none": text("agreement.none_chosen"),
            "data-running": text("agreement.running"),
            "data-stopped": text("agreement.stopped"),
            "data-failed": text("agreement.failed"),
            "data-explained": explained,
            "data-columns": "|".join(text(f"agreement.{name}") for name in _COLUMNS),
        },
    )
