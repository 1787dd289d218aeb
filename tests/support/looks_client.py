"""The demonstration at a moment that stands still, without a database: its pages of components ask for none."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import time_machine
from werkzeug.test import TestResponse

from config import Settings
from registry.app import create_app
from tests.support.client import PageClient

MOMENT = datetime(2026, 11, 20, 15, tzinfo=UTC)


class StillClient(PageClient):
    """For whom it is always :data:`MOMENT`."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        with time_machine.travel(MOMENT, tick=False):
            return super().open(*args, **kwargs)


def demonstration(instance: Path) -> StillClient:
    """A client of a demonstration whose files are in *instance*."""
    app = create_app(Settings(mode="demonstration", instance=instance))
    return StillClient(app, TestResponse)
