"""An owner's scores are read from an index that holds all of them, for their progress."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SCORED = "status = 'done' AND score IS NOT NULL AND (judged_by = 'builtin' OR cache_key IS NOT NULL)"


def upgrade() -> None:
    """Make the change."""
    op.create_index(
        "ix_evaluations_scores",
        "evaluations",
        [
            "owner",
            "rubric",
            "rubric_version",
            "judged_by",
            "model",
            "memo",
            "version",
            "created",
            "score",
            "id",
        ],
        unique=False,
        sqlite_where=sa.text(_SCORED),
        postgresql_where=sa.text(_SCORED),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_evaluations_scores", table_name="evaluations")
