"""The form that a passkey fills in."""

from __future__ import annotations

from typing import Final

from memo_coach.translations import text
from memo_coach.web.accounts.addresses import PASSKEY
from memo_coach.web.accounts.markup import Html, element
from memo_coach.web.accounts.page import form, hidden, submit
from memo_coach.web.languages import localised_path

PASSKEY_SCRIPT: Final = "passkeys.js"


def passkey_form(page: str, label: str, *content: str, next_address: str = "") -> Html:
    """Return a form that a passkey fills in; assets/passkeys.js shows it where this browser has any."""
    return form(
        localised_path(page),
        *content,
        hidden("next", next_address) if next_address else Html(),
        hidden("passkey", ""),
        submit(label, is_main=False),
        element("p", role="alert", data_passkey_told=True, data_failed=text("second_factors.passkey_failed")),
        data_passkey=f"{page}{PASSKEY}",
        hidden=True,
    )
