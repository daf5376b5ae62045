"""What an account is called: its e-mail address and its person's name, bounded and in one form each."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from memo_coach.coaching.control_characters import without_controls
from memo_coach.services.accounts.errors import AccountUnfit, too_long
from memo_coach.translations import text

LONGEST_EMAIL: Final = 254
"""Of a path in SMTP without its brackets (RFC 5321, 4.5.3.1.3)."""
LONGEST_NAME: Final = 80
_EMAIL: Final = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"_]{1,253}")


def normalised_email(typed: str) -> str | None:
    """Return the one form of an address; ``None`` for what is none.

    Letters count as small ones before the @, too: no mail service in use tells them apart, nor do people.
    """
    if len(typed) > 2 * LONGEST_EMAIL:
        return None
    email = unicodedata.normalize("NFKC", typed.strip()).lower()
    local, _, domain = email.partition("@")
    is_one = (
        len(email) <= LONGEST_EMAIL
        and email.isprintable()
        and _EMAIL.fullmatch(email) is not None
        and not {".", ""} & {local[:1], local[-1:], domain[:1], domain[-1:]}
        and ".." not in email
    )
    return email if is_one else None


def checked_email(typed: str) -> str:
    """Return the one form of an address.

    Raises:
        AccountUnfit: it is none.
    """
    email = normalised_email(typed)
    if email is None:
        raise AccountUnfit(text("accounts.email_unfit"))
    return email


def checked_name(typed: str, email: str) -> str:
    """Return a person's name in one line; what stands before the @ where none was given.

    Raises:
        AccountUnfit: it is too long.
    """
    if len(typed) > 4 * LONGEST_NAME:
        raise too_long("accounts.name_too_long", LONGEST_NAME)
    name = " ".join(without_controls(unicodedata.normalize("NFC", typed)).split())
    if len(name) > LONGEST_NAME:
        raise too_long("accounts.name_too_long", LONGEST_NAME)
    return name or email.partition("@")[0]
