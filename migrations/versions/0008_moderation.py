"""moderation: what is open, what was decided and can be taken back, duplicates and mergers, versions of entries"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON_DATA = sa.JSON().with_variant(JSONB(), "postgresql")
TABLES = ("task", "review_lease", "job_mark", "lab_version", "lab_identifier", "lab_merge", "duplicate_pair")
COLUMNS = (
    ("submission", "contact_domain"),
    ("submission", "held_note"),
    ("submission", "held_by"),
    ("submission", "held_until"),
    ("submission", "undo_until"),
    ("submission", "corrections"),
    ("report", "language"),
    ("report", "note"),
    ("report", "outcome"),
    ("report", "asked_at"),
    ("outbox_message", "returned_at"),
    ("lab_contact", "bounce_note"),
    ("lab_contact", "bounced_at"),
    ("lab", "dispute_answered_at"),
    ("lab", "disputed_at"),
    ("lab", "hidden_reason"),
    ("lab", "hidden_at"),
)


def upgrade() -> None:
    op.add_column("lab", sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("lab", sa.Column("hidden_reason", sa.String(length=24), server_default="", nullable=False))
    op.add_column("lab", sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("lab", sa.Column("dispute_answered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_lab_last_confirmed"), "lab", ["last_confirmed"], unique=False)
    op.add_column("lab_contact", sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("lab_contact", sa.Column("bounce_note", sa.String(length=200), server_default="", nullable=False))
    op.add_column("outbox_message", sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("report", sa.Column("language", sa.String(length=8), server_default="en", nullable=False))
    op.add_column("report", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("report", sa.Column("outcome", sa.String(length=24), server_default="", nullable=False))
    op.add_column("report", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.add_column("submission", sa.Column("corrections", JSON_DATA, server_default="{}", nullable=False))
    op.add_column("submission", sa.Column("undo_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("submission", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("submission", sa.Column("held_by", sa.String(length=254), server_default="", nullable=False))
    op.add_column("submission", sa.Column("held_note", sa.Text(), server_default="", nullable=False))
    _domains()
    op.create_index("ix_lab_freshness", "lab", ["state", "last_confirmed"], unique=False)
    op.create_index(
        "ix_lab_disputed",
        "lab",
        ["disputed_at"],
        unique=False,
        sqlite_where=sa.text("disputed_at IS NOT NULL"),
        postgresql_where=sa.text("disputed_at IS NOT NULL"),
    )
    op.create_index("ix_submission_decided", "submission", ["decided_at", "state", "submitted_at"], unique=False)
    _duplicates()
    _versions()
    _work()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_index(op.f("ix_lab_last_confirmed"), table_name="lab")
    op.drop_index("ix_submission_decided", table_name="submission")
    op.drop_index("ix_lab_disputed", table_name="lab")
    op.drop_index("ix_lab_freshness", table_name="lab")
    op.drop_index(op.f("ix_submission_contact_domain"), table_name="submission")
    for table, column in COLUMNS:
        op.drop_column(table, column)


def _domains() -> None:
    op.add_column("submission", sa.Column("contact_domain", sa.String(length=254), server_default="", nullable=False))
    domain = {
        "sqlite": "substr(contact_email, instr(contact_email, '@') + 1)",
        "postgresql": "split_part(contact_email, '@', 2)",
    }[op.get_bind().dialect.name]
    op.execute(f"UPDATE submission SET contact_domain = lower({domain}) WHERE contact_email LIKE '%@%'")
    op.create_index(op.f("ix_submission_contact_domain"), "submission", ["contact_domain"], unique=False)


def _duplicates() -> None:
    op.create_table(
        "duplicate_pair",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("first_id", BIG_KEY, nullable=False),
        sa.Column("second_id", BIG_KEY, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("parts", JSON_DATA, nullable=False),
        sa.Column("digests", JSON_DATA, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=254), nullable=False),
        sa.CheckConstraint("state IN ('open', 'dismissed', 'merged')", name=op.f("ck_duplicate_pair_state")),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_duplicate_pair_order")),
        sa.ForeignKeyConstraint(
            ["first_id"], ["lab.id"], name=op.f("fk_duplicate_pair_first_id_lab"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["lab.id"], name=op.f("fk_duplicate_pair_second_id_lab"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pair")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_duplicate_pair_first_id_second_id")),
    )
    op.create_index(op.f("ix_duplicate_pair_second_id"), "duplicate_pair", ["second_id"], unique=False)
    op.create_index("ix_duplicate_pair_state", "duplicate_pair", ["state", "score"], unique=False)
    op.create_table(
        "lab_merge",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("kept_id", BIG_KEY, nullable=False),
        sa.Column("gone_id", BIG_KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=254), nullable=False),
        sa.Column("before", JSON_DATA, nullable=False),
        sa.Column("merged_digest", sa.String(length=64), nullable=False),
        sa.Column("unmerged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unmerged_by", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(["gone_id"], ["lab.id"], name=op.f("fk_lab_merge_gone_id_lab"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["kept_id"], ["lab.id"], name=op.f("fk_lab_merge_kept_id_lab"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_merge")),
    )
    op.create_index(op.f("ix_lab_merge_gone_id"), "lab_merge", ["gone_id"], unique=False)
    op.create_index(op.f("ix_lab_merge_kept_id"), "lab_merge", ["kept_id"], unique=False)
    op.create_table(
        "lab_identifier",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("lab_id", BIG_KEY, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("merge_id", BIG_KEY, nullable=True),
        sa.CheckConstraint("kind IN ('clia', 'npi', 'cap', 'name')", name=op.f("ck_lab_identifier_kind")),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_lab_identifier_lab_id_lab"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["lab_merge.id"], name=op.f("fk_lab_identifier_merge_id_lab_merge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_identifier")),
        sa.UniqueConstraint("lab_id", "kind", "value", name=op.f("uq_lab_identifier_lab_id_kind_value")),
    )
    op.create_index("ix_lab_identifier_value", "lab_identifier", ["kind", "value"], unique=False)


def _work() -> None:
    op.create_table(
        "job_mark",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_mark")),
    )
    op.create_table(
        "review_lease",
        sa.Column("submission_id", BIG_KEY, autoincrement=False, nullable=False),
        sa.Column("user_id", BIG_KEY, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_review_lease_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_user.id"], name=op.f("fk_review_lease_user_id_staff_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_review_lease")),
    )
    op.create_index(op.f("ix_review_lease_user_id"), "review_lease", ["user_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("lab_id", BIG_KEY, nullable=False),
        sa.Column("submission_id", BIG_KEY, nullable=True),
        sa.Column("facts", JSON_DATA, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=254), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.CheckConstraint("kind IN ('overdue', 'cms', 'bounced', 'withdrawal', 'sample')", name=op.f("ck_task_kind")),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_task_lab_id_lab"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_task_submission_id_submission"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_closed_at", "task", ["closed_at", "opened_at"], unique=False)
    op.create_index(op.f("ix_task_lab_id"), "task", ["lab_id"], unique=False)
    op.create_index(op.f("ix_task_submission_id"), "task", ["submission_id"], unique=False)
    op.create_index(
        "uq_task_open",
        "task",
        ["kind", "lab_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _versions() -> None:
    op.create_table(
        "lab_version",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("lab_id", BIG_KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=12), nullable=False),
        sa.Column("actor", sa.String(length=254), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("submission_id", BIG_KEY, nullable=True),
        sa.Column("profile", JSON_DATA, nullable=False),
        sa.Column("attestations", JSON_DATA, nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("location_precision", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_lab_version_lab_id_lab"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_lab_version_submission_id_submission"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_version")),
    )
    op.create_index(op.f("ix_lab_version_lab_id"), "lab_version", ["lab_id"], unique=False)
    op.create_index(op.f("ix_lab_version_submission_id"), "lab_version", ["submission_id"], unique=False)
