"""The tables about a writer's data as a whole: choices, what is being deleted, what was imported."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from memo_coach.storage.tables.base import Table, UtcDateTime


class Preferences(Table, table=True):
    """What a writer starts with where they choose nothing; ``None`` is the installation's own choice."""

    __tablename__ = "preferences"
    __table_args__ = (ForeignKeyConstraint(["owner"], ["visitors.id"], ondelete="CASCADE"),)

    owner: str = Field(primary_key=True)
    rubric: str | None = None
    coach: str | None = None
    changed: datetime = Field(sa_type=UtcDateTime)


class Deletion(Table, table=True):
    """Something that its owner deleted and may still ask back.

    ``id`` is the id of a visitor that no browser can be: what was deleted is its own until ``due``, so nobody
    sees it, and then goes with it.
    """

    __tablename__ = "deletions"
    __table_args__ = (
        ForeignKeyConstraint(["id"], ["visitors.id"], ondelete="CASCADE"),
        Index(None, "due"),
    )

    id: str = Field(primary_key=True)
    owner: str
    """Whose it was. It refers to nothing: were that visitor gone, this has to go all the same."""
    due: datetime = Field(sa_type=UtcDateTime)


class ImportedMemo(Table, table=True):
    """From what an imported memo was made, hashed: the same is not imported twice."""

    __tablename__ = "imported_memos"
    __table_args__ = (
        ForeignKeyConstraint(["memo"], ["memos.id"], ondelete="CASCADE"),
        Index(None, "source_sha256"),
    )

    memo: str = Field(primary_key=True)
    source_sha256: str
    imported: datetime = Field(sa_type=UtcDateTime)
