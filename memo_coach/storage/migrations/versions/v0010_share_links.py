"""Links with which somebody may read an evaluation, and what they remark."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "share_links",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("evaluation", sa.String(), nullable=False),
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"], ["visitors.id"], name=op.f("fk_share_links_owner"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["evaluation"], ["evaluations.id"], name=op.f("fk_share_links_evaluation"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_links")),
    )
    op.create_index(op.f("ix_share_links_token_sha256"), "share_links", ["token_sha256"], unique=True)
    for column in ("owner", "evaluation", "expires"):
        op.create_index(op.f(f"ix_share_links_{column}"), "share_links", [column], unique=False)
    op.create_table(
        "shared_remarks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("evaluation", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("start_position", sa.Integer(), nullable=True),
        sa.Column("end_position", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(start_position IS NULL AND end_position IS NULL)"
            " OR (start_position >= 0 AND end_position >= start_position)",
            name=op.f("ck_shared_remarks_span"),
        ),
        sa.ForeignKeyConstraint(
            ["owner"], ["visitors.id"], name=op.f("fk_shared_remarks_owner"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["evaluation"], ["evaluations.id"], name=op.f("fk_shared_remarks_evaluation"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_remarks")),
    )
    for column in ("owner", "evaluation"):
        op.create_index(op.f(f"ix_shared_remarks_{column}"), "shared_remarks", [column], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("shared_remarks")
    op.drop_table("share_links")
