"""The review page: the memo, editable where it is the newest version, and its remarks beside it."""

from __future__ import annotations

import reflex as rx

from memo_coach.services.review.service import LONGEST_REASON
from memo_coach.translations import text
from memo_coach.ui.assets import asset
from memo_coach.ui.components.conversation import about_button, panel, panel_button
from memo_coach.ui.components.evaluation import by_status, is_of_address
from memo_coach.ui.components.layout import alert, anchor, frame, link, own_scripts
from memo_coach.ui.components.manuscript import block, sheet_head
from memo_coach.ui.components.sharing import remarks_of_readers
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.remark_cards import CardOnScreen, EarlierOnScreen
from memo_coach.ui.states.chat import ChatState
from memo_coach.ui.states.details import ChoiceOnScreen, DetailsState
from memo_coach.ui.states.sharing import SharingState

_FORM = "review"
_COUNTS = ("words", "reading")
_MESSAGES = (
    "word", "words", "character", "characters", "reading",
    "saving", "saved", "restored", "empty", "forked", "unreachable", "refused", "too_long",
)  # fmt: skip
"""What the script of the editor says, by the names that it has for it."""


def _manuscript() -> rx.Component:
    """Show an earlier version, which does not change any more."""
    return rx.el.section(
        rx.foreach(DetailsState.blocks, block),
        class_name="manuscript sheet",
        aria_label=text("details.manuscript"),
    )


def _editor() -> rx.Component:
    """Show the newest version in an editor; ``assets/editor.js`` saves it, as on the writing page."""
    return rx.el.form(
        rx.el.div(
            rx.el.div(custom_attrs={"data-review-mirror": "", "inert": True}),
            rx.el.textarea(
                name="memo",
                default_value=DetailsState.memo,
                aria_label=text("write.editor"),
                spell_check=True,
                custom_attrs={
                    "data-review-text": "",
                    "data-editor": DetailsState.memo_id,
                    "autocomplete": "off",
                    "aria-describedby": "review-keys",
                },
            ),
            rx.el.p(role="status", class_name="visually-hidden", custom_attrs={"data-review-live": ""}),
            custom_attrs={
                "data-review-editor": "",
                "data-entered": text("details.entered"),
                "data-entered-changed": text("details.entered_changed"),
                "data-remarks": DetailsState.marks,
                "data-order-refused": text("details.refused"),
                "data-scripts": f"{asset('review-editor.js')} {asset('remarks.js')}",
                "data-style": asset("review-editor.css"),
            },
        ),
        rx.el.input(
            type="hidden", default_value=DetailsState.rubric, custom_attrs={"data-editor-rubric": ""}
        ),
        rx.el.input(type="hidden", name="memo_id", default_value="", custom_attrs={"data-editor-memo": ""}),
        rx.el.input(
            type="hidden", name="revision", default_value="0", custom_attrs={"data-editor-revision": ""}
        ),
        rx.el.div(
            rx.el.div(
                *[rx.el.span(custom_attrs={f"data-editor-{name}": ""}) for name in _COUNTS],
                class_name="counts",
            ),
            rx.el.p(text("details.editor_keys"), id="review-keys", class_name="quiet"),
            class_name="review-foot",
        ),
        rx.el.div(
            hidden=True,
            custom_attrs={
                "data-editor-messages": "",
                **{f"data-{name.replace('_', '-')}": text(f"editor.{name}") for name in _MESSAGES},
            },
        ),
        id=_FORM,
        key=DetailsState.evaluation_id,
        on_submit=DetailsState.evaluate_again,
        class_name="review sheet",
    )


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


