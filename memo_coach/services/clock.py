"""The clock and the dice of the services, in one place: now, and ids that nobody can guess."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a fresh id of 22 URL-safe characters: 128 random bits."""
    return secrets.token_urlsafe(16)
