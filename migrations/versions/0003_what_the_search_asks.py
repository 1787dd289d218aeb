"""what the search asks: service level, states, accreditations"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # The shape 1 says that no laboratory has the new columns yet: `db upgrade` writes them after the migrations.
    op.add_column("directory_version", sa.Column("shape", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("lab", sa.Column("accreditations", sa.String(length=120), nullable=False, server_default=""))
    op.add_column("lab_offering", sa.Column("service_level", sa.String(length=24), nullable=False, server_default=""))
    op.add_column("lab_offering", sa.Column("takes_from", sa.String(length=160), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("lab_offering", "takes_from")
    op.drop_column("lab_offering", "service_level")
    op.drop_column("lab", "accreditations")
    op.drop_column("directory_version", "shape")
