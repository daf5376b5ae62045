"""Who judged an evaluation in the end stands under the name that the rest of the product has for it."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    # Both databases know this statement; a batch would copy the table on SQLite.
    op.execute("ALTER TABLE evaluations RENAME COLUMN spoke TO judged_by")


def downgrade() -> None:
    """Take the change back."""
    op.execute("ALTER TABLE evaluations RENAME COLUMN judged_by TO spoke")
