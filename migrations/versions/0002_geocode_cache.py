"""answers of an online geocoder"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "geocode_cache",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("precision", sa.String(length=16), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", "provider", name=op.f("pk_geocode_cache")),
    )
    op.create_index(op.f("ix_geocode_cache_expires_at"), "geocode_cache", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_geocode_cache_expires_at"), table_name="geocode_cache")
    op.drop_table("geocode_cache")
