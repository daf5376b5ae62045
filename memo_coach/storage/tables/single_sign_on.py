"""The tables of single sign-on: who an account is at a provider, and sign-ins that have begun."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from memo_coach.storage.tables.base import Table, UtcDateTime


class Identity(Table, table=True):
    """By which subject a provider knows an account's person. An address may change, a subject does not."""

    __tablename__ = "identities"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        Index(None, "user_id"),
    )

    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    user_id: str
    made: datetime = Field(sa_type=UtcDateTime)
    last_used: datetime = Field(sa_type=UtcDateTime)


class SignInFlow(Table, table=True):
    """A sign-in that somebody has begun at the provider. Coming back from there deletes it.

    It holds nothing with which it could be finished: the secrets are the browser's.
    """

    __tablename__ = "sign_in_flows"
    __table_args__ = (Index(None, "expires"),)

    state_sha256: str = Field(primary_key=True)
    browser_sha256: str
    """The hash of the token in the browser's cookie: no other browser can finish it."""
    next_address: str
    expires: datetime = Field(sa_type=UtcDateTime)
