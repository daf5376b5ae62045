"""Sessions of accounts: rows, found by the hash of a token that only a browser's cookie holds.

A session ends by itself when it is not used for a time, and a longer time after it was made whatever happens.
Everybody is asked anew each time: what was ended, whose account is disabled or has another role now, counts
at once, in all processes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.coaching.control_characters import without_controls
from memo_coach.services import clock
from memo_coach.services.accounts.principal import Principal, Role
from memo_coach.services.accounts.random_tokens import hash_of, new_token
from memo_coach.services.accounts.views import SessionView, SignedIn
from memo_coach.services.clock import new_id
from memo_coach.services.errors import NotFound, Unavailable
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.user_sessions import SessionOfUser, UserSessionRepository
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.tables import User, UserSession

USED_EVERY: Final = timedelta(minutes=1)
"""How exactly it is kept when a session was used last."""
MOST_SESSIONS: Final = 50
"""Of one account. One more ends that which was used longest ago."""
LONGEST_AGENT: Final = 300
LONGEST_ADDRESS: Final = 100


class SessionService:
    """The sessions of all accounts."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        *,
        idle: timedelta,
        lifetime: timedelta,
        demands: Callable[[Role], bool] = lambda _role: False,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """``idle`` is how long a session lasts unused, ``lifetime`` how long it lasts at all.

        ``demands`` tells whether an account in a role needs a second factor.
        """
        self._unit_of_work = unit_of_work
        self._idle = idle
        self._lifetime = lifetime
        self._demands = demands
        self._now = now or clock.now

    @property
    def lifetime(self) -> timedelta:
        """For how long a session lasts at most, and a cookie with it."""
        return self._lifetime

    @property
    def idle(self) -> timedelta:
        """For how long a session lasts that nobody uses."""
        return self._idle

    async def principal(self, token: str | None) -> Principal | None:
        """Return who is signed in by a token; ``None`` where nobody is, or no longer.

        Raises:
            Unavailable: the database cannot be read.
        """
        token_sha256 = hash_of(token)
        if token_sha256 is None:
            return None
        async with self._unit_of_work.read() as session:
            found = await UserSessionRepository(session).of_token(token_sha256)
        if found is None:
            return None
        moment = self._now()
        if found.is_disabled or self._has_ended(found, moment):
            return None
        if found.by_password_alone and self._demands(Role(found.role)):
            return None  # they sign in again, and set one up
        if moment - found.last_used >= USED_EVERY:
            # What cannot be written can often be read, and reading is what they came for. It is in the log.
            with suppress(Unavailable):
                async with self._unit_of_work.write() as session:
                    await UserSessionRepository(session).touch(found.id, moment)
        return Principal(found.owner, found.user_id, found.name, Role(found.role), found.id)

    async def identify(self, token: str | None) -> str | None:
        """Return the owner whose session a token is; ``None`` where it is nobody's, or no longer.

        Raises:
            Unavailable: the database cannot be read.
        """
        principal = await self.principal(token)
        return None if principal is None else principal.owner

    async def list(self, principal: Principal) -> tuple[SessionView, ...]:
        """Return somebody's own sessions, the one used last first.

        Raises:
            Unavailable: the database cannot be read.
        """
        if principal.user is None:
            return ()
        moment = self._now()
        async with self._unit_of_work.read() as session:
            rows = await UserSessionRepository(session).of_user(principal.user)
        return tuple(
            SessionView(
                id=row.id,
                made=row.made,
                last_used=row.last_used,
                address=row.address or "",
                agent=row.agent or "",
                is_this=row.id == principal.session,
            )
            for row in rows
            if not self._has_ended(row, moment)
        )

    async def end(self, principal: Principal, session_id: str) -> None:
        """End one of somebody's own sessions.

        Raises:
            NotFound: they have no such session.
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.write() as session:
            if not await UserSessionRepository(session).end(principal.user or "", session_id):
                raise NotFound

    async def end_others(self, principal: Principal) -> int:
        """End all of somebody's own sessions but the one that they ask by; count them.

        Raises:
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.write() as session:
            return await UserSessionRepository(session).end_all(principal.user or "", but=principal.session)

    async def end_all(self, owner: str) -> int:
        """End all sessions of the account whose writing is an owner's; count them.

        Raises:
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.write() as session:
            user = await UserRepository(session).by_owner(owner)
            return 0 if user is None else await UserSessionRepository(session).end_all(user.id)

    async def sign_out(self, token: str | None) -> None:
        """End the session of a token, where it is one.

        Raises:
            Unavailable: the database cannot be used.
        """
        token_sha256 = hash_of(token)
        if token_sha256 is not None:
            async with self._unit_of_work.write() as session:
                await UserSessionRepository(session).end_token(token_sha256)

    async def begin(
        self,
        session: AsyncSession,
        user: User,
        *,
        address: str | None,
        agent: str | None,
        previous_token: str | None = None,
        by_password_alone: bool = False,
    ) -> SignedIn:
        """Add a session to the transaction that signs somebody in: always a new one, with a new token.

        One begun ``by_password_alone`` is none any more once a second factor is asked of the account.
        Whatever token the browser came with opens nothing any more: it may be one that somebody else knows.
        """
        sessions, moment, token = UserSessionRepository(session), self._now(), new_token()
        if (previous := hash_of(previous_token)) is not None:
            await sessions.end_token(previous)
        row = UserSession(
            id=new_id(),
            user_id=user.id,
            token_sha256=hash_of(token) or "",
            made=moment,
            last_used=moment,
            address=_shortened(address, LONGEST_ADDRESS),
            agent=_shortened(agent, LONGEST_AGENT),
            by_password_alone=by_password_alone,
        )
        session_id = row.id
        await sessions.add(row)
        await sessions.keep_newest(user.id, MOST_SESSIONS)
        return SignedIn(token, principal_of(user, session_id))

    async def remove_expired(self, session: AsyncSession, most: int) -> int:
        """Delete rows of sessions that have ended by themselves; count them."""
        moment = self._now()
        return await UserSessionRepository(session).remove_expired(
            moment - self._lifetime, moment - self._idle, most
        )

    def _has_ended(self, row: UserSession | SessionOfUser, moment: datetime) -> bool:
        return moment - row.made >= self._lifetime or moment - row.last_used >= self._idle


def principal_of(user: User, session_id: str | None) -> Principal:
    """Return an account as who asks."""
    return Principal(user.owner, user.id, user.name, Role(user.role), session_id)


def _shortened(given: str | None, most: int) -> str | None:
    return None if given is None else without_controls(given[:most])
