"""What is on the pages on which one signs in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from memo_coach.services.accounts.account_names import LONGEST_EMAIL, LONGEST_NAME
from memo_coach.services.accounts.password_rules import LONGEST, SHORTEST
from memo_coach.translations import number, text
from memo_coach.web.accounts.addresses import SIGN_IN, TAKE_ALONG, WELCOME, own_address
from memo_coach.web.accounts.markup import Html, element, joined
from memo_coach.web.accounts.page import alert, document, field, form, hidden, note, stacked, submit
from memo_coach.web.accounts.passkey_form import PASSKEY_SCRIPT, passkey_form
from memo_coach.web.languages import localised_path

_SCRIPT: Final = "sign-in.js"


@dataclass(frozen=True, slots=True)
class OtherWay:
    """A way to sign in beside a password: ``address`` leads to it."""

    label: str
    address: str


def sign_in_page(
    next_address: str = "/",
    *,
    email: str = "",
    problem: str = "",
    told: str = "",
    other_ways: Sequence[OtherWay] = (),
    instead_of_form: OtherWay | None = None,
    has_passkeys: bool = False,
) -> str:
    """Return the page on which one signs in; ``next_address`` is where it leads on to.

    ``instead_of_form`` is the way to the form for a password, where hardly anybody has one.
    """
    lede = text("sign_in.lede" if instead_of_form is None else "single_sign_on.lede")
    above = (_heading(lede), alert(problem), note(told))
    wanted = own_address(next_address)
    if instead_of_form is None:
        content = stacked(
            *above,
            _sign_in_form(wanted, email, has_problem=bool(problem)),
            passkey_form(SIGN_IN, text("second_factors.sign_in_by_passkey"), next_address=wanted)
            if has_passkeys
            else Html(),
            _others(other_ways),
            element("p", text("sign_in.forgotten"), class_="quiet"),
        )
    else:
        way = element("a", instead_of_form.label, href=instead_of_form.address)
        content = stacked(*above, _others(other_ways, is_main=True), element("p", way, class_="quiet"))
    return document(
        text("sign_in.heading"),
        content,
        english_path=SIGN_IN,
        query="" if wanted == "/" else urlencode({"next": wanted}),
        scripts=(_SCRIPT, *((PASSKEY_SCRIPT,) if has_passkeys else ())),
    )


def _sign_in_form(next_address: str, email: str, *, has_problem: bool) -> Html:
    return form(
        localised_path(SIGN_IN),
        field(
            "email",
            text("sign_in.email"),
            kind="email",
            value=email,
            autocomplete="username",
            maxlength=str(LONGEST_EMAIL),
            autofocus=not has_problem and not email,
            spellcheck="false",
            autocapitalize="none",
        ),
        _password("current-password", autofocus=bool(email) and not has_problem),
        hidden("next", own_address(next_address)),
        submit(text("sign_in.button")),
    )


def _others(ways: Sequence[OtherWay], *, is_main: bool = False) -> Html:
    classes = "button main" if is_main else "button"
    links = (element("a", way.label, href=way.address, class_=classes) for way in ways)
    return element("p", *links, class_="row") if ways else Html()


def welcome_page(*, problem: str = "") -> str:
    """Return the page that a one-time link opens: assets/sign-in.js reads the link and goes on with it.

    The link's token stands behind ``#``, which is sent to nobody. Without scripts it is typed in.
    """
    content = stacked(
        _heading(text("sign_in.welcome_lede")),
        alert(problem),
        form(
            localised_path(WELCOME),
            field("token", text("sign_in.token"), hint=text("sign_in.token_hint"), **_CODE),
            submit(text("sign_in.go_on")),
            data_redeem=True,
        ),
    )
    return document(text("sign_in.heading"), content, english_path=WELCOME, scripts=(_SCRIPT,))


_CODE: Final[Mapping[str, Any]] = {
    "autocomplete": "off",
    "maxlength": "200",
    "spellcheck": "false",
    "autocapitalize": "none",
}


def redeem_page(
    token: str,
    *,
    email: str | None,
    is_reset: bool = False,
    typed: tuple[str, str] = ("", ""),
    problem: str = "",
) -> str:
    """Return the page on which a password is chosen.

    Args:
        token: the link's.
        email: the account's; ``None`` where there is none yet, and the first administrator makes theirs.
        is_reset: whether the account had a password before.
        typed: the address and the name that were typed for a new account.
        problem: why it was refused.
    """
    lede = "reset_lede" if is_reset else "first_lede" if email is None else "invited_lede"
    content = stacked(
        _heading(text(f"sign_in.{lede}")),
        alert(problem),
        form(
            localised_path(WELCOME),
            *(_new_account(typed) if email is None else (_known_account(email),)),
            _password(
                "new-password",
                label=text("sign_in.new_password"),
                hint=text("sign_in.password_hint", least=number(SHORTEST), most=number(LONGEST)),
                autofocus=email is not None and not problem,
                minlength=str(SHORTEST),
            ),
            hidden("token", token),
            submit(text("sign_in.set_password")),
        ),
    )
    return document(text("sign_in.heading"), content, english_path=WELCOME, scripts=(_SCRIPT,))


def _new_account(typed: tuple[str, str]) -> tuple[Html, ...]:
    email, name = typed
    return (
        field(
            "email",
            text("sign_in.email"),
            kind="email",
            value=email,
            autocomplete="username",
            maxlength=str(LONGEST_EMAIL),
            autofocus=not email,
        ),
        field("name", text("sign_in.name"), value=name, autocomplete="name", maxlength=str(LONGEST_NAME)),
    )


def _known_account(email: str) -> Html:
    # Password managers keep the password with it.
    return field(
        "email", text("sign_in.email"), kind="email", value=email, autocomplete="username", readonly=True
    )


def take_along_page(next_address: str, memos: int) -> str:
    """Return the offer to take along what this browser wrote before there were accounts."""
    content = stacked(
        element("h1", text("sign_in.take_along_heading")),
        element("p", text("sign_in.take_along_body", count=memos), class_="lede"),
        form(
            localised_path(TAKE_ALONG),
            hidden("next", own_address(next_address)),
            element(
                "div",
                submit(text("sign_in.take_along"), name="choice", value="take"),
                submit(text("sign_in.leave"), name="choice", value="leave", is_main=False),
                class_="row",
            ),
        ),
        element("p", text("sign_in.leave_note"), class_="quiet"),
    )
    return document(text("sign_in.take_along_heading"), content, english_path=TAKE_ALONG)


def _heading(lede: str) -> Html:
    return joined(element("h1", text("sign_in.heading")), element("p", lede, class_="lede"))


def _password(
    autocomplete: str,
    *,
    label: str = "",
    hint: str = "",
    autofocus: bool = False,
    minlength: str | None = None,
) -> Html:
    shown = element(
        "label",
        element("input", type="checkbox", data_shows="password"),
        " ",
        text("sign_in.show_password"),
        class_="show-password",
        hidden=True,
    )
    typed = field(
        "password",
        label or text("sign_in.password"),
        kind="password",
        hint=hint,
        autofocus=autofocus,
        autocomplete=autocomplete,
        # No most: a browser would cut what is pasted, and say nothing.
        minlength=minlength,
    )
    return joined(typed, shown)
