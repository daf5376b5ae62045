"""Whether a password opens an account: one answer and as much work, whatever is wrong.

One hash is computed for each attempt, whether there is no such account, it is disabled, it is locked, it has
no password or the password is wrong.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services.accounts.attempts import Attempt, Attempts
from memo_coach.services.accounts.errors import SignInRefused, WrongPassword
from memo_coach.services.accounts.known_devices import KnownDevices
from memo_coach.services.accounts.password_hashing import HashingTurn, PasswordHashing
from memo_coach.services.accounts.password_rules import LONGEST
from memo_coach.services.accounts.principal import Principal
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.services.usage.network import network_of
from memo_coach.storage.repositories.user_sessions import UserSessionRepository
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.tables import User

_log = structlog.get_logger(__name__)


class PasswordCheck:
    """Checks passwords, and slows down who guesses."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        hashing: PasswordHashing,
        attempts: Attempts,
        devices: KnownDevices,
        *,
        has_local: bool = True,
    ) -> None:
        """Take the parts; without ``has_local`` a password opens accounts for emergencies alone."""
        self._unit_of_work = unit_of_work
        self._hashing = hashing
        self._attempts = attempts
        self._devices = devices
        self._has_local = has_local

    async def hashed(self, password: str) -> str:
        """Return the hash of a new password.

        Raises:
            TooManyAttempts: too many wait for theirs.
        """
        async with self._hashing.turn() as turn:
            return await turn.hash(password)

    async def admitted(
        self,
        email: str,
        password: str,
        address: str | None,
        *,
        device: str | None = None,
        signed_in: str | None = None,
    ) -> User:
        """Return the account that a password opens.

        ``device`` is the cookie of a browser that may be known, ``signed_in`` the session of who asks, which
        is as good.

        Raises:
            SignInRefused: it opens none. The failure is counted.
            TooManyAttempts: it has to be waited, whoever it is.
            Unavailable: the database cannot be used.
        """
        bounded = password[: LONGEST + 1]
        async with self._hashing.turn() as turn:
            # Asked when it is one's turn: of many sent at once those behind see what those before failed.
            async with self._unit_of_work.read() as session:
                user = await UserRepository(session).by_email(email)
                known = self._device(user, device) if signed_in is None else f"session {signed_in}"
                attempt = await _attempt(session, email, address, known)
            is_locked = await self._attempts.refuse_too_many(attempt)
            stored = None if user is None else user.password_hash
            is_right = await turn.is_right(bounded, stored)
            may = user is not None and (self._has_local or user.is_break_glass) and not user.is_disabled
            if user is None or not is_right or not may or is_locked:
                await self._attempts.count_failure(attempt)
                _log.info("sign-in refused")
                raise SignInRefused
            await self._rehash(turn, user, bounded)
        return user

    @asynccontextmanager
    async def turn(
        self, user_id: str, address: str | None, *, device: str | None = None
    ) -> AsyncIterator[Attempt]:
        """Wait for one's turn to try something else than a password, whose failures count as those of one.

        Raises:
            SignInRefused: there is no such account, or it is locked.
            TooManyAttempts: it has to be waited.
            Unavailable: the database cannot be read.
        """
        async with self._hashing.turn():
            async with self._unit_of_work.read() as session:
                user = await UserRepository(session).get(user_id)
                if user is None or user.is_disabled:
                    raise SignInRefused
                attempt = await _attempt(session, user.email, address, self._device(user, device))
            if await self._attempts.refuse_too_many(attempt):
                raise SignInRefused
            yield attempt

    async def confirm(self, principal: Principal, password: str, *, address: str | None = None) -> User:
        """Make sure that who is signed in is still the one: they give their password once more.

        Raises:
            WrongPassword: it is not theirs.
            TooManyAttempts, Unavailable: with a sentence.
        """
        async with self._unit_of_work.read() as session:
            user = await UserRepository(session).get(principal.user or "")
        if user is None:
            raise WrongPassword
        try:
            return await self.admitted(user.email, password, address, signed_in=principal.session)
        except SignInRefused:
            raise WrongPassword from None

    def _device(self, user: User | None, cookie: str | None) -> str | None:
        return None if user is None else self._devices.name_in(cookie, user.id)

    async def _rehash(self, turn: HashingTurn, user: User, password: str) -> None:
        """Make the hash anew where it was made with other parameters than today's."""
        stored = user.password_hash
        if stored is None or not self._hashing.needs_rehash(stored):
            return
        hashed = await turn.hash(password)
        async with self._unit_of_work.write() as session:
            users = UserRepository(session)
            current = await users.lock(user.id)
            if current is not None and current.password_hash == stored:
                await users.change(user.id, {"password_hash": hashed})
                user.password_hash = hashed


async def _attempt(session: AsyncSession, email: str, address: str | None, device: str | None) -> Attempt:
    places = await UserSessionRepository(session).addresses_of(email)
    here = None if address is None else network_of(address)
    return Attempt(email, address, here in {network_of(place) for place in places}, device)
