"""Personal access tokens: with one, a program asks in its owner's name.

A token is ``mct_`` and 256 random bits, of which a hash is kept: it is shown once. Unknown, expired and
revoked ones are answered alike. What a token may do is in its scopes; whose data it opens, its owner.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.coaching.control_characters import without_controls
from memo_coach.services import clock
from memo_coach.services.accounts.notices import AccountNotices
from memo_coach.services.accounts.principal import Actor, Principal
from memo_coach.services.accounts.sessions import principal_of
from memo_coach.services.accounts.user_rows import target_of
from memo_coach.services.administration.audit import record
from memo_coach.services.clock import new_id
from memo_coach.services.errors import NotFound, ServiceError, TooMany, Unavailable
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.quotas import MOST_ACCESS_TOKENS
from memo_coach.services.usage.storage_budget import StorageBudget, StorageRequest
from memo_coach.storage.repositories.access_tokens import AccessTokenRepository
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.storage.tables import AccessToken
from memo_coach.translations import number, text

TokenScope = Literal["read", "write", "admin"]

SCOPES: Final[tuple[TokenScope, ...]] = ("read", "write", "admin")
PREFIX: Final = "mct_"
"""By which a token that has got into a file or a chat can be searched for."""
DEFAULT_DAYS: Final = 90
MOST_DAYS: Final = 365
LONGEST_NAME: Final = 80
USED_EVERY: Final = timedelta(hours=1)
"""How exactly it is kept when a token was used last."""
_TOKEN_BYTES: Final = 32
_TOKEN: Final = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")
_ROW_BYTES: Final = 400


class TokenRefused(ServiceError):
    """A token cannot be made like that; the sentence says why."""


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token, as its owner sees it in the list."""

    token_id: str
    name: str
    scopes: tuple[TokenScope, ...]
    made: datetime
    expires: datetime
    last_used: datetime | None
    """To the hour."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was made just now. Nobody can be shown it again."""

    token: str
    view: TokenView

    def __repr__(self) -> str:
        """Leave the token itself out, wherever this is printed."""
        return f"NewToken({self.view!r})"


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """In whose name a token asks, and what it may."""

    owner: str
    token: TokenView
    account: Principal | None = None
    """Whose account it is; ``None`` where each browser is a visitor."""

    @property
    def is_administrator(self) -> bool:
        """Whether the owner has an account that administers. Without accounts nobody does by a token."""
        return self.account is not None and self.account.is_administrator


