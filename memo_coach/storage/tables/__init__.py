"""The tables of memos and evaluations, and all others by their names. What belongs to a memo goes with it.

Only types and constraints that SQLite and Postgres share. Every time is in UTC with its time zone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Float, ForeignKeyConstraint, Index, Text, false, text
from sqlmodel import Field

from memo_coach.storage.tables.access import AccessToken, IdempotencyKey
from memo_coach.storage.tables.accounts import OneTimeLink, SignInAttempts, User, UserSession
from memo_coach.storage.tables.administration import AuditEntry
from memo_coach.storage.tables.base import Table, UtcDateTime, metadata
from memo_coach.storage.tables.data import Deletion, ImportedMemo, Preferences
from memo_coach.storage.tables.documents import Document, DocumentVersion
from memo_coach.storage.tables.models import ChatMessage, ModelCall, ModelCallText, ModelUse, Spending
from memo_coach.storage.tables.processes import LeaseRow
from memo_coach.storage.tables.reviews import GlossaryWord, MutedRemark, RemarkMark
from memo_coach.storage.tables.second_factors import PasskeyChallenge, RecoveryCode, SecondFactor
from memo_coach.storage.tables.sharing import SharedRemark, ShareLink
from memo_coach.storage.tables.single_sign_on import Identity, SignInFlow
from memo_coach.storage.tables.webhooks import Webhook, WebhookDelivery

__all__ = [
    "AccessToken",
    "AuditEntry",
    "ChatMessage",
    "CommentRow",
    "CriterionRow",
    "Deletion",
    "Document",
    "DocumentVersion",
    "Evaluation",
    "GlossaryWord",
    "IdempotencyKey",
    "Identity",
    "ImportedMemo",
    "InstallationSecret",
    "LeaseRow",
    "Memo",
    "MemoVersion",
    "ModelCall",
    "ModelCallText",
    "ModelUse",
    "MutedRemark",
    "OneTimeLink",
    "PasskeyChallenge",
    "Preferences",
    "RecoveryCode",
    "RemarkMark",
    "SecondFactor",
    "ShareLink",
    "SharedRemark",
    "SignInAttempts",
    "SignInFlow",
    "Spending",
    "Table",
    "User",
    "UserSession",
    "UtcDateTime",
    "Visitor",
    "Webhook",
    "WebhookDelivery",
    "metadata",
]

SCORED = "status = 'done' AND score IS NOT NULL AND (judged_by = 'builtin' OR cache_key IS NOT NULL)"
"""Of an evaluation: it ended with a score that one coach alone gave, so it can be compared."""


class Visitor(Table, table=True):
    """A browser that wrote something. ``id`` is a SHA-256 hash of its token; the token itself is not kept."""

    __tablename__ = "visitors"
    __table_args__ = (Index(None, "last_seen"),)

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
    """The writer began another memo; this one is kept but no longer opened by itself."""


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
        Index(None, "owner", "cache_key"),
        Index(None, "status", "lease_until"),
        # All that usage day by day reads.
        Index(
            "ix_evaluations_usage", "created", "status", "judged_by", "cached", "seconds", "owner"
        ),
        # All that a look at somebody's scores reads: their rows carry whole judgements.
        Index(
            "ix_evaluations_scores", "owner", "rubric", "rubric_version", "judged_by", "model", "memo",
            "version", "created", "score", "id", sqlite_where=text(SCORED), postgresql_where=text(SCORED),
        ),
    )  # fmt: skip

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
    address: str | None = None
    """A keyed hash of the address that it was asked from, for limits and shares; none once it has ended."""
    characters: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Of the text."""
    due: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """What is due first is taken first; ``None`` is as ``created``."""
    removed_characters: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Characters that nobody can see and that were taken out of the text as it was handed in."""
    judged_by: str | None = None
    """The kind of coach that judged in the end; ``coach`` is the one that was asked."""
    model: str | None = None
    fallback_from: str | None = None
    cached: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    prompt_version: str | None = None
    cache_key: str | None = None
    """What the answer was made from, hashed; only where a model gave the whole of it."""
    second_opinion: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    """The built-in coach's reading of the same text, where a model was asked."""


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
    coach: str = Field(default="builtin", sa_column_kwargs={"server_default": "builtin"})


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
    element: str | None = None
    claim: str | None = None
    confidence: float | None = None
