"""What cannot be claimed, what is refused at its field, what programs get, and what moderators are told of a claim."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from registry.domain.workflow import State
from registry.extensions import limiter
from registry.models import Lab, OutboxMessage
from registry.registration.claim_evidence import Weight, evidence
from tests.registration.claims import CLAIM, PUBLIC, ROBIN, claim, proved
from tests.registration.walk import count, only
from tests.support.client import PageClient, page_of
from tests.support.cms import a_record, file_away
from tests.support.factories import a_contact, a_submission, publish

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def lab(session: Session) -> Lab:
    return publish(
        session, name="Invented Heron Laboratory", public_email=PUBLIC, website="https://laboratory.example/"
    )


def test_what_is_not_on_the_list_cannot_be_claimed(client: PageClient, session: Session, lab: Lab, clock: Any) -> None:
    address = f"/manage/labs/{lab.slug}/claim"
    page = client.load(address)
    for state in ("hidden", "merged", "withdrawn"):
        lab.state = state
        session.commit()
        assert client.load(address, status=404).all("form", method="post") == []
        assert client.submit(page, **CLAIM).status_code == 404
        assert client.get(f"{address}/sent").status_code == 404
    assert client.get("/manage/labs/nobody/claim").status_code == 404
    assert client.get("/manage/labs/%00/claim").status_code == 404
    assert count(session) == 0


def test_who_left_lately_can_be_claimed(
    client: PageClient, session: Session, outbox: Any, lab: Lab, clock: Any
) -> None:
    lab.state, lab.left_at = "withdrawn", lab.updated_at
    session.commit()

    claim(client, lab.slug, email=PUBLIC)
    assert "You have access" in proved(client, outbox, PUBLIC).h1
    clock.shift(timedelta(days=60))
    assert client.get(f"/manage/labs/{lab.slug}/claim").status_code == 404


def test_what_is_wrong_is_told_at_its_field(client: PageClient, session: Session, lab: Lab) -> None:
    page = client.load(f"/manage/labs/{lab.slug}/claim")
    assert set(page_of(client.submit(page)).errors()) == {"name", "email", "role"}
    for field, value in (
        ("name", "Robin\r\nBcc: all@x.example"),
        ("name", "see https://x.example"),
        ("role", "www.x.example"),
        ("name", "a\u202eb"),
        ("email", "robin"),
        ("phone", "12"),
        ("note", "x" * 1001),
    ):
        answer = page_of(client.submit(page, **{**CLAIM, field: value}))
        assert set(answer.errors()) == {field}, value
    assert count(session) == 0


def test_a_program_gets_the_same_answer_and_no_mail(client: PageClient, session: Session, lab: Lab) -> None:
    claim(client, lab.slug, homepage="https://x.example")

    assert "honeypot" in only(session).flags
    assert count(session, OutboxMessage) == 0
    # A person with the same mailbox is not locked out by that.
    claim(client, lab.slug)
    assert "honeypot" not in only(session).flags
    assert count(session, OutboxMessage) == 1


def test_many_claims_from_one_address_are_too_many(make_app: Callable[..., Flask], session: Session, lab: Lab) -> None:
    app = make_app(limits_enabled=True)
    with app.app_context():
        limiter.reset()
    client = app.test_client()
    assert isinstance(client, PageClient)
    for number in range(10):
        claim(client, lab.slug, email=f"somebody-{number}@x.example")

    page = client.load(f"/manage/labs/{lab.slug}/claim")
    answer = client.submit(page, **CLAIM)

    assert answer.status_code == 429
    assert page_of(answer).one("input", name="name")["value"] == CLAIM["name"]
    assert count(session) == 10


def test_looking_at_a_link_spends_nothing_and_another_press_does_nothing(
    client: PageClient, session: Session, outbox: Any, lab: Lab
) -> None:
    claim(client, lab.slug)
    link = outbox.one(ROBIN).link
    client.head(link)
    client.load(link)
    client.submit(client.load(link))
    ask = outbox.one(PUBLIC).link
    page = client.load(ask)
    client.head(ask)
    token = page.all("input", name="csrf_token")[0]["value"]
    assert client.post(ask, data={"csrf_token": token, "then": "publish"}).status_code == 200
    assert only(session).state == "submitted"
    client.submit(page, button="Allow it")
    client.submit(page, button="Not us: refuse")

    assert only(session).state == "approved"


@pytest.mark.parametrize(
    ("changes", "pointing"),
    [
        ({}, {"Mailbox and laboratory": Weight.FOR}),
        ({"contact_email": "robin@mail.laboratory.example"}, {"Mailbox and laboratory": Weight.FOR}),
        ({"contact_email": "robin@elsewhere.example"}, {"Mailbox and laboratory": Weight.OPEN}),
        ({"contact_email": "robin@gmail.com"}, {"Mailbox and laboratory": Weight.AGAINST}),
        ({"contact_phone": "(404) 555-0123"}, {"Phone": Weight.FOR}),
        ({"contact_phone": "(404) 555-0777"}, {"Phone": Weight.FOR}),
        ({"contact_phone": "(404) 555-0199"}, {"Phone": Weight.OPEN}),
        ({"contact_phone": ""}, {"Phone": Weight.OPEN}),
        ({"contact_email": "gone@laboratory.example"}, {"Who speaks for the laboratory": Weight.AGAINST}),
        ({"email_verified_at": None}, {"The sender’s mailbox": Weight.AGAINST}),
    ],
)
def test_what_speaks_for_a_claim_is_told_to_moderators(
    session: Session, lab: Lab, changes: dict[str, Any], pointing: dict[str, Weight]
) -> None:
    kim = a_contact(session, lab)
    a_contact(session, lab, email="gone@laboratory.example", revoked_at=kim.created_at)
    file_away(session, a_record(lab.clia_number, phone="4045550777"))
    values = {"contact_email": ROBIN, **changes}
    submission = a_submission(session, kind="claim", lab_id=lab.id, **values)

    found = {one.name: one for one in evidence(session, submission)}

    assert {name: found[name].weight for name in pointing} == pointing
    assert found["Who speaks for the laboratory"].facts == (("Contact", kim.email),)
    assert all(one.reason for one in found.values())


def test_evidence_is_of_claims_alone(session: Session) -> None:
    with pytest.raises(LookupError):
        evidence(session, a_submission(session, state=State.SUBMITTED))
