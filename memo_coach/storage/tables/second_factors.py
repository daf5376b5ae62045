"""The tables of second factors: authenticator apps and passkeys, recovery codes, and challenges to answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field

from memo_coach.storage.tables.base import Table, UtcDateTime


class SecondFactor(Table, table=True):
    """An authenticator app or a passkey of an account."""

    __tablename__ = "second_factors"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        CheckConstraint("kind IN ('authenticator', 'passkey')", name="kind"),
        CheckConstraint(
            "(kind = 'authenticator' AND secret IS NOT NULL)"
            " OR (kind = 'passkey' AND credential IS NOT NULL AND public_key IS NOT NULL)",
            name="complete",
        ),
        Index(None, "user_id"),
        Index(None, "credential", unique=True),
    )

    id: str = Field(primary_key=True)
    user_id: str
    kind: str
    name: str
    made: datetime = Field(sa_type=UtcDateTime)
    last_used: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_confirmed: bool
    """Whether it was used once: an app that was not is none yet."""
    secret: str | None = None
    """Of an app, encrypted."""
    last_step: int | None = None
    """The newest half minute of which an app's code was taken: none is taken twice."""
    credential: str | None = None
    """What a passkey is called by its device, in base64url."""
    public_key: str | None = None
    sign_count: int = Field(default=0, sa_type=BigInteger)
    """How often a passkey says it was used; a copy of it falls behind."""


class RecoveryCode(Table, table=True):
    """What opens an account once in place of a second factor. Kept as a keyed hash alone."""

    __tablename__ = "recovery_codes"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        Index(None, "user_id"),
    )

    mark: str = Field(primary_key=True)
    user_id: str


class PasskeyChallenge(Table, table=True):
    """What a passkey has to sign, once and soon. Answering it deletes it."""

    __tablename__ = "passkey_challenges"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        CheckConstraint("purpose IN ('register', 'second_step', 'sign_in')", name="purpose"),
        Index(None, "user_id"),
        Index(None, "expires"),
    )

    challenge_sha256: str = Field(primary_key=True)
    purpose: str
    user_id: str | None = None
    """Whose passkey has to sign it; ``None`` where the passkey tells who it is."""
    expires: datetime = Field(sa_type=UtcDateTime)
