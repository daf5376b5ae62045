"""The cookies by which a browser is known, and in which forms of them we believe.

A visitor's, an account's session's and a reader's cookie have names of their own, so that none takes
another's place: what a browser wrote as a visitor can still be found after it has signed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from memo_coach.settings import Settings

VISITOR = "memo_coach"
"""A browser's, where each browser has its own history (``AUTH_MODE=open``)."""
SESSION = "memo_coach_session"
"""That of somebody who has signed in (``AUTH_MODE=accounts``)."""
READER = "memo_coach_reader"
"""That of somebody who reads what was shared with them, and has not signed in."""
SIGN_IN = "memo_coach_sign_in"
"""That of who has gone to a provider to sign in there, and is to come back."""
DEVICE = "memo_coach_device"
"""That of a browser in which an account was signed in to before. It opens nothing."""
MOST_TOKENS = 4
"""Looked at in one header: more than one only comes of somebody meddling."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,128}")


def is_secure(settings: Settings) -> bool:
    """Whether browsers reach this service over TLS only."""
    return settings.public_url.startswith("https://") or settings.app_env == "production"


def cookie_name(name: str = VISITOR, *, secure: bool) -> str:
    """Return a cookie's name; the prefix binds it to this very host and to TLS (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{name}" if secure else name


def cookie_header(
    value: str, *, secure: bool, lifetime: timedelta, name: str = VISITOR, for_scripts: bool = False
) -> str:
    """Return the ``Set-Cookie`` value: for its time, not from other sites, and mostly not for scripts."""
    parts = [
        f"{cookie_name(name, secure=secure)}={value}",
        "Path=/",
        f"Max-Age={int(lifetime.total_seconds())}",
        *(() if for_scripts else ("HttpOnly",)),
        "SameSite=Lax",
    ]
    return "; ".join([*parts, "Secure"] if secure else parts)


def no_cookie_header(*, secure: bool, name: str = VISITOR) -> str:
    """Return the ``Set-Cookie`` value that makes a browser forget a cookie."""
    return cookie_header("", secure=secure, lifetime=timedelta(), name=name)


def values_in(cookies: str | None, name: str, *, secure: bool) -> Iterator[str]:
    """Yield the values of a name in a ``Cookie`` header, in its order.

    The header is taken apart by hand: the standard library gives up at the first cookie that it does not
    understand, and on a laptop other programs' cookies come along, since cookies do not know ports. Over TLS
    only the prefixed name counts: a neighbouring host could have set the plain one to a token of its own.
    """
    wanted = cookie_name(name, secure=secure)
    pairs = (part.strip().partition("=") for part in (cookies or "").split(";"))
    return (value.strip('"') for each, _, value in pairs if each == wanted)


def tokens_in(cookies: str | None, *, secure: bool, name: str = VISITOR) -> tuple[str, ...]:
    """Return what may be tokens of a name in a ``Cookie`` header, at most :data:`MOST_TOKENS`."""
    found = (value for value in values_in(cookies, name, secure=secure) if _TOKEN.fullmatch(value))
    return tuple(islice(found, MOST_TOKENS))
