"""The tables about webhooks: where an owner wants to be told, and what there is to tell."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field

from memo_coach.storage.tables.base import Table, UtcDateTime


class Webhook(Table, table=True):
    """An address that is told of an owner's finished evaluations.

    The secret that it is signed with is made of ``salt`` and a secret of the installation; it is not kept.
    """

    __tablename__ = "webhooks"
    __table_args__ = (
        ForeignKeyConstraint(["owner"], ["visitors.id"], ondelete="CASCADE"),
        Index(None, "owner"),
    )

    id: str = Field(primary_key=True)
    owner: str
    url: str
    salt: str
    made: datetime = Field(sa_type=UtcDateTime)


class WebhookDelivery(Table, table=True):
    """One evaluation that one webhook is told of, with no word of a memo."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        ForeignKeyConstraint(["webhook"], ["webhooks.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["evaluation"], ["evaluations.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["owner"], ["visitors.id"], ondelete="CASCADE"),
        CheckConstraint("status IN ('waiting', 'delivered', 'given_up')", name="status"),
        CheckConstraint("tries >= 0", name="tries"),
        CheckConstraint("(due IS NULL) = (status <> 'waiting')", name="due"),
        Index(None, "evaluation"),
        Index(None, "owner"),
        Index(None, "due"),
    )

    webhook: str = Field(primary_key=True)
    evaluation: str = Field(primary_key=True)
    owner: str
    status: str
    tries: int
    """Counts those that were begun, and guards every change: one that comes back late changes nothing."""
    due: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it is tried next; ``None`` once it is over."""
    answered: int | None = None
    """The status of HTTP that the last try was answered with."""
    fault: str | None = None
    """Why the last try had no answer."""
    made: datetime = Field(sa_type=UtcDateTime)
    """When there was something to tell."""
