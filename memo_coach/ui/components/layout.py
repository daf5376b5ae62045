"""The frame around every page: skip link, header, navigation, footer, lost-connection notice."""

from __future__ import annotations

from typing import Final

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors
from reflex_components_core.el.elements.inline import A
from reflex_components_core.react_router import ReactRouterLink

from memo_coach import __version__
from memo_coach.translations import current_language, languages, speaking, text
from memo_coach.ui.assets import asset
from memo_coach.ui.components import icons
from memo_coach.web.accounts.addresses import SIGN_IN
from memo_coach.web.languages import localised_path, path_in

_MENU: Final = (
    ("/", "menu.write"),
    ("/memos", "menu.memos"),
    ("/progress", "menu.progress"),
    ("/help", "menu.help"),
)


def link(
    *label: str | rx.Component | rx.Var[str], to: str | rx.Var[str], **properties: object
) -> rx.Component:
    """Return a link that changes pages in the browser, without loading the document anew.

    A path leads to the page in the language that is spoken; what a state gives is an address already.
    """
    address = localised_path(to) if isinstance(to, str) else to
    return ReactRouterLink.create(*label, to=address, **properties)


def anchor(
    *label: str | rx.Component | rx.Var[str], to: str | rx.Var[str], **properties: object
) -> rx.Component:
    """Return a link to a place on the same page: the browser itself goes there, and takes the focus along.

    ``rx.el.a`` is a link that changes pages, which leaves the focus where it was.
    """
    return A.create(*label, href=to, **properties)


def _menu_item(path: str, key: str, current: str) -> rx.Component:
    attributes = {"aria-current": "page"} if path == current else {}
    return rx.el.li(link(text(key), to=path, custom_attrs=attributes))


def _header(current: str) -> rx.Component:
    return rx.el.header(
        link(icons.logo(), rx.el.span(text("product.name")), to="/", class_name="brand"),
        rx.el.nav(
            rx.el.ul(*[_menu_item(path, key, current) for path, key in _MENU], class_name="menu-items"),
            class_name="menu",
            aria_label=text("menu.label"),
        ),
        link(
            icons.sliders(),
            to="/settings",
            class_name="icon",
            custom_attrs={
                "aria-label": text("menu.settings"),
                **({"aria-current": "page"} if current == "/settings" else {}),
            },
        ),
        rx.el.button(
            icons.sun(),
            icons.moon(),
            type="button",
            class_name="icon",
            aria_label=text("product.theme"),
            custom_attrs={"data-action": "theme"},
        ),
        _account(),
        class_name="top",
    )


def _account() -> rx.Component:
    """Show who is signed in; assets/account.js writes the name, and the style sheet hides it from nobody."""
    return rx.el.details(
        rx.el.summary(icons.person(), class_name="icon", aria_label=text("sign_in.account")),
        rx.el.div(
            rx.el.p(text("sign_in.signed_in_as"), " ", rx.el.strong(custom_attrs={"data-account-name": ""})),
            link(text("sign_in.account"), to="/settings#account"),
            link(text("sign_in.administration"), to="/admin", custom_attrs={"data-for": "administrator"}),
            rx.el.button(
                text("sign_in.sign_out"),
                type="button",
                class_name="button",
                custom_attrs={"data-action": "sign-out"},
            ),
            class_name="account-menu sheet",
        ),
        class_name="account",
    )


def _signed_out() -> rx.Component:
    """Say that the session has ended; assets/account.js shows it, and has the link come back to this page."""
    return rx.el.p(
        text("sign_in.ended"),
        " ",
        anchor(text("sign_in.again"), to=localised_path(SIGN_IN)),
        " ",
        text("sign_in.again_note"),
        class_name="connection",
        role="alert",
        hidden=True,
        custom_attrs={"data-signed-out": ""},
    )


def _languages(current: str) -> rx.Component:
    """Lead to the same page in each other language. It is loaded anew, for the document's own language.

    assets/theme.js keeps the choice, and puts in the page's whole address where that is known to the browser
    alone.
    """
    links = []
    for language in languages():
        if language == current_language():
            continue
        with speaking(language):
            name = text("product.language")
        links.append(
            anchor(
                name,
                to=path_in(language, current or "/"),
                lang=language,
                href_lang=language,
                custom_attrs={"data-language": language},
            )
        )
    return rx.el.p(*links, class_name="languages")


def _footer(current: str) -> rx.Component:
    return rx.el.footer(
        rx.el.p(
            rx.el.span(text("product.footer"), class_name="of-browser"),
            rx.el.span(text("sign_in.footer"), class_name="of-account"),
        ),
        _languages(current),
        rx.el.p(text("product.version", version=__version__)),
        class_name="foot",
    )


def frame(*content: rx.Component, current: str = "", class_name: str = "") -> rx.Component:
    """Put a page's content into the frame; ``current`` is the path to mark in the navigation."""
    return rx.el.div(
        anchor(text("product.skip"), to="#content", class_name="skip"),
        _header(current),
        rx.el.main(*content, id="content", tab_index=-1, class_name=class_name),
        _footer(current),
        rx.el.div(
            rx.cond(has_connection_errors, rx.el.p(text("product.connection"), class_name="connection")),
            # Filled by assets/links.js.
            rx.el.p(
                class_name="connection unreached",
                custom_attrs={"data-unreached": text("product.unreached")},
            ),
            role="status",
        ),
        _signed_out(),
        # Filled by assets/focus.js: a page that comes without a new document is not told of by the browser.
        rx.el.div(role="status", id="page-announcer", class_name="visually-hidden"),
        class_name="page",
        lang=current_language(),
    )


def own_scripts(*names: str) -> tuple[rx.Component, ...]:
    """Return scripts of ``assets/`` that a page needs and the first page of a visit does without.

    The browser gets each once, whichever pages ask for it.
    """
    return tuple(rx.el.script(src=asset(name), custom_attrs={"async": True}) for name in names)


def alert(message: rx.Var[str]) -> rx.Component:
    """Show a sentence as an alert where there is one."""
    return rx.cond(message != "", rx.el.p(message, role="alert", class_name="alert"))


def empty(
    picture: rx.Component, heading: str, body: str | rx.Var[str], *actions: rx.Component
) -> rx.Component:
    """Show that there is nothing here, and what to do about it."""
    return rx.el.div(picture, rx.el.h2(heading), rx.el.p(body), *actions, class_name="empty")
