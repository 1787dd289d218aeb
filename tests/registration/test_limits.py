"""Few mails to one mailbox, few drafts from one address, the same answer whether a mail goes out."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.extensions import limiter
from registry.models import OutboxMessage, Submission
from registry.registration.link_mail import MAILS_AN_HOUR
from tests.registration.walk import LATER, NEXT, YOU, fill_in, fill_in_all, send
from tests.support.client import PageClient, page_of


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """The application with its limits on, counted from zero."""
    app = make_app(limits_enabled=True)
    with app.app_context():
        limiter.reset()
    return app


def count(session: Session, model: type[Any]) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(model)).one()


def test_a_mailbox_gets_few_mails_whoever_asks(app: Flask, session: Session, outbox: Any) -> None:
    answers = set()
    for _ in range(MAILS_AN_HOUR + 2):
        stranger = app.test_client()
        assert isinstance(stranger, PageClient)
        answer = fill_in(stranger, "you", button=LATER, contact_email="Victim@laboratory.example")
        answers.add((answer.status_code, answer.request.path))
    assert answers == {(200, "/join/saved")}
    assert count(session, OutboxMessage) == MAILS_AN_HOUR


def test_asking_again_while_the_mail_waits_adds_none(client: PageClient, session: Session, outbox: Any) -> None:
    fill_in_all(client)
    send(client)
    for _ in range(3):
        client.submit(client.load("/join/sent"), button="Send the mail again")
    assert count(session, OutboxMessage) == 1
    outbox.deliver()
    client.submit(client.load("/join/sent"), button="Send the mail again")
    assert count(session, OutboxMessage) == 2


def test_one_address_starts_few_drafts(app: Flask, session: Session) -> None:
    for number in range(31):
        stranger = app.test_client()
        assert isinstance(stranger, PageClient)
        answer = stranger.submit(stranger.load("/join/you"), button=NEXT, **YOU)
        assert answer.status_code == (200 if number < 30 else 429)
    # What was typed is still there.
    page = page_of(answer)
    assert "Many registrations were begun from your network" in page.text
    assert page.main.one("input", name="contact_name")["value"] == YOU["contact_name"]
    assert count(session, Submission) == 30


def test_saving_steps_is_not_counted(client: PageClient) -> None:
    fill_in(client, "you")
    for _ in range(35):
        assert fill_in(client, "laboratory").status_code == 200
