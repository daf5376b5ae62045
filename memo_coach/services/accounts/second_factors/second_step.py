"""Signing in beyond a password: the second step, or a passkey in the password's place.

Who has given the right password holds a ticket for five minutes. Codes that fail are counted with the
account's failed passwords, within one's turn, so that of codes sent at once few get through.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services.accounts.attempts import Attempts
from memo_coach.services.accounts.errors import LinkRefused, SignInRefused
from memo_coach.services.accounts.notices import AccountNotices
from memo_coach.services.accounts.password_check import PasswordCheck
from memo_coach.services.accounts.principal import Actor
from memo_coach.services.accounts.second_factors.errors import CodeRefused, PasskeyRefused
from memo_coach.services.accounts.second_factors.factors import Factors
from memo_coach.services.accounts.second_factors.views import AuthenticatorSetup, CodeKind, Kind, StepView
from memo_coach.services.accounts.sign_in import SignInService
from memo_coach.services.accounts.user_rows import target_of
from memo_coach.services.accounts.views import SignedIn
from memo_coach.services.administration.audit import record
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.tables import User


@dataclass(frozen=True, slots=True)
class Browser:
    """By what somebody signs in."""

    address: str | None
    agent: str | None
    previous_token: str | None = None
    """Of the session that it came with, which ends."""
    device: str | None = None
    """The cookie by which it may be known."""


class SecondStep:
    """Lets in who shows a second factor."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        *,
        factors: Factors,
        sign_in: SignInService,
        check: PasswordCheck,
        attempts: Attempts,
        notices: AccountNotices,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._factors = factors
        self._sign_in = sign_in
        self._check = check
        self._attempts = attempts
        self._notices = notices

    @property
    def can_use_passkeys(self) -> bool:
        """Whether there can be passkeys at this installation's address."""
        return self._factors.passkeys.are_possible

    async def look_at(self, ticket: str) -> StepView:
        """Return what the holder of a ticket is asked for.

        Raises:
            LinkRefused: it is no ticket, or its time is over.
            Unavailable: the database cannot be read.
        """
        user_id = await self._sign_in.user_of_ticket(ticket)
        async with self._unit_of_work.read() as session:
            user = _present(await UserRepository(session).get(user_id))
            kinds = await self._factors.of(session, user_id)
        return StepView(user.email, tuple(map(Kind, kinds)), self.can_use_passkeys)

    async def with_code(self, ticket: str, typed: str, browser: Browser) -> SignedIn:
        """Sign in by an app's code or a recovery code.

        Raises:
            CodeRefused: it is none of the account's, or was taken before. It is counted.
            LinkRefused, SignInRefused, TooManyAttempts, Unavailable: with a sentence.
        """
        user_id = await self._sign_in.user_of_ticket(ticket)
        async with self._counted(user_id, browser), self._unit_of_work.write() as session:
            user = _present(await UserRepository(session).lock(user_id))
            kind = await self._factors.take_code(session, user_id, typed)
            if kind is None:
                raise CodeRefused
            if kind is CodeKind.RECOVERY:
                actor = Actor(user.name, user_id, browser.address)
                await record(session, actor, "user.recovery_code_used", target_of(user))
        if kind is CodeKind.RECOVERY:
            self._notices.tell(user.email, "user.recovery_code_used", address=browser.address)
        return await self._complete(ticket, browser)

    async def passkey_request(self, ticket: str | None) -> str:
        """Return what a passkey is asked to sign: a ticket's account's, or without a ticket anybody's.

        Raises:
            LinkRefused, PasskeysImpossible, Unavailable: with a sentence.
        """
        user_id = None if ticket is None else await self._sign_in.user_of_ticket(ticket)
        async with self._unit_of_work.write(adds=True) as session:
            return await self._factors.passkeys.request(session, user_id)

    async def with_passkey(self, ticket: str, answer: str, browser: Browser) -> SignedIn:
        """Sign in by a passkey as second factor.

        Raises:
            PasskeyRefused: it is none of the account's. It is counted.
            LinkRefused, SignInRefused, TooManyAttempts, Unavailable: with a sentence.
        """
        user_id = await self._sign_in.user_of_ticket(ticket)
        async with self._counted(user_id, browser):
            await self._signed(answer, user_id)
        return await self._complete(ticket, browser)

    async def with_passkey_alone(self, answer: str, browser: Browser) -> SignedIn:
        """Sign in by a passkey in the password's place, whose device has made sure of the person.

        It cannot be guessed, so an account that is locked for its password opens by it.

        Raises:
            PasskeyRefused: it is nobody's. It is counted, for the network.
            SignInRefused, TooManyAttempts, Unavailable: with a sentence.
        """
        try:
            user_id = await self._signed(answer, None)
        except PasskeyRefused:
            await self._attempts.count_request(browser.address)
            raise
        async with self._unit_of_work.write() as session:
            self._sign_in.refuse_where_others_sign_in(await UserRepository(session).lock(user_id))
            return await self._sign_in.begin(
                session,
                user_id,
                address=browser.address,
                agent=browser.agent,
                previous_token=browser.previous_token,
            )

    async def set_up_authenticator(self, ticket: str) -> AuthenticatorSetup:
        """Return what an app has to know, where an account needs a second factor and has none yet.

        Raises:
            LinkRefused, Unavailable: with a sentence.
        """
        user_id = await self._sign_in.user_of_ticket(ticket)
        async with self._unit_of_work.write() as session:
            return await self._factors.set_up_authenticator(session, await self._bare(session, user_id))

    async def passkey_registration(self, ticket: str) -> str:
        """Return what a device is asked to make a passkey of, in the same case.

        Raises:
            LinkRefused, PasskeysImpossible, Unavailable: with a sentence.
        """
        user_id = await self._sign_in.user_of_ticket(ticket)
        async with self._unit_of_work.write() as session:
            return await self._factors.passkeys.registration(session, await self._bare(session, user_id))

    async def add_first(
        self, ticket: str, browser: Browser, *, code: str = "", passkey: str = ""
    ) -> tuple[SignedIn, tuple[str, ...]]:
        """Add the first factor by an app's code or by a passkey, and sign in; return recovery codes, too.

        Raises:
            CodeRefused, PasskeyRefused, LinkRefused, SignInRefused, TooManyAttempts, Unavailable: with a
                sentence.
        """
        user_id = await self._sign_in.user_of_ticket(ticket)
        counted = self._counted(user_id, browser)
        async with counted, self._unit_of_work.write(adds=True) as session:
            user = await self._bare(session, user_id)
            if passkey:
                codes = await self._factors.add_passkey(session, user, passkey, "")
            else:
                codes = await self._factors.add_authenticator(session, user_id, code, "")
            actor = Actor(user.name, user_id, browser.address)
            await record(session, actor, "user.second_factor_added", target_of(user))
        self._notices.tell(user.email, "user.second_factor_added", address=browser.address)
        return await self._complete(ticket, browser), codes

    async def _signed(self, answer: str, user_id: str | None) -> str:
        """Return whose passkey has signed. An answer that is refused uses its challenge up as well."""
        async with self._unit_of_work.write() as session:
            try:
                return await self._factors.passkeys.signed(session, answer, user_id)
            except PasskeyRefused as error:
                refused = error
        raise refused

    async def _bare(self, session: AsyncSession, user_id: str) -> User:
        """Return an account that has no second factor: a ticket adds none to one that has."""
        user = _present(await UserRepository(session).lock(user_id))
        if await self._factors.of(session, user_id):
            raise LinkRefused
        return user

    @asynccontextmanager
    async def _counted(self, user_id: str, browser: Browser) -> AsyncIterator[None]:
        """Refuse who has failed too often, and count it where what is done within fails."""
        turn = self._check.turn(user_id, browser.address, device=browser.device)
        async with turn as attempt:
            try:
                yield
            except (CodeRefused, PasskeyRefused):
                await self._attempts.count_failure(attempt)
                raise

    async def _complete(self, ticket: str, browser: Browser) -> SignedIn:
        return await self._sign_in.complete(
            ticket, address=browser.address, agent=browser.agent, previous_token=browser.previous_token
        )


def _present(user: User | None) -> User:
    if user is None or user.is_disabled:
        raise SignInRefused
    return user
