"""The remarks of the review page as cards, and what a writer can make of each."""

from __future__ import annotations

import reflex as rx

from memo_coach.services.review.service import LONGEST_REASON
from memo_coach.translations import text
from memo_coach.ui.components.conversation import about_button
from memo_coach.ui.components.remark_card import remark_card
from memo_coach.ui.components.remark_outcomes import outcomes
from memo_coach.ui.components.sharing import remarks_of_readers
from memo_coach.ui.remark_cards import CardOnScreen
from memo_coach.ui.states.details import ChoiceOnScreen, DetailsState


def _order(
    label: str, path: rx.Var[str] | str, *, method: str = "PUT", state: str = "", name: str = "button plain"
) -> rx.Component:
    """Return a button whose order ``assets/remarks.js`` sends, and keeps until the server has it."""
    return rx.el.button(
        label,
        type="button",
        class_name=name,
        custom_attrs={"data-order": path, "data-order-method": method, "data-order-state": state},
    )


def _choices(card: rx.Var[CardOnScreen]) -> rx.Component:
    """Return what a writer can make of a remark."""
    remark = f"/evaluations/{DetailsState.evaluation_id}/remarks/{card.id}"
    undo = _order(text("details.undo"), remark, state="open", name="button")
    unmuted = rx.cond(
        card.word != "",
        rx.fragment(
            _order(text("details.unmute"), f"/muted/{card.mute}", method="DELETE"),
            _order(text("details.unword"), "/glossary/" + card.word, method="DELETE"),
        ),
        _order(text("details.unmute"), f"/muted/{card.mute}", method="DELETE"),
    )
    return rx.cond(
        card.kind == "strength",
        rx.fragment(),
        rx.cond(
            card.state != "open",
            undo,
            rx.cond(card.muted, unmuted, rx.fragment(*_open_choices(card, remark))),
        ),
    )


def _open_choices(card: rx.Var[CardOnScreen], remark: str) -> tuple[rx.Component, ...]:
    return (
        _order(text("details.done"), remark, state="done", name="button"),
        rx.el.details(
            rx.el.summary(text("details.decline")),
            rx.el.label(
                text("details.decline_reason"),
                rx.el.input(
                    type="text",
                    max_length=LONGEST_REASON,
                    custom_attrs={"data-order-reason": "", "autocomplete": "off"},
                ),
            ),
            _order(text("details.decline_now"), remark, state="declined", name="button"),
            rx.cond(card.mute != "", _order(text("details.mute"), f"/muted/{card.mute}")),
            rx.cond(
                card.word != "",
                _order(text("details.word"), "/glossary/" + card.word),
            ),
            class_name="decline",
        ),
    )


def _folded(label: str, cards: rx.Var[list[CardOnScreen]]) -> rx.Component:
    return rx.cond(
        cards.length() > 0,
        rx.el.details(
            rx.el.summary(label, " (", cards.length().to_string(), ")"),
            rx.foreach(cards, _card),
            class_name="folded",
        ),
    )


def _card(card: rx.Var[CardOnScreen]) -> rx.Component:
    return remark_card(
        card,
        rx.el.p(text("details.changed"), class_name="changed"),
        rx.cond(card.note != "", rx.el.p(card.note, class_name="tag")),
        rx.cond(
            card.reason != "",
            rx.el.p(rx.el.strong(text("details.reason")), ": ", card.reason, class_name="said"),
        ),
        # Conversation and marks are about the evaluation: another coach's comments are none of theirs.
        rx.cond(
            (DetailsState.status == "done") & ~DetailsState.second & ~DetailsState.first_reading,
            rx.el.div(
                rx.cond(DetailsState.newest == "", _choices(card)),
                about_button(card.id),
                class_name="card-actions",
            ),
        ),
        rx.el.p(text("details.waiting"), class_name="waiting"),
    )


def _choice(choice: rx.Var[ChoiceOnScreen]) -> rx.Component:
    return rx.el.option(choice.label, value=choice.id)


