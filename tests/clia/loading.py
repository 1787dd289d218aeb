"""An import in a process of its own, which can be killed at a chosen moment.

``multiprocessing``'s fork server imports this module once; a child makes the application, and with it its own
engines, after the fork.
"""

import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from config import Settings
from registry.app import create_app
from registry.clia import importing
from registry.extensions import db

READING, REPLACING = "reading", "replacing"
LONG_S = 60.0


def load_until(settings: Settings, file: Path, moment: str, tell: Connection) -> None:
    """Load *file* as that of 2026-Q2, say when *moment* has come, and wait there to be killed."""

    def stop(*arguments: Any) -> None:
        tell.send(moment)
        time.sleep(LONG_S)

    original = importing._event
    if moment == REPLACING:
        # The last that is made before the commit.
        importing._event = lambda report, now: stop() or original(report, now)
    importing._AT_ONCE = 100
    app = create_app(settings)
    with app.app_context():
        importing.load(
            db.engine,
            file,
            quarter="2026-Q2",
            now=datetime.now(UTC),
            progress=stop if moment == READING else None,
        )
