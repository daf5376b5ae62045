"""Access tokens, as a section of the settings."""

from __future__ import annotations

import reflex as rx

from memo_coach.services.accounts.tokens import DEFAULT_DAYS, LONGEST_NAME, MOST_DAYS
from memo_coach.translations import text
from memo_coach.ui.components.layout import alert
from memo_coach.ui.components.local_time import in_local_time
from memo_coach.ui.components.shown_once import shown_once
from memo_coach.ui.states.tokens import TokenOnScreen, TokensState

_DAYS = (7, 30, DEFAULT_DAYS, MOST_DAYS)


def _token(token: rx.Var[TokenOnScreen]) -> rx.Component:
    used = rx.cond(
        token.used != "",
        rx.fragment(text("tokens.used_on"), " ", in_local_time(token.used)),
        text("tokens.never_used"),
    )
    return rx.el.li(
        rx.el.span(
            rx.el.strong(token.name),
            ": ",
            text("tokens.may_list"),
            " ",
            token.may,
            "; ",
            text("tokens.made_on"),
            " ",
            in_local_time(token.made),
            ", ",
            text("tokens.ends_on"),
            " ",
            in_local_time(token.expires),
            "; ",
            used,
        ),
        rx.el.button(
            text("tokens.revoke"),
            rx.el.span(" ", text("tokens.revoke_which"), " ", token.name, class_name="visually-hidden"),
            type="button",
            class_name="button plain",
            on_click=TokensState.revoke(token.id),
        ),
        key=token.id,
    )


def _new() -> rx.Component:
    return shown_once(
        "token",
        TokensState.new_token,
        label=text("tokens.token"),
        copy=text("tokens.copy"),
        copied=text("tokens.copied"),
        once=text("tokens.once"),
    )


def _form() -> rx.Component:
    may = rx.el.select(
        rx.el.option(text("tokens.read"), value="read"),
        rx.el.option(text("tokens.read_write"), value="read_write"),
        id="token-may",
        name="may",
    )
    days = rx.el.select(
        *[rx.el.option(text("tokens.days", count=each), value=str(each)) for each in _DAYS],
        id="token-days",
        name="days",
        default_value=str(DEFAULT_DAYS),
    )
    name = rx.el.input(
        id="token-name",
        name="name",
        type="text",
        required=True,
        max_length=LONGEST_NAME,
        custom_attrs={"autocomplete": "off", "aria-describedby": "token-name-hint"},
    )
    return rx.el.form(
        rx.el.div(
            rx.el.label(text("tokens.name"), html_for="token-name"),
            name,
            rx.el.p(text("tokens.name_hint"), id="token-name-hint", class_name="quiet"),
            class_name="new-link",
        ),
        rx.el.div(rx.el.label(text("tokens.may"), html_for="token-may"), may, class_name="field"),
        rx.el.div(rx.el.label(text("tokens.lasts"), html_for="token-days"), days, class_name="field"),
        rx.el.div(rx.el.button(text("tokens.make"), type="submit", class_name="button"), class_name="row"),
        on_submit=TokensState.make,
        reset_on_submit=True,
    )


def tokens() -> rx.Component:
    """Return the section."""
    return rx.el.section(
        rx.el.h2(text("tokens.heading"), id="tokens"),
        rx.el.p(text("tokens.lede"), class_name="quiet"),
        rx.el.p(rx.el.a(text("tokens.documentation"), href="/api/docs", reload_document=True)),
        _form(),
        rx.cond(TokensState.new_token != "", _new()),
        rx.el.div(rx.el.p(TokensState.told), role="status", class_name="told"),
        alert(TokensState.problem),
        rx.el.h3(text("tokens.list")),
        rx.cond(
            TokensState.tokens.length() > 0,
            rx.el.ul(
                rx.foreach(TokensState.tokens, _token),
                class_name="removable tokens",
                custom_attrs={"data-focus-home": ""},
            ),
            rx.el.p(text("tokens.none"), class_name="quiet"),
        ),
        custom_attrs={"aria-labelledby": "tokens"},
    )