def _outcomes() -> rx.Component:
    """Tell what became of the remarks on the version before."""
    return rx.cond(
        DetailsState.outcomes != "",
        rx.el.details(
            rx.el.summary(DetailsState.outcomes),
            rx.el.ul(rx.foreach(DetailsState.earlier, _earlier_remark), class_name="plain-list"),
            class_name="folded outcomes",
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
    return rx.el.article(
        sheet_head(),
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
        id=f"remark-{card.id}",
        # Cards come in between while a model reads: each stays its own element, with its focus.
        key=card.id,
        class_name=f"card {card.kind}",
        tab_index=-1,
        custom_attrs={"data-card": card.id},
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


def _tools() -> rx.Component:
    return rx.el.div(
        rx.el.button(
            text("details.previous"),
            type="button",
            class_name="button",
            custom_attrs={"data-comment-step": "previous"},
        ),
        rx.el.button(
            text("details.next"),
            type="button",
            class_name="button",
            custom_attrs={"data-comment-step": "next"},
        ),
        rx.el.span(
            role="status",
            class_name="position",
            custom_attrs={"data-comment-position": "", "data-pattern": text("details.position")},
        ),
        rx.cond(DetailsState.status == "done", panel_button()),
        rx.cond(
            DetailsState.memo != "",
            rx.el.div(
                rx.el.div(class_name="saved", custom_attrs={"data-editor-saved": "", "aria-live": "polite"}),
                rx.el.button(
                    text("details.evaluate_again"),
                    type="submit",
                    class_name="button main",
                    custom_attrs={"form": _FORM},
                ),
                class_name="row push",
            ),
        ),
        class_name="details-tools",
    )


def _cards() -> rx.Component:
    return rx.el.section(
        rx.el.h2(text("details.comments")),
        _outcomes(),
        _filters(),
        rx.el.p(role="status", class_name="orders-problem", custom_attrs={"data-order-problem": ""}),
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
        rx.el.p(text("details.keys"), class_name="note group"),
        class_name="cards",
        tab_index=0,
        aria_label=text("details.region"),
        # A card that had the focus may make room for others: the reader stays among the comments.
        custom_attrs={"data-focus-home": ""},
    )


def _head() -> rx.Component:
    is_there = is_of_address(DetailsState) & (DetailsState.version > 0)
    return rx.el.div(
        rx.el.div(
            rx.el.h1(text("details.heading")),
            rx.cond(
                is_there,
                rx.el.p(
                    rx.el.strong(DetailsState.title, lang=DetailsState.language),
                    rx.el.span(" · ", text("details.version"), " ", DetailsState.version.to_string()),
                    class_name="lede",
                ),
            ),
        ),
        rx.cond(
            is_there,
            rx.el.div(
                link(
                    text("details.overall"),
                    rx.cond(DetailsState.score != "", rx.fragment(": ", DetailsState.score)),
                    rx.cond(
                        DetailsState.score_before != "",
                        rx.fragment(" (", text("details.before"), " ", DetailsState.score_before, ")"),
                    ),
                    to=f"/feedback/{DetailsState.evaluation_id}",
                    class_name="button",
                ),
                link(text("feedback.chat"), to=f"/chat/{DetailsState.evaluation_id}", class_name="button"),
                class_name="row",
            ),
        ),
        class_name="page-head",
    )


def _earlier() -> rx.Component:
    return rx.cond(
        DetailsState.newest != "",
        rx.el.p(
            text("details.earlier"),
            " ",
            link(text("details.to_newest"), to=f"/details/{DetailsState.newest}"),
            class_name="note earlier",
        ),
    )


def page() -> rx.Component:
    """Build the page."""
    content = rx.cond(
        DetailsState.version > 0,
        rx.fragment(
            alert(DetailsState.refused),
            rx.el.p(role="alert", class_name="alert", hidden=True, custom_attrs={"data-editor-warning": ""}),
            _earlier(),
            _tools(),
            rx.el.div(
                rx.cond(DetailsState.memo != "", _editor(), _manuscript()),
                rx.el.div(_cards(), panel(), class_name="beside"),
                class_name="split",
            ),
        ),
    )
    return frame(*own_scripts("chat.js"), _head(), by_status(DetailsState, content))


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(
        app,
        page,
        path="/details/[evaluation]",
        title=text("details.title"),
        on_load=[DetailsState.open, ChatState.open, SharingState.open],
    )
