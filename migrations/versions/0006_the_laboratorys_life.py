"""the laboratory's life: contacts, their sessions and links, edits, confirmations per test, leaving"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON_DATA = sa.JSON().with_variant(JSONB(), "postgresql")
OPEN_EDIT = "state = 'draft' AND kind = 'edit'"
# Whoever spoke for a listing when it was approved speaks for it still.
CONTACTS = """
    INSERT INTO lab_contact
        (lab_id, email, name, role, language, added_by, created_at, verified_at, revoked_by)
    SELECT lab_id, contact_email, contact_name, contact_role, language, '', decided_at, email_verified_at, ''
    FROM submission
    WHERE id IN (
        SELECT max(id) FROM submission
        WHERE state = 'approved' AND lab_id IS NOT NULL AND email_verified_at IS NOT NULL AND contact_email <> ''
        GROUP BY lab_id, contact_email
    )
"""


def upgrade() -> None:
    _contacts()
    op.add_column("submission", sa.Column("contact_phone", sa.String(60), nullable=False, server_default=""))
    op.add_column("submission", sa.Column("base", JSON_DATA, nullable=True))
    op.add_column("submission", sa.Column("note", sa.Text(), nullable=False, server_default=""))
    op.add_column("submission", sa.Column("flags", JSON_DATA, nullable=False, server_default="[]"))
    op.add_column("submission", sa.Column("remarks", JSON_DATA, nullable=False, server_default="{}"))
    op.add_column("submission", sa.Column("updated_by", sa.String(254), nullable=False, server_default=""))
    op.add_column("submission", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "draft_key",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("submission_id", BIG_KEY, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_draft_key_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_draft_key")),
    )
    op.create_index(op.f("ix_draft_key_submission_id"), "draft_key", ["submission_id"], unique=False)
    _close_second_edits()
    op.create_index(
        "uq_submission_open_edit",
        "submission",
        ["lab_id"],
        unique=True,
        sqlite_where=sa.text(OPEN_EDIT),
        postgresql_where=sa.text(OPEN_EDIT),
    )
    with op.batch_alter_table("one_use_link") as table:
        table.alter_column("submission_id", existing_type=BIG_KEY, nullable=True)
    _add_contact("one_use_link", on_delete="CASCADE")
    _add_contact("outbox_message", on_delete="SET NULL")

    op.add_column("lab", sa.Column("attestations", JSON_DATA, nullable=False, server_default="{}"))
    op.add_column("lab", sa.Column("zip", sa.String(5), nullable=False, server_default=""))
    op.add_column("lab", sa.Column("phone_digits", sa.String(20), nullable=False, server_default=""))
    op.add_column("lab", sa.Column("leaving_on", sa.Date(), nullable=True))
    op.add_column("lab", sa.Column("leaving_reason", sa.String(24), nullable=False, server_default=""))
    op.add_column("lab", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("lab", sa.Column("successor_id", BIG_KEY, nullable=True))
    for column in ("clia_number", "zip", "phone_digits", "leaving_on", "successor_id"):
        op.create_index(op.f(f"ix_lab_{column}"), "lab", [column], unique=False)


def downgrade() -> None:
    for column in ("successor_id", "leaving_on", "phone_digits", "zip", "clia_number"):
        op.drop_index(op.f(f"ix_lab_{column}"), table_name="lab")
    for column in ("successor_id", "left_at", "leaving_reason", "leaving_on", "phone_digits", "zip", "attestations"):
        op.drop_column("lab", column)

    for table_name in ("outbox_message", "one_use_link"):
        op.drop_index(op.f(f"ix_{table_name}_contact_id"), table_name=table_name)
        with op.batch_alter_table(table_name) as table:
            table.drop_constraint(op.f(f"fk_{table_name}_contact_id_lab_contact"), type_="foreignkey")
            table.drop_column("contact_id")
    # Links of contacts mean nothing to the code below.
    op.execute("DELETE FROM one_use_link WHERE submission_id IS NULL")
    with op.batch_alter_table("one_use_link") as table:
        table.alter_column("submission_id", existing_type=BIG_KEY, nullable=False)
    op.drop_index(op.f("ix_draft_key_submission_id"), table_name="draft_key")
    op.drop_table("draft_key")
    op.drop_index("uq_submission_open_edit", table_name="submission")
    for column in ("reminded_at", "updated_by", "remarks", "flags", "note", "base", "contact_phone"):
        op.drop_column("submission", column)

    op.drop_index(op.f("ix_contact_session_email"), table_name="contact_session")
    op.drop_table("contact_session")
    for index in ("uq_lab_contact_standing", "ix_lab_contact_email", op.f("ix_lab_contact_lab_id")):
        op.drop_index(index, table_name="lab_contact")
    op.drop_table("lab_contact")


def _contacts() -> None:
    op.create_table(
        "lab_contact",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("lab_id", BIG_KEY, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("added_by", sa.String(length=254), nullable=False),
        sa.Column("replaces_id", BIG_KEY, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(length=254), nullable=False),
        sa.CheckConstraint("revoked_at IS NOT NULL OR revoked_by = ''", name=op.f("ck_lab_contact_revoked_by")),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_lab_contact_lab_id_lab"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["lab_contact.id"],
            name=op.f("fk_lab_contact_replaces_id_lab_contact"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_contact")),
    )
    op.create_index(op.f("ix_lab_contact_lab_id"), "lab_contact", ["lab_id"], unique=False)
    op.create_index("ix_lab_contact_email", "lab_contact", ["email"], unique=False)
    op.create_index(
        "uq_lab_contact_standing",
        "lab_contact",
        ["lab_id", "email"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.execute(CONTACTS)
    op.create_table(
        "contact_session",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_session")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_contact_session_key_hash")),
    )
    op.create_index(op.f("ix_contact_session_email"), "contact_session", ["email"], unique=False)


def _close_second_edits() -> None:
    """Close all but the newest of several unfinished edits of one laboratory: from now on there is one."""
    op.execute(
        f"UPDATE submission SET state = 'withdrawn' WHERE {OPEN_EDIT} AND lab_id IS NOT NULL AND id NOT IN "
        f"(SELECT max(id) FROM submission WHERE {OPEN_EDIT} GROUP BY lab_id)"
    )


def _add_contact(table_name: str, *, on_delete: str) -> None:
    # Nothing refers to these tables, so SQLite may make them anew.
    with op.batch_alter_table(table_name) as table:
        table.add_column(sa.Column("contact_id", BIG_KEY, nullable=True))
        table.create_foreign_key(
            op.f(f"fk_{table_name}_contact_id_lab_contact"), "lab_contact", ["contact_id"], ["id"], ondelete=on_delete
        )
    op.create_index(op.f(f"ix_{table_name}_contact_id"), table_name, ["contact_id"], unique=False)