def _filters() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.label(text("details.filter"), html_for="criterion"),
            rx.el.select(
                rx.el.option(text("details.every"), value=""),
                rx.foreach(DetailsState.choices, _choice),
                id="criterion",
                value=DetailsState.chosen,
                on_change=DetailsState.choose,
            ),
            class_name="field",
        ),
        rx.el.div(
            rx.el.label(text("details.order"), html_for="order"),
            rx.el.select(
                rx.el.option(text("details.order_matter"), value="matter"),
                rx.el.option(text("details.order_place"), value="place"),
                id="order",
                value=rx.cond(DetailsState.by_place, "place", "matter"),
                on_change=DetailsState.order,
            ),
            class_name="field",
        ),
        class_name="card-filters",
    )


def review_cards() -> rx.Component:
    """Return the remarks: what became of the last ones, those that matter, and the folded ones below."""
    return rx.el.section(
        rx.el.h2(text("details.comments")),
        outcomes(),
        _filters(),
        rx.el.p(role="status", class_name="orders-problem", custom_attrs={"data-order-problem": ""}),
        rx.el.p(
            hidden=True,
            class_name="note orders-waiting",
            custom_attrs={
                "data-orders-waiting": "",
                "data-one": text("details.kept_one"),
                "data-other": text("details.kept_other"),
            },
        ),
        # Who cannot see the list hears what a criterion, or “Show all”, made of it.
        rx.el.p(
            text("details.shown"),
            " ",
            DetailsState.cards.length().to_string(),
            role="status",
            class_name="visually-hidden",
        ),
        # Apart from what is seen, which changes with each: it is said once.
        rx.el.p(role="status", class_name="visually-hidden", custom_attrs={"data-orders-told": ""}),
        rx.el.button(
            type="button",
            hidden=True,
            on_click=DetailsState.renew,
            aria_label=text("details.renew"),
            custom_attrs={"data-order-done": ""},
        ),
        rx.cond(
            DetailsState.first_reading,
            rx.el.p(text("details.first_reading"), class_name="note"),
            rx.cond(
                DetailsState.has_second & DetailsState.second,
                rx.el.p(text("details.of_builtin"), class_name="note"),
            ),
        ),
        rx.cond(
            DetailsState.cards.length() > 0,
            rx.fragment(rx.foreach(DetailsState.cards, _card)),
            rx.cond(
                DetailsState.strengths.length() == 0,
                rx.el.p(text("details.no_comments"), class_name="quiet"),
            ),
        ),
        _folded(text("details.strengths"), DetailsState.strengths),
        _folded(text("details.settled"), DetailsState.settled),
        _folded(text("details.muted"), DetailsState.muted),
        rx.cond(
            (DetailsState.hidden > 0) & (DetailsState.chosen == ""),
            rx.el.div(
                # One button with two names: whoever pressed it keeps the focus.
                rx.el.button(
                    rx.cond(
                        DetailsState.everything,
                        text("details.show_first"),
                        rx.fragment(text("details.show_all"), " (+", DetailsState.hidden.to_string(), ")"),
                    ),
                    type="button",
                    class_name="button",
                    on_click=DetailsState.show_everything(~DetailsState.everything),
                    custom_attrs={"data-show-all": rx.cond(DetailsState.everything, "all", "more")},
                ),
                class_name="group",
            ),
        ),
        rx.cond(
            DetailsState.has_second,
            rx.el.div(
                rx.el.button(
                    rx.cond(DetailsState.second, text("details.show_model"), text("details.show_second")),
                    type="button",
                    class_name="button",
                    on_click=DetailsState.show_second(~DetailsState.second),
                ),
                class_name="group",
            ),
        ),
        remarks_of_readers(),
        rx.el.p(text("details.keys"), class_name="note group with-keys"),
        class_name="cards",
        tab_index=0,
        aria_label=text("details.region"),
        # A card that had the focus may make room for others: the reader stays among the comments.
        custom_attrs={"data-focus-home": ""},
    )
