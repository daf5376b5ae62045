"""The list of memos, with the score of each version."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components import icons
from memo_coach.ui.components.deletion import deletion
from memo_coach.ui.components.layout import alert, empty, frame, link
from memo_coach.ui.states.deletion import DeletionState
from memo_coach.ui.states.memos import MemoOnScreen, MemosState, VersionOnScreen


def _version(version: rx.Var[VersionOnScreen]) -> rx.Component:
    return rx.el.li(link(version.label, " ", rx.el.strong(version.outcome), to=version.address))


def _in_local_time(moment: rx.Var[str], manner: str = "timeStyle: 'short', ") -> rx.Var[str]:
    """Return the moment in the reader's own time zone and manner, worked out in the browser."""
    spoken = (
        f"new Date({moment!s}).toLocaleString(document.documentElement.lang, {{{manner}dateStyle: 'long'}})"
    )
    return rx.Var(spoken, _var_type=str, _var_data=moment._get_all_var_data())  # noqa: SLF001 - its only way


def _memo(memo: rx.Var[MemoOnScreen]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h2(memo.title),
            rx.el.p(
                text("memos.changed"),
                " ",
                rx.el.time(_in_local_time(memo.changed), date_time=memo.changed),
                " · ",
                memo.word_count,
                rx.cond(memo.draft, rx.el.span(" · ", text("memos.draft"))),
                class_name="quiet",
            ),
            rx.cond(
                memo.going != "",
                rx.el.p(
                    text("memos.going"),
                    " ",
                    rx.el.time(_in_local_time(memo.going, ""), date_time=memo.going),
                    ". ",
                    text("memos.going_not"),
                    class_name="note",
                ),
            ),
            rx.cond(
                memo.versions.length() > 0,
                rx.el.ul(rx.foreach(memo.versions, _version), class_name="versions"),
                rx.el.p(text("memos.never"), class_name="quiet"),
            ),
        ),
        rx.el.div(
            link(text("memos.continue"), to=memo.continue_address, class_name="button"),
            rx.el.button(
                text("memos.delete"),
                rx.el.span(" ", memo.title, class_name="visually-hidden"),
                type="button",
                class_name="button plain",
                on_click=DeletionState.ask_about_memo(memo.id, memo.title),
            ),
            class_name="row",
        ),
        key=memo.id,
        custom_attrs={"data-focus-home": ""},
    )


def page() -> rx.Component:
    """Build the page."""
    nothing = empty(
        icons.blank_sheet(),
        text("memos.empty_heading"),
        text("memos.empty_body"),
        link(text("memos.new"), to="/", class_name="button main"),
    )
    return frame(
        rx.el.div(
            rx.el.div(rx.el.h1(text("memos.heading")), rx.el.p(text("memos.lede"), class_name="lede")),
            class_name="page-head",
        ),
        alert(MemosState.problem),
        deletion(),
        rx.cond(
            MemosState.loaded,
            rx.cond(
                MemosState.memos.length() > 0,
                rx.el.ul(
                    rx.foreach(MemosState.memos, _memo),
                    class_name="memos",
                    aria_label=text("memos.heading"),
                    custom_attrs={"data-focus-home": ""},
                ),
                nothing,
            ),
            rx.el.p(text("memos.loading"), class_name="quiet", role="status"),
        ),
        current="/memos",
        class_name="narrow",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    app.add_page(
        page,
        route="/memos",
        title=f"{text('memos.title')} · {text('product.name')}",
        description=text("product.description"),
        on_load=[MemosState.open, DeletionState.open],
    )
