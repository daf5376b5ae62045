"""Which ways to sign in the operator has left open, and what the sign-in page makes of them."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from memo_coach.services.accounts.single_sign_on.errors import Reason
from memo_coach.settings import Settings
from memo_coach.translations import text
from memo_coach.web.accounts.addresses import PROVIDER, SIGN_IN
from memo_coach.web.accounts.pages import OtherWay
from memo_coach.web.languages import localised_path

PROBLEM: Final = "problem"
"""In the address of the sign-in page: why the provider has signed nobody in, one of :class:`Reason`."""
WITH_PASSWORD: Final = "with-password"  # noqa: S105 - a word in an address
_SHOWN: Final = frozenset({"signed-out", PROBLEM, WITH_PASSWORD})


def other_ways(settings: Settings, wanted: str) -> tuple[OtherWay, ...]:
    """Return the ways beside a password, in the language that is spoken."""
    if not settings.oidc_issuer:
        return ()
    label = text("single_sign_on.button", name=settings.oidc_name)
    return (OtherWay(label, f"{localised_path(PROVIDER)}?{urlencode({'next': wanted})}"),)


def way_with_password(wanted: str) -> OtherWay:
    """Return the way to the form, where it is not shown at once."""
    query = urlencode({"next": wanted, WITH_PASSWORD: "1"})
    return OtherWay(text("single_sign_on.with_password"), f"{localised_path(SIGN_IN)}?{query}")


def is_led_at_once(settings: Settings, query: QueryParams) -> bool:
    """Whether who has to sign in goes on to the provider unasked: not who has just come from there."""
    return bool(settings.oidc_issuer) and settings.oidc_redirect_at_once and not _SHOWN & query.keys()


def shows_form(settings: Settings, query: QueryParams) -> bool:
    """Whether a password is asked for."""
    return settings.local_sign_in or WITH_PASSWORD in query


def problem_in(query: QueryParams) -> str:
    """Return the sentence of why the provider has signed nobody in; only one of ours."""
    told = query.get(PROBLEM, "")
    return text(f"single_sign_on.{told}") if told in set(Reason) else ""
