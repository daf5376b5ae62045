"""What a comment is about, what it says of it, and how sure the coach is; of earlier ones it is not known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("comments", sa.Column("element", sa.String(), nullable=True))
    op.add_column("comments", sa.Column("claim", sa.String(), nullable=True))
    op.add_column("comments", sa.Column("confidence", sa.Float(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_column("confidence")
        batch_op.drop_column("claim")
        batch_op.drop_column("element")
