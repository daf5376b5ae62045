"""The services of accounts, put together once per process."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from memo_coach.services import clock
from memo_coach.services.accounts.attempts import Attempts
from memo_coach.services.accounts.first_administrator import FirstAdministrator
from memo_coach.services.accounts.forgotten_passwords import ForgottenPasswords
from memo_coach.services.accounts.known_devices import KnownDevices
from memo_coach.services.accounts.mail import Mail
from memo_coach.services.accounts.notices import AccountNotices
from memo_coach.services.accounts.password_check import PasswordCheck
from memo_coach.services.accounts.password_hashing import PasswordHashing
from memo_coach.services.accounts.removal import AccountRemoval
from memo_coach.services.accounts.second_factors.factors import Factors
from memo_coach.services.accounts.second_factors.own_factors import OwnFactors
from memo_coach.services.accounts.second_factors.passkeys import Passkeys
from memo_coach.services.accounts.second_factors.second_step import SecondStep
from memo_coach.services.accounts.sessions import SessionService
from memo_coach.services.accounts.sign_in import SignInService
from memo_coach.services.accounts.single_sign_on.configuration import Configuration
from memo_coach.services.accounts.taking_along import TakingAlongService
from memo_coach.services.accounts.users import UserService
from memo_coach.services.accounts.visitors import VisitorService
from memo_coach.services.data.deletion import DeletionService
from memo_coach.services.streaming import MemoryBroadcast
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.settings import Settings
from memo_coach.storage.engine.database import Database
from memo_coach.storage.repositories.one_time_links import OneTimeLinkRepository
from memo_coach.storage.repositories.passkey_challenges import PasskeyChallengeRepository
from memo_coach.storage.repositories.sign_in_attempts import SignInAttemptRepository
from memo_coach.storage.repositories.sign_in_flows import SignInFlowRepository
from memo_coach.storage.repositories.visitors import VisitorRepository
from memo_coach.translations import ENGLISH, speaking, text

if TYPE_CHECKING:
    from memo_coach.services.accounts.single_sign_on.service import SingleSignOn

_SECRET: Final = "sign-in-attempts"  # noqa: S105 - the name of the secret
_FACTORS: Final = "second-factors"
_AT_ONCE: Final = 500
"""Rows of each kind that are removed in one transaction, while who wants to write waits."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """What there is about accounts. In open mode nobody asks for it, and it costs nothing."""

    users: UserService
    sessions: SessionService
    sign_in: SignInService
    second_step: SecondStep
    own_factors: OwnFactors
    forgotten_passwords: ForgottenPasswords
    notices: AccountNotices
    taking_along: TakingAlongService
    first_administrator: FirstAdministrator
    mail: Mail
    attempts: Attempts
    devices: KnownDevices
    hashing: PasswordHashing
    database: Database
    single_sign_on: SingleSignOn | None = None
    """``None`` where no provider is set."""

    async def close(self) -> None:
        """Let letters be sent, end the threads that hash, close what connects to the provider."""
        await self.forgotten_passwords.close()
        await self.notices.close()
        if self.single_sign_on is not None:
            await self.single_sign_on.close()
        self.hashing.close()

    async def sweep(self) -> None:
        """Remove rows that have run out: sessions, links, failed attempts."""
        moment = clock.now()
        async with self.database.write(aside=True) as session:
            await self.sessions.remove_expired(session, _AT_ONCE)
            await OneTimeLinkRepository(session).remove_expired(moment, _AT_ONCE)
            await SignInAttemptRepository(session).remove_forgotten(moment, _AT_ONCE)
            await SignInFlowRepository(session).remove_expired(moment, _AT_ONCE)
            await PasskeyChallengeRepository(session).remove_expired(moment, _AT_ONCE)


async def open_accounts(
    settings: Settings,
    database: Database,
    unit_of_work: UnitOfWork,
    *,
    deletions: DeletionService,
    visitors: VisitorService,
    demanded: Callable[[], str],
) -> Accounts:
    """Put the services together; read the installation's secrets, or make them the first time.

    ``demanded`` tells of whom the document on accounts asks a second factor.
    """
    factors = await _factors(settings, database, demanded)
    hashing, key = PasswordHashing(), await _attempts_key(database)
    attempts, devices = Attempts(unit_of_work, key, clock.now), KnownDevices(key, clock.now)
    has_local = settings.local_sign_in
    check = PasswordCheck(unit_of_work, hashing, attempts, devices, has_local=has_local)
    sessions = SessionService(
        unit_of_work,
        idle=timedelta(hours=settings.session_idle_hours),
        lifetime=timedelta(days=settings.session_days),
        demands=factors.demanded_of,
    )
    mail = Mail(settings.smtp_url, settings.mail_from)
    notices = AccountNotices(mail)
    sign_in = SignInService(
        unit_of_work,
        check=check,
        attempts=attempts,
        sessions=sessions,
        second_factors=factors,
        notices=notices,
        instead=None if has_local else settings.oidc_name,
    )
    return Accounts(
        users=UserService(
            unit_of_work,
            check=check,
            attempts=attempts,
            mail=mail,
            removal=AccountRemoval(deletions),
            notices=notices,
            public_url=settings.public_url,
        ),
        sessions=sessions,
        sign_in=sign_in,
        second_step=SecondStep(
            unit_of_work, factors=factors, sign_in=sign_in, check=check, attempts=attempts, notices=notices
        ),
        own_factors=OwnFactors(unit_of_work, factors=factors, check=check, notices=notices, now=clock.now),
        notices=notices,
        forgotten_passwords=ForgottenPasswords(
            unit_of_work, attempts, mail, settings.public_url, has_local=has_local
        ),
        taking_along=TakingAlongService(unit_of_work, visitors),
        first_administrator=FirstAdministrator(unit_of_work, settings.public_url),
        mail=mail,
        attempts=attempts,
        devices=devices,
        hashing=hashing,
        database=database,
        single_sign_on=_single_sign_on(settings, unit_of_work, sign_in),
    )


def _single_sign_on(
    settings: Settings, unit_of_work: UnitOfWork, sign_in: SignInService
) -> SingleSignOn | None:
    configuration = Configuration.of(settings)
    if configuration is None or settings.auth_mode != "accounts":
        return None
    # A second of imports, which only who has a provider waits for.
    from memo_coach.services.accounts.single_sign_on.fetching import Fetching  # noqa: PLC0415
    from memo_coach.services.accounts.single_sign_on.provider import Provider  # noqa: PLC0415
    from memo_coach.services.accounts.single_sign_on.service import SingleSignOn  # noqa: PLC0415

    provider = Provider(configuration, Fetching(configuration.issuer))
    return SingleSignOn(unit_of_work, configuration=configuration, provider=provider, sign_in=sign_in)


async def users_alone(settings: Settings, database: Database, notices: AccountNotices) -> UserService:
    """Return the accounts as the command line has them: nothing runs in the background but ``notices``."""
    unit_of_work = _unit_of_work_alone(settings, database)
    key = await _attempts_key(database)
    attempts, devices = Attempts(unit_of_work, key, clock.now), KnownDevices(key, clock.now)
    return UserService(
        unit_of_work,
        check=PasswordCheck(unit_of_work, PasswordHashing(threads=1), attempts, devices),
        attempts=attempts,
        mail=Mail(settings.smtp_url, settings.mail_from),
        removal=AccountRemoval(
            DeletionService(unit_of_work, database, stop_work=lambda _: None, broadcast=MemoryBroadcast())
        ),
        notices=notices,
        public_url=settings.public_url,
    )


def first_administrator_alone(settings: Settings, database: Database) -> FirstAdministrator:
    """Return the first administrator as the command line has them."""
    return FirstAdministrator(_unit_of_work_alone(settings, database), settings.public_url)


def _unit_of_work_alone(settings: Settings, database: Database) -> UnitOfWork:
    # A database elsewhere needs no data directory; how much room there is is asked of its disk.
    directory = next(each for each in (settings.data_dir, *settings.data_dir.parents) if each.is_dir())
    return UnitOfWork(database, directory)


async def _factors(settings: Settings, database: Database, demanded: Callable[[], str]) -> Factors:
    async with database.write() as session:
        key = await VisitorRepository(session).installation_secret(_FACTORS, secrets.token_hex(32))
    with speaking(ENGLISH):
        installation = text("product.name")
    passkeys = Passkeys(settings.public_url, installation, clock.now)
    return Factors(bytes.fromhex(key), passkeys, demanded, installation, clock.now)


async def _attempts_key(database: Database) -> bytes:
    async with database.write() as session:
        key = await VisitorRepository(session).installation_secret(_SECRET, secrets.token_hex(32))
    return bytes.fromhex(key)
