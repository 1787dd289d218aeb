"""PostgreSQL databases that are emptied and used again: making one takes forty times as long as emptying it."""

from dataclasses import dataclass

import psycopg
import sqlalchemy as sa

KEPT = "kept_rows"
"""The schema in which the template keeps what the migrations wrote: a table for each that is not empty."""

MOST_USES = 60
"""Emptied tables grow; after so many tests a new copy is quicker."""

_SHAPE = """
    SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
        SELECT format('%s %s %s %s', attrelid::regclass, attname, atttypid::regtype, attnotnull) AS part
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0
        UNION ALL SELECT format('%s %s %s', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT format('%s %s', conrelid::regclass, conname) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT format('%s %s', proname, md5(prosrc)) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT format('revision %s', version_num) FROM public.alembic_version
    ) AS parts
"""
_OTHERS = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass
class Emptying:
    """How a database of the template's shape is made as the template is."""

    shape: str
    statements: str

    @classmethod
    def of_template(cls, url: str) -> "Emptying":
        """What it takes to empty copies of the migrated database at *url*, in which the needed rows are kept."""
        with _connected(url) as connection:
            names = _column(
                connection,
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
            )
            # Where the template's stand: what the migrations wrote has taken numbers already.
            sequences = _column(
                connection,
                "SELECT format('SELECT setval(%L, %s, %L)', 'public.' || sequencename, coalesce(last_value, 1),"
                " last_value IS NOT NULL) FROM pg_sequences WHERE schemaname = 'public'",
            )
            filled = [name for name in names if _column(connection, f"SELECT 1 FROM {name} LIMIT 1")]
            connection.execute(f"CREATE SCHEMA {KEPT}")
            for name in filled:
                connection.execute(f"CREATE TABLE {KEPT}.{name} AS TABLE public.{name}")
            statements = [
                # Neither order nor the protection of the audit matters here.
                "SET session_replication_role = replica; SET lock_timeout = '2s'",
                *(f"DELETE FROM public.{name}" for name in names),
                *(f"INSERT INTO public.{name} SELECT * FROM {KEPT}.{name}" for name in filled),
                *sequences,
            ]
            return cls(_column(connection, _SHAPE)[0], "; ".join(statements))

    def empty(self, url: str) -> bool:
        """Empty the database at *url*; False when it cannot be used again, as its tables are not the template's."""
        try:
            with _connected(url) as connection:
                connection.execute(_OTHERS)
                if _column(connection, _SHAPE)[0] != self.shape:
                    return False
                connection.execute(self.statements)
        except psycopg.Error:
            return False
        return True


def _connected(url: str) -> psycopg.Connection[tuple[str]]:
    address = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


def _column(connection: psycopg.Connection[tuple[str]], statement: str) -> list[str]:
    return [row[0] for row in connection.execute(statement)]
