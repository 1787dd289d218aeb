"""Several at once: each with a session of its own, in a thread of its own, from one starting line."""

import os
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.extensions import begin_writing, db
from registry.models import AuditEvent, Lab, Submission, User
from registry.moderation import services
from registry.moderation.replay import listing_of, replay
from registry.registration import contacts
from registry.web import now
from tests.support.factories import a_profile, a_submission, an_offering

Deed = Callable[[Session], Any]

ROUNDS = int(os.environ.get("ROUNDS", "20"))
"""How often each race is run; ``ROUNDS=50`` for a long look."""

SENDER = "ada@example.org"
"""Who speaks for the laboratories of :func:`a_listing`."""


def at_once(app: Flask, deeds: list[Deed]) -> list[object]:
    """Do each deed in a thread with its own session, from one starting line; what each gave or raised."""
    line = threading.Barrier(len(deeds))
    results: list[object] = [None] * len(deeds)

    def run(place: int, deed: Deed) -> None:
        with app.app_context():
            line.wait(10)
            try:
                begin_writing(db.session)
                results[place] = deed(db.session)
                db.session.commit()
            except Exception as error:  # the test looks at it
                db.session.rollback()
                results[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def agrees(session: Session, lab_id: int) -> Lab:
    """The laboratory, after a look at whether the audit leads to what its row says."""
    session.rollback()
    lab = session.get_one(Lab, lab_id)
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_type == "lab", AuditEvent.subject_id == lab_id)
        .order_by(AuditEvent.id)
    ).all()
    speaking = {contact.email for contact in contacts.speaking(session, lab_id)}
    assert replay(events) == listing_of(lab, speaking)
    return lab


def a_listing(session: Session, moderator: str) -> int:
    """The number of a laboratory that came on the list as all do, so that the audit tells of it. Commits."""
    fish = an_offering(name="HER2 FISH", method="fish", assay="pathvysion")
    waiting = a_submission(session, a_profile(offerings=(an_offering(), fish)), email=SENDER)
    approval(waiting, moderator, None)(session)
    session.commit()
    return waiting.lab_id or 0


def an_edit(session: Session, lab_id: int, proposed: LabProfile, **changes: Any) -> Submission:
    """What its contact asks to change in it. Commits."""
    base = session.get_one(Lab, lab_id).profile_data
    return a_submission(session, proposed, kind="edit", lab_id=lab_id, email=SENDER, base=base, **changes)


def approval(submission: Submission, moderator: str, listing: LabProfile | None) -> Deed:
    """What the moderator of that e-mail does, who has the submission beside *listing* on the screen."""
    shown: dict[str, Any] = {
        "submission_id": submission.id,
        "expect_revision": submission.revision,
        "digest": submission.profile.digest,
        "listing_digest": listing.digest if listing is not None else "",
    }

    def deed(session: Session) -> str:
        reviewer = session.scalars(select(User).where(User.email == moderator)).one()
        return services.approve(session, reviewer=reviewer, now=now(), **shown).slug

    return deed
