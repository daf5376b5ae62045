"""The second factors of accounts, within a transaction: which there are, how one is added, what opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.coaching.control_characters import without_controls
from memo_coach.coaching.documents.auth import ADMINISTRATORS, EVERYBODY
from memo_coach.services.accounts.principal import Role
from memo_coach.services.accounts.second_factors import recovery_codes
from memo_coach.services.accounts.second_factors.authenticator_codes import new_secret, setup_of, step_of
from memo_coach.services.accounts.second_factors.errors import CodeRefused, FactorsExhausted
from memo_coach.services.accounts.second_factors.passkeys import Passkeys
from memo_coach.services.accounts.second_factors.sealing import Sealing
from memo_coach.services.accounts.second_factors.views import AuthenticatorSetup, CodeKind, Kind
from memo_coach.services.clock import new_id
from memo_coach.storage.repositories.second_factors import SecondFactorRepository
from memo_coach.storage.tables import SecondFactor, User

MOST_FACTORS: Final = 10
LONGEST_NAME: Final = 60
_SETUP_TIME: Final = timedelta(minutes=15)
"""For so long a secret that no app has used yet is shown again; then there is another."""


class Factors:
    """What knows the second factors of accounts."""

    def __init__(
        self,
        key: bytes,
        passkeys: Passkeys,
        demanded: Callable[[], str],
        installation: str,
        now: Callable[[], datetime],
    ) -> None:
        """``key`` is the installation's own, ``demanded`` tells of whom the document asks a second factor."""
        self.passkeys = passkeys
        self._key = key
        self._sealing = Sealing(key)
        self._demanded = demanded
        self._installation = installation
        self._now = now

    def demanded_of(self, role: Role) -> bool:
        """Whether an account in a role needs a second factor."""
        demanded = self._demanded()
        return demanded == EVERYBODY or (demanded == ADMINISTRATORS and role is Role.ADMINISTRATOR)

    async def of(self, session: AsyncSession, user_id: str) -> tuple[str, ...]:
        """Return the kinds of factors that an account can sign in with."""
        return (await SecondFactorRepository(session).kinds_of([user_id])).get(user_id, ())

    async def set_up_authenticator(self, session: AsyncSession, user: User) -> AuthenticatorSetup:
        """Return what an app has to know that is to be added: for a while the same each time.

        Raises:
            FactorsExhausted: the account has as many factors as it may.
        """
        factors = SecondFactorRepository(session)
        secret = self._secret_of(await self._begun(session, user.id))
        if secret is None:
            await factors.remove_unconfirmed(user.id)
            await self._refuse_too_many(session, user.id)
            secret = new_secret()
            row = SecondFactor(
                id=new_id(),
                user_id=user.id,
                kind=Kind.AUTHENTICATOR.value,
                name="",
                made=self._now(),
                is_confirmed=False,
                secret=self._sealing.sealed(secret, user.id),
            )
            await factors.add(row)
        return setup_of(secret, user.email, self._installation)

    async def add_authenticator(
        self, session: AsyncSession, user_id: str, typed: str, name: str
    ) -> tuple[str, ...]:
        """Add the app that was set up, which a code of it shows; return recovery codes, if any are new.

        Raises:
            CodeRefused: the code is not the app's.
        """
        factors, row = SecondFactorRepository(session), await self._begun(session, user_id)
        secret = self._secret_of(row)
        step = None if secret is None else step_of(secret, typed, self._now())
        if row is None or step is None or not await factors.take_step(user_id, row.id, step, self._now()):
            raise CodeRefused
        await factors.change(user_id, row.id, {"name": checked_name(name)})
        return await self._first_codes(session, user_id)

    async def add_passkey(self, session: AsyncSession, user: User, answer: str, name: str) -> tuple[str, ...]:
        """Add a passkey that a device has made; return recovery codes, if any are new.

        Raises:
            PasskeyRefused: it is none, or somebody's already.
            FactorsExhausted: the account has as many factors as it may.
        """
        await self._refuse_too_many(session, user.id)
        row = await self.passkeys.registered(session, user, answer, checked_name(name))
        await SecondFactorRepository(session).add(row)
        return await self._first_codes(session, user.id)

    async def take_code(self, session: AsyncSession, user_id: str, typed: str) -> CodeKind | None:
        """Return what a code is, of an app or for recovery, where it was not taken before; it is now."""
        factors, moment = SecondFactorRepository(session), self._now()
        for row in await factors.of_user(user_id):
            secret = self._secret_of(row) if row.is_confirmed else None
            step = None if secret is None else step_of(secret, typed, moment)
            if step is not None and await factors.take_step(user_id, row.id, step, moment):
                return CodeKind.OF_APP
        mark = recovery_codes.mark_of(self._key, user_id, typed)
        is_recovery = mark is not None and await factors.use_code(user_id, mark)
        return CodeKind.RECOVERY if is_recovery else None

    async def new_recovery_codes(self, session: AsyncSession, user_id: str) -> tuple[str, ...]:
        """Give an account other recovery codes; the old ones open nothing any more."""
        factors, codes = SecondFactorRepository(session), recovery_codes.new_codes()
        await factors.remove_codes(user_id)
        marks = (recovery_codes.mark_of(self._key, user_id, code) for code in codes)
        await factors.add_codes(user_id, [mark for mark in marks if mark is not None])
        return codes

    async def _first_codes(self, session: AsyncSession, user_id: str) -> tuple[str, ...]:
        """Return recovery codes for who has no more of them."""
        if await SecondFactorRepository(session).count_codes(user_id):
            return ()
        return await self.new_recovery_codes(session, user_id)

    async def _begun(self, session: AsyncSession, user_id: str) -> SecondFactor | None:
        """Return the app that is being set up."""
        for row in await SecondFactorRepository(session).of_user(user_id):
            if not row.is_confirmed and self._now() - row.made < _SETUP_TIME:
                return row
        return None

    def _secret_of(self, row: SecondFactor | None) -> str | None:
        return None if row is None or row.secret is None else self._sealing.opened(row.secret, row.user_id)

    async def _refuse_too_many(self, session: AsyncSession, user_id: str) -> None:
        rows = await SecondFactorRepository(session).of_user(user_id)
        if sum(row.is_confirmed for row in rows) >= MOST_FACTORS:
            raise FactorsExhausted(MOST_FACTORS)


def checked_name(typed: str) -> str:
    """Return a factor's name in one line, cut where it is long; empty where none was given."""
    return " ".join(without_controls(typed[: 4 * LONGEST_NAME]).split())[:LONGEST_NAME]
