"""The one door through which a submission changes its state."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.workflow import Action, State
from registry.extensions import db
from registry.models import AuditEvent, Submission
from registry.registration import services
from registry.transitions import Conflict, apply
from registry.web import now
from tests.support.factories import a_submission


@pytest.fixture
def other(app: Flask) -> Iterator[Session]:
    """A second session beside ``session``."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as other:
        yield other


def move(session: Session, submission: Submission, action: Action, revision: int | None = None) -> Submission:
    return apply(
        session,
        submission.id,
        action,
        actor_kind="staff",
        actor="ada@example.org",
        now=now(),
        expect_revision=revision,
        note="why",
    )


def test_a_transition_writes_its_audit_row_in_the_same_breath(session: Session) -> None:
    submission = a_submission(session)
    moved = move(session, submission, Action.START_REVIEW, submission.revision)
    session.commit()
    assert moved.state == "in_review"
    assert moved.revision == 2
    event = session.scalars(select(AuditEvent)).one()
    assert (event.actor, event.action, event.subject_id, event.note) == (
        "ada@example.org",
        "start_review",
        submission.id,
        "why",
    )
    assert event.before is not None
    assert event.after is not None
    assert (event.before["state"], event.after["state"]) == ("submitted", "in_review")
    assert event.after["profile"] == submission.profile.digest


def test_a_step_that_is_not_in_the_table_writes_nothing(session: Session) -> None:
    submission = a_submission(session, state=State.DRAFT)
    with pytest.raises(Conflict) as told:
        move(session, submission, Action.APPROVE)
    assert told.value.submission.state == "draft"
    session.commit()
    assert session.scalars(select(AuditEvent)).all() == []
    assert submission.revision == 1


def test_the_second_of_two_learns_what_the_first_did(session: Session, other: Session) -> None:
    submission = a_submission(session)
    seen = other.get_one(Submission, submission.id).revision
    other.rollback()
    move(session, submission, Action.APPROVE, seen)
    session.commit()
    with pytest.raises(Conflict) as told:
        move(other, submission, Action.REJECT, seen)
    assert told.value.submission.state == "approved"


def test_a_revision_that_is_gone_is_refused(session: Session) -> None:
    submission = a_submission(session)
    with pytest.raises(Conflict):
        move(session, submission, Action.APPROVE, submission.revision + 1)
    assert submission.state == "submitted"


def test_there_is_nothing_to_move(session: Session) -> None:
    with pytest.raises(LookupError):
        apply(session, 4711, Action.APPROVE, actor_kind="system", actor="test", now=now())


def test_one_key_makes_one_draft(session: Session) -> None:
    first = services.start_draft(session, key="k" * 43, language="en", now=now())
    second = services.start_draft(session, key="k" * 43, language="en", now=now())
    session.commit()
    assert first.id == second.id
