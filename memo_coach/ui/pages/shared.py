"""One evaluation for who has the link: to be read, and remarked upon."""

from __future__ import annotations

import reflex as rx

from memo_coach.services.sharing.service import LONGEST_NAME, LONGEST_PASSAGE, LONGEST_REMARK
from memo_coach.translations import text
from memo_coach.ui.components import icons
from memo_coach.ui.components.criterion_score import mark_given, reason
from memo_coach.ui.components.evaluation import with_rubric
from memo_coach.ui.components.layout import alert, empty, frame, link, own_scripts
from memo_coach.ui.components.local_time import in_local_time
from memo_coach.ui.components.manuscript import block
from memo_coach.ui.components.remark_card import remark_card
from memo_coach.ui.components.sharing import remark_of_reader
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.remark_cards import CardOnScreen
from memo_coach.ui.states.feedback import CriterionOnScreen
from memo_coach.ui.states.shared import PassageOnScreen, SharedState


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h1(text("shared.heading")),
            rx.cond(
                SharedState.status == "open",
                rx.fragment(
                    rx.el.p(
                        rx.el.strong(SharedState.title, lang=SharedState.language),
                        f" · {text('feedback.scored_by')} ",
                        SharedState.judged_by,
                        " ",
                        with_rubric(SharedState.rubric_name),
                        class_name="lede",
                    ),
                    rx.el.p(
                        text("shared.read_only"),
                        " ",
                        in_local_time(SharedState.expires),
                        ".",
                        class_name="note",
                    ),
                ),
            ),
        ),
        class_name="page-head",
    )


def _verdict() -> rx.Component:
    return rx.el.section(
        rx.el.p(
            rx.el.strong(SharedState.score, custom_attrs={"data-testid": "overall-score"}),
            rx.el.span(text("feedback.of")),
            class_name="score",
        ),
        rx.el.div(
            rx.el.p(SharedState.summary, class_name="summary"),
            rx.foreach(SharedState.notices, lambda notice: rx.el.p(notice, class_name="note")),
            class_name="stack",
            lang=SharedState.language,
        ),
        class_name="verdict sheet",
        aria_label=text("feedback.heading"),
    )


def _list(name: str, lines: rx.Var[list[str]]) -> rx.Component:
    return rx.el.section(
        rx.el.h2(text(f"feedback.{name}")),
        rx.cond(
            lines.length() > 0,
            rx.el.ul(rx.foreach(lines, rx.el.li), class_name="plain-list", lang=SharedState.language),
            rx.el.p(text(f"feedback.no_{name}"), class_name="lede"),
        ),
        class_name=name,
    )


def _criterion(criterion: rx.Var[CriterionOnScreen]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h3(criterion.name, lang=SharedState.language),
            rx.el.p(text("feedback.weight"), " ", criterion.weight, class_name="quiet"),
        ),
        mark_given(criterion),
        reason(criterion, SharedState.language),
        class_name="criterion",
        custom_attrs={"data-testid": criterion.test_id},
    )


def _criteria() -> rx.Component:
    return rx.el.section(
        rx.el.h2(text("feedback.criteria")),
        rx.el.p(text("feedback.criteria_lede"), class_name="lede"),
        rx.el.ul(rx.foreach(SharedState.criteria, _criterion), class_name="plain-list"),
        class_name="criteria",
    )


def _card(card: rx.Var[CardOnScreen]) -> rx.Component:
    # By itself it would be given the index as well: the framework counts what a function takes.
    return remark_card(card)


def _memo() -> rx.Component:
    return rx.el.section(
        rx.el.h2(text("shared.memo")),
        rx.el.div(
            rx.el.section(
                rx.foreach(SharedState.blocks, block),
                class_name="manuscript sheet",
                lang=SharedState.language,
                aria_label=text("details.manuscript"),
            ),
            rx.el.section(
                rx.foreach(SharedState.cards, _card),
                rx.cond(
                    SharedState.more_count > 0,
                    rx.el.details(
                        rx.el.summary(
                            text("shared.more"),
                            " (",
                            SharedState.more_count.to_string(),
                            ")",
                            on_click=SharedState.unfold,
                        ),
                        rx.foreach(SharedState.more, _card),
                        class_name="folded",
                    ),
                ),
                class_name="cards",
                tab_index=0,
                aria_label=text("details.region"),
            ),
            class_name="split",
        ),
        class_name="shared-memo",
    )


def _field(name: str, label: str, field: rx.Component) -> rx.Component:
    return rx.el.div(rx.el.label(label, html_for=f"remark-{name}"), field, class_name="labelled")


def _passage(passage: rx.Var[PassageOnScreen]) -> rx.Component:
    return rx.el.option(passage.label, value=passage.id)


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.h3(text("shared.leave")),
        rx.el.p(text("shared.leave_lede"), class_name="lede"),
        _field(
            "name",
            text("shared.name"),
            rx.el.input(id="remark-name", name="name", type="text", max_length=LONGEST_NAME),
        ),
        _field(
            "about",
            text("shared.about"),
            rx.el.select(
                rx.el.option(text("shared.about_all"), value=""),
                rx.foreach(SharedState.passages, _passage),
                id="remark-about",
                name="about",
            ),
        ),
        _field(
            "passage",
            text("shared.passage"),
            rx.el.input(
                id="remark-passage",
                name="passage",
                type="text",
                max_length=LONGEST_PASSAGE,
                custom_attrs={"autocomplete": "off", "data-selected": ""},
            ),
        ),
        _field(
            "text",
            text("shared.text"),
            rx.el.textarea(id="remark-text", name="text", rows="5", max_length=LONGEST_REMARK, required=True),
        ),
        alert(SharedState.problem),
        rx.el.button(text("shared.send"), type="submit", class_name="button main"),
        key=SharedState.sent.to_string(),
        on_submit=SharedState.leave,
        class_name="leave-remark sheet",
    )


def _remarks() -> rx.Component:
    return rx.el.section(
        rx.el.h2(text("sharing.remarks_short")),
        rx.cond(
            SharedState.remarks.length() > 0,
            rx.el.ul(rx.foreach(SharedState.remarks, remark_of_reader), class_name="plain-list"),
            rx.el.p(text("shared.no_remarks"), class_name="quiet"),
        ),
        rx.el.div(rx.el.p(SharedState.told), role="status", class_name="told"),
        _form(),
        class_name="reader-remarks",
        custom_attrs={"data-focus-home": ""},
    )


def _missing() -> rx.Component:
    return empty(
        icons.blank_sheet(),
        text("shared.missing_heading"),
        text("shared.missing_body"),
        link(text("shared.home"), to="/", class_name="button"),
    )


def page() -> rx.Component:
    """Build the page."""
    return frame(
        *own_scripts("sharing.js"),
        # Pressed by assets/sharing.js.
        rx.el.button(
            type="button",
            hidden=True,
            on_click=SharedState.look,
            aria_label=text("shared.heading"),
            custom_attrs={"data-share-look": ""},
        ),
        _head(),
        rx.match(
            SharedState.status,
            ("loading", rx.el.p(text("feedback.loading"), role="status", class_name="quiet")),
            ("missing", rx.el.div(_missing(), role="status")),
            ("unavailable", alert(SharedState.problem)),
            rx.fragment(
                _verdict(),
                rx.el.div(
                    _list("opportunities", SharedState.opportunities),
                    _list("strengths", SharedState.strengths),
                    class_name="pair",
                ),
                _criteria(),
                _memo(),
                _remarks(),
            ),
        ),
        class_name="shared",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(app, page, path="/share", title=text("shared.title"), on_load=SharedState.open, is_private=True)
