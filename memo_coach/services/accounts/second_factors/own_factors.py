"""The second factors of who is signed in: added, named, removed. First they show once more who they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services.accounts.notices import AccountNotices, events_of
from memo_coach.services.accounts.password_check import PasswordCheck
from memo_coach.services.accounts.principal import Actor, Principal, Role
from memo_coach.services.accounts.second_factors.errors import ConfirmationNeeded, LastFactor
from memo_coach.services.accounts.second_factors.factors import MOST_FACTORS, Factors, checked_name
from memo_coach.services.accounts.second_factors.views import (
    AuthenticatorSetup,
    FactorView,
    Kind,
    OwnFactorsView,
)
from memo_coach.services.accounts.user_rows import target_of
from memo_coach.services.administration.audit import record
from memo_coach.services.errors import NotFound
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.second_factors import SecondFactorRepository
from memo_coach.storage.repositories.user_sessions import UserSessionRepository
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.tables import SecondFactor, User

CONFIRMED_FOR: Final = timedelta(minutes=10)
"""After signing in, or giving one's password once more."""


class OwnFactors:
    """One's own second factors."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        *,
        factors: Factors,
        check: PasswordCheck,
        notices: AccountNotices,
        now: Callable[[], datetime],
    ) -> None:
        self._unit_of_work = unit_of_work
        self._factors = factors
        self._check = check
        self._notices = notices
        self._now = now

    async def view(self, principal: Principal) -> OwnFactorsView:
        """Return what one signs in with.

        Raises:
            NotFound: who asks has no account.
            Unavailable: the database cannot be read.
        """
        async with self._unit_of_work.read() as session:
            user = await UserRepository(session).get(principal.user or "")
            if user is None:
                raise NotFound
            factors = SecondFactorRepository(session)
            rows = [row for row in await factors.of_user(user.id) if row.is_confirmed]
            return OwnFactorsView(
                factors=tuple(map(_view_of, rows)),
                recovery_codes=await factors.count_codes(user.id),
                is_confirmed=await self._is_confirmed(session, principal),
                has_password=user.password_hash is not None,
                is_demanded=self._factors.demanded_of(Role(user.role)),
                can_add_passkey=self._factors.passkeys.are_possible and len(rows) < MOST_FACTORS,
                events=await events_of(session, user),
            )

    async def confirm(self, principal: Principal, password: str, *, address: str | None) -> None:
        """Note that who is signed in has just given their password once more.

        Raises:
            WrongPassword: it is not theirs.
            TooManyAttempts, Unavailable: with a sentence.
        """
        user = await self._check.confirm(principal, password, address=address)
        async with self._unit_of_work.write() as session:
            values = {"confirmed": self._now()}
            await UserSessionRepository(session).change(user.id, principal.session or "", values)

    async def set_up_authenticator(self, principal: Principal) -> AuthenticatorSetup:
        """Return what an app has to know that is to be added.

        Raises:
            ConfirmationNeeded, FactorsExhausted, Unavailable: with a sentence.
        """
        async with self._unit_of_work.write(adds=True) as session:
            user = await self._confirmed(session, principal)
            return await self._factors.set_up_authenticator(session, user)

    async def add_authenticator(
        self, principal: Principal, code: str, name: str, *, address: str | None
    ) -> tuple[str, ...]:
        """Add the app that was set up; return recovery codes, if any are new.

        Raises:
            ConfirmationNeeded, CodeRefused, Unavailable: with a sentence.
        """
        async with self._unit_of_work.write(adds=True) as session:
            user = await self._confirmed(session, principal)
            codes = await self._factors.add_authenticator(session, user.id, code, name)
            await self._added(session, principal, user, Kind.AUTHENTICATOR, address)
        self._notices.tell(user.email, "user.second_factor_added", address=address)
        return codes

    async def passkey_registration(self, principal: Principal) -> str:
        """Return what a device is asked to make a passkey of, as JSON.

        Raises:
            ConfirmationNeeded, PasskeysImpossible, Unavailable: with a sentence.
        """
        async with self._unit_of_work.write(adds=True) as session:
            user = await self._confirmed(session, principal)
            return await self._factors.passkeys.registration(session, user)

    async def add_passkey(
        self, principal: Principal, answer: str, name: str, *, address: str | None
    ) -> tuple[str, ...]:
        """Add a passkey that a device has made; return recovery codes, if any are new.

        Raises:
            ConfirmationNeeded, PasskeyRefused, FactorsExhausted, Unavailable: with a sentence.
        """
        async with self._unit_of_work.write(adds=True) as session:
            user = await self._confirmed(session, principal)
            codes = await self._factors.add_passkey(session, user, answer, name)
            await self._added(session, principal, user, Kind.PASSKEY, address)
        self._notices.tell(user.email, "user.second_factor_added", address=address)
        return codes

    async def rename(self, principal: Principal, factor_id: str, name: str) -> None:
        """Call one's factor otherwise.

        Raises:
            NotFound: it is none of theirs.
            ConfirmationNeeded, Unavailable: with a sentence.
        """
        async with self._unit_of_work.write() as session:
            user = await self._confirmed(session, principal)
            row = await _own(session, user.id, factor_id)
            named = {"name": checked_name(name)}
            await SecondFactorRepository(session).change(user.id, row.id, named)

    async def remove(self, principal: Principal, factor_id: str, *, address: str | None) -> None:
        """Remove one's factor; with the last one the recovery codes go, too.

        Raises:
            NotFound: it is none of theirs.
            LastFactor: one is asked of them, and this is the only one.
            ConfirmationNeeded, Unavailable: with a sentence.
        """
        async with self._unit_of_work.write() as session:
            user = await self._confirmed(session, principal)
            factors, row = SecondFactorRepository(session), await _own(session, user.id, factor_id)
            kind = row.kind
            others = sum(each.is_confirmed for each in await factors.of_user(user.id)) - 1
            if not others and self._factors.demanded_of(Role(user.role)):
                raise LastFactor
            await factors.remove(user.id, factor_id)
            if not others:
                await factors.remove_codes(user.id)
            actor = Actor(user.name, user.id, address)
            before = {"second_factor": kind}
            await record(session, actor, "user.second_factor_removed", target_of(user), before=before)
        self._notices.tell(user.email, "user.second_factor_removed", address=address)

    async def new_recovery_codes(self, principal: Principal, *, address: str | None) -> tuple[str, ...]:
        """Return other recovery codes; the old ones open nothing any more.

        Raises:
            NotFound: there is no second factor for which they could stand in.
            ConfirmationNeeded, Unavailable: with a sentence.
        """
        async with self._unit_of_work.write(adds=True) as session:
            user = await self._confirmed(session, principal)
            if not await self._factors.of(session, user.id):
                raise NotFound
            codes = await self._factors.new_recovery_codes(session, user.id)
            actor = Actor(user.name, user.id, address)
            await record(session, actor, "user.recovery_codes_made", target_of(user))
        self._notices.tell(user.email, "user.recovery_codes_made", address=address)
        return codes

    async def _added(
        self, session: AsyncSession, principal: Principal, user: User, kind: Kind, address: str | None
    ) -> None:
        """Note it, and that this session was begun by whoever has the factor; the others end."""
        sessions = UserSessionRepository(session)
        await sessions.change(user.id, principal.session or "", {"by_password_alone": False})
        await sessions.end_by_password_alone(user.id)
        after = {"second_factor": kind.value}
        actor = Actor(user.name, user.id, address)
        await record(session, actor, "user.second_factor_added", target_of(user), after=after)

    async def _confirmed(self, session: AsyncSession, principal: Principal) -> User:
        """Return the account of who asks, which nobody else changes meanwhile."""
        user = await UserRepository(session).lock(principal.user or "")
        if user is None or not await self._is_confirmed(session, principal):
            raise ConfirmationNeeded
        return user

    async def _is_confirmed(self, session: AsyncSession, principal: Principal) -> bool:
        row = await UserSessionRepository(session).get(principal.user or "", principal.session or "")
        if row is None:
            return False
        return self._now() - max(row.made, row.confirmed or row.made) < CONFIRMED_FOR


async def _own(session: AsyncSession, user_id: str, factor_id: str) -> SecondFactor:
    for row in await SecondFactorRepository(session).of_user(user_id):
        if row.id == factor_id and row.is_confirmed:
            return row
    raise NotFound


def _view_of(row: SecondFactor) -> FactorView:
    return FactorView(row.id, Kind(row.kind), row.name, row.made, row.last_used)
