"""Databases for the tests: one migrated template per engine and session, a fresh copy for each test."""

import itertools
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from config import ROOT
from registry import schema
from registry.extensions import db
from registry.models import Base, DirectoryVersion
from tests.support.postgresql import PostgresServer
from tests.support.reusing import MOST_USES, Emptying

ENGINES = ("sqlite", "postgresql")
DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")


def migrate(url: str) -> None:
    """Bring the empty database at *url* to the newest revision, by the migrations that operators run."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    if any((ROOT / "migrations" / "versions").glob("*.py")):
        schema.upgrade(engine)
        return
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(DirectoryVersion).values(id=1, version=0))


@contextmanager
def connections_closed(app: Flask) -> Iterator[None]:
    """Close every connection that *app* opened within, also those that its threads keep for themselves."""
    opened: list[Any] = []
    with app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        sa.event.listen(engine, "connect", lambda connection, record: opened.append(connection))
    try:
        yield
    finally:
        for engine in engines:
            engine.dispose()
        for connection in opened:
            connection.close()


def forgetful(app: Flask) -> None:
    """Let *app* not wait for the disk: what a test writes into SQLite does not outlive it. The kill tests do wait."""
    with app.app_context():
        for engine in db.engines.values():
            if engine.dialect.name == "sqlite":
                sa.event.listen(
                    engine, "connect", lambda connection, record: connection.execute("PRAGMA synchronous=OFF")
                )


class SqliteDatabases:
    """SQLite files: a copy of the template's file is a fresh database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count()
        self._template = folder / "template.sqlite"

    def empty(self) -> str:
        """The address of a new database without tables."""
        return f"sqlite:///{self.folder / f'{next(self._numbers)}.sqlite'}"

    def fresh(self) -> str:
        """The address of a new migrated database."""
        if not self._template.exists():
            building = self.folder / "building.sqlite"
            migrate(f"sqlite:///{building}")
            with closing(sqlite3.connect(building)) as connection:
                # What the migrations wrote must be in the one file that is copied.
                connection.execute("PRAGMA journal_mode=DELETE")
            building.rename(self._template)
        url = self.empty()
        shutil.copyfile(self._template, url.removeprefix("sqlite:///"))
        return url

    def drop(self, url: str) -> None:
        """Remove the database at *url*."""
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(url.removeprefix("sqlite:///") + suffix).unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing runs."""


class PostgresDatabases:
    """PostgreSQL: ``TEST_DATABASE_URL`` when set (its user may create databases), else a server of ours."""

    def __init__(self) -> None:
        given = os.environ.get("TEST_DATABASE_URL")
        self.server = None if given else PostgresServer()
        address = given or self.server.url("postgres")  # type: ignore[union-attr]
        url = sa.make_url(address.replace("postgres://", "postgresql://", 1))
        self._url = url.set(drivername="postgresql+psycopg")
        # Another run may use the same server.
        self._prefix = f"registry_test_{os.getpid()}"
        self._numbers = itertools.count()
        self._template: str | None = None
        self._emptying: Emptying | None = None
        self._uses: dict[str, int] = {}
        self._free: list[str] = []
        self._maintenance = sa.create_engine(self._url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        self._connection = self._maintenance.connect()
        # Sorting and comparing like SQLite does, whatever the server's language.
        self._locale = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'" if self.server else "LC_COLLATE 'C'"

    def execute(self, statement: str) -> None:
        """Run a maintenance statement, outside of any transaction."""
        self._connection.exec_driver_sql(statement)

    def empty(self) -> str:
        """The address of a new database without tables."""
        name = f"{self._prefix}_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' {self._locale}")
        return self._address(name)

    def fresh(self) -> str:
        """The address of a migrated database in which there is nothing."""
        if self._free:
            return self._free.pop()
        if self._template is None:
            url = self.empty()
            migrate(url)
            self._emptying = Emptying.of_template(url)
            self._template = sa.make_url(url).database
        name = f"{self._prefix}_{next(self._numbers)}"
        # Copying files beats writing the copy through the log when nothing is ever flushed to the disk.
        strategy = "FILE_COPY" if self.server else "WAL_LOG"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY {strategy}")
        url = self._address(name)
        self._uses[url] = 0
        return url

    def drop(self, url: str) -> None:
        """Remove the database at *url*, or make it ready to be used again, whoever is still connected."""
        uses = self._uses.get(url, MOST_USES) + 1
        if self._emptying is not None and uses < MOST_USES and self._emptying.empty(url):
            self._uses[url] = uses
            self._free.append(url)
            return
        self._remove(url)

    def _remove(self, url: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {sa.make_url(url).database} WITH (FORCE)")

    def close(self) -> None:
        """Remove what is left, and end the server when it is ours."""
        for url in self._free:
            self._remove(url)
        if self._template is not None:
            self.execute(f"DROP DATABASE IF EXISTS {self._template} WITH (FORCE)")
        self._connection.close()
        self._maintenance.dispose()
        if self.server is not None:
            self.server.stop()

    @contextmanager
    def durable(self) -> Iterator[None]:
        """Let our own server write like one in production for a while: each commit is on the disk when it is
        answered.
        """
        if self.server is not None:
            for option in DURABILITY:
                self.execute(f"ALTER SYSTEM SET {option} = on")
            self.execute("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            if self.server is not None:
                self.execute("ALTER SYSTEM RESET ALL")
                self.execute("SELECT pg_reload_conf()")

    def _address(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)


class Databases:
    """Both engines; each starts when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, SqliteDatabases | PostgresDatabases] = {}

    def __getitem__(self, engine: str) -> SqliteDatabases | PostgresDatabases:
        if engine not in self._running:
            sqlite = engine == "sqlite"
            self._running[engine] = SqliteDatabases(self._folder) if sqlite else PostgresDatabases()
        return self._running[engine]

    @contextmanager
    def fresh(self, engine: str) -> Iterator[str]:
        """The address of a new migrated database of *engine*, removed at the end."""
        url = self[engine].fresh()
        try:
            yield url
        finally:
            self[engine].drop(url)

    @contextmanager
    def empty(self, engine: str) -> Iterator[str]:
        """The address of a new database of *engine* without tables, removed at the end."""
        url = self[engine].empty()
        try:
            yield url
        finally:
            self[engine].drop(url)

    def close(self) -> None:
        for databases in self._running.values():
            databases.close()
