"""The table of what one of several processes does for all."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from memo_coach.storage.tables.base import Table, UtcDateTime


class LeaseRow(Table, table=True):
    """Which process does a task, and until when nobody else takes it."""

    __tablename__ = "leases"

    task: str = Field(primary_key=True)
    holder: str
    until: datetime = Field(sa_type=UtcDateTime)
