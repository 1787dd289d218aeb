"""Two at once about one listing: what is published was seen, and the audit agrees with what the public sees."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.models import AuditEvent, Lab, Submission, User
from registry.moderation import services
from registry.moderation.publishing import ListingMoved
from registry.moderation.replay import listing_of, replay
from registry.registration import confirming, contacts, leaving
from registry.registration.confirming import Shown
from registry.registration.leaving import Plan
from registry.transitions import Conflict
from registry.web import now
from tests.moderation.test_races import at_once
from tests.support.factories import a_profile, a_submission, an_offering

CreateStaff = Callable[..., str]
Deed = Callable[[Session], Any]
ROUNDS = 4


def a_listing(session: Session, moderator: str) -> int:
    """A laboratory that came on the list as all do, so that the audit tells of it."""
    fish = an_offering(name="HER2 FISH", method="fish", assay="pathvysion")
    waiting = a_submission(session, a_profile(offerings=(an_offering(), fish)), email="ada@example.org")
    approval(waiting, moderator, None)(session)
    session.commit()
    return waiting.lab_id or 0


def an_edit(session: Session, lab_id: int, proposed: LabProfile) -> Submission:
    base = session.get_one(Lab, lab_id).profile_data
    return a_submission(session, proposed, kind="edit", lab_id=lab_id, email="ada@example.org", base=base)


def approval(submission: Submission, moderator: str, listing: LabProfile | None) -> Deed:
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


def replayed(session: Session, lab_id: int) -> Lab:
    """The laboratory, after a look at whether the audit leads to what its row says."""
    session.rollback()
    lab = session.get_one(Lab, lab_id)
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_type == "lab", AuditEvent.subject_id == lab_id)
        .order_by(AuditEvent.id)
    )
    speaking = [contact.email for contact in contacts.speaking(session, lab_id)]
    assert replay(events) == listing_of(lab, speaking)
    return lab


def test_two_changes_of_one_listing_approved_at_once(app: Flask, session: Session, create_staff: CreateStaff) -> None:
    emails = [create_staff("moderator"), create_staff("admin")]
    for _round in range(ROUNDS):
        lab_id = a_listing(session, emails[0])
        live = session.get_one(Lab, lab_id).profile
        edits = [an_edit(session, lab_id, replace(live, phone=f"(404) 555-010{number}")) for number in (1, 2)]
        deeds = [approval(edit, email, live) for edit, email in zip(edits, emails, strict=True)]
        session.rollback()
        results = at_once(app, deeds)
        assert {type(result) for result in results} == {str, ListingMoved}, results
        lab = replayed(session, lab_id)
        won = edits[[type(result) for result in results].index(str)]
        assert lab.profile == won.profile
        assert sorted(edit.state for edit in edits) == ["approved", "submitted"]


def test_a_change_is_approved_while_the_laboratory_leaves(
    app: Flask, session: Session, create_staff: CreateStaff
) -> None:
    moderator = create_staff("moderator")

    def leave(lab_id: int) -> Deed:
        return lambda session: leaving.leave_now(
            session, lab=contacts.locked(session, lab_id), plan=Plan("closed"), by="ada@example.org", now=now()
        )

    for _round in range(ROUNDS):
        lab_id = a_listing(session, moderator)
        live = session.get_one(Lab, lab_id).profile
        edit = an_edit(session, lab_id, replace(live, phone="(404) 555-0101"))
        deeds = [approval(edit, moderator, live), leave(lab_id)]
        session.rollback()
        approved, left = at_once(app, deeds)
        assert left is None
        lab = replayed(session, lab_id)
        assert lab.state == "withdrawn"
        if isinstance(approved, str):
            assert (edit.state, lab.profile) == ("approved", edit.profile)
        else:
            assert isinstance(approved, Conflict), approved
            assert (edit.state, lab.profile) == ("withdrawn", live)


def test_a_change_is_approved_while_the_entry_is_confirmed(
    app: Flask, session: Session, create_staff: CreateStaff
) -> None:
    moderator = create_staff("moderator")

    def confirm(lab_id: int, shown: Shown) -> Deed:
        return lambda session: confirming.confirm(
            session,
            lab=contacts.locked(session, lab_id),
            actor="ada@example.org",
            shown=shown,
            right=shown.tests,
            now=now(),
        )

    for _round in range(ROUNDS):
        lab_id = a_listing(session, moderator)
        live = session.get_one(Lab, lab_id).profile
        changed = live.with_offering(0, replace(live.offerings[0], tat_max=9))
        edit = an_edit(session, lab_id, changed)
        deeds = [approval(edit, moderator, live), confirm(lab_id, Shown.of(live))]
        session.rollback()
        approved, confirmed = at_once(app, deeds)
        assert isinstance(approved, str), approved
        assert isinstance(confirmed, confirming.Confirmed), confirmed
        lab = replayed(session, lab_id)
        assert lab.profile == changed
        # What was confirmed before it was replaced, or was replaced before: a word of it is never the new one's.
        assert changed.offerings[0].digest not in confirmed.tests
