"""Memos, versions, evaluations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "installation_secrets",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation_secrets")),
    )
    op.create_table(
        "visitors",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitors")),
    )
    op.create_table(
        "memos",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("draft_text", sa.Text(), nullable=True),
        sa.Column("draft_rubric", sa.String(), nullable=False),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("draft_saved", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft_set_aside", sa.Boolean(), nullable=False),
        sa.CheckConstraint("draft_revision >= 0", name=op.f("ck_memos_draft_revision")),
        sa.ForeignKeyConstraint(["owner"], ["visitors.id"], name=op.f("fk_memos_owner"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memos")),
    )
    with op.batch_alter_table("memos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memos_owner_changed"), ["owner", "changed"], unique=False)

    op.create_table(
        "memo_versions",
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_memo_versions_number")),
        sa.CheckConstraint("words >= 0", name=op.f("ck_memo_versions_words")),
        sa.ForeignKeyConstraint(
            ["memo"], ["memos.id"], name=op.f("fk_memo_versions_memo"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("memo", "number", name=op.f("pk_memo_versions")),
    )
    op.create_table(
        "evaluations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rubric", sa.String(), nullable=False),
        sa.Column("rubric_version", sa.String(), nullable=False),
        sa.Column("coach", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("done_steps", sa.Integer(), nullable=False),
        sa.Column("total_steps", sa.Integer(), nullable=False),
        sa.Column("overall", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(finished IS NULL) = (status IN ('queued', 'running'))", name=op.f("ck_evaluations_finished")
        ),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_evaluations_status"),
        ),
        sa.CheckConstraint("attempt >= 0 AND failures >= 0", name=op.f("ck_evaluations_attempts")),
        sa.CheckConstraint(
            "done_steps >= 0 AND done_steps <= total_steps", name=op.f("ck_evaluations_steps")
        ),
        sa.CheckConstraint("score >= 1.0 AND score <= 5.0", name=op.f("ck_evaluations_score")),
        sa.ForeignKeyConstraint(
            ["memo", "version"],
            ["memo_versions.memo", "memo_versions.number"],
            name=op.f("fk_evaluations_memo_version"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["owner"], ["visitors.id"], name=op.f("fk_evaluations_owner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
    )
    with op.batch_alter_table("evaluations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evaluations_memo_created"), ["memo", "created"], unique=False)
        batch_op.create_index(batch_op.f("ix_evaluations_owner_status"), ["owner", "status"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_evaluations_status_lease_until"), ["status", "lease_until"], unique=False
        )

    op.create_table(
        "comments",
        sa.Column("evaluation", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("start_position", sa.Integer(), nullable=True),
        sa.Column("end_position", sa.Integer(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("suggestion", sa.Text(), nullable=True),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Float(), nullable=False),
        sa.CheckConstraint("kind IN ('strength', 'opportunity')", name=op.f("ck_comments_kind")),
        sa.CheckConstraint(
            "(start_position IS NULL AND end_position IS NULL AND quote IS NULL)"
            " OR (start_position >= 0 AND end_position >= start_position AND quote IS NOT NULL)",
            name=op.f("ck_comments_span"),
        ),
        sa.ForeignKeyConstraint(
            ["evaluation"], ["evaluations.id"], name=op.f("fk_comments_evaluation"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("evaluation", "id", name=op.f("pk_comments")),
    )
    op.create_table(
        "criterion_scores",
        sa.Column("evaluation", sa.String(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("effective_weight", sa.Float(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.CheckConstraint("score >= 1.0 AND score <= 5.0", name=op.f("ck_criterion_scores_score")),
        sa.ForeignKeyConstraint(
            ["evaluation"],
            ["evaluations.id"],
            name=op.f("fk_criterion_scores_evaluation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("evaluation", "criterion", name=op.f("pk_criterion_scores")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("criterion_scores")
    op.drop_table("comments")
    with op.batch_alter_table("evaluations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evaluations_status_lease_until"))
        batch_op.drop_index(batch_op.f("ix_evaluations_owner_status"))
        batch_op.drop_index(batch_op.f("ix_evaluations_memo_created"))

    op.drop_table("evaluations")
    op.drop_table("memo_versions")
    with op.batch_alter_table("memos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_memos_owner_changed"))

    op.drop_table("memos")
    op.drop_table("visitors")
    op.drop_table("installation_secrets")
