"""These pages ask the databases nothing that differs between them: one is enough."""

import pytest


@pytest.fixture
def engine_name() -> str:
    return "sqlite"
