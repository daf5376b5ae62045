"""Who is writing, in open mode: a browser is known by a random token that only its cookie holds.

A token is 32 random bytes and a mark made with a secret of this installation. The mark lets a token be
recognised without the database, so that a robot that fetches a thousand pages leaves nothing behind: a
visitor's row is made when something is first written. The owner id is a SHA-256 hash of the token and the
row's key; the token itself is stored nowhere, and cannot be found from the id.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from contextlib import suppress
from datetime import datetime

from memo_coach.services.errors import Unavailable
from memo_coach.services.records import Records
from memo_coach.storage.database import Database
from memo_coach.storage.visitors import SEEN_EVERY, VisitorRepository

_SECRET = "visitor-tokens"  # noqa: S105 - the name of the secret
_RANDOM_BYTES = 32
_MARK_BYTES = 16


class VisitorService:
    """Makes tokens, and recognises them. Made by :meth:`open`."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    async def open(cls, database: Database) -> VisitorService:
        """Read the installation's secret, or make it the first time."""
        async with database.write() as session:
            stored = await VisitorRepository(session).installation_secret(_SECRET, secrets.token_hex(32))
        return cls(bytes.fromhex(stored))

    async def identify(self, token: str | None) -> str | None:
        """Give the owner id of a token, or ``None`` for one that this installation did not give out."""
        decoded = _decoded(token)
        if decoded is None:
            return None
        random, mark = decoded[:_RANDOM_BYTES], decoded[_RANDOM_BYTES:]
        return _owner(random) if hmac.compare_digest(mark, self._mark(random)) else None

    async def admit(self) -> tuple[str, str]:
        """Make a token for a new visitor, and give it with the owner id. Nothing is stored yet."""
        random = secrets.token_bytes(_RANDOM_BYTES)
        token = base64.urlsafe_b64encode(random + self._mark(random)).decode()
        return token, _owner(random)

    def _mark(self, random: bytes) -> bytes:
        return hmac.digest(self._key, random, "sha256")[:_MARK_BYTES]


async def note_visit(records: Records, owner: str, moment: datetime) -> None:
    """Note that somebody who has stored something is here again: as long as they come, their drafts stay.

    Raises:
        Unavailable: the database cannot be read.
    """
    async with records.read() as session:
        last_seen = await VisitorRepository(session).last_seen(owner)
    if last_seen is None or moment - last_seen <= SEEN_EVERY:
        return
    # What cannot be written can often be read, and reading is what they came for. It is in the log.
    with suppress(Unavailable):
        async with records.write() as session:
            await VisitorRepository(session).renew(owner, moment)


def _decoded(token: str | None) -> bytes | None:
    if token is None or len(token) != 4 * (_RANDOM_BYTES + _MARK_BYTES) // 3:
        return None
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True)
    except ValueError:
        return None


def _owner(random: bytes) -> str:
    digest = hashlib.sha256(b"memo-coach visitor\0" + random).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
