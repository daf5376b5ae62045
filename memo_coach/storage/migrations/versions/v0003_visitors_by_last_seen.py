"""Visitors are found by when they were here last, for those who never came back are removed."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_index(op.f("ix_visitors_last_seen"), "visitors", ["last_seen"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index(op.f("ix_visitors_last_seen"), table_name="visitors")
