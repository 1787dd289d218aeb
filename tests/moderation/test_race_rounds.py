"""Fifty rounds of two who act upon one request at the same moment: one wins, the other is told, and the audit, the
request and the public entry tell of the same winner.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.models import AuditEvent, Lab, OutboxMessage, Submission
from registry.transitions import Conflict
from registry.web import now
from tests.life import deeds
from tests.moderation.races import ROUNDS, SENDER, Deed, a_listing, agrees, an_edit, approval, at_once
from tests.support.client import PageClient, page_of

CreateStaff = Callable[..., str]
Staff = Callable[..., PageClient]

pytestmark = pytest.mark.long


def asked(session: Session, lab_id: int, number: int) -> tuple[Submission, LabProfile]:
    """A change of the entry that nobody asked for before, and the entry as it is."""
    live = session.get_one(Lab, lab_id).profile
    return an_edit(session, lab_id, replace(live, address_line2=f"Suite {number}")), live


def acts_upon(session: Session, submission: Submission) -> list[str]:
    """What the audit tells of a request, each act beginning where the one before ended."""
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_type == "submission", AuditEvent.subject_id == submission.id)
        .order_by(AuditEvent.id)
    ).all()
    assert all((later.before or {})["state"] == (one.after or {})["state"] for one, later in pairwise(events))
    assert not events or (events[-1].after or {})["state"] == submission.state
    return [event.action for event in events]


def one_won(results: list[object]) -> int:
    """The place of the only one who was not told that it was too late."""
    told = [isinstance(result, Conflict) for result in results]
    assert sorted(told) == [False, True], results
    assert not isinstance(results[told.index(False)], Exception), results
    return told.index(False)


def rounds(
    app: Flask,
    session: Session,
    moderator: str,
    against: Callable[[Session, Submission], Deed],
    lost: Callable[[Submission], None],
) -> None:
    """Approve a request while *against* happens to it, again and again; *lost* looks at it where that came first."""
    lab_id = a_listing(session, moderator)
    for number in range(ROUNDS):
        edit, live = asked(session, lab_id, number)
        pair = [approval(edit, moderator, live), against(session, edit)]
        session.rollback()
        # Who is called first has a start; each has it as often as the other.
        results = at_once(app, pair if number % 2 else pair[::-1])
        won = one_won(results if number % 2 else results[::-1])
        lab = agrees(session, lab_id)
        session.refresh(edit)
        history = acts_upon(session, edit)
        if won == 0 or edit.state == "approved":
            assert (edit.state, history, lab.profile) == ("approved", ["approve"], edit.profile)
        else:
            assert lab.profile == live
            lost(edit)
    published = select(AuditEvent).where(AuditEvent.action == "publish")
    approvals = select(Submission).where(Submission.state == "approved")
    assert len(session.scalars(published).all()) == len(session.scalars(approvals).all())
    mails = session.scalars(select(OutboxMessage.submission_id).where(OutboxMessage.kind == "approved")).all()
    assert len(mails) == len(set(mails)) == len(session.scalars(approvals).all())


def test_approved_while_the_laboratory_sends_a_newer_version(
    app: Flask, session: Session, create_staff: CreateStaff
) -> None:
    def newer(session: Session, edit: Submission) -> Deed:
        for left in session.scalars(select(Submission).where(Submission.state == "draft")):
            # An entry has one open draft: what lost the round before is thrown away.
            deeds.withdraw(session, left.id, by=SENDER, now=now())
        session.commit()
        again = replace(edit.profile, website=f"https://example.org/{edit.id}")
        draft = an_edit(session, edit.lab_id or 0, again, state="draft", revises_id=edit.id, consented_at=now())
        number, revision = draft.id, draft.revision

        def deed(own: Session) -> None:
            deeds.send(own, number, revision=revision, now=now())

        return deed

    def lost(edit: Submission) -> None:
        assert edit.state == "superseded"
        [sent] = session.scalars(select(Submission).where(Submission.revises_id == edit.id))
        assert sent.state == "submitted"
        # It makes room for the next round.
        deeds.withdraw(session, sent.id, by=SENDER, now=now())
        session.commit()

    rounds(app, session, create_staff("moderator"), newer, lost)


def test_approved_by_two_moderators(app: Flask, session: Session, create_staff: CreateStaff) -> None:
    one, other = create_staff("moderator"), create_staff("admin")

    def approved_too(session: Session, edit: Submission) -> Deed:
        return approval(edit, other, session.get_one(Lab, edit.lab_id).profile)

    def lost(edit: Submission) -> None:
        raise AssertionError("nobody approved it")

    rounds(app, session, one, approved_too, lost)


def test_approved_while_the_laboratory_withdraws_it(app: Flask, session: Session, create_staff: CreateStaff) -> None:
    def withdrawn(session: Session, edit: Submission) -> Deed:
        number = edit.id
        return lambda own: deeds.withdraw(own, number, by=SENDER, now=now())

    def lost(edit: Submission) -> None:
        assert (edit.state, acts_upon(session, edit)) == ("withdrawn", ["withdraw"])

    rounds(app, session, create_staff("moderator"), withdrawn, lost)


def test_the_one_who_is_late_reads_so(staff: Staff, session: Session, create_staff: CreateStaff) -> None:
    lab_id = a_listing(session, create_staff("moderator", "first@example.org"))
    clients = [staff("moderator"), staff("admin")]
    for number in range(3):
        session.rollback()
        edit, _live = asked(session, lab_id, number)
        pages = [client.load(f"/staff/submissions/{edit.id}") for client in clients]
        line = threading.Barrier(len(clients))
        answers: list[int] = [0, 0]
        texts = ["", ""]

        def press(place: int, pages: list[object] = pages, line: threading.Barrier = line) -> None:
            line.wait(10)
            answer = clients[place].submit(pages[place], button="Save the decision", decision="approve")
            answers[place], texts[place] = answer.status_code, page_of(answer).text  # noqa: B023

        threads = [threading.Thread(target=press, args=(place,)) for place in range(len(clients))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sorted(answers) == [200, 409], answers
        assert "This submission changed while you looked at it" in texts[answers.index(409)]
        assert "The listing shows the changes" in texts[answers.index(200)]
        assert agrees(session, lab_id).profile == edit.profile
