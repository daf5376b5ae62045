"""Signing in with a password, and choosing one by a link or when one is signed in.

Whoever tries gets one answer and as much work, whether there is no such account, it is disabled, it is locked
or the password is wrong: one hash is computed for each attempt, and the sentence is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services import clock
from memo_coach.services.accounts.account_names import checked_email, checked_name, normalised_email
from memo_coach.services.accounts.attempts import Attempts
from memo_coach.services.accounts.errors import LinkRefused, SignInRefused, WrongPassword
from memo_coach.services.accounts.one_time_links import WITH_A_PASSWORD, Purpose, make_link
from memo_coach.services.accounts.password_hashing import HashingTurn, PasswordHashing
from memo_coach.services.accounts.password_rules import LONGEST, check_new_password
from memo_coach.services.accounts.principal import Actor, Principal, Role
from memo_coach.services.accounts.random_tokens import hash_of
from memo_coach.services.accounts.sessions import SessionService
from memo_coach.services.accounts.users import add_user
from memo_coach.services.accounts.views import SecondFactorNeeded, SignedIn
from memo_coach.services.administration.audit import record
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.one_time_links import OneTimeLinkRepository
from memo_coach.storage.repositories.user_sessions import UserSessionRepository
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.tables import OneTimeLink, User

_log = structlog.get_logger(__name__)


class SecondFactors(Protocol):
    """What knows which second factors an account has."""

    async def of(self, session: AsyncSession, user_id: str) -> tuple[str, ...]:
        """Return their kinds; none where the password is enough."""


class NoSecondFactors:
    """Where there are none."""

    async def of(self, session: AsyncSession, user_id: str) -> tuple[str, ...]:
        """Return none."""
        del session, user_id
        return ()


class SignInService:
    """Signs people in."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        hashing: PasswordHashing,
        attempts: Attempts,
        sessions: SessionService,
        second_factors: SecondFactors | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._hashing = hashing
        self._attempts = attempts
        self._sessions = sessions
        self._second_factors = second_factors or NoSecondFactors()
        self._now = now or clock.now

    async def sign_in(
        self,
        email: str,
        password: str,
        *,
        address: str | None,
        agent: str | None,
        previous_token: str | None = None,
    ) -> SignedIn | SecondFactorNeeded:
        """Sign somebody in by their password; the session of the token that they came with ends.

        Raises:
            SignInRefused: nobody is, and why is not told.
            TooManyAttempts: it has to be waited, whoever it is.
            Unavailable: the database cannot be used.
        """
        typed = normalised_email(email) or email[:LONGEST]
        user = await self._admitted(typed, password, address)
        async with self._unit_of_work.write() as session:
            current = await UserRepository(session).lock(user.id)
            if current is None or current.is_disabled or current.password_hash != user.password_hash:
                raise SignInRefused  # it was changed meanwhile
            factors = await self._second_factors.of(session, user.id)
            if factors:
                ticket = await make_link(session, Purpose.SECOND_FACTOR, user.id, "", self._now())
                return SecondFactorNeeded(ticket.url_token, factors)
            return await self._begin(
                session, current, address=address, agent=agent, previous_token=previous_token
            )

    async def user_of_ticket(self, ticket: str) -> str:
        """Return the id of the account whose second step a ticket is for. It stays good.

        Raises:
            LinkRefused: it is for none, or its time is over.
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.read() as session:
            link = await OneTimeLinkRepository(session).find(hash_of(ticket) or "", self._now())
        if link is None or link.purpose != Purpose.SECOND_FACTOR or link.user_id is None:
            raise LinkRefused
        return link.user_id

    async def complete(
        self, ticket: str, *, address: str | None, agent: str | None, previous_token: str | None = None
    ) -> SignedIn:
        """Sign in whoever has made the second step that a ticket is for. The ticket is used up.

        Raises:
            LinkRefused: it is for none, or its time is over.
            Unavailable: the database cannot be used.
        """
        async with self._unit_of_work.write() as session:
            link = await OneTimeLinkRepository(session).open(hash_of(ticket) or "", self._now())
            if link is None or link.purpose != Purpose.SECOND_FACTOR or link.user_id is None:
                raise LinkRefused
            return await self.begin(
                session, link.user_id, address=address, agent=agent, previous_token=previous_token
            )

    async def begin(
        self,
        session: AsyncSession,
        user_id: str,
        *,
        address: str | None,
        agent: str | None,
        previous_token: str | None = None,
    ) -> SignedIn:
        """Sign in an account within a transaction, by whatever way it has shown who it is.

        Raises:
            SignInRefused: there is none, or it is disabled.
        """
        user = await UserRepository(session).lock(user_id)
        if user is None or user.is_disabled:
            raise SignInRefused
        return await self._begin(session, user, address=address, agent=agent, previous_token=previous_token)

    async def redeem(
        self,
        url_token: str,
        password: str,
        *,
        address: str | None,
        agent: str | None,
        email: str = "",
        name: str = "",
        previous_token: str | None = None,
    ) -> SignedIn | SecondFactorNeeded:
        """Choose a password by an invitation, a reset or the first administrator's link, and sign in.

        ``email`` and ``name`` are the first administrator's, whose account is made by this; others have theirs.
        The account's other sessions end, its failed attempts are forgotten. Of two who open one link at once,
        one does.

        Raises:
            LinkRefused: it was used, has expired, or never was one.
            PasswordRefused, AccountUnfit, EmailTaken, TooManyAttempts, Unavailable: with a sentence; the link
                stays good.
        """
        email_of, name_of = await self._whom_it_opens(url_token, email, name)
        check_new_password(password, email_of, name_of)
        async with self._hashing.turn() as turn:
            hashed = await turn.hash(password)
        async with self._unit_of_work.write() as session:
            links = OneTimeLinkRepository(session)
            await links.lock_those_of_nobody()
            link = await links.open(hash_of(url_token) or "", self._now())
            user = None if link is None else await self._opened(session, link, email_of, name_of, hashed)
            if user is None:
                raise LinkRefused
            actor = Actor(user.name, user.id, address)
            await record(session, actor, "user.password_set", f"user:{user.id}")
            await self._attempts.forget(session, user.email)
            return await self._after_redeeming(session, user, address, agent, previous_token)

    async def purpose_of(self, url_token: str) -> Purpose | None:
        """Return what a link is for, without opening it; ``None`` where it opens nothing.

        Raises:
            Unavailable: the database cannot be read.
        """
        async with self._unit_of_work.read() as session:
            link = await OneTimeLinkRepository(session).find(hash_of(url_token) or "", self._now())
        return None if link is None or link.purpose not in WITH_A_PASSWORD else Purpose(link.purpose)

    async def change_password(
        self, principal: Principal, old: str, new: str, *, address: str | None = None
    ) -> None:
        """Give who is signed in another password; their other sessions end.

        Raises:
            WrongPassword: the old one is not theirs.
            PasswordRefused, TooManyAttempts, Unavailable: with a sentence.
        """
        user = await self.confirm(principal, old, address=address)
        check_new_password(new, user.email, user.name)
        async with self._hashing.turn() as turn:
            hashed = await turn.hash(new)
        async with self._unit_of_work.write() as session:
            users = UserRepository(session)
            current = await users.lock(user.id)
            if current is None or current.password_hash != user.password_hash:
                raise WrongPassword  # it was changed meanwhile
            await users.change(user.id, {"password_hash": hashed})
            await OneTimeLinkRepository(session).remove(user.id, *WITH_A_PASSWORD, Purpose.SECOND_FACTOR)
            await UserSessionRepository(session).end_all(user.id, but=principal.session)
            actor = Actor(user.name, user.id, address)
            await record(session, actor, "user.password_changed", f"user:{user.id}")

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
            return await self._admitted(user.email, password, address)
        except SignInRefused:
            raise WrongPassword from None

    async def _admitted(self, email: str, password: str, address: str | None) -> User:
        """Return the account that a password opens, having computed one hash in any case."""
        bounded = password[: LONGEST + 1]
        async with self._hashing.turn() as turn:
            # Asked when it is one's turn: of many sent at once those behind see what those before have failed.
            is_locked = await self._attempts.refuse_too_many(email, address)
            async with self._unit_of_work.read() as session:
                user = await UserRepository(session).by_email(email)
            stored = None if user is None else user.password_hash
            is_right = await turn.is_right(bounded, stored)
            if user is None or not is_right or user.is_disabled or is_locked:
                await self._attempts.count_failure(email, address)
                _log.info("sign-in refused")
                raise SignInRefused
            await self._rehash(turn, user, bounded)
        return user

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

    async def _begin(
        self,
        session: AsyncSession,
        user: User,
        *,
        address: str | None,
        agent: str | None,
        previous_token: str | None,
    ) -> SignedIn:
        await UserRepository(session).change(user.id, {"last_sign_in": self._now()})
        # Only now: who knows a password alone would have as many guesses at the second factor as they like.
        await self._attempts.forget(session, user.email)
        return await self._sessions.begin(
            session, user, address=address, agent=agent, previous_token=previous_token
        )

    async def _whom_it_opens(self, url_token: str, email: str, name: str) -> tuple[str, str]:
        """Return the address and the name that a link's account has or will have."""
        async with self._unit_of_work.read() as session:
            link = await OneTimeLinkRepository(session).find(hash_of(url_token) or "", self._now())
            if link is None or link.purpose not in WITH_A_PASSWORD:
                raise LinkRefused
            if link.user_id is None:
                address = checked_email(email)
                return address, checked_name(name, address)
            user = await UserRepository(session).get(link.user_id)
        if user is None or user.is_disabled:
            raise LinkRefused
        return user.email, user.name

    async def _opened(
        self, session: AsyncSession, link: OneTimeLink, email: str, name: str, hashed: str
    ) -> User | None:
        """Return the account that a link has opened, with its new password; ``None`` where it opens nothing."""
        users, links = UserRepository(session), OneTimeLinkRepository(session)
        if link.purpose not in WITH_A_PASSWORD:
            return None
        if link.user_id is None:
            await links.remove(None, Purpose.FIRST_ADMINISTRATOR)
            if await users.has_administrator():
                return None
            return await add_user(session, email, name, Role.ADMINISTRATOR, hashed, self._now())
        user = await users.lock(link.user_id)
        if user is None or user.is_disabled:
            return None
        await users.change(user.id, {"password_hash": hashed})
        await links.remove(user.id, *WITH_A_PASSWORD, Purpose.SECOND_FACTOR)
        await UserSessionRepository(session).end_all(user.id)
        return user

    async def _after_redeeming(
        self,
        session: AsyncSession,
        user: User,
        address: str | None,
        agent: str | None,
        previous_token: str | None,
    ) -> SignedIn | SecondFactorNeeded:
        factors = await self._second_factors.of(session, user.id)
        if factors:
            # A link in a mailbox replaces what one knows, not what one has.
            ticket = await make_link(session, Purpose.SECOND_FACTOR, user.id, "", self._now())
            return SecondFactorNeeded(ticket.url_token, factors)
        return await self._begin(session, user, address=address, agent=agent, previous_token=previous_token)
