"""The tables about language models: calls and what they cost, what was said, and the chat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field

from memo_coach.storage.tables.base import Table, UtcDateTime


class ModelCall(Table, table=True):
    """One call to a model: what it could cost, and what it cost. It outlives its memo and its owner."""

    __tablename__ = "model_calls"
    __table_args__ = (
        ForeignKeyConstraint(["owner"], ["visitors.id"], ondelete="SET NULL"),
        ForeignKeyConstraint(["evaluation"], ["evaluations.id"], ondelete="SET NULL"),
        CheckConstraint(
            "status IN ('reserved', 'done', 'failed', 'broken', 'stopped', 'lost')", name="status"
        ),
        CheckConstraint("prompt_tokens >= 0 AND completion_tokens >= 0", name="tokens"),
        CheckConstraint("reserved_micro_usd >= 0 AND micro_usd >= 0", name="cost"),
        Index(None, "evaluation", "created"),
        Index(None, "status", "created"),
        Index(None, "day", "status"),
        Index(None, "owner", "day"),
    )

    id: str = Field(primary_key=True)
    owner: str | None = None
    """``None`` for a call of the operator's own (command line, self-test), or of one who is gone."""
    evaluation: str | None = None
    purpose: str
    model: str
    status: str
    """``reserved`` while it runs; ``lost`` where its process died: then it counts with all it could cost."""
    failure: str | None = None
    day: str
    """The day whose budget it is charged to, in UTC, as 2026-05-01."""
    reserved_micro_usd: int = Field(sa_type=BigInteger)
    """Millionths of a US dollar, set aside before the call."""
    micro_usd: int = Field(default=0, sa_type=BigInteger)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: bool = False
    """Whether tokens and cost are our own count, because the provider told none."""
    retries: int = 0
    first_token_seconds: float | None = Field(default=None, sa_type=Float)
    seconds: float | None = Field(default=None, sa_type=Float)
    created: datetime = Field(sa_type=UtcDateTime)
    settled: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ModelCallText(Table, table=True):
    """What was said in one call, word for word; kept where that is switched on, as long as its evaluation."""

    __tablename__ = "model_call_texts"
    __table_args__ = (
        ForeignKeyConstraint(["call"], ["model_calls.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["evaluation"], ["evaluations.id"], ondelete="CASCADE"),
        Index(None, "evaluation"),
    )

    call: str = Field(primary_key=True)
    evaluation: str
    prompt: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    response: str = Field(default="", sa_type=Text)


class Spending(Table, table=True):
    """What the installation spends on models in a day, and what is set aside for calls under way."""

    __tablename__ = "spending"
    __table_args__ = (CheckConstraint("reserved_micro_usd >= 0 AND spent_micro_usd >= 0", name="amounts"),)

    day: str = Field(primary_key=True)
    reserved_micro_usd: int = Field(default=0, sa_type=BigInteger)
    spent_micro_usd: int = Field(default=0, sa_type=BigInteger)


class ModelUse(Table, table=True):
    """Somebody had a model judge a memo or answer a question: what limits for persons and addresses count."""

    __tablename__ = "model_uses"
    __table_args__ = (
        ForeignKeyConstraint(["owner"], ["visitors.id"], ondelete="CASCADE"),
        Index(None, "owner", "created"),
        Index(None, "address", "created"),
    )

    id: str = Field(primary_key=True)
    owner: str
    address: str | None = None
    """A keyed hash."""
    purpose: str
    created: datetime = Field(sa_type=UtcDateTime)


class ChatMessage(Table, table=True):
    """One message of the conversation about an evaluation."""

    __tablename__ = "chat_messages"
    __table_args__ = (
        ForeignKeyConstraint(["owner"], ["visitors.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["evaluation"], ["evaluations.id"], ondelete="CASCADE"),
        CheckConstraint("role IN ('person', 'coach')", name="role"),
        CheckConstraint("status IN ('streaming', 'done', 'stopped', 'failed')", name="status"),
        UniqueConstraint("evaluation", "position"),
        Index(None, "owner"),
    )

    id: str = Field(primary_key=True)
    owner: str
    evaluation: str
    position: int
    """Counts the messages of an evaluation, from 0."""
    role: str
    text: str = Field(sa_type=Text)
    about: str | None = None
    """The id of the comment that a question is about."""
    status: str
    coach: str | None = None
    model: str | None = None
    fallback_from: str | None = None
    notice: str | None = None
    """A sentence on how the answer came about: a limit, a model that failed, what was left out."""
    created: datetime = Field(sa_type=UtcDateTime)
    changed: datetime = Field(sa_type=UtcDateTime)
    """While it streams, when text was last stored: one that stands still for long was cut off."""
