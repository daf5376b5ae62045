"""Sharing as an evaluation's owner sees it: the links, a new one, and what readers remarked."""

from __future__ import annotations

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components.layout import alert
from memo_coach.ui.components.local_time import in_local_time
from memo_coach.ui.reader_remarks import ReaderRemarkOnScreen
from memo_coach.ui.states.sharing import ShareLinkOnScreen, SharingState


def remark_of_reader(remark: rx.Var[ReaderRemarkOnScreen], *actions: rx.Component) -> rx.Component:
    """Return a reader's remark, as theirs: nothing in it is anything but text."""
    return rx.el.li(
        rx.el.p(
            rx.el.strong(text("sharing.by"), " ", remark.name),
            " · ",
            rx.el.span(in_local_time(remark.made), class_name="quiet"),
        ),
        rx.cond(remark.quote != "", rx.el.blockquote(rx.el.p(remark.quote))),
        rx.el.p(remark.text, class_name="words"),
        *actions,
        key=remark.id,
        custom_attrs={"data-testid": "reader-remark"},
    )


def _own_remark(remark: rx.Var[ReaderRemarkOnScreen]) -> rx.Component:
    return remark_of_reader(
        remark,
        rx.el.button(
            text("sharing.delete"),
            rx.el.span(" ", text("sharing.delete_which"), " ", remark.name, class_name="visually-hidden"),
            type="button",
            class_name="button",
            on_click=SharingState.delete_remark(remark.id),
        ),
    )


def _told() -> rx.Component:
    return rx.fragment(
        rx.el.div(rx.el.p(SharingState.told), role="status", class_name="told"), alert(SharingState.problem)
    )


def remarks_of_readers() -> rx.Component:
    """Return what readers remarked, where they did, for a page that shows the comments."""
    return rx.el.div(
        rx.cond(
            SharingState.remarks.length() > 0,
            rx.fragment(
                rx.el.h2(text("sharing.remarks")),
                rx.el.ul(rx.foreach(SharingState.remarks, _own_remark), class_name="plain-list"),
            ),
        ),
        _told(),
        class_name="reader-remarks group",
        custom_attrs={"data-focus-home": ""},
    )


def _link(link: rx.Var[ShareLinkOnScreen]) -> rx.Component:
    made = in_local_time(link.made)
    return rx.el.li(
        rx.el.span(
            text("sharing.made_on"),
            " ",
            made,
            ", ",
            text("sharing.ends_on"),
            " ",
            in_local_time(link.expires),
        ),
        rx.el.button(
            text("sharing.revoke"),
            rx.el.span(" ", text("sharing.revoke_which"), " ", made, class_name="visually-hidden"),
            type="button",
            class_name="button",
            on_click=SharingState.revoke(link.id),
        ),
        key=link.id,
        class_name="row",
    )


def _new_link() -> rx.Component:
    return rx.el.div(
        rx.el.label(text("sharing.link"), html_for="share-link"),
        rx.el.div(
            rx.el.input(
                id="share-link",
                type="text",
                read_only=True,
                value=SharingState.new_link,
                auto_focus=True,
                custom_attrs={"autocomplete": "off", "aria-describedby": "share-once"},
            ),
            rx.el.button(
                text("sharing.copy"),
                type="button",
                class_name="button main",
                custom_attrs={"data-copy": "share-link", "data-copied": text("sharing.copied")},
            ),
            rx.el.span(role="status", custom_attrs={"data-copy-told": ""}),
            class_name="row",
        ),
        rx.el.p(text("sharing.once"), id="share-once", class_name="quiet"),
        class_name="new-link",
    )


def _links() -> rx.Component:
    return rx.fragment(
        rx.el.p(SharingState.lede, class_name="lede"),
        rx.el.button(
            text("sharing.make"),
            type="button",
            class_name="button",
            on_click=SharingState.make,
        ),
        rx.cond(SharingState.new_link != "", _new_link()),
        rx.cond(
            SharingState.links.length() > 0,
            rx.fragment(
                rx.el.h3(text("sharing.links")),
                rx.el.ul(rx.foreach(SharingState.links, _link), class_name="plain-list share-links"),
            ),
            rx.el.p(text("sharing.none"), class_name="quiet"),
        ),
    )


def sharing() -> rx.Component:
    """Return the sharing of an evaluation; nothing where it is switched off and nobody remarked anything."""
    return rx.cond(
        SharingState.allowed | (SharingState.remarks.length() > 0),
        rx.el.section(
            rx.el.h2(text("sharing.heading")),
            rx.cond(SharingState.allowed, _links()),
            _told(),
            rx.cond(
                SharingState.remarks.length() > 0,
                rx.fragment(
                    rx.el.h3(text("sharing.remarks")),
                    rx.el.ul(rx.foreach(SharingState.remarks, _own_remark), class_name="plain-list"),
                ),
            ),
            class_name="sharing reader-remarks",
            custom_attrs={"data-focus-home": ""},
        ),
    )
