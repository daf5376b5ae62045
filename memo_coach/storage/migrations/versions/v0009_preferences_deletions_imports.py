"""What a writer starts with, what was deleted and may be asked back, what was imported."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "preferences",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("rubric", sa.String(), nullable=True),
        sa.Column("coach", sa.String(), nullable=True),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"], ["visitors.id"], name=op.f("fk_preferences_owner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_preferences")),
    )
    op.create_table(
        "deletions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["visitors.id"], name=op.f("fk_deletions_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletions")),
    )
    op.create_index(op.f("ix_deletions_due"), "deletions", ["due"], unique=False)
    op.create_table(
        "imported_memos",
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("source_sha256", sa.String(), nullable=False),
        sa.Column("imported", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["memo"], ["memos.id"], name=op.f("fk_imported_memos_memo"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("memo", name=op.f("pk_imported_memos")),
    )
    op.create_index(
        op.f("ix_imported_memos_source_sha256"), "imported_memos", ["source_sha256"], unique=False
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("imported_memos")
    op.drop_table("deletions")
    op.drop_table("preferences")
