"""Fixtures of every test. ``database`` runs each test that asks for it, directly or not, on SQLite and on
PostgreSQL.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from config import Settings
from registry import accounts, letters, mail
from registry.app import create_app
from registry.extensions import db
from registry.web import now
from tests.support import network
from tests.support.client import PageClient
from tests.support.compiled import KeptTemplates, keep_assets, keep_routes
from tests.support.databases import ENGINES, Databases, connections_closed, forgetful
from tests.support.smtp import Letter, MailServer

PASSWORD = "correct horse battery staple 7"

pytest_plugins = ["tests.support.browser"]

network.forbid()
keep_routes()
keep_assets()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "kills: kills a server again and again; run alone with `-m kills -s`")
    config.addinivalue_line("markers", "long: takes many seconds, so it begins early")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest first: a process that is left alone with it is waited for."""
    items.sort(
        key=lambda item: (
            "browser" not in getattr(item, "fixturenames", ()) and not {"kills", "long"} & set(item.keywords)
        )
    )


@pytest.fixture(scope="session")
def base_url() -> None:
    """Stands for that of pytest-base-url, which this pytest warns of: each live server has an address of its
    own.
    """


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The SQLite folder and the PostgreSQL server of this run; ``databases.fresh("sqlite")`` gives a
    migrated database.
    """
    running = Databases(tmp_path_factory.mktemp("databases"))
    yield running
    running.close()


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """``sqlite`` or ``postgresql``: the test runs once with each."""
    return str(request.param)


@pytest.fixture
def database(databases: Databases, engine_name: str) -> Iterator[str]:
    """The SQLAlchemy address of a migrated, empty database of this test alone."""
    with databases.fresh(engine_name) as url:
        yield url


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    """A real SMTP server on this machine."""
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture
def settings(database: str, mail_server: MailServer, tmp_path: Path) -> Settings:
    """Settings of a test: own database and instance folder, mail to the test's SMTP server, no rate limits.

    For others, ask for ``make_app`` and give what differs: ``make_app(limits_enabled=True)``.
    """
    mail_server.mailbox.letters.clear()
    return Settings(
        mode="test",
        instance=tmp_path / "instance",
        database_url=database,
        base_url="http://localhost",
        smtp_host="127.0.0.1",
        smtp_port=mail_server.port,
        limits_enabled=False,
        staff_second_factor=False,
        undo_minutes=0,
        contact_email="registry@example.org",
    )


@pytest.fixture
def make_app(settings: Settings) -> Iterator[Callable[..., Flask]]:
    """Make an application whose settings differ from ``settings`` in the given ones."""
    with ExitStack() as made:

        def make(**changes: Any) -> Flask:
            changed = settings.model_copy(update=changes)
            app = create_app(changed)
            app.test_client_class = PageClient
            app.jinja_env.bytecode_cache = KeptTemplates(app, changed)
            forgetful(app)
            made.enter_context(connections_closed(app))
            return app

        yield make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """The application on this test's database."""
    return make_app()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session of its own on the test's database, outside of any request.

    It sees what others committed only after its own transaction ended: call ``session.rollback()`` or
    ``commit()`` first.
    """
    with app.app_context():
        engine = db.engine
    with Session(engine) as own:
        yield own


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A browser without JavaScript: checks every page it loads, keeps cookies, and fills forms with
    ``submit``.
    """
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time that starts at 16 November 2026, 15:00 UTC, and runs on: ``clock.shift(timedelta(days=8))``,
    ``clock.move_to(…)``.
    """
    with time_machine.travel(datetime(2026, 11, 16, 15, 0, tzinfo=UTC), tick=True) as traveller:
        yield traveller


class Outbox:
    """The mails of the test: the application sends them through a real SMTP server."""

    def __init__(self, app: Flask, server: MailServer) -> None:
        self._app = app
        self._server = server

    @property
    def letters(self) -> list[Letter]:
        """Everything that arrived in this test, in order."""
        return self._server.mailbox.letters

    def deliver(self) -> list[Letter]:
        """Send what is due now, like the worker does; the letters that arrived by that."""
        before = len(self.letters)
        with self._app.app_context():
            mail.deliver_due(
                db.session,
                render=letters.render,
                send=letters.send,
                clock=now,
                chance=random.Random(7),
                limit=1000,
            )
        return self.letters[before:]

    def one(self, recipient: str | None = None) -> Letter:
        """Send what is due; the only letter that arrived by that (for *recipient*)."""
        arrived = [letter for letter in self.deliver() if recipient is None or recipient in letter.recipients]
        assert len(arrived) == 1, f"{len(arrived)} letters: {[letter.subject for letter in arrived]}"
        return arrived[0]


@pytest.fixture
def outbox(app: Flask, mail_server: MailServer) -> Outbox:
    """``outbox.deliver()`` sends what is due over SMTP and returns the letters; ``outbox.one().link`` is a
    one-use link's path.
    """
    return Outbox(app, mail_server)


@pytest.fixture
def create_staff(app: Flask) -> Callable[..., str]:
    """``create_staff("admin")`` makes an account with that role and the password ``PASSWORD``; returns its
    e-mail.
    """

    def create(role: str = "moderator", email: str | None = None) -> str:
        email = email or f"{role}@example.org"
        with app.app_context():
            accounts.create_staff(db.session, email=email, password=PASSWORD, role=role, now=now())
            db.session.commit()
        return email

    return create


@pytest.fixture
def staff(app: Flask, create_staff: Callable[..., str]) -> Callable[..., PageClient]:
    """``staff("moderator")`` is a client signed in as a new member of staff; a second e-mail makes a second
    person.
    """

    def sign_in(role: str = "moderator", email: str | None = None) -> PageClient:
        email = create_staff(role, email)
        client = app.test_client()
        assert isinstance(client, PageClient)
        client.submit(client.load("/staff/login"), email=email, password=PASSWORD, follow=False)
        return client

    return sign_in
