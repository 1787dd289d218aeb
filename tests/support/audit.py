"""What an insider with all rights over the database can do to the audit."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

TABLES = ("audit_event", "audit_seal", "audit_head")


def unprotect(session: Session) -> None:
    """Let everybody change and remove rows of the audit. Commits."""
    if session.get_bind().dialect.name == "sqlite":
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'"
        for name in session.scalars(sa.text(triggers)).all():
            session.execute(sa.text(f"DROP TRIGGER {name}"))
    else:
        for table in TABLES:
            session.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    session.commit()
