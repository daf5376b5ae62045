"""Where a list goes on. What a cursor holds is nobody's to rely on, and it is good for its owner alone."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import Final

from memo_coach.services.errors import ServiceError
from memo_coach.services.evaluations.history import Place
from memo_coach.translations import text

_MARK_BYTES: Final = 12


class CursorRefused(ServiceError):
    """A cursor is none that this owner was given."""

    def __init__(self) -> None:
        super().__init__(text("api.cursor"))


def cursor_of(owner: str, place: Place) -> str:
    """Return the cursor of a place in the owner's list."""
    content = f"{place.created.isoformat()} {place.evaluation_id}".encode()
    return base64.urlsafe_b64encode(_mark(owner, content) + content).decode().rstrip("=")


def place_of(owner: str, cursor: str) -> Place:
    """Return the place of a cursor.

    Raises:
        CursorRefused: it is none of the owner's.
    """
    try:
        decoded = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        mark, content = decoded[:_MARK_BYTES], decoded[_MARK_BYTES:]
        if mark != _mark(owner, content):
            raise CursorRefused
        created, _, evaluation_id = content.decode().partition(" ")
        return Place(datetime.fromisoformat(created), evaluation_id)
    except ValueError:
        raise CursorRefused from None


def _mark(owner: str, content: bytes) -> bytes:
    """Return what ties a place to its owner: it keeps nothing secret, for each list is its owner's anyway."""
    return hashlib.blake2s(content + b"\0" + owner.encode(), digest_size=_MARK_BYTES).digest()
