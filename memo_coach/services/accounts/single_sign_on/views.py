"""What the way to the provider and back begins and ends with, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from memo_coach.services.accounts.views import SignedIn

LIFETIME: Final = timedelta(minutes=10)
"""How long somebody may be at the provider."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that was begun."""

    address: str
    """Where the browser goes on to."""
    browser_token: str = field(repr=False)
    """For its cookie."""


@dataclass(frozen=True, slots=True)
class Answer:
    """With what a browser comes back from the provider."""

    state: str | None = None
    code: str | None = field(default=None, repr=False)
    error: str | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """Somebody who is signed in, and where they wanted to go."""

    signed_in: SignedIn
    next_address: str
