"""Webhooks, as a section of the settings."""

from __future__ import annotations

import reflex as rx

from memo_coach.services.webhooks.destinations import LONGEST_URL
from memo_coach.translations import text
from memo_coach.ui.components.layout import alert
from memo_coach.ui.components.local_time import in_local_time
from memo_coach.ui.components.shown_once import shown_once
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
            text("webhooks.test"),
            rx.el.span(" ", text("webhooks.remove_which"), " ", webhook.url, class_name="visually-hidden"),
            type="button",
            class_name="button plain",
            on_click=WebhooksState.test(webhook.id),
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


def _new() -> rx.Component:
    return shown_once(
        "secret",
        WebhooksState.new_secret,
        label=text("webhooks.secret"),
        copy=text("webhooks.copy"),
        copied=text("webhooks.copied"),
        once=text("webhooks.once"),
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
        rx.cond(WebhooksState.new_secret != "", _new()),
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
