"""Second factors: authenticator apps, passkeys, recovery codes; sessions know whether one was given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "second_factors",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.String(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=True),
        sa.Column("credential", sa.String(), nullable=True),
        sa.Column("public_key", sa.String(), nullable=True),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('authenticator', 'passkey')", name=op.f("ck_second_factors_kind")),
        sa.CheckConstraint(
            "(kind = 'authenticator' AND secret IS NOT NULL)"
            " OR (kind = 'passkey' AND credential IS NOT NULL AND public_key IS NOT NULL)",
            name=op.f("ck_second_factors_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factors")),
    )
    op.create_index(op.f("ix_second_factors_user_id"), "second_factors", ["user_id"])
    op.create_index(op.f("ix_second_factors_credential"), "second_factors", ["credential"], unique=True)
    op.create_table(
        "recovery_codes",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"])
    op.create_table(
        "passkey_challenges",
        sa.Column("challenge_sha256", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=True),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('register', 'second_step', 'sign_in')", name=op.f("ck_passkey_challenges_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_passkey_challenges_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("challenge_sha256", name=op.f("pk_passkey_challenges")),
    )
    for column in ("user_id", "expires"):
        op.create_index(op.f(f"ix_passkey_challenges_{column}"), "passkey_challenges", [column])
    # All sessions that there are were begun with a password alone.
    op.add_column(
        "user_sessions",
        sa.Column("by_password_alone", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.add_column("user_sessions", sa.Column("confirmed", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    for column in ("confirmed", "by_password_alone"):
        op.drop_column("user_sessions", column)
    for table in ("passkey_challenges", "recovery_codes", "second_factors"):
        op.drop_table(table)
