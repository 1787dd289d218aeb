"""An entry on the list is changed by whoever speaks for it, and stays as it is until a moderator decides."""

from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import AuditEvent, Lab
from registry.registration import contacts
from registry.web import now
from tests.manage.people import ALEX, KIM, ROBIN, a_lab, token_of
from tests.registration.entries import (
    AGREED,
    FISH,
    approve,
    change,
    rows_of,
    send,
    signed_in,
    start,
    submissions,
)
from tests.support.client import page_of
from tests.support.factories import an_offering
from tests.support.pages import values


@pytest.fixture
def lab(session: Session, clock: time_machine.Traveller) -> Lab:
    """Two tests; Robin and Kim speak for it."""
    return a_lab(session, ROBIN, KIM, offerings=(an_offering(), FISH))


def test_an_entry_stays_as_it_is_until_its_change_is_approved(
    app: Flask, session: Session, outbox: Any, lab: Lab, reviewer: str
) -> None:
    before = lab.profile
    robin = signed_in(app, session)
    check = start(robin, lab)
    assert check.url == "/join/check"
    assert f"Changing the entry of {before.name}" in check.title
    assert "You have not changed anything yet" in check.main.text
    # The mailbox is proved, and cannot be another one in a change.
    you = robin.load("/join/you")
    assert not you.all("input", name="contact_email")
    assert ROBIN in you.main.text
    forged = dict(values(you.form()))
    answers = {"contact_name": "Robin I.", "contact_role": "Director", "contact_email": "evil@example.org"}
    assert robin.post("/join/you", data={**forged, **answers}).status_code == 303

    page = change(robin, "laboratory", zip="30309")
    assert page.url == "/join/check"
    assert rows_of(page) == [("ZIP code", "30303", "30309")]
    sent = send(robin)
    assert sent.h1 == "Your change is sent"

    [draft] = submissions(session)
    assert (draft.kind, draft.state, draft.lab_id) == ("edit", "submitted", lab.id)
    assert (draft.contact_email, draft.contact_name) == (ROBIN, "Robin I.")
    assert draft.started_from == before
    assert draft.email_verified_at is not None
    session.rollback()
    assert lab.profile == before
    letter = outbox.one(ROBIN)
    assert letter.subject == f"We have your change of {before.name}"
    assert "ZIP code: 30303 → 30309" in letter.text

    approve(session, draft, reviewer)
    assert lab.profile.zip == "30309"
    assert "ZIP code: 30303 → 30309" in outbox.one(ROBIN).text


def test_nothing_changed_is_not_sent(app: Flask, session: Session, outbox: Any, lab: Lab) -> None:
    robin = signed_in(app, session)
    start(robin, lab)
    page = send(robin, 422)
    assert "You have not changed anything yet" in page.main.text
    assert [draft.state for draft in submissions(session)] == ["draft"]
    # A test that only stands elsewhere is a change, and told as that.
    robin.submit(robin.load("/join/tests"), button="Down")
    check = robin.load("/join/check")
    assert "Order of the tests" in check.main.text
    assert send(robin).h1 == "Your change is sent"


def test_a_place_in_the_entry_opens_at_its_step(app: Flask, session: Session, outbox: Any, lab: Lab) -> None:
    robin = signed_in(app, session)
    token = token_of(robin, f"/manage/labs/{lab.slug}")

    def opened(at: str) -> str:
        answer = robin.post(f"/manage/labs/{lab.slug}/edit", data={**token, "at": at})
        return str(answer.headers["Location"])

    assert opened("test-2") == "/join/test-2?to=check"
    assert opened("contact") == "/join/contact?to=check"
    for nonsense in ("", "test-9", "test-x", "../staff", "you\r\nX: 1"):
        assert opened(nonsense) in ("/join/check", "/join/tests?to=check")
    # The second test of the entry is the first of the draft now.
    robin.submit(robin.load("/join/tests"), button="Down")
    assert opened("test-2") == "/join/test-1?to=check"
    assert len(submissions(session)) == 1


@pytest.mark.parametrize("confirmed", [True, False])
def test_the_rest_is_confirmed_by_its_own_box_alone(
    app: Flask, session: Session, lab: Lab, clock: time_machine.Traveller, confirmed: bool
) -> None:
    first_day = lab.last_confirmed
    clock.shift(100 * 24 * 3600)
    robin = signed_in(app, session)
    start(robin, lab)
    change(robin, "test-1", tat_min="4", tat_max="6")
    page = robin.load("/join/check")
    assert "checked" not in page.one("input", name="rest_right").attributes
    send(robin, rest_right=confirmed)
    session.rollback()
    ihc, fish = lab.profile.offerings
    assert ihc.tat_max == 5
    assert lab.confirmed_on(ihc) == first_day
    assert lab.confirmed_on(fish) == (now().date() if confirmed else first_day)
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "confirm")).all()
    assert [(event.actor, (event.after or {})["tests"]) for event in events] == [(ROBIN, [fish.digest])] * confirmed


def test_later_is_gone_on_with_from_the_entry(app: Flask, session: Session, outbox: Any, lab: Lab) -> None:
    robin = signed_in(app, session)
    start(robin, lab)
    change(robin, "laboratory", zip="30309")
    saved = page_of(robin.submit(robin.load("/join/check"), button="Save and finish later"))
    assert "sign in with your mailbox" in saved.main.text
    assert outbox.deliver() == []
    elsewhere = signed_in(app, session)
    assert "30309" in start(elsewhere, lab, "Go on with it").main.text
    assert len(submissions(session)) == 1


def test_whoever_does_not_speak_for_it_finds_nothing(app: Flask, session: Session, outbox: Any, lab: Lab) -> None:
    a_lab(session, ALEX)
    alex = signed_in(app, session, ALEX)
    token = token_of(alex, "/manage")
    assert alex.post(f"/manage/labs/{lab.slug}/edit", data=token).status_code == 404
    assert alex.post("/manage/labs/nobody/edit", data=token).status_code == 404
    nobody = app.test_client()
    assert nobody.post(f"/manage/labs/{lab.slug}/edit", data=token).status_code == 419
    assert submissions(session) == []


def test_a_contact_who_was_revoked_sends_nothing(app: Flask, session: Session, outbox: Any, lab: Lab) -> None:
    robin = signed_in(app, session)
    start(robin, lab)
    change(robin, "laboratory", zip="30309")
    shown = robin.load("/join/check")
    session.rollback()
    contact = contacts.standing(session, lab_id=lab.id, email=ROBIN)
    assert contact is not None
    contact.revoked_at = now()
    session.commit()
    answer = robin.submit(shown, button="Send", follow=False, **AGREED)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/manage")
    assert [draft.state for draft in submissions(session)] == ["draft"]
