"""The gazetteer, read once for all tests of places."""

import pytest

from registry.places.gazetteer import Gazetteer, gazetteer


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return gazetteer()
