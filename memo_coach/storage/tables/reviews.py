"""The tables about what a writer makes of remarks: marks, muted kinds, words of a glossary."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlmodel import Field

from memo_coach.storage.tables.base import Table, UtcDateTime


class RemarkMark(Table, table=True):
    """What a writer made of one remark on a memo; it holds for later versions, in which the remark may be."""

    __tablename__ = "remark_marks"
    __table_args__ = (
        ForeignKeyConstraint(["owner"], ["visitors.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["memo"], ["memos.id"], ondelete="CASCADE"),
        CheckConstraint("state IN ('done', 'declined')", name="state"),
        CheckConstraint("version >= 1", name="version"),
        Index(None, "owner"),
    )

    memo: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    """Of the remark, the same in every version that has it."""
    owner: str
    says: str
    """What the remark says, ``passage`` what it quoted, ``is_only`` whether no other said the same: it is
    known by these where the passage changed."""
    passage: str = Field(sa_type=Text)
    is_only: bool
    state: str
    reason: str = Field(default="", sa_type=Text)
    version: int
    """The version of the memo that it was marked on."""
    marked: datetime = Field(sa_type=UtcDateTime)


class MutedRemark(Table, table=True):
    """A kind of remark that a writer does not want to see: a finding, or a criterion of a model's remarks."""

    __tablename__ = "muted_remarks"
    __table_args__ = (ForeignKeyConstraint(["owner"], ["visitors.id"], ondelete="CASCADE"),)

    owner: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)


class GlossaryWord(Table, table=True):
    """A word that a writer's readers know, as it was written."""

    __tablename__ = "glossary_words"
    __table_args__ = (ForeignKeyConstraint(["owner"], ["visitors.id"], ondelete="CASCADE"),)

    owner: str = Field(primary_key=True)
    word: str = Field(primary_key=True)
