"""The tables. Only types and constraints that SQLite and Postgres share.

Every time is stored and returned in UTC with its time zone. Whatever belongs to a memo goes when it goes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Text,
    TypeDecorator,
)
from sqlmodel import Field, SQLModel

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware on the way in, UTC and aware on the way out, also where the database drops the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn a moment into UTC.

        Raises:
            ValueError: the moment has no time zone, so nobody knows when it was.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment its time zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(SQLModel):
    """What the tables share: one metadata, apart from any other SQLModel table in the process."""

    metadata: ClassVar[MetaData] = metadata


class Visitor(Table, table=True):
    """A browser that wrote something. ``id`` is a SHA-256 hash of its token; the token itself is not kept."""

    __tablename__ = "visitors"

    id: str = Field(primary_key=True)
    created: datetime = Field(sa_type=UtcDateTime)
    last_seen: datetime = Field(sa_type=UtcDateTime)


class InstallationSecret(Table, table=True):
    """A random value that this installation made for itself and that all its processes share."""

    __tablename__ = "installation_secrets"

    name: str = Field(primary_key=True)
    value: str


class Memo(Table, table=True):
    """A memo with the draft that its writer is working on, where there is one."""

    __tablename__ = "memos"
    __table_args__ = (
        ForeignKeyConstraint(["owner"], ["visitors.id"], ondelete="CASCADE"),
        CheckConstraint("draft_revision >= 0", name="draft_revision"),
        Index(None, "owner", "changed"),
    )

    id: str = Field(primary_key=True)
    owner: str
    title: str
    language: str
    """``title``, ``language`` and ``words`` are those of the newest text, draft or version."""
    words: int
    created: datetime = Field(sa_type=UtcDateTime)
    changed: datetime = Field(sa_type=UtcDateTime)
    draft_text: str | None = Field(default=None, sa_type=Text)
    """``None`` where all that was written is submitted."""
    draft_rubric: str
    draft_revision: int = 0
    draft_saved: datetime | None = Field(default=None, sa_type=UtcDateTime)
    draft_set_aside: bool = False
    """The writer began another memo; this draft is kept but no longer opened by itself."""


class MemoVersion(Table, table=True):
    """A text as it was submitted. Never changed afterwards."""

    __tablename__ = "memo_versions"
    __table_args__ = (
        ForeignKeyConstraint(["memo"], ["memos.id"], ondelete="CASCADE"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("words >= 0", name="words"),
    )

    memo: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    text: str = Field(sa_type=Text)
    text_sha256: str
    words: int
    language: str
    created: datetime = Field(sa_type=UtcDateTime)


class Evaluation(Table, table=True):
    """An evaluation, which is a job until it is finished.

    ``attempt`` counts the workers that took it and guards every write of a worker: one whose attempt is no
    longer the current one changes nothing. ``failures`` counts the attempts that ended badly. ``lease_until``
    is, while it runs, when its worker counts as dead, and while it is queued, before when it is not to be
    taken.
    """

    __tablename__ = "evaluations"
    __table_args__ = (
        ForeignKeyConstraint(["owner"], ["visitors.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["memo", "version"], ["memo_versions.memo", "memo_versions.number"], ondelete="CASCADE"
        ),
        CheckConstraint("status IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="status"),
        CheckConstraint("score >= 1.0 AND score <= 5.0", name="score"),
        CheckConstraint("done_steps >= 0 AND done_steps <= total_steps", name="steps"),
        CheckConstraint("attempt >= 0 AND failures >= 0", name="attempts"),
        CheckConstraint("(finished IS NULL) = (status IN ('queued', 'running'))", name="finished"),
        Index(None, "memo", "created"),
        Index(None, "owner", "status"),
        Index(None, "status", "lease_until"),
    )

    id: str = Field(primary_key=True)
    owner: str
    memo: str
    version: int
    rubric: str
    rubric_version: str
    coach: str
    status: str
    attempt: int = 0
    failures: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    worker: str | None = None
    changes: int = 0
    """Counts the changes that a follower can see, so that it reads everything only where there is news."""
    done_steps: int = 0
    total_steps: int = 0
    overall: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    score: float | None = Field(default=None, sa_type=Float)
    seconds: float | None = Field(default=None, sa_type=Float)
    error: str | None = None
    created: datetime = Field(sa_type=UtcDateTime)
    finished: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CriterionRow(Table, table=True):
    """The score of one criterion in one evaluation."""

    __tablename__ = "criterion_scores"
    __table_args__ = (
        ForeignKeyConstraint(["evaluation"], ["evaluations.id"], ondelete="CASCADE"),
        CheckConstraint("score >= 1.0 AND score <= 5.0", name="score"),
    )

    evaluation: str = Field(primary_key=True)
    criterion: str = Field(primary_key=True)
    position: int
    name: str
    weight: float
    effective_weight: float
    score: float | None = None
    justification: str = Field(sa_type=Text)
    evidence: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))


class CommentRow(Table, table=True):
    """One comment of one evaluation. ``start``, ``end`` and ``quote`` are all there or all absent."""

    __tablename__ = "comments"
    __table_args__ = (
        ForeignKeyConstraint(["evaluation"], ["evaluations.id"], ondelete="CASCADE"),
        CheckConstraint("kind IN ('strength', 'opportunity')", name="kind"),
        CheckConstraint(
            "(start_position IS NULL AND end_position IS NULL AND quote IS NULL)"
            " OR (start_position >= 0 AND end_position >= start_position AND quote IS NOT NULL)",
            name="span",
        ),
    )

    evaluation: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    criterion: str
    kind: str
    start_position: int | None = None
    end_position: int | None = None
    quote: str | None = Field(default=None, sa_type=Text)
    comment: str = Field(sa_type=Text)
    questions: list[str] = Field(sa_column=Column(JSON, nullable=False))
    suggestion: str | None = Field(default=None, sa_type=Text)
    finding: str = ""
    rank: int = 0
    priority: float = 0.0
