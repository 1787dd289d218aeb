"""problems with listings, told by the public"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("lab_id", BIG_KEY, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("once_key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.String(length=254), nullable=False),
        sa.CheckConstraint("state IN ('open', 'handled')", name=op.f("ck_report_state")),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name=op.f("fk_report_lab_id_lab"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("once_key_hash", name=op.f("uq_report_once_key_hash")),
    )
    op.create_index(op.f("ix_report_lab_id"), "report", ["lab_id"], unique=False)
    op.create_index("ix_report_state", "report", ["state", "created_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_report_state", table_name="report")
    op.drop_index(op.f("ix_report_lab_id"), table_name="report")
    op.drop_table("report")
