"""The pages to learn from, read once for all tests: they are the same for everybody."""

import pytest
from flask import Flask

from tests.education.reading import Shelf, plain, whole_shelf
from tests.support.client import PageClient


@pytest.fixture(scope="session")
def plain_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application that has no database."""
    return plain(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="session")
def plain_client(plain_app: Flask) -> PageClient:
    """A browser that asks it."""
    client = plain_app.test_client()
    assert isinstance(client, PageClient)
    return client


@pytest.fixture(scope="session")
def shelf(plain_client: PageClient) -> Shelf:
    """``shelf["her2", "es"]`` is that page in Spanish."""
    return whole_shelf(plain_client)
