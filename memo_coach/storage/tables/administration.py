"""The tables of those who run the installation: what was done, by whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field

from memo_coach.storage.tables.base import Table, UtcDateTime


class AuditEntry(Table, table=True):
    """One administrative action. The database itself refuses to change or delete a row.

    It refers to nothing, so that it outlives whatever it is about.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "moment"), Index(None, "action", "moment"), Index(None, "target", "moment"))

    id: str = Field(primary_key=True)
    moment: datetime = Field(sa_type=UtcDateTime)
    actor: str
    """As they were called then."""
    actor_user: str | None = None
    """The id of their account, where they have one."""
    action: str
    """Such as ``document.saved``."""
    target: str
    """What it was done to, such as ``document:rubric``."""
    before: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    after: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    address: str | None = None
    request_id: str | None = None
