"""Loading into the test's database, as the command does."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.clia.importing import Report, load
from registry.extensions import db
from registry.models import CliaRecord

NOW = datetime(2026, 8, 3, 12, tzinfo=UTC)


@pytest.fixture
def load_file(app: Flask) -> Callable[..., Report]:
    """``load_file(path)`` loads it as that of 2026-Q2; keywords are those of ``load``."""

    def run(path: Path, *, quarter: str = "2026-Q2", **options: Any) -> Report:
        with app.app_context():
            return load(db.engine, path, quarter=quarter, now=NOW, **options)

    return run


@pytest.fixture
def numbers(session: Session) -> Callable[[], list[str]]:
    """``numbers()`` are the CLIA numbers in the database now, in order."""

    def read() -> list[str]:
        session.rollback()
        return list(session.scalars(select(CliaRecord.clia_number).order_by(CliaRecord.clia_number)))

    return read
