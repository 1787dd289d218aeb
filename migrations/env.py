"""Alembic's entry: migrations run on the engine that the command hands over."""

from alembic import context
from sqlalchemy import Connection

from registry.models import Base

# DDL waits at most this long behind a reader, so that a migration never stops the searches queued behind it.
LOCK_TIMEOUT_MS = 5_000


def migrate(connection: Connection) -> None:
    """Run the wanted migrations on *connection*."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


migrate(context.config.attributes["connection"])
