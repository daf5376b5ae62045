"""The tables of the documents that administrators change: which version holds, and all versions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlmodel import Field

from memo_coach.storage.tables.base import Table, UtcDateTime


class Document(Table, table=True):
    """A document that was changed here, and the version that holds; the others are as they were shipped."""

    __tablename__ = "documents"

    name: str = Field(primary_key=True)
    """Such as ``prompt`` or ``rubric/decision-memo``."""
    version: int


class DocumentVersion(Table, table=True):
    """One saved version of a document. A version is never changed; the oldest may be removed."""

    __tablename__ = "document_versions"
    __table_args__ = (
        ForeignKeyConstraint(["name"], ["documents.name"], ondelete="CASCADE"),
        CheckConstraint("version >= 0", name="version"),
        Index(None, "digest"),
    )

    name: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    """0 is the text that came with the product when the document was first changed."""
    text: str = Field(sa_type=Text)
    digest: str
    """What evaluations name it by: the first twelve hexadecimal digits of the text's SHA-256."""
    author: str
    """As they were called then."""
    moment: datetime = Field(sa_type=UtcDateTime)
    note: str = ""
    rolled_back_from: int | None = None
    """The version whose text this one has again."""
    is_retired: bool = False
    """Whether, from this version on, the rubric is offered to nobody."""
