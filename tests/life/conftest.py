"""A play on this test's database."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from registry.extensions import db
from registry.models import User
from tests.life.plays import Life
from tests.support.audit import unprotect


@pytest.fixture
def play(app: Flask, session: Session, engine_name: str) -> type[Life]:
    """The class of plays on this test's database, with a moderator; each play begins with nothing else."""
    session.add(User(email="moderator@example.org", fs_uniquifier="moderator", create_datetime=datetime.now(UTC)))
    session.commit()
    # Each play begins with an empty audit.
    unprotect(session)
    with app.app_context():
        engine = db.engine
    if engine_name == "sqlite":
        # What is played does not outlive the test: no act has to wait for the disk.
        event.listen(engine, "connect", lambda connection, record: connection.execute("PRAGMA synchronous=OFF"))
        engine.dispose()

    class Play(Life):
        pass

    Play.engine, Play.tally = engine, Counter()
    return Play


@pytest.fixture
def life(play: type[Life]) -> Iterator[Life]:
    """One play, to be acted step by step."""
    one = play()
    yield one
    one.teardown()
