"""A moderator asked for changes: the laboratory changes a copy and sends it again."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import mail
from registry.domain.workflow import State
from registry.links import Purpose
from registry.models import OutboxMessage, Submission
from registry.web import now
from tests.registration.walk import NEXT, send
from tests.support.client import PageClient, page_of
from tests.support.factories import a_profile, a_submission

MAILBOX = "lab@laboratory.example"


@pytest.fixture
def link(session: Session, outbox: Any) -> str:
    """The link in the mail that asked for changes."""
    old = a_submission(
        session,
        a_profile(name="Invented Pathology"),
        state=State.CHANGES_REQUESTED,
        email=MAILBOX,
        message="Please check the ZIP code.",
    )
    mail.enqueue(
        session,
        kind="changes_requested",
        recipient=MAILBOX,
        context={"name": "Invented Pathology", "message": old.message},
        now=now(),
        link_purpose=Purpose.REVISE,
        submission_id=old.id,
    )
    session.commit()
    return str(outbox.one().link)


def by_state(session: Session) -> dict[str, Submission]:
    session.rollback()
    return {submission.state: submission for submission in session.scalars(select(Submission))}


def test_a_revision_goes_straight_to_the_moderators(
    client: PageClient, link: str, session: Session, outbox: Any
) -> None:
    page = client.load(link)
    assert "Please check the ZIP code." in page.main.text
    check = page_of(client.submit(page))
    assert check.url == "/join/check"
    assert "Please check the ZIP code." in check.main.text
    laboratory = client.load("/join/laboratory?to=check")
    assert "Please check the ZIP code." in laboratory.main.text
    client.submit(laboratory, button=NEXT, zip="30309")
    old = by_state(session)["changes_requested"]
    assert old.profile.zip == "30303"
    assert send(client).request.path == "/join/sent"

    found = by_state(session)
    assert set(found) == {"superseded", "submitted"}
    new = found["submitted"]
    assert new.revises_id == found["superseded"].id
    assert new.profile.zip == "30309"
    assert new.email_verified_at == found["superseded"].email_verified_at
    assert new.submitted_at is not None
    assert outbox.one(MAILBOX).subject == "We have your registration of Invented Pathology"
    assert client.load(link, status=410)


def test_a_second_browser_finds_the_same_revision(
    app: Flask, client: PageClient, link: str, session: Session, outbox: Any
) -> None:
    client.submit(client.load(link))
    client.submit(client.load("/join/laboratory"), button=NEXT, zip="30309")
    other = app.test_client()
    assert isinstance(other, PageClient)
    other.submit(other.load(link, status=410), button="Mail me a new link")
    letter = outbox.one(MAILBOX)
    assert "Please check the ZIP code." in letter.text
    check = other.submit(other.load(letter.link))
    assert "30309" in check.text
    assert len(session.scalars(select(Submission)).all()) == 2


def test_a_revision_from_another_mailbox_must_prove_it(
    client: PageClient, link: str, session: Session, outbox: Any
) -> None:
    client.submit(client.load(link))
    client.submit(client.load("/join/you"), button=NEXT, contact_email="new@laboratory.example")
    send(client)
    found = by_state(session)
    assert set(found) == {"changes_requested", "awaiting_email"}
    assert found["awaiting_email"].email_verified_at is None
    client.submit(client.load(outbox.one("new@laboratory.example").link))
    assert set(by_state(session)) == {"superseded", "submitted"}


def test_sending_a_revision_twice_sends_it_once(client: PageClient, link: str, session: Session) -> None:
    client.submit(client.load(link))
    page = client.load("/join/check")
    for _ in range(2):
        answer = client.submit(page, button="Send", consent=True, right_today=True)
        assert answer.request.path == "/join/sent"
    kinds = session.scalars(select(OutboxMessage.kind)).all()
    assert sorted(kinds) == ["changes_requested", "submission_received"]
