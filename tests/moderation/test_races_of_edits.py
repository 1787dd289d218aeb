"""Two at once about one listing: what is published was seen, and the audit agrees with what the public sees."""

from collections.abc import Callable
from dataclasses import replace

from flask import Flask
from sqlalchemy.orm import Session

from registry.models import Lab
from registry.moderation.publishing import ListingMoved
from registry.registration import confirming, contacts, leaving
from registry.registration.confirming import Shown
from registry.registration.leaving import Plan
from registry.transitions import Conflict
from registry.web import now
from tests.moderation.races import Deed, a_listing, agrees, an_edit, approval, at_once

CreateStaff = Callable[..., str]
ROUNDS = 4


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
        lab = agrees(session, lab_id)
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
        lab = agrees(session, lab_id)
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
        lab = agrees(session, lab_id)
        assert lab.profile == changed
        # What was confirmed before it was replaced, or was replaced before: a word of it is never the new one's.
        assert changed.offerings[0].digest not in confirmed.tests
