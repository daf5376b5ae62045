"""What writers make of remarks: marks, kinds that are muted, words that need no explaining."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "remark_marks",
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.Column("passage", sa.Text(), nullable=False),
        sa.Column("is_only", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("marked", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('done', 'declined')", name=op.f("ck_remark_marks_state")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_remark_marks_version")),
        sa.ForeignKeyConstraint(
            ["memo"], ["memos.id"], name=op.f("fk_remark_marks_memo"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner"], ["visitors.id"], name=op.f("fk_remark_marks_owner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("memo", "key", name=op.f("pk_remark_marks")),
    )
    op.create_index(op.f("ix_remark_marks_owner"), "remark_marks", ["owner"], unique=False)
    op.create_table(
        "muted_remarks",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"], ["visitors.id"], name=op.f("fk_muted_remarks_owner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner", "kind", name=op.f("pk_muted_remarks")),
    )
    op.create_table(
        "glossary_words",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"], ["visitors.id"], name=op.f("fk_glossary_words_owner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner", "word", name=op.f("pk_glossary_words")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("glossary_words")
    op.drop_table("muted_remarks")
    op.drop_index(op.f("ix_remark_marks_owner"), table_name="remark_marks")
    op.drop_table("remark_marks")
