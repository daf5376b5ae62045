"""Second factors as plain values for pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from memo_coach.services.accounts.notices import AccountEvent


class Kind(StrEnum):
    """What a second factor is."""

    AUTHENTICATOR = "authenticator"
    PASSKEY = "passkey"


class CodeKind(StrEnum):
    """What a code is that opens an account as second factor."""

    OF_APP = "of_app"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class FactorView:
    """One second factor of an account."""

    id: str
    kind: Kind
    name: str
    """Empty where none was given."""
    made: datetime
    last_used: datetime | None


@dataclass(frozen=True, slots=True)
class OwnFactorsView:
    """What one signs in with, and what may be changed about it at this moment."""

    factors: tuple[FactorView, ...]
    recovery_codes: int
    """Those that were not used."""
    is_confirmed: bool
    """Whether it was shown of late who one is: only then anything is changed."""
    has_password: bool
    is_demanded: bool
    """Whether a second factor is asked of the account."""
    can_add_passkey: bool
    events: tuple[AccountEvent, ...] = ()
    """What happened to the ways into the account, the newest first."""


@dataclass(frozen=True, slots=True)
class AuthenticatorSetup:
    """What an app has to know: it is shown to nobody else, and not again once it was used."""

    secret: str = field(repr=False)
    """In groups of four, to be typed."""
    picture: str = field(repr=False)
    """The same as an SVG element, to be photographed."""


@dataclass(frozen=True, slots=True)
class StepView:
    """What somebody who has given the right password is asked for."""

    email: str
    kinds: tuple[Kind, ...]
    """Empty where the account has no second factor yet, and has to set one up."""
    can_use_passkeys: bool
