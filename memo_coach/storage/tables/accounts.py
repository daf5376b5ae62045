"""The tables of accounts: who they are, their sessions, links that open once, and attempts to sign in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKeyConstraint, Index, false, true
from sqlmodel import Field

from memo_coach.storage.tables.base import Table, UtcDateTime


class User(Table, table=True):
    """An account. What its person writes belongs to ``owner``, a visitor that was made with it.

    Nothing removes that visitor while there is the account: the database refuses it.
    """

    __tablename__ = "users"
    __table_args__ = (
        ForeignKeyConstraint(["owner"], ["visitors.id"]),
        CheckConstraint("role IN ('writer', 'administrator')", name="role"),
        Index(None, "email", unique=True),
        Index(None, "owner", unique=True),
    )

    id: str = Field(primary_key=True)
    owner: str
    email: str
    """In the one form that all writings of an address have."""
    name: str
    role: str
    password_hash: str | None = None
    """``None`` until a link was redeemed, or where another service signs the person in."""
    is_disabled: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    is_break_glass: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether its password opens it also where all others sign in through a provider."""
    created: datetime = Field(sa_type=UtcDateTime)
    last_sign_in: datetime | None = Field(default=None, sa_type=UtcDateTime)
    limits: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    """Limits of their own; ``None`` is the installation's."""


class UserSession(Table, table=True):
    """A browser in which somebody is signed in. Its token is kept as a SHA-256 hash alone."""

    __tablename__ = "user_sessions"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        Index(None, "token_sha256", unique=True),
        Index(None, "user_id"),
        Index(None, "made"),
        Index(None, "last_used"),
    )

    id: str = Field(primary_key=True)
    user_id: str
    token_sha256: str
    made: datetime = Field(sa_type=UtcDateTime)
    last_used: datetime = Field(sa_type=UtcDateTime)
    address: str | None = None
    """Where it was used last; shown to its person alone."""
    agent: str | None = None
    """What the browser calls itself."""
    by_password_alone: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    """Whether nothing but a password was given."""
    confirmed: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its person gave their password once more."""


class OneTimeLink(Table, table=True):
    """What opens once: an invitation, a new password, a second step. Opening it deletes it."""

    __tablename__ = "one_time_links"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        CheckConstraint(
            "purpose IN ('first_administrator', 'invitation', 'reset', 'second_factor')", name="purpose"
        ),
        Index(None, "token_sha256", unique=True),
        Index(None, "user_id", "purpose"),
        Index(None, "expires"),
    )

    id: str = Field(primary_key=True)
    purpose: str
    user_id: str | None = None
    """Whose account it opens; ``None`` for that of the first administrator, which it makes."""
    token_sha256: str
    made: datetime = Field(sa_type=UtcDateTime)
    expires: datetime = Field(sa_type=UtcDateTime)


class SignInAttempts(Table, table=True):
    """How often signing in failed, under one account's address or from one network."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures"), Index(None, "forget"))

    mark: str = Field(primary_key=True)
    """A keyed hash of what was typed as the account, or of the network."""
    place: str = Field(default="", primary_key=True)
    """Of an account: the network that it was signed in to from before, hashed; empty for all others."""
    failures: int
    changed: datetime = Field(sa_type=UtcDateTime)
    blocked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    forget: datetime = Field(sa_type=UtcDateTime)
    """From when on the row says nothing any more."""
