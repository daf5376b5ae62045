"""What is on the pages of second factors: the second step, setting one up, recovery codes, one's own."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from memo_coach.services.accounts.notices import AccountEvent
from memo_coach.services.accounts.second_factors.factors import LONGEST_NAME
from memo_coach.services.accounts.second_factors.views import (
    AuthenticatorSetup,
    FactorView,
    Kind,
    OwnFactorsView,
    StepView,
)
from memo_coach.translations import text
from memo_coach.web.accounts.addresses import SECOND_STEP, SIGN_IN, SIGN_IN_METHODS
from memo_coach.web.accounts.markup import Html, element, joined
from memo_coach.web.accounts.page import alert, document, field, form, hidden, note, stacked, submit
from memo_coach.web.accounts.passkey_form import PASSKEY_SCRIPT, passkey_form
from memo_coach.web.languages import localised_path

_CODE: Final = {"autocomplete": "one-time-code", "maxlength": "40", "spellcheck": "false"}


def second_step_page(step: StepView, next_address: str, *, problem: str = "") -> str:
    """Return the page that asks for a second factor."""
    content = stacked(
        element("h1", text("second_factors.step_heading")),
        element("p", text("second_factors.step_lede", email=step.email), class_="lede"),
        alert(problem),
        form(
            localised_path(SECOND_STEP),
            _code(text("second_factors.code"), hint=text("second_factors.code_hint"), autofocus=not problem),
            hidden("next", next_address),
            submit(text("second_factors.continue")),
        ),
        passkey_form(SECOND_STEP, text("second_factors.use_passkey"), next_address=next_address)
        if Kind.PASSKEY in step.kinds and step.can_use_passkeys
        else Html(),
        element("p", text("second_factors.none_at_hand"), class_="quiet"),
        _to_sign_in(),
    )
    return _document("step_heading", content, SECOND_STEP)


def set_up_page(step: StepView, setup: AuthenticatorSetup, next_address: str, *, problem: str = "") -> str:
    """Return the page on which somebody sets up the second factor that is asked of them."""
    content = stacked(
        element("h1", text("second_factors.set_up_heading")),
        element("p", text("second_factors.set_up_lede"), class_="lede"),
        alert(problem),
        element("h2", text("second_factors.app_heading")),
        form(localised_path(SECOND_STEP), *_setup(setup), hidden("next", next_address), _go_on()),
        *(_passkey_to_make(SECOND_STEP, next_address=next_address) if step.can_use_passkeys else ()),
        _to_sign_in(),
    )
    return _document("set_up_heading", content, SECOND_STEP)


def recovery_codes_page(codes: tuple[str, ...], english_path: str, on: str) -> str:
    """Return the page that shows recovery codes this one time; ``on`` is where it leads."""
    content = stacked(
        element("h1", text("second_factors.codes_heading")),
        element("p", text("second_factors.codes_lede"), class_="lede"),
        element(
            "ol",
            *(element("li", element("code", code)) for code in codes),
            aria_label=text("second_factors.codes"),
            class_="recovery-codes sheet",
        ),
        element("p", element("a", text("second_factors.continue"), href=on, class_="button main")),
    )
    return _document("codes_heading", content, english_path)


def own_factors_page(view: OwnFactorsView, *, problem: str = "", told: str = "") -> str:
    """Return the page of one's own second factors."""
    content = stacked(
        element("p", element("a", text("second_factors.back"), href=localised_path("/settings"))),
        element("h1", text("second_factors.heading")),
        element("p", text("second_factors.lede"), class_="lede"),
        alert(problem),
        note(told),
        *(() if view.is_confirmed else (_confirm(view),)),
        element("h2", text("second_factors.factors"), id="factors"),
        element(
            "ul",
            *(_factor(each, can_change=view.is_confirmed) for each in view.factors),
            class_="factors",
            aria_labelledby="factors",
        )
        if view.factors
        else element("p", text("second_factors.none")),
        *(_recovery(view) if view.factors else ()),
        *(_additions(view) if view.is_confirmed else ()),
        *(_happened(view.events) if view.events else ()),
    )
    return _document("heading", content, SIGN_IN_METHODS)


def authenticator_page(setup: AuthenticatorSetup, *, problem: str = "") -> str:
    """Return the page on which one adds an authenticator app to one's own factors."""
    content = stacked(
        element("p", element("a", text("second_factors.heading"), href=localised_path(SIGN_IN_METHODS))),
        element("h1", text("second_factors.add_app")),
        alert(problem),
        form(
            localised_path(SIGN_IN_METHODS),
            *_setup(setup),
            _name("name"),
            hidden("action", "add-authenticator"),
            _go_on(),
        ),
    )
    return _document("add_app", content, SIGN_IN_METHODS)


def _document(title: str, content: Html, english_path: str) -> str:
    return document(
        text(f"second_factors.{title}"), content, english_path=english_path, scripts=(PASSKEY_SCRIPT,)
    )


