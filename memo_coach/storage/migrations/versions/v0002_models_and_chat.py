"""Language models: calls, costs, limits, provenance, chat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "spending",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("reserved_micro_usd", sa.BigInteger(), nullable=False),
        sa.Column("spent_micro_usd", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "reserved_micro_usd >= 0 AND spent_micro_usd >= 0", name=op.f("ck_spending_amounts")
        ),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_spending")),
    )
    op.create_table(
        "model_uses",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner"], ["visitors.id"], name=op.f("fk_model_uses_owner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_uses")),
    )
    with op.batch_alter_table("model_uses", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_model_uses_address_created"), ["address", "created"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_model_uses_owner_created"), ["owner", "created"], unique=False)

    op.create_table(
        "chat_messages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("evaluation", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("coach", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("fallback_from", sa.String(), nullable=True),
        sa.Column("notice", sa.String(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('person', 'coach')", name=op.f("ck_chat_messages_role")),
        sa.CheckConstraint(
            "status IN ('streaming', 'done', 'stopped', 'failed')", name=op.f("ck_chat_messages_status")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation"], ["evaluations.id"], name=op.f("fk_chat_messages_evaluation"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner"], ["visitors.id"], name=op.f("fk_chat_messages_owner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_messages")),
        sa.UniqueConstraint("evaluation", "position", name=op.f("uq_chat_messages_evaluation_position")),
    )
    with op.batch_alter_table("chat_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chat_messages_owner"), ["owner"], unique=False)

    op.create_table(
        "model_calls",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("evaluation", sa.String(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("reserved_micro_usd", sa.BigInteger(), nullable=False),
        sa.Column("micro_usd", sa.BigInteger(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("first_token_seconds", sa.Float(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('reserved', 'done', 'failed', 'broken', 'stopped', 'lost')",
            name=op.f("ck_model_calls_status"),
        ),
        sa.CheckConstraint(
            "prompt_tokens >= 0 AND completion_tokens >= 0", name=op.f("ck_model_calls_tokens")
        ),
        sa.CheckConstraint("reserved_micro_usd >= 0 AND micro_usd >= 0", name=op.f("ck_model_calls_cost")),
        sa.ForeignKeyConstraint(
            ["evaluation"], ["evaluations.id"], name=op.f("fk_model_calls_evaluation"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["owner"], ["visitors.id"], name=op.f("fk_model_calls_owner"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_calls")),
    )
    with op.batch_alter_table("model_calls", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_model_calls_evaluation_created"), ["evaluation", "created"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_model_calls_owner"), ["owner"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_model_calls_status_created"), ["status", "created"], unique=False
        )

    op.create_table(
        "model_call_texts",
        sa.Column("call", sa.String(), nullable=False),
        sa.Column("evaluation", sa.String(), nullable=False),
        sa.Column("prompt", sa.JSON(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call"], ["model_calls.id"], name=op.f("fk_model_call_texts_call"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["evaluation"],
            ["evaluations.id"],
            name=op.f("fk_model_call_texts_evaluation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_model_call_texts")),
    )
    with op.batch_alter_table("model_call_texts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_model_call_texts_evaluation"), ["evaluation"], unique=False)

    with op.batch_alter_table("criterion_scores", schema=None) as batch_op:
        batch_op.add_column(sa.Column("coach", sa.String(), server_default="builtin", nullable=False))

    with op.batch_alter_table("evaluations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("address", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("removed_characters", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("spoke", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("model", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("fallback_from", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("cached", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("prompt_version", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("cache_key", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("second_opinion", sa.JSON(none_as_null=True), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_evaluations_owner_cache_key"), ["owner", "cache_key"], unique=False
        )

    # Before there was a model, whoever judged was the built-in coach.
    op.execute("UPDATE evaluations SET spoke = 'builtin' WHERE status = 'done'")


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("evaluations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evaluations_owner_cache_key"))
        batch_op.drop_column("second_opinion")
        batch_op.drop_column("cache_key")
        batch_op.drop_column("prompt_version")
        batch_op.drop_column("cached")
        batch_op.drop_column("fallback_from")
        batch_op.drop_column("model")
        batch_op.drop_column("spoke")
        batch_op.drop_column("removed_characters")
        batch_op.drop_column("address")

    with op.batch_alter_table("criterion_scores", schema=None) as batch_op:
        batch_op.drop_column("coach")

    with op.batch_alter_table("model_call_texts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_model_call_texts_evaluation"))

    op.drop_table("model_call_texts")
    with op.batch_alter_table("model_calls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_model_calls_status_created"))
        batch_op.drop_index(batch_op.f("ix_model_calls_owner"))
        batch_op.drop_index(batch_op.f("ix_model_calls_evaluation_created"))

    op.drop_table("model_calls")
    with op.batch_alter_table("chat_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_chat_messages_owner"))

    op.drop_table("chat_messages")
    with op.batch_alter_table("model_uses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_model_uses_owner_created"))
        batch_op.drop_index(batch_op.f("ix_model_uses_address_created"))

    op.drop_table("model_uses")
    op.drop_table("spending")
