"""the federal file of laboratories"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SORT_KEY = sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "clia_record",
        sa.Column("clia_number", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("additional_name", sa.String(length=200), nullable=False),
        sa.Column("name_key", SORT_KEY, nullable=False),
        sa.Column("address_line1", sa.String(length=200), nullable=False),
        sa.Column("address_line2", sa.String(length=200), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("zip", sa.String(length=5), nullable=False),
        sa.Column("phone", sa.String(length=10), nullable=False),
        sa.Column("fax", sa.String(length=10), nullable=False),
        sa.Column("certificate_type", sa.String(length=16), nullable=False),
        sa.Column("certificate_code", sa.String(length=4), nullable=False),
        sa.Column("certificate_effective", sa.Date(), nullable=True),
        sa.Column("expires_or_terminated", sa.Date(), nullable=True),
        sa.Column("program_status", sa.String(length=12), nullable=False),
        sa.Column("program_code", sa.String(length=4), nullable=False),
        sa.Column("facility_code", sa.String(length=4), nullable=False),
        sa.Column("compliance", sa.String(length=1), nullable=False),
        sa.Column("cap_matched", sa.Boolean(), nullable=True),
        sa.Column("accreditors", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("clia_number", name=op.f("pk_clia_record")),
    )
    op.create_index("ix_clia_record_name_key", "clia_record", ["name_key"], unique=False)
    op.create_index("ix_clia_record_zip", "clia_record", ["zip"], unique=False)
    op.create_table(
        "clia_quarter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.String(length=7), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("rows_loaded", sa.Integer(), nullable=False),
        sa.Column("rows_refused", sa.Integer(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_clia_quarter_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clia_quarter")),
    )


def downgrade() -> None:
    op.drop_table("clia_quarter")
    op.drop_index("ix_clia_record_zip", table_name="clia_record")
    op.drop_index("ix_clia_record_name_key", table_name="clia_record")
    op.drop_table("clia_record")
