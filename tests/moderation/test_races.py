"""Two at once: the database decides, on both engines."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from registry.models import AuditEvent, Lab, OutboxMessage, Submission, User
from registry.moderation import publishing, services
from registry.transitions import Conflict
from registry.web import now
from tests.moderation.races import at_once
from tests.support.factories import a_profile, a_submission

CreateStaff = Callable[..., str]


def approval(submission: Submission, email: str) -> Callable[[Session], Any]:
    shown: dict[str, Any] = {
        "submission_id": submission.id,
        "expect_revision": submission.revision,
        "digest": submission.profile.digest,
    }
    session = object_session(submission)
    assert session is not None
    # A reading transaction must not be older than what the next factory call writes.
    session.rollback()

    def deed(session: Session) -> str:
        reviewer = session.scalars(select(User).where(User.email == email)).one()
        return services.approve(session, reviewer=reviewer, now=now(), **shown).slug

    return deed


def test_two_moderators_approve_one_entry_at_once(app: Flask, session: Session, create_staff: CreateStaff) -> None:
    emails = [create_staff("moderator"), create_staff("admin")]
    for _round in range(5):
        waiting = a_submission(session)
        results = at_once(app, [approval(waiting, email) for email in emails])
        assert {type(result) for result in results} == {str, Conflict}, results
    session.rollback()
    assert len(session.scalars(select(Lab)).all()) == 5
    assert len(session.scalars(select(OutboxMessage)).all()) == 5
    approvals = select(AuditEvent).where(AuditEvent.action == "approve")
    assert len(session.scalars(approvals).all()) == 5


def test_two_entries_with_one_number_approved_at_once(app: Flask, session: Session, create_staff: CreateStaff) -> None:
    emails = [create_staff("moderator"), create_staff("admin")]
    for number in range(5):
        profiles = [a_profile(clia_number=f"11D000000{number}") for _entry in emails]
        waiting = [a_submission(session, profile) for profile in profiles]
        results = at_once(app, [approval(*pair) for pair in zip(waiting, emails, strict=True)])
        assert {type(result) for result in results} == {str, publishing.AlreadyListed}, results
    session.rollback()
    assert len(session.scalars(select(Lab)).all()) == 5
    states = session.scalars(select(Submission.state)).all()
    assert sorted(states) == ["approved"] * 5 + ["submitted"] * 5


def test_two_entries_of_one_name_approved_at_once_get_two_addresses(
    app: Flask, session: Session, create_staff: CreateStaff
) -> None:
    emails = [create_staff("moderator"), create_staff("admin")]
    for number in range(5):
        waiting = [a_submission(session, a_profile(name=f"Invented Twin {number}")) for _entry in emails]
        results = at_once(app, [approval(*pair) for pair in zip(waiting, emails, strict=True)])
        base = f"invented-twin-{number}-atlanta"
        assert {str(result) for result in results} == {base, f"{base}-2"}, results


@pytest.mark.parametrize("kind", ["claim", "withdrawal"])
def test_other_kinds_are_not_published(app: Flask, session: Session, create_staff: CreateStaff, kind: str) -> None:
    waiting = a_submission(session, kind=kind)
    [result] = at_once(app, [approval(waiting, create_staff("moderator"))])
    assert isinstance(result, publishing.NotPublishable)


def test_what_was_never_proved_is_not_published(app: Flask, session: Session, create_staff: CreateStaff) -> None:
    waiting = a_submission(session, email_verified_at=None)
    [result] = at_once(app, [approval(waiting, create_staff("moderator"))])
    assert isinstance(result, publishing.NotPublishable)
    session.refresh(waiting)
    assert waiting.state == "submitted"
