"""Signing in with a password, and choosing one by a link or when one is signed in.

What a password is asked is in :mod:`.password_check`, what a link opens in :mod:`.redeeming`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services import clock
from memo_coach.services.accounts.account_names import normalised_email
from memo_coach.services.accounts.attempts import Attempts
from memo_coach.services.accounts.errors import LinkRefused, SignInRefused, WrongPassword
from memo_coach.services.accounts.notices import AccountNotices
from memo_coach.services.accounts.one_time_links import WITH_A_PASSWORD, Purpose, make_link
from memo_coach.services.accounts.password_check import PasswordCheck
from memo_coach.services.accounts.password_rules import LONGEST, check_new_password
from memo_coach.services.accounts.principal import Actor, Principal, Role
from memo_coach.services.accounts.random_tokens import hash_of
from memo_coach.services.accounts.redeeming import account_behind, open_with_password, refuse_password
from memo_coach.services.accounts.sessions import SessionService
from memo_coach.services.accounts.user_rows import target_of
from memo_coach.services.accounts.views import LinkView, SecondFactorNeeded, SignedIn
from memo_coach.services.administration.audit import record
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.access_tokens import AccessTokenRepository
from memo_coach.storage.repositories.one_time_links import OneTimeLinkRepository
from memo_coach.storage.repositories.user_sessions import UserSessionRepository
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.tables import User


class SecondFactors(Protocol):
    """What knows which second factors an account has."""

    async def of(self, session: AsyncSession, user_id: str) -> tuple[str, ...]:
        """Return their kinds; none where the password is enough."""

    def demanded_of(self, role: Role) -> bool:
        """Whether an account in a role needs one."""


class NoSecondFactors:
    """Where there are none."""

    async def of(self, session: AsyncSession, user_id: str) -> tuple[str, ...]:
        """Return none."""
        del session, user_id
        return ()

    def demanded_of(self, role: Role) -> bool:
        """Return that it does not."""
        del role
        return False


class SignInService:
    """Signs people in."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        *,
        check: PasswordCheck,
        attempts: Attempts,
        sessions: SessionService,
        second_factors: SecondFactors | None = None,
        notices: AccountNotices,
        instead: str | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """Take the parts; ``instead`` is how one signs in where nobody chooses a password."""
        self._unit_of_work = unit_of_work
        self._check = check
        self._attempts = attempts
        self._sessions = sessions
        self._notices = notices
        self._instead = instead
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
        device: str | None = None,
    ) -> SignedIn | SecondFactorNeeded:
        """Sign somebody in by their password; the session of the token that they came with ends.

        ``device`` is the cookie of a browser that may be known.

        Raises:
            SignInRefused: nobody is, and why is not told.
            TooManyAttempts: it has to be waited, whoever it is.
            Unavailable: the database cannot be used.
        """
        typed = normalised_email(email) or email[:LONGEST]
        user = await self._check.admitted(typed, password, address, device=device)
        async with self._unit_of_work.write() as session:
            current = await UserRepository(session).lock(user.id)
            if current is None or current.is_disabled or current.password_hash != user.password_hash:
                raise SignInRefused  # it was changed meanwhile
            return await self._first_step(
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

    def refuse_where_others_sign_in(self, user: User | None) -> None:
        """Refuse an account that only the provider signs in, where that is the rule: not one for emergencies.

        Raises:
            SignInRefused: it is.
        """
        if self._instead is not None and (user is None or not user.is_break_glass):
            raise SignInRefused

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

        ``email`` and ``name`` are the first administrator's, whose account this makes; others have theirs.
        The account's other sessions end, its failed attempts are forgotten. Of two who open one link at once,
        one does.

        Raises:
            LinkRefused: it was used, has expired, or never was one.
            NoPasswordsHere: one signs in otherwise.
            PasswordRefused, AccountUnfit, EmailTaken, TooManyAttempts, Unavailable: with a sentence; the link
                stays good.
        """
        async with self._unit_of_work.read() as session:
            account = await account_behind(
                session, url_token, self._now(), email=email, name=name, instead=self._instead
            )
        check_new_password(password, account.email, account.name)
        is_reset = await self.purpose_of(url_token) is Purpose.RESET
        hashed = await self._check.hashed(password)
        async with self._unit_of_work.write() as session:
            user = await open_with_password(
                session, url_token, self._now(), account, hashed, is_only_way=self._instead is not None
            )
            actor = Actor(user.name, user.id, address)
            await record(session, actor, "user.password_set", target_of(user))
            await self._attempts.forget(session, user.email)
            # A link in a mailbox replaces what one knows, not what one has.
            answer = await self._first_step(
                session, user, address=address, agent=agent, previous_token=previous_token
            )
        if is_reset:
            self._notices.tell(account.email, "user.password_set", address=address)
        return answer

    async def purpose_of(self, url_token: str) -> Purpose | None:
        """Return what a link is for, without opening it; ``None`` where it opens nothing.

        Raises:
            Unavailable: the database cannot be read.
        """
        async with self._unit_of_work.read() as session:
            link = await OneTimeLinkRepository(session).find(hash_of(url_token) or "", self._now())
        return None if link is None or link.purpose not in WITH_A_PASSWORD else Purpose(link.purpose)

    async def look_at(self, url_token: str) -> LinkView:
        """Return what a link is for and whose account it opens, without opening it.

        Raises:
            LinkRefused: it was used, has expired, or never was one.
            NoPasswordsHere: one signs in otherwise.
            Unavailable: the database cannot be read.
        """
        async with self._unit_of_work.read() as session:
            link = await OneTimeLinkRepository(session).find(hash_of(url_token) or "", self._now())
            if link is None or link.purpose not in WITH_A_PASSWORD:
                raise LinkRefused
            user = None if link.user_id is None else await UserRepository(session).get(link.user_id)
        if link.user_id is not None and (user is None or user.is_disabled):
            raise LinkRefused
        refuse_password(user, self._instead)
        return LinkView(None if user is None else user.email, is_reset=link.purpose == Purpose.RESET)

    async def change_password(
        self,
        principal: Principal,
        old: str,
        new: str,
        *,
        address: str | None = None,
        revokes_tokens: bool = False,
    ) -> None:
        """Give who is signed in another password; their other sessions end, and their tokens if they say so.

        Raises:
            WrongPassword: the old one is not theirs.
            PasswordRefused, TooManyAttempts, Unavailable: with a sentence.
        """
        user = await self._check.confirm(principal, old, address=address)
        check_new_password(new, user.email, user.name)
        hashed = await self._check.hashed(new)
        async with self._unit_of_work.write() as session:
            users = UserRepository(session)
            current = await users.lock(user.id)
            if current is None or current.password_hash != user.password_hash:
                raise WrongPassword  # it was changed meanwhile
            await users.change(user.id, {"password_hash": hashed})
            await OneTimeLinkRepository(session).remove(user.id, *WITH_A_PASSWORD, Purpose.SECOND_FACTOR)
            await UserSessionRepository(session).end_all(user.id, but=principal.session)
            if revokes_tokens:
                await AccessTokenRepository(session).remove_all_of(user.owner)
            actor = Actor(user.name, user.id, address)
            await record(session, actor, "user.password_changed", target_of(user))
        self._notices.tell(user.email, "user.password_changed", address=address)

    async def _first_step(
        self,
        session: AsyncSession,
        user: User,
        *,
        address: str | None,
        agent: str | None,
        previous_token: str | None,
    ) -> SignedIn | SecondFactorNeeded:
        """Go on with who has shown what they know: to a second step where there is one, or has to be."""
        factors = await self._second_factors.of(session, user.id)
        if factors or self._second_factors.demanded_of(Role(user.role)):
            ticket = await make_link(session, Purpose.SECOND_FACTOR, user.id, "", self._now())
            return SecondFactorNeeded(ticket.url_token, factors)
        return await self._begin(
            session,
            user,
            address=address,
            agent=agent,
            previous_token=previous_token,
            by_password_alone=True,
        )

    async def _begin(
        self,
        session: AsyncSession,
        user: User,
        *,
        address: str | None,
        agent: str | None,
        previous_token: str | None,
        by_password_alone: bool = False,
    ) -> SignedIn:
        await UserRepository(session).change(user.id, {"last_sign_in": self._now()})
        # Only now: who knows a password alone would have as many guesses at the second factor as they like.
        await self._attempts.forget(session, user.email)
        return await self._sessions.begin(
            session,
            user,
            address=address,
            agent=agent,
            previous_token=previous_token,
            by_password_alone=by_password_alone,
        )
