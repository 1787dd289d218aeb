"""Two at one entry: colleagues share the draft that changes it, and it is kept true to the list."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import AuditEvent, Lab, LabContact
from registry.registration import contacts, editing
from registry.registration.editing import Meanwhile
from registry.web import now
from tests.manage.people import KIM, ROBIN, a_lab, token_of
from tests.moderation.test_races import at_once
from tests.registration.entries import (
    AGREED,
    FISH,
    NEXT,
    change,
    publish_change,
    send,
    signed_in,
    start,
    submissions,
)
from tests.support.client import page_of
from tests.support.factories import an_offering


@pytest.fixture
def lab(session: Session) -> Lab:
    return a_lab(session, ROBIN, KIM, offerings=(an_offering(), FISH))


def test_a_colleague_is_told_and_both_go_on_with_one_draft(app: Flask, session: Session, outbox: Any, lab: Lab) -> None:
    robin, kim = signed_in(app, session), signed_in(app, session, KIM)
    start(robin, lab)
    change(robin, "laboratory", zip="30309")
    page = start(kim, lab)
    assert page.h1 == "The entry is being changed"
    assert "Robin Invented began to change the entry" in page.main.text
    assert "30309" in page.main.text
    check = page_of(kim.submit(page, button="Go on with it together"))
    assert "30309" in check.main.text
    change(kim, "contact", phone="(404) 555-0199")
    assert "(404) 555-0199" in robin.load("/join/check").main.text

    assert "It is sent in the name of kim@laboratory.example" in kim.load("/join/check").main.text
    send(kim)
    [draft] = submissions(session)
    assert (draft.state, draft.contact_email, draft.contact_name) == ("submitted", KIM, "Kim Invented")
    assert list(outbox.one().recipients) == [KIM]
    assert robin.load("/join/check").url == "/join/sent"


def test_a_colleagues_draft_can_be_thrown_away_but_only_as_it_was_shown(
    app: Flask, session: Session, outbox: Any, lab: Lab
) -> None:
    robin, kim = signed_in(app, session), signed_in(app, session, KIM)
    start(robin, lab)
    shown = start(kim, lab)
    change(robin, "laboratory", zip="30309")
    again = page_of(kim.submit(shown, button="Throw it away"))
    assert "30309" in again.main.text
    assert [draft.state for draft in submissions(session)] == ["draft"]

    fresh = page_of(kim.submit(again, button="Throw it away"))
    assert "You have not changed anything yet" in fresh.main.text
    old, new = submissions(session)
    assert (old.state, new.state, new.contact_email) == ("withdrawn", "draft", KIM)
    letter = outbox.one()
    assert (list(letter.recipients), "threw away" in letter.text) == ([ROBIN], True)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "withdraw")).one()
    assert (event.actor, event.subject_id) == (KIM, old.id)


def test_two_colleagues_begin_at_once_with_one_draft(app: Flask, session: Session, lab: Lab) -> None:
    ids = [contact.id for contact in contacts.speaking(session, lab.id)]
    lab_id = lab.id
    session.rollback()

    def begin(contact_id: int, key: str) -> Any:
        def deed(own: Session) -> int:
            found = contacts.locked(own, lab_id)
            contact = own.get_one(LabContact, contact_id)
            return editing.start(own, lab=found, contact=contact, key=key, now=now())[0].id

        return deed

    for _round in range(3):
        results = at_once(app, [begin(one, f"{one:x}" * 43) for one in ids])
        assert len({*results}) == 1, results
    assert len(submissions(session)) == 1


def test_without_the_lock_the_database_keeps_it_to_one_draft(app: Flask, session: Session, lab: Lab) -> None:
    contact_id, lab_id = contacts.speaking(session, lab.id)[0].id, lab.id
    session.rollback()

    def deed(own: Session) -> int:
        contact = own.get_one(LabContact, contact_id)
        return editing.start(own, lab=own.get_one(Lab, lab_id), contact=contact, key="k" * 43, now=now())[0].id

    results = at_once(app, [deed, deed])
    assert len(submissions(session)) == 1
    assert any(isinstance(result, int) for result in results)


def test_what_changed_on_the_list_meanwhile_is_taken_over(
    app: Flask, session: Session, outbox: Any, lab: Lab, reviewer: str
) -> None:
    robin = signed_in(app, session)
    start(robin, lab)
    change(robin, "contact", phone="(404) 555-0199")
    shown = robin.load("/join/check")
    publish_change(session, lab, reviewer, address_line1="2 New Street")
    answer = robin.submit(shown, button="Send", **AGREED)
    assert answer.status_code == 409
    page = page_of(answer)
    assert "We took this over into your draft" in page.main.text
    assert "2 New Street" in page.main.text
    assert "Street address" not in page.one("table").text
    assert send(robin).h1 == "Your change is sent"
    sent = submissions(session)[0]
    assert (sent.profile.address_line1, sent.profile.phone) == ("2 New Street", "(404) 555-0199")
    session.rollback()
    assert sent.started_from == lab.profile


def test_what_both_changed_is_chosen(app: Flask, session: Session, outbox: Any, lab: Lab, reviewer: str) -> None:
    robin = signed_in(app, session)
    start(robin, lab)
    change(robin, "contact", phone="(404) 555-0199", website="https://example.org/mine")
    publish_change(session, lab, reviewer, phone="(404) 555-0111", website="https://example.org/theirs")
    page = robin.load("/join/check")
    assert not [button for button in page.all("button") if button.text == "Send"]
    refused = robin.submit(page, button="Take what I chose", clash_0="live")
    assert refused.status_code == 422
    assert "Choose one of the two: Web site." in page_of(refused).main.text
    check = page_of(robin.submit(refused, button="Take what I chose", clash_0="live", clash_1="mine"))
    assert check.url == "/join/check"
    table = check.one("table").text
    assert "https://example.org/mine" in table
    assert "555-01" not in table
    assert send(robin).h1 == "Your change is sent"


def test_looking_brings_nothing_in_while_something_is_unfinished(
    app: Flask, session: Session, outbox: Any, lab: Lab, reviewer: str
) -> None:
    robin = signed_in(app, session)
    start(robin, lab)
    robin.submit(robin.load("/join/laboratory"), button=NEXT, zip="30309", city="")
    publish_change(session, lab, reviewer, address_line1="2 New Street")
    page = robin.load("/join/check")
    assert "as soon as nothing is unfinished" in page.main.text
    assert submissions(session)[0].profile.address_line1 != "2 New Street"
    robin.submit(robin.load("/join/laboratory"), button=NEXT, city="Atlanta")
    page = robin.load("/join/check")
    assert "2 New Street" in page.main.text
    found = submissions(session)[0].profile
    assert (found.zip, found.address_line1) == ("30309", "2 New Street")
    assert "We took this over" not in robin.load("/join/check").main.text


def test_a_laboratory_that_left_is_not_changed(app: Flask, session: Session, outbox: Any, lab: Lab) -> None:
    robin = signed_in(app, session)
    start(robin, lab)
    change(robin, "laboratory", zip="30309")
    token = token_of(robin, "/join/check")
    session.rollback()
    lab.state = "withdrawn"
    session.commit()
    page = robin.load("/join/check")
    assert "not on the list any more" in page.main.text
    assert robin.post(f"/manage/labs/{lab.slug}/edit", data=token).status_code == 404
    draft = submissions(session)[0]
    assert editing.catch_up(session, draft=draft, now=now()) == Meanwhile(gone=True)
