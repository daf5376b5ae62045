"""Addresses that are told of finished evaluations, and what there is to tell them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"], ["visitors.id"], name=op.f("fk_webhooks_owner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_owner"), "webhooks", ["owner"], unique=False)
    op.create_table(
        "webhook_deliveries",
        sa.Column("webhook", sa.String(), nullable=False),
        sa.Column("evaluation", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'delivered', 'given_up')", name=op.f("ck_webhook_deliveries_status")
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_webhook_deliveries_tries")),
        sa.CheckConstraint("(due IS NULL) = (status <> 'waiting')", name=op.f("ck_webhook_deliveries_due")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_webhook_deliveries_{column}"), ondelete="CASCADE"
            )
            for column, table in (
                ("webhook", "webhooks"),
                ("evaluation", "evaluations"),
                ("owner", "visitors"),
            )
        ),
        sa.PrimaryKeyConstraint("webhook", "evaluation", name=op.f("pk_webhook_deliveries")),
    )
    for column in ("evaluation", "owner", "due"):
        op.create_index(op.f(f"ix_webhook_deliveries_{column}"), "webhook_deliveries", [column], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("webhook_deliveries")
    op.drop_table("webhooks")
