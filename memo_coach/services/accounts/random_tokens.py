"""Random tokens of sessions and links: 256 bits in somebody's hands, a SHA-256 hash in the database.

A hash without salt and cost is enough for what nobody can guess.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Final

_BYTES: Final = 32
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """Return a fresh token of 43 characters that may stand in an address and a cookie."""
    return secrets.token_urlsafe(_BYTES)


def hash_of(token: str | None) -> str | None:
    """Return the hash that a token is kept as; ``None`` for what cannot be one."""
    if token is None or not _TOKEN.fullmatch(token):
        return None
    return hashlib.sha256(token.encode("ascii")).hexdigest()
