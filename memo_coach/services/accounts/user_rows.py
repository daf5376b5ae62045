"""An account as a row and as a value, and what holds whoever changes one."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from memo_coach.services.accounts.account_names import checked_email, checked_name
from memo_coach.services.accounts.errors import EmailTaken, LastAdministrator
from memo_coach.services.accounts.principal import Role
from memo_coach.services.accounts.views import UserLimits, UserView
from memo_coach.services.clock import new_id
from memo_coach.services.errors import NotFound
from memo_coach.services.usage.own_limits import limits_of
from memo_coach.storage.repositories.users import UserRepository
from memo_coach.storage.tables import User


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account is made of. Made by :meth:`checked`."""

    email: str
    name: str
    role: Role

    @classmethod
    def checked(cls, email: str, name: str, role: Role) -> NewAccount:
        """Bring what was typed into its one form.

        Raises:
            AccountUnfit: it cannot be.
        """
        address = checked_email(email)
        return cls(address, checked_name(name, address), role)


async def add_user(
    session: AsyncSession, account: NewAccount, now: datetime, *, password_hash: str | None = None
) -> User:
    """Add an account, with the visitor that it writes as, to a transaction.

    Raises:
        EmailTaken: there is one with this address.
    """
    user = User(
        id=new_id(),
        owner=new_id(),
        email=account.email,
        name=account.name,
        role=account.role.value,
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


def view_of(user: User, second_factors: tuple[str, ...] = ()) -> UserView:
    """Return an account as a plain value."""
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
        second_factors=second_factors,
        limits=limits_of(user.limits),
    )


def stored_limits(limits: UserLimits) -> dict[str, Any] | None:
    """Return limits as they are kept: what is not limited is not named."""
    kept = {name: value for name, value in asdict(limits).items() if value is not None}
    return {name: list(each) if isinstance(each, tuple) else each for name, each in kept.items()} or None


def target_of(user: User) -> str:
    """Return how the audit log names an account."""
    return f"user:{user.id}"


def audited(user: User) -> dict[str, Any]:
    """Return what the audit log keeps of an account that comes or goes."""
    return {"email": user.email, "name": user.name, "role": user.role}


def there(user: User | None) -> User:
    """Return an account that was looked for.

    Raises:
        NotFound: there is none.
    """
    if user is None:
        raise NotFound
    return user


def cursor_of(email: str) -> str:
    """Return what to ask the accounts behind an address with."""
    return base64.urlsafe_b64encode(email.encode()).decode()


def position_of(cursor: str | None) -> str | None:
    """Return the address behind which a cursor goes on; ``None`` for what is no cursor."""
    if cursor is None or len(cursor) > 2_000:
        return None
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except ValueError:
        return None