class TokenService:
    """The tokens of the owners."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        budget: StorageBudget | None = None,
        now: Callable[[], datetime] = clock.now,
        *,
        by_account: bool = False,
        notices: AccountNotices | None = None,
    ) -> None:
        """Without ``budget`` what is stored is not counted: for the operator's own command.

        ``notices`` tells the persons of accounts what is made and revoked in their name.

        ``by_account`` is whether a token counts only while its owner has an account that is not disabled.
        """
        self._by_account = by_account
        self._unit_of_work = unit_of_work
        self._budget = budget
        self._notices = notices
        self._now = now

    async def make(
        self,
        owner: str,
        name: str,
        scopes: Collection[str],
        *,
        days: int = DEFAULT_DAYS,
        address: str | None = None,
        actor: Actor | None = None,
    ) -> NewToken:
        """Make a token. What is stored counts for the network ``address`` that it was asked from.

        ``actor`` is who makes it, where that is not the owner.

        Raises:
            TokenRefused: it has no name or one too long, no scope or an unknown one, or lasts too long.
            TooMany, Unavailable: with a sentence.
        """
        name = _checked_name(name)
        if not scopes or not set(scopes) <= set(SCOPES):
            raise TokenRefused(text("tokens.unknown_scope", known=", ".join(SCOPES)))
        if not 1 <= days <= MOST_DAYS:
            raise TokenRefused(text("tokens.days_bounds", most=number(MOST_DAYS)))
        moment, token = self._now(), f"{PREFIX}{secrets.token_urlsafe(_TOKEN_BYTES)}"
        async with self._unit_of_work.write(adds=True) as session:
            since = await VisitorRepository(session).lock_or_create(owner, moment)
            tokens = AccessTokenRepository(session)
            if len(await tokens.of_owner(owner, moment)) >= MOST_ACCESS_TOKENS:
                raise TooMany(text("tokens.too_many", most=number(MOST_ACCESS_TOKENS)))
            if self._budget is not None:
                await self._budget.count_kept(session, StorageRequest(address, _ROW_BYTES, since, moment))
            row = AccessToken(
                id=new_id(),
                owner=owner,
                name=name,
                token_sha256=_hashed(token),
                scopes=" ".join(scope for scope in SCOPES if scope in scopes),
                made=moment,
                expires=moment + timedelta(days=days),
            )
            await tokens.add(owner, row)
            made = NewToken(token, _view(row))
            kept = {"token": row.id, "scopes": row.scopes, "expires": row.expires.isoformat()}
            email = await _note(session, owner, actor, "user.token_made", address, after=kept)
        self._tell(email, "user.token_made", address)
        return made

    async def of_owner(self, owner: str) -> tuple[TokenView, ...]:
        """List the tokens that have not expired, the newest first.

        Raises:
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            rows = await AccessTokenRepository(session).of_owner(owner, self._now())
        return tuple(map(_view, rows))

    async def revoke(
        self, owner: str, token_id: str, *, address: str | None = None, actor: Actor | None = None
    ) -> None:
        """Let a token open nothing any more, from now on. ``actor`` is who does it, if not the owner.

        Raises:
            NotFound: the owner has no such token.
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.write() as session:
            if not await AccessTokenRepository(session).remove(owner, token_id):
                raise NotFound
            gone = {"token": token_id}
            email = await _note(session, owner, actor, "user.token_revoked", address, before=gone)
        self._tell(email, "user.token_revoked", address)

    def _tell(self, email: str | None, action: str, address: str | None) -> None:
        if self._notices is not None and email is not None:
            self._notices.tell(email, action, address=address)

    async def recognise(self, token: str) -> TokenHolder | None:
        """Return in whose name a token asks; ``None`` for one that opens nothing (any more).

        Raises:
            Unavailable: the database cannot be read.
        """
        if not _TOKEN.fullmatch(token):
            return None
        moment = self._now()
        async with self._unit_of_work.read() as session:
            row = await AccessTokenRepository(session).with_hash(_hashed(token), moment)
            if row is None:
                return None
            user = await UserRepository(session).by_owner(row.owner) if self._by_account else None
        if self._by_account and (user is None or user.is_disabled):
            return None
        if row.last_used is None or moment - row.last_used >= USED_EVERY:
            await self._note_use(row, moment)
        account = None if user is None else principal_of(user, None)
        return TokenHolder(row.owner, _view(row), account)

    async def still_counts(self, owner: str, token_id: str) -> bool:
        """Whether a token that was recognised would be once more: it may have been revoked since.

        Raises:
            Unavailable: the database cannot be read.
        """
        async with self._unit_of_work.read() as session:
            rows = await AccessTokenRepository(session).of_owner(owner, self._now())
            user = await UserRepository(session).by_owner(owner) if self._by_account else None
        if self._by_account and (user is None or user.is_disabled):
            return False
        return any(row.id == token_id for row in rows)

    async def _note_use(self, row: AccessToken, moment: datetime) -> None:
        # What cannot be written can often be read, and reading may be all that is asked. It is in the log.
        with suppress(Unavailable):
            async with self._unit_of_work.write() as session:
                hour = moment.replace(minute=0, second=0, microsecond=0)
                await AccessTokenRepository(session).note_use(row.owner, row.id, hour)
                # Whose program comes is here, too: what they have is kept as long as that.
                await VisitorRepository(session).renew(row.owner, moment)


async def _note(
    session: AsyncSession,
    owner: str,
    actor: Actor | None,
    action: str,
    address: str | None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> str | None:
    """Put it into the audit log, where the owner has an account; return that account's e-mail address."""
    user = await UserRepository(session).by_owner(owner)
    if user is None:
        return None
    who = actor or Actor(user.name, user.id, address)
    await record(session, who, action, target_of(user), before=before, after=after)
    return user.email


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("ascii")).hexdigest()


def _checked_name(name: str) -> str:
    cleaned = " ".join(without_controls(name[: 4 * LONGEST_NAME]).split())
    if not 1 <= len(cleaned) <= LONGEST_NAME:
        raise TokenRefused(text("tokens.name_length", most=number(LONGEST_NAME)))
    return cleaned


def _view(row: AccessToken) -> TokenView:
    scopes = tuple(cast("TokenScope", scope) for scope in row.scopes.split())
    return TokenView(row.id, row.name, scopes, row.made, row.expires, row.last_used)
