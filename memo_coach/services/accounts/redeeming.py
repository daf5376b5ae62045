"""What a link to choose a password opens: an account that there is, or the first administrator's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services.accounts.errors import LinkRefused, NoPasswordsHere
from memo_coach.services.accounts.one_time_links import WITH_A_PASSWORD, Purpose
from memo_coach.services.accounts.principal import Role
from memo_coach.services.accounts.random_tokens import hash_of
from memo_coach.services.accounts.user_rows import NewAccount, add_user
from memo_coach.storage.repositories.access_tokens import AccessTokenRepository
from memo_coach.storage.repositories.one_time_links import OneTimeLinkRepository
from memo_coach.storage.repositories.user_sessions import UserSessionRepository
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.tables import User


async def account_behind(
    session: AsyncSession,
    url_token: str,
    now: datetime,
    *,
    email: str,
    name: str,
    instead: str | None = None,
) -> NewAccount:
    """Return the account that a link opens, without opening it.

    ``email`` and ``name`` are those of the first administrator, who has no account before. ``instead`` is how
    one signs in where nobody chooses a password.

    Raises:
        LinkRefused: it opens nothing.
        NoPasswordsHere: one signs in otherwise.
        AccountUnfit: the first administrator's account cannot be like this.
    """
    link = await OneTimeLinkRepository(session).find(hash_of(url_token) or "", now)
    if link is None or link.purpose not in WITH_A_PASSWORD:
        raise LinkRefused
    if link.user_id is None:
        return NewAccount.checked(email, name, Role.ADMINISTRATOR)
    user = await UserRepository(session).get(link.user_id)
    if user is None or user.is_disabled:
        raise LinkRefused
    refuse_password(user, instead)
    return NewAccount(user.email, user.name, Role(user.role))


async def open_with_password(
    session: AsyncSession,
    url_token: str,
    now: datetime,
    account: NewAccount,
    password_hash: str,
    *,
    is_only_way: bool = False,
) -> User:
    """Open a link within a transaction: its account has the password, and its other ways in end.

    Those are its sessions, its access tokens and its other links: a password is reset where it was lost, or
    where somebody else had it and may have made what outlives it.

    Where others have no passwords (``is_only_way``), the first administrator's account is for emergencies.

    Raises:
        LinkRefused: it opens nothing, or somebody else has just opened it.
        EmailTaken: there is an account with the first administrator's address.
    """
    users, links = UserRepository(session), OneTimeLinkRepository(session)
    await links.lock_those_of_nobody()
    link = await links.open(hash_of(url_token) or "", now)
    if link is None or link.purpose not in WITH_A_PASSWORD:
        raise LinkRefused
    if link.user_id is None:
        await links.remove(None, Purpose.FIRST_ADMINISTRATOR)
        if await users.has_administrator():
            raise LinkRefused
        made = await add_user(session, account, now, password_hash=password_hash)
        if is_only_way:
            await users.change(made.id, {"is_break_glass": True})
        return made
    user = await users.lock(link.user_id)
    if user is None or user.is_disabled:
        raise LinkRefused
    await users.change(user.id, {"password_hash": password_hash})
    await links.remove(user.id, *WITH_A_PASSWORD, Purpose.SECOND_FACTOR)
    await UserSessionRepository(session).end_all(user.id)
    await AccessTokenRepository(session).remove_all_of(user.owner)
    return user


def refuse_password(user: User | None, instead: str | None) -> None:
    """Refuse a password for an account that is signed in to otherwise.

    Raises:
        NoPasswordsHere: it is.
    """
    if instead is not None and user is not None and not user.is_break_glass:
        raise NoPasswordsHere(instead)
