"""The list of memos, with the score of each version."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components import icons
from memo_coach.ui.components.deletion import deletion
from memo_coach.ui.components.layout import alert, empty, frame, link, own_scripts
from memo_coach.ui.components.local_time import in_local_time
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.deletion import DeletionState
from memo_coach.ui.states.memos import MemoOnScreen, MemosState, VersionOnScreen


def _of(memo: rx.Var[MemoOnScreen]) -> rx.Component:
    """Return which memo it is about, for who hears one link of a list without what stands around it."""
    return rx.el.span(": ", memo.title, class_name="visually-hidden")


def _version(memo: rx.Var[MemoOnScreen], version: rx.Var[VersionOnScreen]) -> rx.Component:
    return rx.el.li(link(version.label, " ", rx.el.strong(version.outcome), _of(memo), to=version.address))


def _memo(memo: rx.Var[MemoOnScreen]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h2(memo.title),
            rx.el.p(
                text("memos.changed"),
                " ",
                rx.el.time(in_local_time(memo.changed), date_time=memo.changed),
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
                    rx.el.time(in_local_time(memo.going, ""), date_time=memo.going),
                    ". ",
                    text("memos.going_not"),
                    class_name="note",
                ),
            ),
            rx.cond(
                memo.versions.length() > 0,
                rx.el.ul(
                    rx.foreach(memo.versions, lambda version: _version(memo, version)), class_name="versions"
                ),
                rx.el.p(text("memos.never"), class_name="quiet"),
            ),
        ),
        rx.el.div(
            link(text("memos.continue"), _of(memo), to=memo.continue_address, class_name="button"),
            rx.cond(
                memo.versions_address != "",
                link(
                    text("versions.link"),
                    _of(memo),
                    to=memo.versions_address,
                    class_name="button plain",
                ),
            ),
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
        *own_scripts("dialog.js"),
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
    add_page(
        app,
        page,
        path="/memos",
        title=text("memos.title"),
        on_load=[MemosState.open, DeletionState.open],
    )
