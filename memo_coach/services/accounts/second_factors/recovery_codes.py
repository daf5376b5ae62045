"""Recovery codes: each opens an account once, in place of a second factor that is not at hand."""

from __future__ import annotations

import hmac
import re
import secrets
from typing import Final

CODES: Final = 10
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without those that are taken for one another: 0 and O, 1 and I."""
_LENGTH: Final = 16
_GROUP: Final = 4
_CODE: Final = re.compile(f"[{_LETTERS}]{{{_LENGTH}}}")
LONGEST_TYPED: Final = 64


def new_codes() -> tuple[str, ...]:
    """Return fresh codes of 80 bits each, in groups."""
    return tuple(_grouped("".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))) for _ in range(CODES))


def mark_of(key: bytes, user_id: str, typed: str) -> str | None:
    """Return what a code of an account is kept as; ``None`` for what cannot be one."""
    code = re.sub(r"[\s-]+", "", typed[:LONGEST_TYPED]).upper()
    if not _CODE.fullmatch(code):
        return None
    return hmac.digest(key, f"memo-coach recovery code\0{user_id}\0{code}".encode("ascii"), "sha256").hex()


def _grouped(code: str) -> str:
    return "-".join(code[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))
