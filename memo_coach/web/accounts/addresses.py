"""Where one signs in, and to which page one comes back from there: only ever to one of ours."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode, urlsplit

from memo_coach.services.accounts.single_sign_on.configuration import CALLBACK
from memo_coach.translations import languages
from memo_coach.web.languages import language_of_path, path_in

SIGN_IN: Final = "/login"
SIGN_OUT: Final = "/sign-out"
WELCOME: Final = "/welcome"
TAKE_ALONG: Final = "/take-along"
PROVIDER: Final = "/login/provider"
"""From where one is led to the provider of single sign-on."""
SECOND_STEP: Final = "/second-step"
SIGN_IN_METHODS: Final = "/sign-in-methods"
PASSKEY: Final = "/passkey"
"""Behind a page's address: where its script asks what a passkey has to sign."""
LONGEST_NEXT: Final = 2_000
_ON_THE_WAY: Final = frozenset({SIGN_IN, SECOND_STEP, WELCOME, TAKE_ALONG, PROVIDER, CALLBACK})
_UNFIT = re.compile(r"[\s\\\x00-\x1f\x7f]")
"""Browsers take some of it out of an address, or take it for a slash: what is left may lead elsewhere."""


def own_address(wanted: str | None) -> str:
    """Return an address to go on to, where it is a path of ours, else the first page's."""
    if not wanted or len(wanted) > LONGEST_NEXT or _UNFIT.search(wanted):
        return "/"
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    return "/" if page_of(parts.path) in _ON_THE_WAY else wanted


def sign_in_address(wanted: str, **query: str) -> str:
    """Return where to sign in so as to come to a page, in that page's language."""
    own = own_address(wanted)
    home = path_in(language_of_path(own), "/")
    asked = {**({} if own == home else {"next": own}), **query}
    path = path_in(language_of_path(own), SIGN_IN)
    return f"{path}?{urlencode(asked)}" if asked else path


def page_of(path: str) -> str:
    """Return the English path of a page that may be in another language."""
    language = language_of_path(path)
    bare = path if path_in(language, "/") == "/" else path[len(language) + 1 :]
    return bare.rstrip("/") or "/"


def in_every_language(*pages: str) -> frozenset[str]:
    """Return the addresses of pages, as they are written with and without a slash at the end."""
    return frozenset(
        f"{path_in(language, page)}{end}" for language in languages() for page in pages for end in ("", "/")
    )


TO_PROVIDER: Final = in_every_language(PROVIDER)
"""The only addresses from which one is led to somebody else's."""
OF_PROVIDER: Final = TO_PROVIDER | {CALLBACK}
"""On the way to the provider and back."""
PASSKEY_REQUESTS: Final = (f"{SIGN_IN}{PASSKEY}", f"{SECOND_STEP}{PASSKEY}")
"""What asks without a session what a passkey has to sign."""
FORMS: Final = in_every_language(SIGN_IN, SECOND_STEP, WELCOME, TAKE_ALONG, SIGN_IN_METHODS) | {
    SIGN_OUT,
    *PASSKEY_REQUESTS,
    f"{SIGN_IN_METHODS}{PASSKEY}",
}
"""Where the forms are sent to by which one signs in and out."""
