"""All looks and mails in the language of ``pseudo``, loaded once for the tests that read them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import Settings
from registry.app import create_app
from registry.extensions import db
from tests.support.client import PageClient
from tests.support.databases import connections_closed, forgetful
from tests.support.looking import people, seen
from tests.support.looks import ADMIN, LOOKS, Look
from tests.support.pages import Page
from tests.support.pseudo import in_it, spoken
from tests.support.scenes import set_scene

MORE = (
    Look("asked for a link", "/manage/asked"),
    Look("new passkey", "/staff/account/passkeys/new", who=ADMIN),
    Look("second step", "/staff/tf-setup", who=ADMIN),
    Look("recovery codes", "/staff/mf-recovery-codes", who=ADMIN),
)
"""Pages that say something in no other look."""


class Reader(PageClient):
    """A client that takes every page as it is: the looks are checked elsewhere, in the languages of the site."""

    def _look_at(self, response: TestResponse) -> None:
        address = response.request.full_path.rstrip("?")
        response.page = Page(response.get_data(as_text=True), address)  # type: ignore[attr-defined]


@contextmanager
def speaking(url: str, instance: Path) -> Iterator[Flask]:
    """An application on the database at *url* that speaks the language of ``pseudo`` beside its own."""
    settings = Settings(
        mode="test",
        instance=instance,
        database_url=url,
        base_url="http://localhost",
        limits_enabled=False,
        staff_second_factor=False,
        undo_minutes=0,
        contact_email="registry@example.org",
    )
    with spoken():
        app = create_app(settings)
        app.test_client_class = Reader
        forgetful(app)
        with connections_closed(app):
            yield app


def walk(app: Flask) -> dict[str, Page]:
    """The pages of all looks by their names, in the language of ``pseudo`` as their addresses choose it."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as session:
        scene = set_scene(app, session)
    clients = people(app)
    return {look.name: seen(clients[look.who], look, in_it(scene.address(look))) for look in (*LOOKS, *MORE)}