def _code(label: str, *, hint: str = "", autofocus: bool = False) -> Html:
    return field("code", label, hint=hint, autofocus=autofocus, autocapitalize="characters", **_CODE)


def _go_on() -> Html:
    return submit(text("second_factors.continue"))


def _to_sign_in() -> Html:
    return element(
        "p", element("a", text("second_factors.somebody_else"), href=localised_path(SIGN_IN)), class_="quiet"
    )


def _setup(setup: AuthenticatorSetup) -> tuple[Html, ...]:
    return (
        element("p", text("second_factors.app_body")),
        element(
            "div",
            Html(setup.picture),
            role="img",
            aria_label=text("second_factors.picture"),
            class_="code-picture",
        ),
        element("p", text("second_factors.key"), " ", element("code", setup.secret)),
        _code(text("second_factors.app_code")),
    )


def _passkey_to_make(page: str, *content: str, next_address: str = "") -> tuple[Html, ...]:
    return (
        element("h2", text("second_factors.passkey_heading")),
        element("p", text("second_factors.passkey_body")),
        passkey_form(page, text("second_factors.make_passkey"), *content, next_address=next_address),
    )


def _confirm(view: OwnFactorsView) -> Html:
    if not view.has_password:
        return element("p", text("second_factors.confirm_by_signing_in"), class_="note")
    return joined(
        element("h2", text("second_factors.confirm_heading")),
        element("p", text("second_factors.confirm_body")),
        form(
            localised_path(SIGN_IN_METHODS),
            field("password", text("sign_in.password"), kind="password", autocomplete="current-password"),
            hidden("action", "confirm"),
            submit(text("second_factors.confirm")),
        ),
    )


def _factor(factor: FactorView, *, can_change: bool) -> Html:
    kind = text(f"second_factors.{factor.kind.value}")
    named = element("span", ": ", factor.name or kind, class_="visually-hidden")
    dates = [element("span", _dated("made", factor.made))]
    if factor.last_used is not None:
        dates.append(element("span", " · ", _dated("used", factor.last_used)))
    change = element(
        "details",
        element("summary", text("second_factors.change"), named),
        form(
            localised_path(SIGN_IN_METHODS),
            _name(f"name-{factor.id}", factor.name),
            hidden("factor", factor.id),
            hidden("action", "rename"),
            submit(text("second_factors.rename"), is_main=False),
        ),
        form(
            localised_path(SIGN_IN_METHODS),
            hidden("factor", factor.id),
            hidden("action", "remove"),
            element("button", text("second_factors.remove"), named, type="submit", class_="button danger"),
        ),
    )
    return element(
        "li",
        element("p", element("strong", factor.name or kind), f" · {kind}" if factor.name else ""),
        element("p", *dates, class_="quiet"),
        change if can_change else Html(),
        class_="sheet",
    )


def _happened(events: tuple[AccountEvent, ...]) -> tuple[Html, ...]:
    return (
        element("h2", text("account_events.heading"), id="events"),
        element("p", text("account_events.lede"), class_="quiet"),
        element("ul", *map(_event, events), class_="account-events", aria_labelledby="events"),
    )


def _event(event: AccountEvent) -> Html:
    told = [f"{event.moment:%Y-%m-%d %H:%M} UTC"]
    if event.address:
        told.append(text("account_events.from", address=event.address))
    if event.by:
        told.append(text("account_events.by", name=event.by))
    return element("li", event.what, " ", element("span", " · ".join(told), class_="quiet"))


def _dated(key: str, moment: datetime) -> str:
    return text(f"second_factors.{key}", date=f"{moment:%Y-%m-%d}")


def _name(identifier: str, value: str = "") -> Html:
    return element(
        "div",
        element("label", text("second_factors.name"), for_=identifier),
        element(
            "input",
            id=identifier,
            name="name",
            type="text",
            value=value or None,
            maxlength=str(LONGEST_NAME),
            autocomplete="off",
        ),
        class_="labelled",
    )


def _recovery(view: OwnFactorsView) -> tuple[Html, ...]:
    shown = (
        element("h2", text("second_factors.recovery")),
        element("p", text("second_factors.recovery_left", count=view.recovery_codes)),
    )
    if not view.is_confirmed:
        return shown
    renewal = form(
        localised_path(SIGN_IN_METHODS),
        hidden("action", "new-codes"),
        submit(text("second_factors.make_codes"), is_main=False),
        element("p", text("second_factors.make_codes_note"), class_="quiet"),
    )
    return (*shown, renewal)


def _additions(view: OwnFactorsView) -> tuple[Html, ...]:
    app = form(
        localised_path(SIGN_IN_METHODS),
        hidden("action", "set-up-authenticator"),
        submit(text("second_factors.add_app"), is_main=False),
    )
    passkey = _passkey_to_make(SIGN_IN_METHODS, _name("passkey-name"), hidden("action", "add-passkey"))
    return (
        element("h2", text("second_factors.app_heading")),
        app,
        *(passkey if view.can_add_passkey else ()),
    )
