"""The frame of the pages for administrators: their menu, their heading, and a refusal to anybody else."""

from __future__ import annotations

from typing import Final

import reflex as rx

from memo_coach.translations import text
from memo_coach.ui.components import icons
from memo_coach.ui.components.layout import empty, frame, link

_MENU: Final = (
    ("/admin", "administration.documents"),
    ("/admin/users", "administration.users"),
    ("/admin/usage", "administration.usage"),
    ("/admin/audit", "administration.audit"),
    ("/admin/state", "administration.state"),
    ("/debug", "administration.debug"),
)


def _item(path: str, key: str, current: str) -> rx.Component:
    attributes = {"aria-current": "page"} if path == current else {}
    return rx.el.li(link(text(key), to=path, custom_attrs=attributes))


def administration_menu(current: str) -> rx.Component:
    """Return the way to the other pages for administrators."""
    return rx.el.nav(
        rx.el.ul(*[_item(path, key, current) for path, key in _MENU]),
        class_name="administration-menu",
        aria_label=text("administration.menu"),
    )


def administration_page(
    *content: rx.Component,
    heading: str,
    lede: str,
    status: rx.Var[str],
    problem: rx.Var[str],
    current: str,
) -> rx.Component:
    """Return a page that shows its content to administrators, and to others that it is not for them."""
    return frame(
        administration_menu(current),
        rx.el.div(
            rx.el.div(rx.el.h1(heading), rx.el.p(lede, class_name="lede")),
            class_name="page-head",
        ),
        rx.match(
            status,
            ("here", rx.fragment(*content)),
            ("refused", empty(icons.blank_sheet(), text("administration.refused"), problem)),
            ("unavailable", rx.el.p(problem, role="alert", class_name="alert")),
            rx.el.p(text("administration.loading"), role="status", class_name="quiet"),
        ),
        current=current,
        class_name="narrow administration",
    )


def figures(*pairs: tuple[str, rx.Var[str]]) -> rx.Component:
    """Show a few figures, each below what it is."""
    return rx.el.dl(
        *[rx.el.div(rx.el.dt(name), rx.el.dd(value)) for name, value in pairs], class_name="score-figures"
    )
