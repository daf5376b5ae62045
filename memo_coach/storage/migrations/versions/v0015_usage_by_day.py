"""Usage day by day is read from an index: the rows of evaluations carry whole judgements."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_COLUMNS = ["created", "status", "judged_by", "cached", "seconds", "owner"]


def upgrade() -> None:
    """Make the change."""
    op.create_index("ix_evaluations_usage", "evaluations", _COLUMNS, unique=False)
    op.create_index(op.f("ix_model_calls_day_status"), "model_calls", ["day", "status"], unique=False)
    # What an account has spent in a day is looked up before each of its calls.
    op.drop_index(op.f("ix_model_calls_owner"), table_name="model_calls")
    op.create_index(op.f("ix_model_calls_owner_day"), "model_calls", ["owner", "day"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index(op.f("ix_model_calls_owner_day"), table_name="model_calls")
    op.create_index(op.f("ix_model_calls_owner"), "model_calls", ["owner"], unique=False)
    op.drop_index(op.f("ix_model_calls_day_status"), table_name="model_calls")
    op.drop_index("ix_evaluations_usage", table_name="evaluations")
