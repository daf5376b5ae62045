"""One's own account, for the settings page: nothing where nobody has one."""

from __future__ import annotations

import reflex as rx

from memo_coach.services.accounts.password_rules import LONGEST, SHORTEST
from memo_coach.translations import number, text
from memo_coach.ui.components.layout import alert
from memo_coach.ui.components.local_time import in_local_time
from memo_coach.ui.states.account import AccountState, SessionOnScreen
from memo_coach.web.accounts.addresses import SIGN_IN_METHODS
from memo_coach.web.languages import localised_path


def _password(name: str, label: str, autocomplete: str, hint: str = "") -> rx.Component:
    described = {"aria-describedby": f"{name}-hint"} if hint else {}
    return rx.el.div(
        rx.el.label(label, html_for=f"{name}-password"),
        rx.el.input(
            id=f"{name}-password",
            name=name,
            type="password",
            required=True,
            custom_attrs={"autocomplete": autocomplete, **described},
        ),
        rx.el.p(hint, id=f"{name}-hint", class_name="quiet") if hint else rx.fragment(),
        class_name="labelled",
    )


def _change_password() -> rx.Component:
    return rx.el.form(
        _password("old", text("sign_in.old_password"), "current-password"),
        _password(
            "new",
            text("sign_in.new_password"),
            "new-password",
            text("sign_in.password_hint", least=number(SHORTEST), most=number(LONGEST)),
        ),
        rx.el.label(
            rx.el.input(type="checkbox", name="tokens", value="revoke"),
            rx.el.span(text("sign_in.revoke_tokens")),
            class_name="checked",
        ),
        rx.el.button(text("sign_in.change"), type="submit", class_name="button"),
        key=AccountState.changed.to_string(),
        on_submit=AccountState.change_password,
        class_name="change-password",
    )


def _session(session: rx.Var[SessionOnScreen]) -> rx.Component:
    where = rx.fragment(
        session.browser,
        " ",
        text("sign_in.from_address"),
        " ",
        session.address,
        ", ",
        text("sign_in.used"),
        " ",
    )
    return rx.el.li(
        rx.el.span(
            where,
            in_local_time(session.used),
            rx.cond(session.is_this, rx.el.strong(" · ", text("sign_in.this_session"))),
        ),
        rx.cond(
            session.is_this,
            rx.fragment(),
            rx.el.button(
                text("sign_in.end"),
                rx.el.span(
                    " ",
                    text("sign_in.end_which"),
                    " ",
                    session.browser,
                    ", ",
                    in_local_time(session.used),
                    class_name="visually-hidden",
                ),
                type="button",
                class_name="button plain",
                on_click=AccountState.end(session.id),
            ),
        ),
        key=session.id,
    )


def account() -> rx.Component:
    """Return who is signed in, how they change their password, and where else they are signed in."""
    return rx.cond(
        AccountState.is_account,
        rx.el.section(
            rx.el.h2(text("sign_in.account"), id="account"),
            rx.el.p(AccountState.lede, class_name="quiet"),
            rx.el.h3(text("sign_in.change_password")),
            _change_password(),
            rx.el.h3(text("second_factors.heading")),
            rx.el.p(text("second_factors.settings_body"), class_name="quiet"),
            rx.el.p(
                rx.el.a(
                    text("second_factors.settings_link"),
                    href=localised_path(SIGN_IN_METHODS),
                    class_name="button",
                    reload_document=True,
                ),
                class_name="row",
            ),
            rx.el.h3(text("sign_in.sessions"), id="sessions"),
            rx.el.ul(
                rx.foreach(AccountState.sessions, _session),
                class_name="removable",
                custom_attrs={"aria-labelledby": "sessions"},
            ),
            rx.el.div(
                rx.cond(
                    AccountState.sessions.length() > 1,
                    rx.el.button(
                        text("sign_in.end_others"),
                        type="button",
                        class_name="button",
                        on_click=AccountState.end_others,
                    ),
                ),
                rx.el.button(
                    text("sign_in.sign_out"),
                    type="button",
                    class_name="button",
                    custom_attrs={"data-action": "sign-out"},
                ),
                class_name="row",
            ),
            rx.el.div(rx.el.p(AccountState.told), role="status", class_name="told"),
            alert(AccountState.problem),
            custom_attrs={"aria-labelledby": "account", "data-focus-home": ""},
        ),
    )
