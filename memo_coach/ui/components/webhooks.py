"""Webhooks, as a section of the settings."""

from __future__ import annotations

import reflex as rx

from memo_coach.services.webhooks.destinations import LONGEST_URL
from memo_coach.translations import text
from memo_coach.ui.components.layout import alert
from memo_coach.ui.components.local_time import in_local_time
from memo_coach.ui.states.webhooks import WebhookOnScreen, WebhooksState


def _webhook(webhook: rx.Var[WebhookOnScreen]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.strong(webhook.url),
            ": ",
            text("webhooks.since"),
            " ",
            in_local_time(webhook.made),
            "; ",
            webhook.told,
            rx.cond(webhook.problem != "", rx.fragment(". ", webhook.problem)),
        ),
        rx.el.button(
            text("webhooks.remove"),
            rx.el.span(" ", text("webhooks.remove_which"), " ", webhook.url, class_name="visually-hidden"),
            type="button",
            class_name="button plain",
            on_click=WebhooksState.remove(webhook.id),
        ),
        key=webhook.id,
    )


def _new_secret() -> rx.Component:
    return rx.el.div(
        rx.el.label(text("webhooks.secret"), html_for="new-secret"),
        rx.el.div(
            rx.el.input(
                id="new-secret",
                type="text",
                read_only=True,
                value=WebhooksState.new_secret,
                auto_focus=True,
                custom_attrs={"autocomplete": "off", "aria-describedby": "secret-once"},
            ),
            rx.el.button(
                text("webhooks.copy"),
                type="button",
                class_name="button main",
                custom_attrs={"data-copy": "new-secret", "data-copied": text("webhooks.copied")},
            ),
            rx.el.span(role="status", custom_attrs={"data-copy-told": ""}),
            class_name="row",
        ),
        rx.el.p(text("webhooks.once"), id="secret-once", class_name="quiet"),
        class_name="new-link",
    )


def _form() -> rx.Component:
    url = rx.el.input(
        id="webhook-url",
        name="url",
        type="url",
        required=True,
        max_length=LONGEST_URL,
        custom_attrs={"autocomplete": "off", "aria-describedby": "webhook-url-hint"},
    )
    return rx.el.form(
        rx.el.div(
            rx.el.label(text("webhooks.url"), html_for="webhook-url"),
            url,
            rx.el.p(text("webhooks.url_hint"), id="webhook-url-hint", class_name="quiet"),
            class_name="new-link",
        ),
        rx.el.div(rx.el.button(text("webhooks.make"), type="submit", class_name="button"), class_name="row"),
        on_submit=WebhooksState.make,
    )


def webhooks() -> rx.Component:
    """Return the section."""
    return rx.el.section(
        rx.el.h2(text("webhooks.heading"), id="webhooks"),
        rx.el.p(text("webhooks.lede"), class_name="quiet"),
        _form(),
        rx.cond(WebhooksState.new_secret != "", _new_secret()),
        rx.el.div(rx.el.p(WebhooksState.told), role="status", class_name="told"),
        alert(WebhooksState.problem),
        rx.el.h3(text("webhooks.list")),
        rx.cond(
            WebhooksState.webhooks.length() > 0,
            rx.el.ul(
                rx.foreach(WebhooksState.webhooks, _webhook),
                class_name="removable webhooks",
                custom_attrs={"data-focus-home": ""},
            ),
            rx.el.p(text("webhooks.none"), class_name="quiet"),
        ),
        custom_attrs={"aria-labelledby": "webhooks"},
    )
