"""The tables about evaluations that are shared to be read: links, and what their holders remark."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlmodel import Field

from memo_coach.storage.tables.base import Table, UtcDateTime


class ShareLink(Table, table=True):
    """A link with which anybody may read one evaluation. Its token is kept as a SHA-256 hash alone."""

    __tablename__ = "share_links"
    __table_args__ = (
        ForeignKeyConstraint(["owner"], ["visitors.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["evaluation"], ["evaluations.id"], ondelete="CASCADE"),
        Index(None, "token_sha256", unique=True),
        Index(None, "owner"),
        Index(None, "evaluation"),
        Index(None, "expires"),
    )

    id: str = Field(primary_key=True)
    owner: str
    evaluation: str
    token_sha256: str
    made: datetime = Field(sa_type=UtcDateTime)
    expires: datetime = Field(sa_type=UtcDateTime)


class SharedRemark(Table, table=True):
    """What somebody with a link remarked. It is the owner's to keep, also once the link has gone."""

    __tablename__ = "shared_remarks"
    __table_args__ = (
        ForeignKeyConstraint(["owner"], ["visitors.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["evaluation"], ["evaluations.id"], ondelete="CASCADE"),
        CheckConstraint(
            "(start_position IS NULL AND end_position IS NULL)"
            " OR (start_position >= 0 AND end_position >= start_position)",
            name="span",
        ),
        Index(None, "owner"),
        Index(None, "evaluation"),
    )

    id: str = Field(primary_key=True)
    owner: str
    evaluation: str
    name: str
    """As the holder gives it, or empty: nobody has checked it."""
    start_position: int | None = None
    end_position: int | None = None
    text: str = Field(sa_type=Text)
    made: datetime = Field(sa_type=UtcDateTime)
