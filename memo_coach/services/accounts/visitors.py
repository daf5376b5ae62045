"""Who is writing, in open mode: a browser is known by a random token that only its cookie holds.

A token is 32 random bytes, the moment at which it was given out, and a mark of both made with a secret of
this installation. The mark lets a token be recognised without the database, so that a robot that fetches a
thousand pages leaves nothing behind: a visitor's row is made when something is first written. The owner id is
a SHA-256 hash of the random bytes and the row's key; the token itself is stored nowhere, and cannot be found
from the id.

A token is good for a time, and whoever comes before that is given a new one for the same owner: a writer
keeps their memos for as long as they come, and a copy that somebody else took does not last. An owner's
tokens, or all of them, can be taken back: see :mod:`.revoked_sessions`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from memo_coach.services.accounts.revoked_sessions import RevokedSessions
from memo_coach.services.clock import now
from memo_coach.services.errors import Unavailable
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.visitors import SEEN_EVERY, VisitorRepository

RENEWED_AFTER = timedelta(days=1)
"""A token younger than this is not yet replaced: a cookie for each answer would be one too many."""
DEFAULT_DAYS = 365

_SECRET = "visitor-tokens"  # noqa: S105 - the name of the secret
_UNDATED_UNTIL = "visitor-tokens-dated-since"
_RANDOM_BYTES = 32
_MOMENT_BYTES = 6
_MARK_BYTES = 16
_TOKEN_BYTES = _RANDOM_BYTES + _MOMENT_BYTES + _MARK_BYTES
_UNDATED_BYTES = _RANDOM_BYTES + _MARK_BYTES


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token it is, and since when."""

    random: bytes
    issued: datetime

    @property
    def owner(self) -> str:
        """The id under which everything is stored."""
        digest = hashlib.sha256(b"memo-coach visitor\0" + self.random).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class VisitorService:
    """Makes tokens, and recognises them. Made by :meth:`open`."""

    def __init__(
        self,
        key: bytes,
        *,
        ended: RevokedSessions | None = None,
        lifetime: timedelta = timedelta(days=DEFAULT_DAYS),
        dated_since: datetime | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._key = key
        self._ended = ended
        self._lifetime = lifetime
        self._dated_since = dated_since
        self._clock = clock

    @classmethod
    async def open(cls, database: Database, days: int = DEFAULT_DAYS) -> VisitorService:
        """Read the installation's secret, or make it the first time."""
        async with database.write() as session:
            visitors = VisitorRepository(session)
            key = await visitors.installation_secret(_SECRET, secrets.token_hex(32))
            dated_since = await visitors.installation_secret(_UNDATED_UNTIL, now().isoformat())
        return cls(
            bytes.fromhex(key),
            ended=RevokedSessions(database),
            lifetime=timedelta(days=days),
            dated_since=datetime.fromisoformat(dated_since),
        )

    @property
    def lifetime(self) -> timedelta:
        """For how long a browser that does not come is remembered."""
        return self._lifetime

    async def identify(self, token: str | None) -> str | None:
        """Return the owner id of a token.

        It is ``None`` for one that this installation did not give out, or no longer accepts.
        """
        identity = await self._identity(token)
        return None if identity is None else identity.owner

    async def admit(self) -> tuple[str, str]:
        """Make a token for a new visitor, and give it with the owner id. Nothing is stored yet."""
        identity = Identity(secrets.token_bytes(_RANDOM_BYTES), self._clock())
        return self._token(identity), identity.owner

    async def renewed(self, token: str | None) -> str | None:
        """Return the token that takes another's place, where that is due."""
        identity = await self._identity(token)
        moment = self._clock()
        if identity is None or (moment - identity.issued < RENEWED_AFTER and not _is_undated(token)):
            return None
        return self._token(Identity(identity.random, moment))

    async def end(self, owner: str) -> None:
        """Take back every token of an owner. What they wrote stays stored, out of everybody's reach."""
        if self._ended is not None:
            await self._ended.end(owner, self._clock())

    async def _identity(self, token: str | None) -> Identity | None:
        identity = self._read(token)
        if identity is None or not identity.issued <= self._clock() + _CLOCKS_APART < (
            identity.issued + self._lifetime + _CLOCKS_APART
        ):
            return None
        if self._ended is not None and await self._ended.is_revoked(identity.owner, identity.issued):
            return None
        return identity

    def _token(self, identity: Identity) -> str:
        milliseconds = int(identity.issued.timestamp() * 1000)
        content = identity.random + milliseconds.to_bytes(_MOMENT_BYTES, "big")
        return base64.urlsafe_b64encode(content + self._mark(content)).decode()

    def _read(self, token: str | None) -> Identity | None:
        decoded = _decoded(token)
        if decoded is None:
            return None
        content, mark = decoded[:-_MARK_BYTES], decoded[-_MARK_BYTES:]
        if not hmac.compare_digest(mark, self._mark(content)):
            return None
        random, moment = content[:_RANDOM_BYTES], content[_RANDOM_BYTES:]
        if not moment:
            # Given out before tokens were dated: it counts as given out when they began to be.
            return None if self._dated_since is None else Identity(random, self._dated_since)
        milliseconds = int.from_bytes(moment, "big")
        return Identity(random, datetime.fromtimestamp(milliseconds / 1000, UTC))

    def _mark(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, "sha256")[:_MARK_BYTES]


_CLOCKS_APART = timedelta(minutes=5)
"""Between two servers of one installation, and a clock that was put right."""


async def note_visit(unit_of_work: UnitOfWork, owner: str, moment: datetime) -> None:
    """Note that somebody who has stored something is here again: as long as they come, their drafts stay.

    Raises:
        Unavailable: the database cannot be read.
    """
    async with unit_of_work.read() as session:
        last_seen = await VisitorRepository(session).last_seen(owner)
    if last_seen is None or moment - last_seen <= SEEN_EVERY:
        return
    # What cannot be written can often be read, and reading is what they came for. It is in the log.
    with suppress(Unavailable):
        async with unit_of_work.write() as session:
            await VisitorRepository(session).renew(owner, moment)


def _decoded(token: str | None) -> bytes | None:
    if token is None or len(token) not in {4 * _TOKEN_BYTES // 3, 4 * _UNDATED_BYTES // 3}:
        return None
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True)
    except ValueError:
        return None


def _is_undated(token: str | None) -> bool:
    return token is not None and len(token) == 4 * _UNDATED_BYTES // 3
