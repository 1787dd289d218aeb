"""From the first step to the moderators."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import AuditEvent, Submission
from tests.registration.walk import fill_in_all, send
from tests.support.client import PageClient


def test_a_laboratory_joins_and_confirms_its_mailbox(client: PageClient, session: Session, outbox: Any) -> None:
    client.load("/join")
    fill_in_all(client)
    sent = send(client)
    assert sent.request.path == "/join/sent"
    assert "robin@laboratory.example" in sent.text

    letter = outbox.one("robin@laboratory.example")
    page = client.load(letter.link)
    assert "Invented Pathology" in page.text
    thanks = client.submit(page)
    assert "Thank you" in thanks.page.h1

    submission = session.scalars(select(Submission)).one()
    assert submission.state == "submitted"
    assert submission.email_verified_at is not None
    assert submission.submitted_at is not None
    assert submission.consented_at is not None
    assert submission.unfinished == {}
    profile = submission.profile
    assert profile.phone == "(404) 555-0123"
    assert profile.offerings[0].specimens == ("ffpe_block", "unstained_slides")
    assert profile.offerings[0].specimen_notes == "One block,\nor five slides"
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["send", "confirm_email"]
    assert "We have your registration" in outbox.one("robin@laboratory.example").subject
