"""Accounts as administrators have them: made, invited, changed, disabled, removed, each in the audit log.

The last administrator who has a way in can be neither demoted nor disabled nor removed.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services import clock
from memo_coach.services.accounts.account_names import checked_email, checked_name
from memo_coach.services.accounts.attempts import Attempts
from memo_coach.services.accounts.errors import AccountUnfit, EmailTaken, LastAdministrator
from memo_coach.services.accounts.mail import Mail, invitation_mail, reset_mail
from memo_coach.services.accounts.one_time_links import Purpose, make_link
from memo_coach.services.accounts.password_hashing import PasswordHashing
from memo_coach.services.accounts.password_rules import check_new_password
from memo_coach.services.accounts.principal import Actor, Role
from memo_coach.services.accounts.removal import AccountRemoval
from memo_coach.services.accounts.views import OneTimeLink, UserLimits, UserPage, UserView
from memo_coach.services.administration.audit import record
from memo_coach.services.clock import new_id
from memo_coach.services.errors import NotFound
from memo_coach.services.unit_of_work import UnitOfWork
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
        hashing: PasswordHashing,
        attempts: Attempts,
        mail: Mail,
        removal: AccountRemoval,
        public_url: str,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._hashing = hashing
        self._attempts = attempts
        self._mail = mail
        self._removal = removal
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
        address = checked_email(email)
        called = checked_name(name, address)
        hashed = None
        if password is not None:
            check_new_password(password, address, called)
            async with self._hashing.turn() as turn:
                hashed = await turn.hash(password)
        async with self._unit_of_work.write(adds=True) as session:
            user = await self._add(session, address, called, role, hashed)
            await record(session, actor, "user.created", _target(user), after=_audited(user))
            return view_of(user)

    async def invite(self, actor: Actor, *, email: str, name: str, role: Role) -> OneTimeLink:
        """Make an account, and a link with which its person chooses a password. It is mailed where that is set up.

        Raises:
            AccountUnfit, EmailTaken, Unavailable: with a sentence.
        """
        address = checked_email(email)
        called = checked_name(name, address)
        async with self._unit_of_work.write(adds=True) as session:
            user = await self._add(session, address, called, role, None)
            link = await make_link(session, Purpose.INVITATION, user.id, self._public_url, self._now())
            await record(session, actor, "user.invited", _target(user), after=_audited(user))
        return await self._mail.send_link(link, invitation_mail(address, link))

    async def list(self, actor: Actor | None = None, query: str = "", cursor: str | None = None) -> UserPage:
        """Return accounts in whose address or name something stands, by their addresses.

        Raises:
            Unavailable: the database cannot be read.
        """
        del actor  # reading is not in the audit log
        async with self._unit_of_work.read() as session:
            rows = await UserRepository(session).page(
                query.strip()[:LONGEST_QUERY], _position_of(cursor), PAGE + 1
            )
        more = len(rows) > PAGE
        users = tuple(view_of(row) for row in rows[:PAGE])
        return UserPage(users, _cursor_of(users[-1].email) if more else None)

    async def get(self, user_id: str) -> UserView:
        """Return an account.

        Raises:
            NotFound: there is none.
            Unavailable: the database cannot be read.
        """
        async with self._unit_of_work.read() as session:
            return view_of(_there(await UserRepository(session).get(user_id)))

    async def by_email(self, email: str) -> UserView:
        """Return the account with an address.

        Raises:
            AccountUnfit, NotFound, Unavailable: with a sentence.
        """
        address = checked_email(email)
        async with self._unit_of_work.read() as session:
            return view_of(_there(await UserRepository(session).by_email(address)))

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

    async def set_disabled(self, actor: Actor, user_id: str, is_disabled: bool) -> UserView:  # noqa: FBT001 - the interface
        """Let nobody in by an account, whose sessions end, or let them in again. What they wrote stays.

        Raises:
            NotFound, LastAdministrator, Unavailable: with a sentence.
        """
        action = "user.disabled" if is_disabled else "user.enabled"
        return await self._change(actor, user_id, action, {"is_disabled": is_disabled})

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
        return await self._change(actor, user_id, "user.limits", {"limits": _stored_limits(limits)})

    async def reset_password(self, actor: Actor, user_id: str) -> OneTimeLink:
        """Make a link with which an account's person chooses another password; it is mailed where that is set up.

        The password that there is stays good until the link is used. Who is to be kept out is disabled, or their
        sessions are ended.

        Raises:
            NotFound, Unavailable: with a sentence.
        """
        async with self._unit_of_work.write() as session:
            user = _there(await UserRepository(session).lock(user_id))
            purpose = Purpose.INVITATION if user.password_hash is None else Purpose.RESET
            link = await make_link(session, purpose, user.id, self._public_url, self._now())
            await record(session, actor, "user.reset", _target(user))
            address = user.email
        return await self._mail.send_link(link, reset_mail(address, link))

    async def unlock(self, actor: Actor, user_id: str) -> None:
        """Forget an account's failed attempts to sign in.

        Raises:
            NotFound, Unavailable: with a sentence.
        """
        async with self._unit_of_work.write() as session:
            user = _there(await UserRepository(session).lock(user_id))
            await record(session, actor, "user.unlocked", _target(user))
            await self._attempts.forget(session, user.email)

    async def end_sessions(self, actor: Actor, user_id: str) -> int:
        """Sign an account out everywhere; count its sessions.

        Raises:
            NotFound, Unavailable: with a sentence.
        """
        async with self._unit_of_work.write() as session:
            user = _there(await UserRepository(session).lock(user_id))
            ended = await UserSessionRepository(session).end_all(user.id)
            await record(session, actor, "user.sessions_ended", _target(user), after={"sessions": ended})
            return ended

    async def remove(self, actor: Actor, user_id: str) -> None:
        """Delete an account with all that its person wrote, for good.

        Raises:
            NotFound, LastAdministrator, Unavailable: with a sentence.
        """
        async with self._unit_of_work.write() as session:
            await refuse_last_administrator(session, user_id)
            user = _there(await UserRepository(session).lock(user_id))
            await record(session, actor, "user.removed", _target(user), before=_audited(user))
            cancelled = await self._removal.remove(session, user)
        await self._removal.begun(cancelled)

    async def _add(
        self, session: AsyncSession, email: str, name: str, role: Role, password_hash: str | None
    ) -> User:
        return await add_user(session, email, name, role, password_hash, self._now())

    async def _change(self, actor: Actor, user_id: str, action: str, values: Mapping[str, Any]) -> UserView:
        async with self._unit_of_work.write() as session:
            users = UserRepository(session)
            if values.get("role") == Role.WRITER or values.get("is_disabled"):
                await refuse_last_administrator(session, user_id)
            user = _there(await users.lock(user_id))
            before = {name: getattr(user, name) for name in values}
            if before != values:
                await users.change(user_id, values)
                await record(session, actor, action, _target(user), before=before, after=values)
            if values.get("is_disabled"):
                await UserSessionRepository(session).end_all(user_id)
            return view_of(User(**{**user.model_dump(), **values}))


async def add_user(
    session: AsyncSession, email: str, name: str, role: Role, password_hash: str | None, now: datetime
) -> User:
    """Add an account, with the visitor that it writes as, to a transaction.

    Raises:
        EmailTaken: there is one with this address.
    """
    user = User(
        id=new_id(),
        owner=new_id(),
        email=email,
        name=name,
        role=role.value,
        password_hash=password_hash,
        created=now,
    )
    if not await UserRepository(session).add(user, now):
        raise EmailTaken
    return user


async def refuse_last_administrator(session: AsyncSession, user_id: str) -> None:
    """Refuse what would leave nobody who can administer.

    Raises:
        LastAdministrator: the account is the only one.
    """
    if await UserRepository(session).lock_administrators() == [user_id]:
        raise LastAdministrator


def view_of(user: User) -> UserView:
    """Return an account as a plain value."""
    limits = user.limits or {}
    return UserView(
        id=user.id,
        owner=user.owner,
        email=user.email,
        name=user.name,
        role=Role(user.role),
        is_disabled=user.is_disabled,
        created=user.created,
        last_sign_in=user.last_sign_in,
        has_password=user.password_hash is not None,
        limits=UserLimits(limits.get("evaluations_a_day"), limits.get("micro_usd_a_day")),
    )


def _stored_limits(limits: UserLimits) -> dict[str, int] | None:
    given = {
        name: value
        for name, value in (
            ("evaluations_a_day", limits.evaluations_a_day),
            ("micro_usd_a_day", limits.micro_usd_a_day),
        )
        if value is not None
    }
    return given or None


def _target(user: User) -> str:
    return f"user:{user.id}"


def _audited(user: User) -> dict[str, Any]:
    return {"email": user.email, "name": user.name, "role": user.role}


def _there(user: User | None) -> User:
    if user is None:
        raise NotFound
    return user


def _cursor_of(email: str) -> str:
    return base64.urlsafe_b64encode(email.encode()).decode()


def _position_of(cursor: str | None) -> str | None:
    if cursor is None or len(cursor) > 2_000:
        return None
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except ValueError:
        return None
