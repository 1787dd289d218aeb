"""the audit is only ever added to, and each of its rows is chained to the one before"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("audit_event", "audit_seal")
REFUSED = "the audit is only ever added to"
BEGINNING = "0" * 64


def upgrade() -> None:
    op.add_column("audit_event", sa.Column("origin", sa.String(64), nullable=False, server_default=""))
    op.create_table(
        "audit_seal",
        sa.Column("event_id", BIG_KEY, nullable=False, autoincrement=False),
        sa.Column("position", BIG_KEY, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_audit_seal_event_id_audit_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("position", name=op.f("uq_audit_seal_position")),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("position", BIG_KEY, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    # What is there already is chained by `db upgrade` when the tables are done.
    op.bulk_insert(head, [{"id": 1, "position": 0, "hash": BEGINNING}])
    for statement in _PROTECTION[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in _OPENING[op.get_bind().dialect.name]:
        op.execute(statement)
    op.drop_table("audit_head")
    op.drop_table("audit_seal")
    op.drop_column("audit_event", "origin")


_ACTS = ("UPDATE", "DELETE")
_PROTECTION = {
    "sqlite": [
        *(
            f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            for table in TABLES
            for act in _ACTS
        ),
        "CREATE TRIGGER audit_head_refuses_delete BEFORE DELETE ON audit_head "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
        "CREATE TRIGGER audit_head_never_goes_back BEFORE UPDATE ON audit_head "
        f"WHEN NEW.position <= OLD.position BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'restrict_violation'; END $$",
        *(
            f"CREATE TRIGGER {table}_refuses BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()"
            for table in TABLES
        ),
        "CREATE TRIGGER audit_head_refuses BEFORE DELETE OR TRUNCATE ON audit_head "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()",
        "CREATE TRIGGER audit_head_never_goes_back BEFORE UPDATE ON audit_head "
        "FOR EACH ROW WHEN (NEW.position <= OLD.position) EXECUTE FUNCTION audit_refuses()",
    ],
}
_OPENING = {
    "sqlite": [
        *(f"DROP TRIGGER {table}_refuses_{act.lower()}" for table in TABLES for act in _ACTS),
        "DROP TRIGGER audit_head_refuses_delete",
        "DROP TRIGGER audit_head_never_goes_back",
    ],
    "postgresql": [
        *(f"DROP TRIGGER {table}_refuses ON {table}" for table in (*TABLES, "audit_head")),
        "DROP TRIGGER audit_head_never_goes_back ON audit_head",
        "DROP FUNCTION audit_refuses()",
    ],
}
