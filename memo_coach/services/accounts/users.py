"""Accounts as administrators have them: made, invited, changed, disabled, removed, each in the audit log.

The last administrator who has a way in can be neither demoted nor disabled nor removed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from memo_coach.services import clock
from memo_coach.services.accounts.account_names import checked_email, checked_name
from memo_coach.services.accounts.attempts import Attempts
from memo_coach.services.accounts.errors import AccountUnfit
from memo_coach.services.accounts.mail import Mail, invitation_mail, reset_mail
from memo_coach.services.accounts.notices import AccountNotices
from memo_coach.services.accounts.one_time_links import Purpose, make_link
from memo_coach.services.accounts.password_check import PasswordCheck
from memo_coach.services.accounts.password_rules import check_new_password
from memo_coach.services.accounts.principal import Actor, Principal, Role
from memo_coach.services.accounts.removal import AccountRemoval
from memo_coach.services.accounts.user_rows import (
    NewAccount,
    add_user,
    audited,
    cursor_of,
    position_of,
    refuse_last_administrator,
    stored_limits,
    target_of,
    there,
    view_of,
)
from memo_coach.services.accounts.views import OneTimeLink, UserLimits, UserPage, UserView
from memo_coach.services.administration.audit import record
from memo_coach.services.unit_of_work import UnitOfWork
from memo_coach.storage.repositories.one_time_links import OneTimeLinkRepository
from memo_coach.storage.repositories.second_factors import SecondFactorRepository
from memo_coach.storage.repositories.user_sessions import UserSessionRepository
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.tables import User
from memo_coach.translations import number, text

PAGE: Final = 50
LONGEST_QUERY: Final = 200
MOST_EVALUATIONS_A_DAY: Final = 100_000
MOST_MICRO_USD_A_DAY: Final = 1_000_000_000_000


class UserService:
    """The accounts of the installation."""

    def __init__(
        self,
        unit_of_work: UnitOfWork,
        *,
        check: PasswordCheck,
        attempts: Attempts,
        mail: Mail,
        removal: AccountRemoval,
        notices: AccountNotices,
        public_url: str,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._check = check
        self._attempts = attempts
        self._mail = mail
        self._removal = removal
        self._notices = notices
        self._public_url = public_url
        self._now = now or clock.now

    @property
    def can_mail(self) -> bool:
        """Whether links are sent; where not, they are given to the administrator to copy."""
        return self._mail.is_configured

    async def create(
        self, actor: Actor, *, email: str, name: str, role: Role, password: str | None = None
    ) -> UserView:
        """Make an account; without a password it can be signed in to by a link only.

        Raises:
            AccountUnfit, EmailTaken, PasswordRefused, Unavailable: with a sentence.
        """
        account, hashed = NewAccount.checked(email, name, role), None
        if password is not None:
            check_new_password(password, account.email, account.name)
            hashed = await self._check.hashed(password)
        async with self._unit_of_work.write(adds=True) as session:
            user = await add_user(session, account, self._now(), password_hash=hashed)
            await record(session, actor, "user.created", target_of(user), after=audited(user))
            return view_of(user)

    async def invite(self, actor: Actor, *, email: str, name: str, role: Role) -> OneTimeLink:
        """Make an account, and a link with which its person chooses a password, mailed where that is set up.

        Raises:
            AccountUnfit, EmailTaken, Unavailable: with a sentence.
        """
        account = NewAccount.checked(email, name, role)
        async with self._unit_of_work.write(adds=True) as session:
            user = await add_user(session, account, self._now())
            link = await make_link(session, Purpose.INVITATION, user.id, self._public_url, self._now())
            await record(session, actor, "user.invited", target_of(user), after=audited(user))
        return await self._mail.send_link(link, invitation_mail(account.email, link))

    async def list(self, actor: Actor | None = None, query: str = "", cursor: str | None = None) -> UserPage:
        """Return accounts in whose address or name something stands, by their addresses.

        Raises:
            Unavailable: the database cannot be read.
        """
        del actor  # reading is not in the audit log
        async with self._unit_of_work.read() as session:
            rows = await UserRepository(session).page(
                query.strip()[:LONGEST_QUERY], position_of(cursor), PAGE + 1
            )
            kinds = await SecondFactorRepository(session).kinds_of([row.id for row in rows])
        more = len(rows) > PAGE
        users = tuple(view_of(row, kinds.get(row.id, ())) for row in rows[:PAGE])
        return UserPage(users, cursor_of(users[-1].email) if more else None)

    async def get(self, user_id: str) -> UserView:
        """Return an account.

        Raises:
            NotFound: there is none.
            Unavailable: the database cannot be read.
        """
        async with self._unit_of_work.read() as session:
            return view_of(there(await UserRepository(session).get(user_id)))

    async def by_email(self, email: str) -> UserView:
        """Return the account with an address.

        Raises:
            AccountUnfit, NotFound, Unavailable: with a sentence.
        """
        address = checked_email(email)
        async with self._unit_of_work.read() as session:
            return view_of(there(await UserRepository(session).by_email(address)))

    async def by_owner(self, owner: str) -> UserView | None:
        """Return the account whose writing is an owner's; ``None`` for a browser's visitor.

        Raises:
            Unavailable: the database cannot be read.
        """
        async with self._unit_of_work.read() as session:
            user = await UserRepository(session).by_owner(owner)
        return None if user is None else view_of(user)

    async def set_role(self, actor: Actor, user_id: str, role: Role) -> UserView:
        """Let an account administer, or no longer.

        Raises:
            NotFound, LastAdministrator, Unavailable: with a sentence.
        """
        return await self._change(actor, user_id, "user.role", {"role": role.value})

    async def set_disabled(self, actor: Actor, user_id: str, is_disabled: bool) -> UserView:
        """Let nobody in by an account, whose sessions end, or let them in again. What they wrote stays.

        Raises:
            NotFound, LastAdministrator, Unavailable: with a sentence.
        """
        action = "user.disabled" if is_disabled else "user.enabled"
        return await self._change(actor, user_id, action, {"is_disabled": is_disabled})

    async def set_break_glass(self, actor: Actor, user_id: str, is_break_glass: bool) -> UserView:
        """Let an account's password open it also where all others sign in through a provider, or no longer.

        Raises:
            NotFound, Unavailable: with a sentence.
        """
        return await self._change(actor, user_id, "user.break_glass", {"is_break_glass": is_break_glass})

    async def rename(self, actor: Actor, user_id: str, name: str) -> UserView:
        """Call an account's person otherwise.

        Raises:
            AccountUnfit, NotFound, Unavailable: with a sentence.
        """
        user = await self.get(user_id)
        return await self._change(actor, user_id, "user.renamed", {"name": checked_name(name, user.email)})

    async def set_limits(self, actor: Actor, user_id: str, limits: UserLimits) -> UserView:
        """Give an account limits of its own.

        Raises:
            AccountUnfit, NotFound, Unavailable: with a sentence.
        """
        for value, most in (
            (limits.evaluations_a_day, MOST_EVALUATIONS_A_DAY),
            (limits.micro_usd_a_day, MOST_MICRO_USD_A_DAY),
        ):
            if value is not None and not 0 <= value <= most:
                raise AccountUnfit(text("accounts.limit_unfit", most=number(most)))
        return await self._change(actor, user_id, "user.limits", {"limits": stored_limits(limits)})

    async def reset_password(self, actor: Actor, user_id: str) -> OneTimeLink:
        """Make a link with which a person chooses another password, mailed where that is set up.

        The password that there is stays good until the link is used. Who is to be kept out is disabled, or
        their sessions are ended.

        Raises:
            NotFound, Unavailable: with a sentence.
        """
        async with self._unit_of_work.write() as session:
            user = there(await UserRepository(session).lock(user_id))
            purpose = Purpose.INVITATION if user.password_hash is None else Purpose.RESET
            link = await make_link(session, purpose, user.id, self._public_url, self._now())
            await record(session, actor, "user.reset", target_of(user))
            letter = (invitation_mail if user.password_hash is None else reset_mail)(user.email, link)
        return await self._mail.send_link(link, letter)

    async def unlock(self, actor: Actor, user_id: str) -> None:
        """Forget an account's failed attempts to sign in.

        Raises:
            NotFound, Unavailable: with a sentence.
        """
        async with self._unit_of_work.write() as session:
            user = there(await UserRepository(session).lock(user_id))
            await record(session, actor, "user.unlocked", target_of(user))
            await self._attempts.forget(session, user.email)

    async def remove_second_factors(self, actor: Actor, user_id: str) -> None:
        """Remove an account's second factors and recovery codes, for who has lost theirs; its sessions end.

        Raises:
            NotFound, Unavailable: with a sentence.
        """
        async with self._unit_of_work.write() as session:
            user, factors = (
                there(await UserRepository(session).lock(user_id)),
                SecondFactorRepository(session),
            )
            kinds = (await factors.kinds_of([user_id])).get(user_id, ())
            await factors.remove_all(user_id)
            await OneTimeLinkRepository(session).remove(user_id, Purpose.SECOND_FACTOR)
            await UserSessionRepository(session).end_all(user_id)
            before = {"second_factors": list(kinds)}
            action = "user.second_factors_removed"
            await record(session, actor, action, target_of(user), before=before)
        self._notices.tell(user.email, action, address=actor.address)

    async def end_sessions(self, actor: Actor, user_id: str) -> int:
        """Sign an account out everywhere; count its sessions.

        Raises:
            NotFound, Unavailable: with a sentence.
        """
        async with self._unit_of_work.write() as session:
            user = there(await UserRepository(session).lock(user_id))
            ended = await UserSessionRepository(session).end_all(user.id)
            await record(session, actor, "user.sessions_ended", target_of(user), after={"sessions": ended})
            return ended

    async def remove(self, actor: Actor, user_id: str) -> None:
        """Delete an account with all that its person wrote, for good.

        Raises:
            NotFound, LastAdministrator, Unavailable: with a sentence.
        """
        async with self._unit_of_work.write() as session:
            await refuse_last_administrator(session, user_id)
            user = there(await UserRepository(session).lock(user_id))
            await record(session, actor, "user.removed", target_of(user), before=audited(user))
            cancelled = await self._removal.remove(session, user)
        await self._removal.begun(cancelled)

    async def remove_own(self, principal: Principal, password: str, *, address: str | None = None) -> None:
        """Delete the account of who asks, with all that they wrote, for good. They give their password again.

        Raises:
            WrongPassword: it is not theirs.
            LastAdministrator, TooManyAttempts, Unavailable: with a sentence.
        """
        user = await self._check.confirm(principal, password, address=address)
        await self.remove(Actor(user.name, user.id, address), user.id)

    async def _change(self, actor: Actor, user_id: str, action: str, values: Mapping[str, Any]) -> UserView:
        async with self._unit_of_work.write() as session:
            users = UserRepository(session)
            if values.get("role") == Role.WRITER or values.get("is_disabled"):
                await refuse_last_administrator(session, user_id)
            user = there(await users.lock(user_id))
            before = {name: getattr(user, name) for name in values}
            if before != values:
                await users.change(user_id, values)
                await record(session, actor, action, target_of(user), before=before, after=values)
            if values.get("is_disabled"):
                await UserSessionRepository(session).end_all(user_id)
            return view_of(User(**{**user.model_dump(), **values}))
