"""Which account a person of the provider's has: known by issuer and subject, else joined or made.

An address that the provider does not vouch for neither joins nor makes an account: it may be anybody's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services.accounts.errors import EmailTaken, LastAdministrator
from memo_coach.services.accounts.one_time_links import WITH_A_PASSWORD
from memo_coach.services.accounts.principal import Actor, Role
from memo_coach.services.accounts.single_sign_on.configuration import EVERYBODY, Configuration
from memo_coach.services.accounts.single_sign_on.errors import Reason, SingleSignOnRefused
from memo_coach.services.accounts.single_sign_on.person import Person
from memo_coach.services.accounts.user_rows import (
    NewAccount,
    add_user,
    audited,
    refuse_last_administrator,
    target_of,
)
from memo_coach.services.administration.audit import record
from memo_coach.storage.repositories.identities import IdentityRepository
from memo_coach.storage.repositories.one_time_links import OneTimeLinkRepository
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.tables import Identity, User

ACTOR: Final = "single sign-on"


class Admission:
    """Finds and makes accounts within a transaction, as the operator has set it."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    async def account_of(
        self, session: AsyncSession, person: Person, now: datetime, address: str | None
    ) -> User:
        """Return a person's account, with the role that their groups give it.

        Raises:
            SingleSignOnRefused: they have none and get none, or it is disabled.
        """
        self._refuse_other_domains(person)
        identities, users = IdentityRepository(session), UserRepository(session)
        actor = Actor(ACTOR, None, address)
        known = await identities.user_of(person.issuer, person.subject)
        user = None if known is None else await users.lock(known)
        if user is None:
            user = await self._joined_or_made(session, person, now, actor)
            await identities.add(
                Identity(
                    issuer=person.issuer, subject=person.subject, user_id=user.id, made=now, last_used=now
                )
            )
        else:
            await identities.touch(person.issuer, person.subject, now)
        if user.is_disabled:
            raise SingleSignOnRefused(Reason.DISABLED)
        await self._give_role(session, user, person, actor)
        return user

    def _refuse_other_domains(self, person: Person) -> None:
        domains = self._configuration.domains
        if not domains or EVERYBODY in domains:
            return
        if person.email is None:
            raise SingleSignOnRefused(Reason.NOT_VERIFIED)
        if person.email.rpartition("@")[2] not in domains:
            raise SingleSignOnRefused(Reason.NOT_ALLOWED)

    async def _joined_or_made(
        self, session: AsyncSession, person: Person, now: datetime, actor: Actor
    ) -> User:
        if person.email is None:
            raise SingleSignOnRefused(Reason.NOT_VERIFIED)
        users = UserRepository(session)
        found = await users.by_email(person.email)
        user = None if found is None else await users.lock(found.id)
        if user is None:
            if not self._configuration.domains:
                raise SingleSignOnRefused(Reason.NOT_ALLOWED)
            account = NewAccount.checked(person.email, person.name, Role.WRITER)
            try:
                user = await add_user(session, account, now)
            except EmailTaken:  # by the same person, who comes twice at once
                raise SingleSignOnRefused(Reason.STALE) from None
            await record(session, actor, "user.created", target_of(user), after=audited(user))
            return user
        if user.is_disabled:
            raise SingleSignOnRefused(Reason.DISABLED)
        if await IdentityRepository(session).user_of(person.issuer, person.subject) == user.id:
            return user  # the same person has come at the same time in another browser
        if not await self._may_join(session, user):
            raise SingleSignOnRefused(Reason.TAKEN)
        # The invitation was taken up: nobody else is to choose a password by it.
        await OneTimeLinkRepository(session).remove(user.id, *WITH_A_PASSWORD)
        await record(session, actor, "user.joined", target_of(user), after={"issuer": person.issuer})
        return user

    async def _may_join(self, session: AsyncSession, user: User) -> bool:
        if user.is_break_glass or await IdentityRepository(session).has_any(user.id):
            return False
        is_fresh = user.password_hash is None and user.last_sign_in is None
        return is_fresh or self._configuration.joins == "any"

    async def _give_role(self, session: AsyncSession, user: User, person: Person, actor: Actor) -> None:
        if person.administers is None:
            return
        role = Role.ADMINISTRATOR if person.administers else Role.WRITER
        if user.role == role:
            return
        if role is Role.WRITER:
            try:
                await refuse_last_administrator(session, user.id)
            except LastAdministrator:
                return  # the next sign-in after there is another takes it away
        before = {"role": user.role}
        await UserRepository(session).change(user.id, {"role": role.value})
        await record(session, actor, "user.role", target_of(user), before=before, after={"role": role.value})
