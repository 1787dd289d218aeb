"""The version is asked on kept connections, and survives their end."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from registry.directory.probe import VersionProbe
from registry.extensions import READING, db
from registry.models import DirectoryVersion


@pytest.fixture
def probe(app: Flask) -> VersionProbe:
    with app.app_context():
        return VersionProbe(db.engines[READING])


def test_each_commit_is_seen_by_the_next_question(probe: VersionProbe, session: Session) -> None:
    for _ in range(3):
        before = probe()
        advanced = DirectoryVersion.advance(session)
        assert probe() == before
        session.commit()
        assert probe() == advanced


def test_many_threads_may_ask_at_once(probe: VersionProbe) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda _: probe(), range(200))) == {0}


def test_a_connection_that_the_server_closed_is_replaced(probe: VersionProbe, session: Session) -> None:
    assert probe() == 0
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
        session.commit()
    else:
        for connection in probe._idle:
            connection.dbapi_connection.close()
    assert probe() == 0
