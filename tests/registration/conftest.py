"""What the registration's tests share."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask_babel import Babel


@pytest.fixture
def words() -> Iterator[None]:
    """A request without database: enough for a form to check what was typed and to say what is wrong."""
    app = Flask("words")
    app.config["SECRET_KEY"] = "of this test alone"
    Babel(app)
    with app.test_request_context("/"):
        yield


@pytest.fixture
def reviewer(create_staff: Callable[..., str]) -> str:
    """The e-mail of a moderator."""
    return create_staff("moderator")
