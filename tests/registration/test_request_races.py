"""A decision and the laboratory's own act at the same moment: one stands, the other is told."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import AuditEvent, Lab, Submission
from registry.moderation import services as moderation
from registry.registration import sending
from registry.web import now
from tests.manage.people import KIM, ROBIN, a_lab
from tests.moderation.test_races import at_once
from tests.registration.entries import FISH, an_edit, decide
from tests.support.factories import an_offering


@pytest.fixture
def lab(session: Session) -> Lab:
    return a_lab(session, ROBIN, KIM, offerings=(an_offering(), FISH))


def test_a_decision_and_a_withdrawal_at_once(app: Flask, session: Session, lab: Lab, reviewer: str) -> None:
    for _round in range(4):
        waiting = an_edit(session, lab)
        number = waiting.id
        session.rollback()

        def decision(own: Session, number: int = number) -> str:
            decide(own, own.get_one(Submission, number), reviewer, moderation.approve)
            return "approved"

        def withdrawal(own: Session, number: int = number) -> str:
            sending.withdraw(own, submission=own.get_one(Submission, number), actor=KIM, now=now())
            return "withdrawn"

        results = at_once(app, [decision, withdrawal])
        assert sorted(type(result).__name__ for result in results) == ["Conflict", "str"], results
        session.rollback()
        [won] = [result for result in results if isinstance(result, str)]
        assert session.get_one(Submission, number).state == won
        acts = select(AuditEvent.action).where(AuditEvent.subject_type == "submission", AuditEvent.subject_id == number)
        assert session.scalars(acts).all() == [{"approved": "approve", "withdrawn": "withdraw"}[won]]


def test_a_decision_and_a_newer_version_at_once(app: Flask, session: Session, lab: Lab, reviewer: str) -> None:
    for attempt in range(4):
        waiting = an_edit(session, lab)
        draft, _key = sending.revise(session, submission=waiting, key=f"{attempt}" * 43, now=now())
        draft.proposed = {**draft.proposed, "phone": f"(404) 555-01{attempt}0"}
        session.commit()
        old, new, revision = waiting.id, draft.id, draft.revision
        session.rollback()

        def decision(own: Session, old: int = old) -> str:
            decide(own, own.get_one(Submission, old), reviewer, moderation.approve)
            return "approved"

        def newer(own: Session, new: int = new, revision: int = revision) -> str:
            draft = own.get_one(Submission, new)
            sending.send(own, draft=draft, revision=revision, now=now())
            return "superseded"

        results = at_once(app, [decision, newer])
        assert sorted(type(result).__name__ for result in results) == ["Conflict", "str"], results
        session.rollback()
        [won] = [result for result in results if isinstance(result, str)]
        assert session.get_one(Submission, old).state == won
        left = session.get_one(Submission, new)
        assert left.state == ("draft" if won == "approved" else "submitted")
        sending.withdraw(session, submission=left, actor=ROBIN, now=now() + timedelta(seconds=1))
        session.commit()
