"""When an evaluation is due, and how long its text is; addresses of those that have ended are forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_LENGTHS = """
UPDATE evaluations SET characters = (
    SELECT length(text) FROM memo_versions
    WHERE memo_versions.memo = evaluations.memo AND memo_versions.number = evaluations.version
) WHERE status <> 'done'
"""
_FORGET = "UPDATE evaluations SET address = NULL WHERE status NOT IN ('queued', 'running')"


def upgrade() -> None:
    """Make the change."""
    op.add_column("evaluations", sa.Column("characters", sa.Integer(), server_default="0", nullable=False))
    op.add_column("evaluations", sa.Column("due", sa.DateTime(timezone=True), nullable=True))
    op.execute(_LENGTHS)
    op.execute(_FORGET)


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("evaluations", schema=None) as batch_op:
        batch_op.drop_column("due")
        batch_op.drop_column("characters")
