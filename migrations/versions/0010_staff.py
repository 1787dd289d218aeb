"""staff: invitations, passkeys, what is told of a signed-in browser"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REFERRING = {"one_use_link": "CASCADE", "outbox_message": "SET NULL"}


def upgrade() -> None:
    op.add_column("staff_user", sa.Column("passkey_handle", sa.String(64), nullable=True))
    op.create_index(op.f("ix_staff_user_passkey_handle"), "staff_user", ["passkey_handle"], unique=True)
    # Every account so far was made with a password.
    op.execute("UPDATE staff_user SET confirmed_at = create_datetime WHERE confirmed_at IS NULL")
    op.add_column("staff_session", sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("staff_session", sa.Column("address", sa.String(64), nullable=False, server_default=""))
    op.add_column("staff_session", sa.Column("agent", sa.String(300), nullable=False, server_default=""))
    _passkeys()
    op.create_table(
        "staff_unknown_name",
        sa.Column("name_hash", sa.String(64), nullable=False),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_staff_unknown_name")),
    )
    op.create_index(op.f("ix_staff_unknown_name_failed_at"), "staff_unknown_name", ["failed_at"], unique=False)
    for table_name, on_delete in REFERRING.items():
        # Nothing refers to these tables, so SQLite may make them anew.
        with op.batch_alter_table(table_name) as table:
            table.add_column(sa.Column("staff_user_id", BIG_KEY, nullable=True))
            table.create_foreign_key(
                op.f(f"fk_{table_name}_staff_user_id_staff_user"),
                "staff_user",
                ["staff_user_id"],
                ["id"],
                ondelete=on_delete,
            )
        op.create_index(op.f(f"ix_{table_name}_staff_user_id"), table_name, ["staff_user_id"], unique=False)


def downgrade() -> None:
    # Links and mails of staff mean nothing to the code below.
    op.execute("DELETE FROM one_use_link WHERE staff_user_id IS NOT NULL")
    op.execute("UPDATE outbox_message SET state = 'cancelled' WHERE staff_user_id IS NOT NULL AND state = 'waiting'")
    for table_name in REFERRING:
        op.drop_index(op.f(f"ix_{table_name}_staff_user_id"), table_name=table_name)
        with op.batch_alter_table(table_name) as table:
            table.drop_constraint(op.f(f"fk_{table_name}_staff_user_id_staff_user"), type_="foreignkey")
            table.drop_column("staff_user_id")
    for table_name in ("staff_unknown_name", "staff_passkey_challenge", "staff_passkey"):
        op.drop_table(table_name)
    for column in ("agent", "address", "proved_at"):
        op.drop_column("staff_session", column)
    op.drop_index(op.f("ix_staff_user_passkey_handle"), table_name="staff_user")
    op.drop_column("staff_user", "passkey_handle")


def _passkeys() -> None:
    op.create_table(
        "staff_passkey",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("user_id", BIG_KEY, nullable=False),
        sa.Column("credential_id", sa.LargeBinary(1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", BIG_KEY, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("synced", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_user.id"], name=op.f("fk_staff_passkey_user_id_staff_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_staff_passkey_credential_id")),
    )
    op.create_index(op.f("ix_staff_passkey_user_id"), "staff_passkey", ["user_id"], unique=False)
    op.create_table(
        "staff_passkey_challenge",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("challenge", sa.LargeBinary(64), nullable=False),
        sa.Column("purpose", sa.String(12), nullable=False),
        sa.Column("user_id", BIG_KEY, nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["staff_user.id"],
            name=op.f("fk_staff_passkey_challenge_user_id_staff_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_staff_passkey_challenge")),
    )
    for column in ("user_id", "expires_at"):
        op.create_index(op.f(f"ix_staff_passkey_challenge_{column}"), "staff_passkey_challenge", [column], unique=False)
