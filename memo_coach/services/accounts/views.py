"""Accounts, sessions and links as plain values for pages, API and command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from memo_coach.services.accounts.principal import Principal, Role


@dataclass(frozen=True, slots=True)
class UserLimits:
    """Limits of one account's own; ``None`` is what holds for everybody."""

    evaluations_a_day: int | None = None
    micro_usd_a_day: int | None = None
    """Millionths of a US dollar that calls to models may cost."""
    models: tuple[str, ...] | None = None
    """Those of the configured models that it may use; empty for none."""


@dataclass(frozen=True, slots=True)
class UserView:
    """An account."""

    id: str
    owner: str
    email: str
    name: str
    role: Role
    is_disabled: bool
    created: datetime
    last_sign_in: datetime | None
    has_password: bool
    second_factors: tuple[str, ...] = ()
    limits: UserLimits = field(default_factory=UserLimits)


@dataclass(frozen=True, slots=True)
class UserPage:
    """Some accounts, in the order of their addresses."""

    users: tuple[UserView, ...]
    next_cursor: str | None
    """What to ask the following ones with; ``None`` where these are the last."""


@dataclass(frozen=True, slots=True)
class OneTimeLink:
    """A link that opens once. It is in nobody's hands but those of who asked for it."""

    url_token: str = field(repr=False)
    expires: datetime
    url: str = field(default="", repr=False)
    """The whole address, to be copied or mailed."""
    is_mailed: bool = False
    """Whether it was sent to the account's address."""
    user: str | None = None
    """The id of the account."""


@dataclass(frozen=True, slots=True)
class LinkView:
    """What somebody who holds a one-time link is asked for."""

    email: str | None
    """The account's; ``None`` where there is none yet, and the first administrator makes theirs."""
    is_reset: bool = False
    """Whether the account had a password before."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody is signed in: their browser gets the token, which is stored nowhere."""

    token: str = field(repr=False)
    principal: Principal


@dataclass(frozen=True, slots=True)
class SecondFactorNeeded:
    """The password was right, and is not enough."""

    ticket: str = field(repr=False)
    """With it the second step is made, within five minutes."""
    factors: tuple[str, ...] = ()
    """Their kinds; empty where one is asked of the account and it has none: it is set up first."""


@dataclass(frozen=True, slots=True)
class SessionView:
    """A browser in which somebody is signed in."""

    id: str
    made: datetime
    last_used: datetime
    address: str
    agent: str
    is_this: bool
