"""What the scripts of a page may know of who is signed in: a mark, a name to show, and whether to show more.

Nothing is decided by it: each request is asked for its session. The mark tells apart what a browser keeps for
one person from what it keeps for another, and says nothing else: it is a hash.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from memo_coach.services.accounts.principal import Principal
from memo_coach.web.cookies import cookie_header, no_cookie_header, values_in

NAME_TAG: Final = "memo_coach_account"
"""The cookie's name; assets/account.js reads it."""
MARK_HEADER: Final = "memo-account"
"""With it a page says for whom it was opened, where it sends what its person wrote."""
_LONGEST_NAME: Final = 80
_MARK_DIGITS: Final = 20


def mark_of(owner: str) -> str:
    """Return what tells one owner from another."""
    return hashlib.sha256(b"memo-coach account\0" + owner.encode()).hexdigest()[:_MARK_DIGITS]


def name_tag(principal: Principal) -> str:
    """Return the cookie's value."""
    name = quote(principal.name[:_LONGEST_NAME], safe="")
    return f"{mark_of(principal.owner)}.{principal.role.value}.{name}"


def name_tag_header(
    principal: Principal, cookies: str | None, *, secure: bool, lifetime: timedelta
) -> str | None:
    """Return the ``Set-Cookie`` value that a browser needs; nothing where it has the very same already."""
    wanted = name_tag(principal)
    if wanted in values_in(cookies, NAME_TAG, secure=secure):
        return None
    return cookie_header(wanted, secure=secure, lifetime=lifetime, name=NAME_TAG, for_scripts=True)


def no_name_tag_header(*, secure: bool) -> str:
    """Return the ``Set-Cookie`` value that makes a browser forget it."""
    return no_cookie_header(secure=secure, name=NAME_TAG)
