"""The detailed feedback: the memo on one side, the comments on the other, tied both ways."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.annotated_text import Paragraph, Segment
from memo_coach.ui.components.conversation import about_button, panel, panel_button
from memo_coach.ui.components.evaluation import by_status, is_of_address
from memo_coach.ui.components.layout import anchor, frame, link
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.chat import ChatState
from memo_coach.ui.states.details import CardOnScreen, ChoiceOnScreen, DetailsState


def _segment(segment: rx.Var[Segment]) -> rx.Component:
    return rx.cond(
        segment.comment != "",
        rx.el.mark(
            segment.text,
            rx.cond(
                segment.number != "",
                anchor(
                    # Drawn, not written: who copies or searches the passage finds the memo's own words.
                    rx.el.sup(custom_attrs={"data-number": segment.number}),
                    to=f"#card-{segment.comment}",
                    custom_attrs={"aria-label": f"{text('details.comment')} {segment.number}"},
                ),
            ),
            class_name=segment.kind,
            custom_attrs={"data-comment": segment.comment, "data-also": segment.also},
        ),
        rx.el.span(segment.text, class_name=segment.kind),
    )


def _paragraph(paragraph: rx.Var[Paragraph]) -> rx.Component:
    return rx.el.div(rx.foreach(paragraph.segments, _segment), class_name=paragraph.kind)


def _card(card: rx.Var[CardOnScreen]) -> rx.Component:
    return rx.el.article(
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
        # The conversation is about the evaluation: another coach's comments are none of its.
        rx.cond(
            (DetailsState.status == "done") & ~DetailsState.second & ~DetailsState.first_reading,
            about_button(card.id),
        ),
        rx.el.button(
            text("details.close"),
            type="button",
            class_name="button close",
            custom_attrs={"data-comment-step": "close"},
        ),
        id=f"card-{card.id}",
        # Cards come in between while a model reads: each stays its own element, with its focus.
        key=card.id,
        class_name=f"card {card.kind}",
        tab_index=-1,
        custom_attrs={"data-card": card.id},
    )


def _choice(choice: rx.Var[ChoiceOnScreen]) -> rx.Component:
    return rx.el.option(choice.label, value=choice.id)


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
        rx.cond(DetailsState.status == "done", panel_button()),
        rx.el.span(
            role="status",
            class_name="position",
            custom_attrs={"data-comment-position": "", "data-pattern": text("details.position")},
        ),
        rx.el.div(
            rx.el.label(text("details.filter"), html_for="criterion"),
            rx.el.select(
                rx.el.option(text("details.every"), value=""),
                rx.foreach(DetailsState.choices, _choice),
                id="criterion",
                value=DetailsState.chosen,
                on_change=DetailsState.choose,
            ),
            class_name="field push",
        ),
        class_name="details-tools",
    )


def _cards() -> rx.Component:
    return rx.el.section(
        rx.el.h2(text("details.comments")),
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
            rx.el.p(text("details.no_comments"), class_name="quiet"),
        ),
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
        rx.el.p(text("details.keys"), class_name="note group"),
        class_name="cards",
        tab_index=0,
        aria_label=text("details.region"),
        # A card that had the focus may make room for others: the reader stays among the comments.
        custom_attrs={"data-focus-home": ""},
    )


def page() -> rx.Component:
    """Build the page."""
    content = rx.cond(
        DetailsState.paragraphs.length() > 0,
        rx.fragment(
            _tools(),
            rx.el.div(
                rx.el.section(
                    rx.foreach(DetailsState.paragraphs, _paragraph),
                    class_name="manuscript sheet",
                    aria_label=text("details.manuscript"),
                ),
                _cards(),
                class_name="split",
            ),
            panel(),
        ),
    )
    return frame(
        rx.el.div(
            rx.el.div(
                rx.el.h1(text("details.heading")),
                rx.cond(
                    is_of_address(DetailsState) & (DetailsState.title != ""),
                    rx.el.p(rx.el.strong(DetailsState.title, lang=DetailsState.language), class_name="lede"),
                ),
            ),
            rx.cond(
                is_of_address(DetailsState) & (DetailsState.paragraphs.length() > 0),
                rx.el.div(
                    link(
                        text("details.overall"),
                        rx.cond(DetailsState.score != "", rx.fragment(": ", DetailsState.score)),
                        to=f"/feedback/{DetailsState.evaluation_id}",
                        class_name="button",
                    ),
                    link(
                        text("feedback.chat"), to=f"/chat/{DetailsState.evaluation_id}", class_name="button"
                    ),
                    link(text("feedback.revise"), to=f"/?memo={DetailsState.memo_id}", class_name="button"),
                    class_name="row",
                ),
            ),
            class_name="page-head",
        ),
        by_status(DetailsState, content),
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(
        app,
        page,
        path="/details/[evaluation]",
        title=text("details.title"),
        on_load=[DetailsState.open, ChatState.open],
    )
