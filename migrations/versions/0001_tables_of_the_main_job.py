"""tables of the main job"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON_DATA = sa.JSON().with_variant(JSONB(), "postgresql")
SORT_KEY = sa.String(400).with_variant(sa.String(400, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=12), nullable=False),
        sa.Column("actor", sa.String(length=254), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject_type", sa.String(length=24), nullable=False),
        sa.Column("subject_id", BIG_KEY, nullable=False),
        sa.Column("before", JSON_DATA, nullable=True),
        sa.Column("after", JSON_DATA, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index(op.f("ix_audit_event_at"), "audit_event", ["at"], unique=False)
    op.create_index("ix_audit_event_subject", "audit_event", ["subject_type", "subject_id"], unique=False)
    op.create_table(
        "directory_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", BIG_KEY, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_directory_version_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_version")),
    )
    op.create_table(
        "lab",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", SORT_KEY, nullable=False),
        sa.Column("clia_number", sa.String(length=16), nullable=False),
        sa.Column("profile", JSON_DATA, nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("version", BIG_KEY, nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("location_precision", sa.String(length=16), nullable=False),
        sa.Column("verification", sa.String(length=24), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_confirmed", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('published', 'stale', 'hidden', 'withdrawn', 'merged')", name=op.f("ck_lab_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab")),
        sa.UniqueConstraint("slug", name=op.f("uq_lab_slug")),
    )
    op.create_index(op.f("ix_lab_name_key"), "lab", ["name_key"], unique=False)
    op.create_index(op.f("ix_lab_version"), "lab", ["version"], unique=False)
    op.create_index(
        "uq_lab_clia_number_listed",
        "lab",
        ["clia_number"],
        unique=True,
        sqlite_where=sa.text("clia_number <> '' AND state NOT IN ('withdrawn', 'merged')"),
        postgresql_where=sa.text("clia_number <> '' AND state NOT IN ('withdrawn', 'merged')"),
    )
    op.create_table(
        "staff_role",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=255), nullable=True),
        sa.Column("permissions", sa.UnicodeText(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_role")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_role_name")),
    )
    op.create_table(
        "staff_user",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("current_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_login_ip", sa.String(length=64), nullable=True),
        sa.Column("current_login_ip", sa.String(length=64), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(length=255), nullable=True),
        sa.Column("tf_last_counter", BIG_KEY, nullable=True),
        sa.Column("mf_recovery_codes", sa.UnicodeText(), nullable=True),
        sa.Column("create_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_user")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_staff_user_fs_uniquifier")),
    )
    op.create_table(
        "lab_offering",
        sa.Column("lab_id", BIG_KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=24), nullable=False),
        sa.Column("scoring_criterion", sa.String(length=32), nullable=False),
        sa.Column("reflex_policy", sa.String(length=32), nullable=False),
        sa.Column("accepts_outside_specimens", sa.String(length=24), nullable=False),
        sa.Column("specimens", sa.String(length=300), nullable=False),
        sa.Column("calendar_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_lab_offering_lab_id_lab"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lab_id", "position", name=op.f("pk_lab_offering")),
    )
    op.create_index(op.f("ix_lab_offering_method"), "lab_offering", ["method"], unique=False)
    op.create_table(
        "staff_session",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", BIG_KEY, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["staff_user.id"],
            name=op.f("fk_staff_session_user_id_staff_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_staff_session_key_hash")),
    )
    op.create_index(op.f("ix_staff_session_user_id"), "staff_session", ["user_id"], unique=False)
    op.create_table(
        "staff_user_role",
        sa.Column("user_id", BIG_KEY, nullable=False),
        sa.Column("role_id", BIG_KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"],
            ["staff_role.id"],
            name=op.f("fk_staff_user_role_role_id_staff_role"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["staff_user.id"],
            name=op.f("fk_staff_user_role_user_id_staff_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_staff_user_role")),
    )
    op.create_table(
        "submission",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("draft_key_hash", sa.String(length=64), nullable=False),
        sa.Column("lab_id", BIG_KEY, nullable=True),
        sa.Column("revises_id", BIG_KEY, nullable=True),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_role", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("proposed", JSON_DATA, nullable=False),
        sa.Column("unfinished", JSON_DATA, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewer_id", BIG_KEY, nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("decision_reason", sa.String(length=40), nullable=False),
        sa.CheckConstraint("kind IN ('new', 'edit', 'claim', 'withdrawal')", name=op.f("ck_submission_kind")),
        sa.CheckConstraint(
            "state IN ('draft', 'awaiting_email', 'submitted', 'in_review', 'changes_requested', 'approved', "
            "'rejected', 'withdrawn', 'superseded')",
            name=op.f("ck_submission_state"),
        ),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_submission_lab_id_lab")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["staff_user.id"], name=op.f("fk_submission_reviewer_id_staff_user")),
        sa.ForeignKeyConstraint(["revises_id"], ["submission.id"], name=op.f("fk_submission_revises_id_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("draft_key_hash", name=op.f("uq_submission_draft_key_hash")),
    )
    op.create_index(op.f("ix_submission_contact_email"), "submission", ["contact_email"], unique=False)
    op.create_index(op.f("ix_submission_lab_id"), "submission", ["lab_id"], unique=False)
    op.create_index(op.f("ix_submission_revises_id"), "submission", ["revises_id"], unique=False)
    op.create_index("ix_submission_waiting", "submission", ["state", "submitted_at"], unique=False)
    op.create_index(
        "uq_submission_open_revision",
        "submission",
        ["revises_id"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "one_use_link",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("submission_id", BIG_KEY, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_one_use_link_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_use_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_use_link_token_hash")),
    )
    op.create_index(op.f("ix_one_use_link_submission_id"), "one_use_link", ["submission_id"], unique=False)
    op.create_table(
        "outbox_message",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("context", JSON_DATA, nullable=False),
        sa.Column("link_purpose", sa.String(length=32), nullable=False),
        sa.Column("submission_id", BIG_KEY, nullable=True),
        sa.Column("once_key", sa.String(length=120), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'failed', 'cancelled')",
            name=op.f("ck_outbox_message_state"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_outbox_message_submission_id_submission"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("once_key", name=op.f("uq_outbox_message_once_key")),
    )
    op.create_index("ix_outbox_message_due", "outbox_message", ["state", "due_at"], unique=False)
    op.create_index(op.f("ix_outbox_message_recipient"), "outbox_message", ["recipient"], unique=False)
    op.create_index(op.f("ix_outbox_message_submission_id"), "outbox_message", ["submission_id"], unique=False)
    op.execute("INSERT INTO directory_version (id, version) VALUES (1, 0)")
    roles = sa.table("staff_role", sa.column("name", sa.String))
    op.bulk_insert(roles, [{"name": name} for name in ("admin", "moderator", "outreach")])


def downgrade() -> None:
    op.drop_index(op.f("ix_outbox_message_submission_id"), table_name="outbox_message")
    op.drop_index(op.f("ix_outbox_message_recipient"), table_name="outbox_message")
    op.drop_index("ix_outbox_message_due", table_name="outbox_message")
    op.drop_table("outbox_message")
    op.drop_index(op.f("ix_one_use_link_submission_id"), table_name="one_use_link")
    op.drop_table("one_use_link")
    op.drop_index(
        "uq_submission_open_revision",
        table_name="submission",
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.drop_index("ix_submission_waiting", table_name="submission")
    op.drop_index(op.f("ix_submission_revises_id"), table_name="submission")
    op.drop_index(op.f("ix_submission_lab_id"), table_name="submission")
    op.drop_index(op.f("ix_submission_contact_email"), table_name="submission")
    op.drop_table("submission")
    op.drop_table("staff_user_role")
    op.drop_index(op.f("ix_staff_session_user_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_index(op.f("ix_lab_offering_method"), table_name="lab_offering")
    op.drop_table("lab_offering")
    op.drop_table("staff_user")
    op.drop_table("staff_role")
    op.drop_index(
        "uq_lab_clia_number_listed",
        table_name="lab",
        sqlite_where=sa.text("clia_number <> '' AND state NOT IN ('withdrawn', 'merged')"),
        postgresql_where=sa.text("clia_number <> '' AND state NOT IN ('withdrawn', 'merged')"),
    )
    op.drop_index(op.f("ix_lab_version"), table_name="lab")
    op.drop_index(op.f("ix_lab_name_key"), table_name="lab")
    op.drop_table("lab")
    op.drop_table("directory_version")
    op.drop_index("ix_audit_event_subject", table_name="audit_event")
    op.drop_index(op.f("ix_audit_event_at"), table_name="audit_event")
    op.drop_table("audit_event")
