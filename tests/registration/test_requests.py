"""What waits for a moderator can be followed, changed and withdrawn by whoever may; the two never cross."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.links import hash_of
from registry.models import AuditEvent, DraftKey, Lab
from registry.moderation import services as moderation
from registry.registration import editing, sending
from registry.transitions import Conflict
from registry.web import now
from tests.manage.people import ALEX, KIM, ROBIN, a_lab, token_of
from tests.registration.entries import (
    FISH,
    an_edit,
    approve,
    change,
    decide,
    rows_of,
    send,
    signed_in,
    submissions,
)
from tests.support.client import PageClient, page_of
from tests.support.factories import a_profile, a_submission, an_offering

KEY = "k" * 43


@pytest.fixture
def lab(session: Session) -> Lab:
    return a_lab(session, ROBIN, KIM, offerings=(an_offering(), FISH))


def test_a_request_is_seen_by_whom_it_concerns(app: Flask, session: Session, outbox: Any, lab: Lab) -> None:
    waiting = an_edit(session, lab)
    own = a_submission(session, email=ALEX)
    a_lab(session, ALEX)
    address = f"/manage/requests/{waiting.id}"
    kim = signed_in(app, session, KIM)
    page = kim.load(f"/manage/labs/{lab.slug}")
    assert "It waits for a moderator since" in page.main.text
    page = kim.load(page.link("Change of the entry, by Ada Invented"))
    assert page.url == address
    assert "ZIP code" in page.one("table").text
    assert (kim.get(f"/manage/requests/{own.id}").status_code, kim.get("/manage/requests/0").status_code) == (404, 404)
    assert kim.get(f"/manage/requests/{10**30}").status_code == 404
    alex = signed_in(app, session, ALEX)
    token = token_of(alex, f"/manage/requests/{own.id}")
    for then in ("withdraw", "change"):
        assert alex.post(address, data={**token, "then": then}).status_code == 404
    assert alex.get(address).status_code == 404
    stranger = app.test_client()
    assert stranger.get(address).headers["Location"] == "/manage"
    assert [one.state for one in submissions(session)] == ["submitted", "submitted"]


def test_a_withdrawn_change_leaves_the_queue_and_all_are_told(
    app: Flask, session: Session, outbox: Any, lab: Lab
) -> None:
    waiting = an_edit(session, lab)
    kim = signed_in(app, session, KIM)
    page = kim.load(f"/manage/requests/{waiting.id}")
    answer = kim.submit(page, button="Withdraw the request")
    assert "It was withdrawn on" in page_of(answer).main.text
    letters = outbox.deliver()
    assert {tuple(letter.recipients) for letter in letters} == {(ROBIN,), (KIM,)}
    assert all("withdrew the change of the entry" in letter.text for letter in letters)
    # A second press changes nothing and sends nothing.
    assert kim.submit(page, button="Withdraw the request").status_code == 409
    assert outbox.deliver() == []
    session.rollback()
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "withdraw")).one()
    assert (event.actor, event.actor_kind) == (KIM, "laboratory")


def test_a_change_decided_meanwhile_is_not_withdrawn(
    app: Flask, session: Session, outbox: Any, lab: Lab, reviewer: str
) -> None:
    waiting = an_edit(session, lab)
    robin = signed_in(app, session)
    page = robin.load(f"/manage/requests/{waiting.id}")
    approve(session, waiting, reviewer)
    answer = robin.submit(page, button="Withdraw the request")
    assert answer.status_code == 409
    assert "It was decided meanwhile" in page_of(answer).main.text
    assert "It was approved on" in page_of(answer).main.text


def test_a_waiting_change_is_replaced_when_the_new_one_is_sent(
    app: Flask, session: Session, outbox: Any, lab: Lab, reviewer: str
) -> None:
    waiting = an_edit(session, lab)
    robin = signed_in(app, session)
    check = page_of(robin.submit(robin.load(f"/manage/requests/{waiting.id}"), button="Change what you sent"))
    assert "This is what waits for a moderator already." in check.main.text
    assert send(robin, 422).url == "/join/check"
    old, draft = submissions(session)
    assert (old.state, draft.state, draft.revises_id) == ("submitted", "draft", old.id)
    begun = editing.being_changed(session, old)
    assert begun is not None
    assert (begun.id, begun.contact_email, sending.newer(session, old)) == (draft.id, ROBIN, None)
    # Whoever begins to change the entry changes what waits.
    page = page_of(robin.submit(robin.load(f"/manage/labs/{lab.slug}"), button="Change the entry"))
    assert "30309" in page.one("table").text
    change(robin, "contact", phone="(404) 555-0199")
    assert "30309" in robin.load("/join/check").one("table").text
    send(robin)
    old, new = submissions(session)
    assert (old.state, new.state) == ("superseded", "submitted")
    moved = sending.newer(session, old)
    assert moved is not None
    assert moved.id == new.id
    with pytest.raises(Conflict):
        decide(session, old, reviewer, moderation.approve)
    session.rollback()
    page = robin.load(f"/manage/requests/{old.id}")
    assert "A newer version took its place" in page.main.text
    assert page.link("See the newer version") == f"/manage/requests/{new.id}"


def test_what_was_approved_while_it_was_changed_becomes_a_change_of_the_entry(
    app: Flask, session: Session, outbox: Any, reviewer: str
) -> None:
    waiting = a_submission(session, email=ROBIN)
    robin = signed_in(app, session)
    robin.submit(robin.load(f"/manage/requests/{waiting.id}"), button="Change what you sent")
    change(robin, "laboratory", zip="30309")
    shown = robin.load("/join/check")
    assert not shown.all("table")
    approve(session, waiting, reviewer)
    answer = robin.submit(shown, button="Send", right_today=True, consent=True)
    assert answer.status_code == 409
    page = page_of(answer)
    assert "It was approved meanwhile" in page.main.text
    assert "Changing the entry of" in page.title
    send(robin)
    old, new = submissions(session)
    lab = session.scalars(select(Lab)).one()
    assert (old.state, new.state, new.kind, new.lab_id) == ("approved", "submitted", "edit", lab.id)
    assert new.started_from == lab.profile
    approve(session, new, reviewer)
    assert session.scalars(select(Lab)).one().profile.zip == "30309"


def test_a_change_of_the_entry_approved_while_it_was_changed_asks_nothing_twice(
    app: Flask, session: Session, outbox: Any, lab: Lab, reviewer: str
) -> None:
    waiting = an_edit(session, lab)
    robin = signed_in(app, session)
    robin.submit(robin.load(f"/manage/requests/{waiting.id}"), button="Change what you sent")
    # The very field that the waiting version changes, changed once more.
    change(robin, "laboratory", zip="30308")
    approve(session, waiting, reviewer)
    page = robin.load("/join/check")
    assert "It was approved meanwhile" in page.main.text
    assert rows_of(page) == [("ZIP code", "30309", "30308")]
    send(robin)
    assert [one.state for one in submissions(session)] == ["approved", "submitted"]


def test_what_was_rejected_meanwhile_is_told_before_sending(
    app: Flask, session: Session, outbox: Any, lab: Lab, reviewer: str
) -> None:
    waiting = an_edit(session, lab)
    robin = signed_in(app, session)
    robin.submit(robin.load(f"/manage/requests/{waiting.id}"), button="Change what you sent")
    change(robin, "contact", phone="(404) 555-0199")
    shown = robin.load("/join/check")
    session.rollback()
    decide(session, waiting, reviewer, moderation.reject, reason="wrong_facts", message="This ZIP is elsewhere.")
    session.commit()
    answer = robin.submit(shown, button="Send", right_today=True, consent=True)
    assert answer.status_code == 409
    assert "turned down meanwhile" in page_of(answer).main.text
    assert "This ZIP is elsewhere." in page_of(answer).main.text
    send(robin)
    assert [one.state for one in submissions(session)] == ["rejected", "submitted"]
    page = robin.load(f"/manage/labs/{lab.slug}")
    assert "This ZIP is elsewhere." in page.main.text


def test_a_registration_is_followed_and_changed_before_it_is_listed(app: Flask, session: Session, outbox: Any) -> None:
    waiting = a_submission(session, a_profile(name="Invented Registry"), email=ROBIN)
    robin = signed_in(app, session)
    page = robin.load(f"/manage/requests/{waiting.id}")
    assert "Registration of Invented Registry" in page.h1
    robin.submit(page, button="Change what you sent")
    change(robin, "laboratory", zip="30309")
    send(robin)
    old, new = submissions(session)
    assert (old.state, new.state, new.kind, new.revises_id) == ("superseded", "submitted", "new", old.id)
    page = page_of(robin.submit(robin.load(f"/manage/requests/{new.id}"), button="Withdraw the request"))
    assert "It was withdrawn on" in page.main.text
    assert submissions(session)[1].state == "withdrawn"


def test_the_page_after_sending_changes_and_withdraws(app: Flask, session: Session, client: PageClient) -> None:
    waiting = a_submission(session, email=ROBIN, draft_key=KEY)
    with client.session_transaction() as cookie:
        cookie["draft"] = KEY
    page = client.load("/join/sent")
    check = page_of(client.submit(page, button="Change what you sent"))
    assert check.url == "/join/check"
    client.submit(check, button="Save and finish later")
    change(client, "laboratory", zip="30309")
    send(client)
    old, new = submissions(session)
    assert (old.id, old.state, new.state) == (waiting.id, "superseded", "submitted")
    page = page_of(client.submit(client.load("/join/sent"), button="Withdraw the request"))
    assert page.h1 == "You withdrew it"
    assert [one.state for one in submissions(session)] == ["superseded", "withdrawn"]


def test_a_revoked_contacts_browser_can_do_nothing_with_what_was_sent(
    app: Flask, session: Session, client: PageClient, lab: Lab
) -> None:
    waiting = an_edit(session, lab, draft_key="x" * 43)
    session.add(DraftKey(key_hash=hash_of(KEY), submission_id=waiting.id, email=ALEX, created_at=now()))
    session.commit()
    with client.session_transaction() as cookie:
        cookie["draft"] = KEY
    page = client.load("/join/sent")
    assert not [button for button in page.main.all("button") if "Change" in button.text or "Withdraw" in button.text]
    token = token_of(client, "/join/you?new=yes")
    for then in ("withdraw", "change"):
        client.post("/join/sent", data={**token, "then": then})
    assert [one.state for one in submissions(session)] == ["submitted"]
