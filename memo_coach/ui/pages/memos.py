"""The list of memos, with the score of each version."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components import icons
from memo_coach.ui.components.layout import alert, empty, frame, link
from memo_coach.ui.components.moments import in_local_time
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.memos import MemoOnScreen, MemosState, VersionOnScreen


def _version(version: rx.Var[VersionOnScreen]) -> rx.Component:
    return rx.el.li(link(version.label, " ", rx.el.strong(version.outcome), to=version.address))


def _confirmation() -> rx.Component:
    """Ask in place, beside the memo that would go."""
    return rx.el.div(
        rx.el.p(rx.el.strong(text("memos.delete_heading"))),
        rx.el.p(text("memos.delete_body"), class_name="quiet"),
        rx.el.div(
            rx.el.button(
                text("memos.delete_no"),
                type="button",
                class_name="button",
                on_click=MemosState.keep,
                auto_focus=True,
            ),
            rx.el.button(
                text("memos.delete_yes"),
                type="button",
                class_name="button danger",
                on_click=MemosState.delete,
            ),
            class_name="row",
        ),
        role="group",
        aria_label=text("memos.delete_heading"),
        class_name="alert stack",
    )


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
                memo.versions.length() > 0,
                rx.el.ul(rx.foreach(memo.versions, _version), class_name="versions"),
                rx.el.p(text("memos.never"), class_name="quiet"),
            ),
        ),
        rx.cond(
            MemosState.condemned == memo.id,
            _confirmation(),
            rx.el.div(
                link(text("memos.continue"), to=memo.continue_address, class_name="button"),
                rx.cond(
                    memo.versions_address != "",
                    link(
                        text("versions.link"),
                        rx.el.span(": ", memo.title, class_name="visually-hidden"),
                        to=memo.versions_address,
                        class_name="button plain",
                    ),
                ),
                rx.el.button(
                    text("memos.delete"),
                    rx.el.span(" ", memo.title, class_name="visually-hidden"),
                    type="button",
                    class_name="button plain",
                    on_click=MemosState.ask_before_deleting(memo.id),
                ),
                class_name="row",
            ),
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
        rx.el.p(MemosState.told, role="status", class_name="visually-hidden"),
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
    add_page(app, page, path="/memos", title=text("memos.title"), on_load=MemosState.open)
