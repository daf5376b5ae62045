"""Accounts, for administrators: who may sign in, as what, and what holds for them alone."""

from __future__ import annotations

import reflex as rx

from memo_coach.services.accounts.typed_limits import LONGEST_MODELS
from memo_coach.services.accounts.users import LONGEST_QUERY
from memo_coach.translations import text
from memo_coach.ui.components.administration_frame import administration_page
from memo_coach.ui.components.layout import alert, own_scripts
from memo_coach.ui.components.local_time import in_local_time
from memo_coach.ui.localised_pages import add_page
from memo_coach.ui.states.users import UserOnScreen, UsersState

_LONGEST_FIELD = 254


def _text_field(name: str, kind: str = "text", *, required: bool = False) -> rx.Component:
    return rx.el.div(
        rx.el.label(text(f"users.{name}"), html_for=f"invite-{name}"),
        rx.el.input(
            id=f"invite-{name}",
            name=name,
            type=kind,
            required=required,
            max_length=_LONGEST_FIELD,
            auto_complete="off",
        ),
        class_name="field",
    )


def _invite() -> rx.Component:
    return rx.el.details(
        rx.el.summary(text("users.invite")),
        rx.el.form(
            _text_field("email", "email", required=True),
            _text_field("name"),
            rx.el.div(
                rx.el.label(text("users.role"), html_for="invite-role"),
                rx.el.select(
                    rx.el.option(text("users.is_writer"), value="writer"),
                    rx.el.option(text("users.is_administrator"), value="administrator"),
                    id="invite-role",
                    name="role",
                ),
                class_name="field",
            ),
            rx.el.button(text("users.send"), type="submit", class_name="button main"),
            on_submit=UsersState.invite,
            reset_on_submit=True,
            class_name="score-filters",
        ),
        class_name="invite",
    )


def _new_link() -> rx.Component:
    return rx.cond(
        UsersState.link != "",
        rx.el.div(
            rx.el.label(text("users.link"), html_for="account-link"),
            rx.el.div(
                rx.el.input(
                    id="account-link",
                    type="text",
                    read_only=True,
                    value=UsersState.link,
                    custom_attrs={"autocomplete": "off", "aria-describedby": "account-link-once"},
                ),
                rx.el.button(
                    text("sharing.copy"),
                    type="button",
                    class_name="button main",
                    custom_attrs={"data-copy": "account-link", "data-copied": text("sharing.copied")},
                ),
                rx.el.span(role="status", custom_attrs={"data-copy-told": ""}),
                class_name="row",
            ),
            rx.el.p(text("users.link_once"), id="account-link-once", class_name="quiet"),
            class_name="note",
        ),
    )


def _search() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label(text("users.query"), html_for="query"),
            rx.el.input(
                id="query",
                name="query",
                type="search",
                default_value=UsersState.query,
                max_length=LONGEST_QUERY,
                auto_complete="off",
            ),
            class_name="field",
        ),
        rx.el.button(text("users.search"), type="submit", class_name="button"),
        on_submit=UsersState.search,
        class_name="score-filters",
        custom_attrs={"role": "search"},
    )


def _action(label: str | rx.Var[str], user: rx.Var[UserOnScreen], on_click: object) -> rx.Component:
    return rx.el.button(
        label,
        rx.el.span(": ", user.name, class_name="visually-hidden"),
        type="button",
        class_name="button",
        on_click=on_click,
    )


def _limit(
    name: str, value: rx.Var[str], user: rx.Var[UserOnScreen], mode: str, longest: int = 20
) -> rx.Component:
    return rx.el.div(
        rx.el.label(text(f"users.{name}"), html_for=f"{name}-{user.id}"),
        rx.el.input(
            id=f"{name}-{user.id}",
            name=name,
            input_mode=mode,
            default_value=value,
            max_length=longest,
            auto_complete="off",
        ),
        class_name="field",
    )


def _limits(user: rx.Var[UserOnScreen]) -> rx.Component:
    return rx.el.form(
        rx.el.input(type="hidden", name="user", value=user.id),
        _limit("evaluations_a_day", user.evaluations_a_day, user, "numeric"),
        _limit("usd_a_day", user.usd_a_day, user, "decimal"),
        rx.cond(UsersState.models != "", _limit("models", user.models, user, "text", LONGEST_MODELS)),
        rx.el.button(
            text("users.set_limits"),
            rx.el.span(": ", user.name, class_name="visually-hidden"),
            type="submit",
            class_name="button",
        ),
        rx.el.p(text("users.limits_note"), class_name="quiet"),
        rx.cond(
            UsersState.models != "",
            rx.el.p(text("users.models_note"), " ", UsersState.models, class_name="quiet"),
        ),
        on_submit=UsersState.set_limits,
        class_name="score-filters",
    )


def _user(user: rx.Var[UserOnScreen]) -> rx.Component:
    is_administrator = user.role == "administrator"
    return rx.el.li(
        rx.el.p(rx.el.strong(user.name), rx.el.span(user.email), class_name="audit-head"),
        rx.el.p(
            user.state,
            rx.cond(
                user.last_sign_in != "",
                rx.el.span(" · ", text("users.last_sign_in"), " ", in_local_time(user.last_sign_in)),
            ),
            class_name="quiet",
        ),
        rx.el.details(
            rx.el.summary(text("users.change"), rx.el.span(": ", user.name, class_name="visually-hidden")),
            rx.el.div(
                _action(
                    rx.cond(is_administrator, text("users.make_writer"), text("users.make_administrator")),
                    user,
                    UsersState.set_role(user.id, rx.cond(is_administrator, "writer", "administrator")),
                ),
                _action(
                    rx.cond(user.is_disabled, text("users.enable"), text("users.disable")),
                    user,
                    UsersState.set_disabled(user.id, ~user.is_disabled),
                ),
                _action(text("users.reset"), user, UsersState.reset_password(user.id)),
                _action(text("users.end_sessions"), user, UsersState.end_sessions(user.id)),
                rx.cond(
                    user.has_second_factor,
                    _action(
                        text("second_factors.admin_remove"),
                        user,
                        UsersState.remove_second_factors(user.id),
                    ),
                ),
                class_name="row",
            ),
            _limits(user),
        ),
        key=user.id,
        custom_attrs={"data-testid": "account"},
    )


def page() -> rx.Component:
    """Build the page."""
    return administration_page(
        *own_scripts("sharing.js"),
        rx.cond(~UsersState.has_accounts, rx.el.p(text("users.open_mode"), class_name="note")),
        _invite(),
        rx.el.div(rx.el.p(UsersState.told), role="status", class_name="told"),
        alert(UsersState.refusal),
        _new_link(),
        _search(),
        rx.cond(
            UsersState.users.length() > 0,
            rx.el.ul(rx.foreach(UsersState.users, _user), class_name="audit-entries accounts"),
            rx.el.p(text("users.none"), class_name="lede"),
        ),
        rx.el.p(
            rx.cond(
                UsersState.next_cursor != "",
                rx.el.button(
                    text("users.more"), type="button", class_name="button", on_click=UsersState.more
                ),
            ),
            class_name="row",
        ),
        heading=text("users.heading"),
        lede=text("users.lede"),
        status=UsersState.status,
        problem=UsersState.problem,
        current="/admin/users",
    )


def register(app: rx.App) -> None:
    """Add the page."""
    add_page(app, page, path="/admin/users", title=text("users.heading"), on_load=UsersState.open)
