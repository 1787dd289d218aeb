"""A decision taken back within its minutes leaves nothing behind; later, or when somebody acted on it, it stands."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import Lab, LabContact, OutboxMessage, Submission, User
from registry.moderation import services, undoing, versions
from registry.moderation.undoing import NotUndone
from registry.registration import contacts, finding, sending
from registry.transitions import Conflict
from tests.moderation.races import agrees, at_once
from tests.support.client import PageClient, page_of
from tests.support.factories import a_contact, a_profile, a_submission, an_offering, publish

CreateStaff = Callable[..., str]
Staff = Callable[..., PageClient]

TEN = timedelta(minutes=10)
NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
SOON = NOON + timedelta(minutes=9)


@pytest.fixture
def ada(session: Session, create_staff: CreateStaff) -> User:
    """Who decides."""
    return session.scalars(select(User).where(User.email == create_staff("moderator"))).one()


def shown(submission: Submission, reviewer: User) -> dict[str, Any]:
    return {
        "submission_id": submission.id,
        "reviewer": reviewer,
        "expect_revision": submission.revision,
        "digest": submission.profile.digest,
        "now": NOON,
        "undo_for": TEN,
    }


def approve(session: Session, submission: Submission, reviewer: User, **more: Any) -> Lab:
    lab = services.approve(session, **{**shown(submission, reviewer), **more})
    session.commit()
    return lab


def undo(session: Session, submission: Submission, actor: User, now: datetime = SOON) -> None:
    undoing.undo(session, submission.id, actor, now)
    session.commit()


def mails(session: Session) -> list[tuple[str, str]]:
    return [(mail.kind, mail.state) for mail in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]


def test_the_mails_wait_as_long_as_the_decision_can_be_taken_back(session: Session, ada: User) -> None:
    approve(session, a_submission(session), ada)
    [mail] = session.scalars(select(OutboxMessage))
    assert mail.due_at == NOON + TEN


def test_a_new_entry_is_as_if_it_had_never_been(session: Session, app: Flask, ada: User) -> None:
    waiting = a_submission(session, email="lab@example.org")
    lab = approve(session, waiting, ada)
    slug, first = lab.slug, lab.id
    undo(session, waiting, ada)
    assert (waiting.state, waiting.lab_id, waiting.decided_at) == ("in_review", None, None)
    assert app.test_client().get(f"/labs/{slug}").status_code == 404
    assert mails(session) == [("approved", "cancelled")]
    assert contacts.speaking(session, first) == []
    assert finding.alike(session, waiting.profile) == ()
    agrees(session, first)
    # Its number is free for another one, and its address waits for it.
    assert lab.clia_number == waiting.profile.clia_number
    publish(session, clia_number=lab.clia_number).state = "withdrawn"
    session.commit()
    again = approve(session, waiting, ada, now=SOON)
    assert (again.id, again.slug, again.state) == (first, slug, "published")
    assert app.test_client().get(f"/labs/{slug}").status_code == 200
    assert mails(session) == [("approved", "cancelled"), ("approved", "waiting")]
    assert [one.email for one in contacts.speaking(session, first)] == ["lab@example.org"]
    agrees(session, first)


def test_an_entry_shows_the_version_before_with_its_days(session: Session, ada: User) -> None:
    long_ago = datetime(2025, 3, 1, tzinfo=UTC)
    profile = a_profile(offerings=(an_offering(), an_offering(name="HER2 FISH", method="fish", assay="pathvysion")))
    lab = publish(session, profile, now=long_ago, verification="self_reported", at=(33.0, -84.0))
    days, sender = dict(lab.attestations), a_contact(session, lab).email
    changed = replace(profile, zip="31201", city="Macon", offerings=(replace(profile.offerings[0], tat_max=9),))
    edit = a_submission(session, changed, kind="edit", lab_id=lab.id, email=sender, base=lab.profile_data)
    approve(session, edit, ada, listing_digest=lab.profile.digest)
    assert lab.profile == changed
    undo(session, edit, ada)
    assert (lab.profile, lab.attestations, lab.last_confirmed) == (profile, days, long_ago.date())
    assert (lab.lat, lab.lon, lab.verification, lab.state) == (33.0, -84.0, "self_reported", "published")
    assert lab.item["verification"] == "self_reported"
    assert (edit.state, edit.lab_id) == ("in_review", lab.id)
    assert [version.profile for version in versions.of(session, lab.id)] == [profile, changed, profile]
    assert contacts.speaking(session, lab.id) != []
    session.refresh(edit)
    approve(session, edit, ada, listing_digest=lab.profile.digest, now=SOON)
    assert lab.profile == changed


@pytest.mark.parametrize("decision", ["request_changes", "reject"])
def test_what_was_said_is_taken_back(session: Session, ada: User, decision: str) -> None:
    waiting = a_submission(session)
    said = {"reason": "other"} if decision == "reject" else {"remarks": {"city": "Is it Macon?"}}
    getattr(services, decision)(session, **shown(waiting, ada), message="No.", **said)
    session.commit()
    undo(session, waiting, ada)
    assert (waiting.state, waiting.message, waiting.remarks, waiting.decision_reason) == ("in_review", "", {}, "")
    assert [state for _kind, state in mails(session)] == ["cancelled"]


def test_whoever_claimed_speaks_no_more_and_who_did_before_still_does(session: Session, ada: User) -> None:
    lab = publish(session)
    before = a_contact(session, lab, email="before@example.org")
    claims = [
        a_submission(session, kind="claim", lab_id=lab.id, email=email) for email in ("new@example.org", before.email)
    ]
    for claim in claims:
        approve(session, claim, ada)
        undo(session, claim, ada)
        assert (claim.state, claim.lab_id) == ("in_review", lab.id)
        assert [one.email for one in contacts.speaking(session, lab.id)] == ["before@example.org"]
    assert {state for _kind, state in mails(session)} == {"cancelled"}


def test_a_named_colleague_who_has_not_answered_has_still_not(session: Session, ada: User) -> None:
    lab = publish(session)
    a_contact(session, lab, email="invited@example.org", verified_at=None)
    claim = a_submission(session, kind="claim", lab_id=lab.id, email="invited@example.org")
    approve(session, claim, ada)
    undo(session, claim, ada)
    [contact] = session.scalars(select(LabContact))
    assert (contact.verified_at, contact.revoked_at) == (None, None)


def test_the_decision_stands_when_the_time_has_passed(session: Session, ada: User) -> None:
    waiting = a_submission(session)
    approve(session, waiting, ada)
    with pytest.raises(NotUndone) as refusal:
        undo(session, waiting, ada, NOON + TEN)
    assert refusal.value.why == undoing.TOO_LATE
    session.rollback()
    assert waiting.state == "approved"


def test_a_mail_that_has_left_cannot_be_taken_back(session: Session, ada: User) -> None:
    waiting = a_submission(session)
    approve(session, waiting, ada)
    session.scalars(select(OutboxMessage)).one().state = "sending"
    session.commit()
    with pytest.raises(NotUndone) as refusal:
        undo(session, waiting, ada)
    assert refusal.value.why == undoing.MAIL_LEFT
    session.rollback()
    assert (waiting.state, waiting.lab_id is None) == ("approved", False)


def test_what_happened_since_keeps_the_decision(session: Session, ada: User) -> None:
    lab = publish(session)
    sender = a_contact(session, lab).email
    for number in (1, 2):
        changed = replace(lab.profile, phone=f"(404) 555-010{number}")
        edit = a_submission(session, changed, kind="edit", lab_id=lab.id, email=sender, base=lab.profile_data)
        approve(session, edit, ada, listing_digest=lab.profile.digest)
        if number == 1:
            first = edit
    with pytest.raises(NotUndone) as refusal:
        undo(session, first, ada)
    assert refusal.value.why == undoing.GOES_ON
    session.rollback()
    asked = a_submission(session)
    services.request_changes(session, **shown(asked, ada), message="No.")
    sending.revise(session, submission=asked, key="key", now=SOON)
    session.commit()
    with pytest.raises(NotUndone):
        undo(session, asked, ada)


def test_only_who_decided_or_an_administrator_takes_it_back(
    session: Session, ada: User, create_staff: CreateStaff
) -> None:
    others = [create_staff("moderator", "other@example.org"), create_staff("admin")]
    session.rollback()
    other, admin = (session.scalars(select(User).where(User.email == email)).one() for email in others)
    waiting = a_submission(session)
    approve(session, waiting, ada)
    with pytest.raises(NotUndone) as refusal:
        undo(session, waiting, other)
    assert refusal.value.why == undoing.NOT_YOURS
    session.rollback()
    undo(session, waiting, admin)
    assert waiting.state == "in_review"


def test_two_clicks_at_once_take_it_back_once(session: Session, app: Flask, ada: User) -> None:
    waiting = a_submission(session)
    lab_id = approve(session, waiting, ada).id
    number, email = waiting.id, ada.email
    session.rollback()

    def deed(own: Session) -> str:
        actor = own.scalars(select(User).where(User.email == email)).one()
        return undoing.undo(own, number, actor, SOON).state

    results = at_once(app, [deed, deed])
    assert {type(result) for result in results} == {str, Conflict}, results
    agrees(session, lab_id)


def test_the_page_of_a_decision_has_the_button_and_later_says_how_to_restore(
    make_app: Callable[..., Flask], session: Session, create_staff: CreateStaff, clock: Any
) -> None:
    app = make_app(undo_minutes=10)
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.submit(
        client.load("/staff/login"), email=create_staff("moderator"), password="correct horse battery staple 7"
    )
    first, second = a_submission(session), a_submission(session)
    page = client.load(f"/staff/submissions/{first.id}")
    answer = client.submit(page, button="Save the decision", decision="approve")
    onward = page_of(answer)
    assert onward.main.one("h1").text == second.profile.name, "the next one"
    assert onward.link(first.profile.name) == f"/staff/submissions/{first.id}", "the way back"
    back = client.submit(answer, button="Undo the decision")
    assert "nobody was told of the first one" in page_of(back).text
    session.rollback()
    assert (first.state, session.scalars(select(Lab.state)).one()) == ("in_review", "withdrawn")
    answer = client.submit(back, button="Save the decision", decision="approve")
    late = client.load(f"/staff/submissions/{first.id}")
    clock.shift(timedelta(minutes=11))
    refused = client.submit(late, button="Undo the decision")
    assert refused.status_code == 409
    assert "The time to take it back has passed." in page_of(refused).text
    session.rollback()
    lab = session.scalars(select(Lab)).one()
    assert (
        page_of(refused).link("See all versions of the entry; an earlier one can be shown again")
        == f"/staff/labs/{lab.id}"
    )
    assert answer.status_code == 200


def test_a_newer_version_of_what_was_taken_back_gets_its_address(session: Session, ada: User) -> None:
    waiting = a_submission(session, email="lab@example.org")
    slug = approve(session, waiting, ada).slug
    undo(session, waiting, ada)
    newer = a_submission(
        session, replace(waiting.profile, phone="(404) 555-0199"), email="lab@example.org", revises_id=waiting.id
    )
    waiting.state = "superseded"
    session.commit()
    lab = approve(session, newer, ada, now=SOON)
    assert (lab.slug, lab.profile.phone) == (slug, "(404) 555-0199")
    agrees(session, lab.id)


def test_an_entry_that_a_change_brought_back_is_hidden_again(session: Session, ada: User) -> None:
    lab = publish(session, now=NOON - timedelta(days=600))
    sender = a_contact(session, lab).email
    lab.hide(session, reason="unconfirmed", now=NOON - timedelta(days=1))
    session.commit()
    changed = replace(lab.profile, offerings=(replace(lab.profile.offerings[0], tat_max=9),))
    edit = a_submission(session, changed, kind="edit", lab_id=lab.id, email=sender, base=lab.profile_data, now=NOON)
    approve(session, edit, ada, listing_digest=lab.profile.digest)
    assert lab.state == "published"
    undo(session, edit, ada)
    assert (lab.state, lab.hidden_reason) == ("hidden", "unconfirmed")
    assert lab.last_confirmed == (NOON - timedelta(days=600)).date()


def test_a_part_is_taken_back_whole(session: Session, ada: User) -> None:
    lab = publish(session)
    sender = a_contact(session, lab).email
    before = lab.profile
    asked = replace(before, phone="(404) 555-0199", website="https://new.example/")
    edit = a_submission(session, asked, kind="edit", lab_id=lab.id, email=sender, base=lab.profile_data)
    said = {"accepted": ["phone"], "message": "No.", "remarks": {"website": "It does not open."}}
    services.approve_part(session, **shown(edit, ada), listing_digest=before.digest, **said)
    session.commit()
    assert lab.profile == replace(before, phone="(404) 555-0199")
    undo(session, edit, ada)
    assert (lab.profile, edit.state, edit.remarks) == (before, "in_review", {})
    assert mails(session) == [("approved_in_part", "cancelled")]
