"""The demonstration, loaded as its command does."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from registry.demonstration import Loaded, load
from registry.extensions import begin_writing, db

NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)

Load = Callable[..., Loaded]


@pytest.fixture
def load_demo(app: Flask, settings: Settings) -> Load:
    """``load_demo()`` loads and commits as the command does; ``load_demo(now=…)`` at another time."""

    def run(*, now: datetime = NOW, instance: Path = settings.instance) -> Loaded:
        with app.app_context():
            begin_writing(db.session)
            loaded = load(db.session, now=now, instance=instance)
            db.session.commit()
        return loaded

    return run
