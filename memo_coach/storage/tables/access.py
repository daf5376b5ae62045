"""The tables about programs that ask in somebody's name: their tokens, and what they have asked already."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index
from sqlmodel import Field

from memo_coach.storage.tables.base import Table, UtcDateTime


class AccessToken(Table, table=True):
    """With what a program asks in its owner's name. The token is kept as a SHA-256 hash alone."""

    __tablename__ = "access_tokens"
    __table_args__ = (
        ForeignKeyConstraint(["owner"], ["visitors.id"], ondelete="CASCADE"),
        Index(None, "token_sha256", unique=True),
        Index(None, "owner"),
        Index(None, "expires"),
    )

    id: str = Field(primary_key=True)
    owner: str
    name: str
    """As its owner calls it."""
    token_sha256: str
    scopes: str
    """With a space between two, in the order of the scopes."""
    made: datetime = Field(sa_type=UtcDateTime)
    expires: datetime = Field(sa_type=UtcDateTime)
    last_used: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """To the hour: a write for each request would be a write too many."""


class IdempotencyKey(Table, table=True):
    """A request that its sender may repeat. It names what came of it, and has no word of a memo."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        ForeignKeyConstraint(["owner"], ["visitors.id"], ondelete="CASCADE"),
        Index(None, "made"),
    )

    owner: str = Field(primary_key=True)
    key_sha256: str = Field(primary_key=True)
    request_sha256: str
    """Of all that was asked: where it is another, the key was meant for something else."""
    attempt: str
    """Of whoever is at it; another one may take its place where it was cut off."""
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    """``None`` while the first is at it."""
    made: datetime = Field(sa_type=UtcDateTime)
