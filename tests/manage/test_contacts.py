"""Naming a colleague, handing over, revoking, stepping down: who may do what from when on, and who is told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry import mail
from registry.extensions import limiter
from registry.links import Purpose
from registry.models import AuditEvent, DraftKey, Lab, LabContact, OneUseLink, Submission
from registry.registration.handing_over import NAMED_A_DAY
from registry.web import now
from tests.manage.people import ALEX, KIM, ROBIN, a_lab, browser, contact_of, sign_in
from tests.support.client import PageClient, page_of
from tests.support.factories import a_submission


def name(client: PageClient, lab: Lab, email: str, *, sharing: str = "beside", **fields: Any) -> TestResponse:
    page = client.load(f"/manage/labs/{lab.slug}/contacts")
    typed = {"name": "Kim Invented", "email": email, "role": "Pathologist", "sharing": sharing, **fields}
    return client.submit(page, button="Ask the colleague", **typed)


def agree(app: Flask, link: str, button: str = "I agree") -> TestResponse:
    client = browser(app)
    return client.submit(client.load(link), button=button)


def end(client: PageClient, lab: Lab, contact: LabContact, button: str) -> TestResponse:
    return client.submit(client.load(f"/manage/labs/{lab.slug}/contacts/{contact.id}/end"), button=button)


def acts(session: Session, lab: Lab) -> list[str]:
    session.rollback()
    wanted = select(AuditEvent.action).where(AuditEvent.subject_type == "lab", AuditEvent.subject_id == lab.id)
    return list(session.scalars(wanted.order_by(AuditEvent.id)))


def is_in(client: PageClient, lab: Lab) -> bool:
    return client.get(f"/manage/labs/{lab.slug}").status_code == 200


def test_handing_over_ends_the_former_contact_when_the_colleague_agrees(
    app: Flask, session: Session, outbox: Any
) -> None:
    lab = a_lab(session)
    robin = sign_in(app, outbox)
    answer = name(robin, lab, KIM, sharing="instead")
    assert "Asked, no answer yet" in page_of(answer).main.text
    letter = outbox.one(KIM)
    assert "hands the entry" in letter.subject
    assert lab.name in letter.text
    assert ROBIN in letter.text
    scanner = browser(app)
    assert "Kim Invented" in scanner.load(letter.link).main.text
    assert scanner.head(letter.link).status_code == 200
    assert is_in(robin, lab)
    assert contact_of(session, KIM).verified_at is None

    assert "You speak for" in page_of(agree(app, letter.link)).h1
    assert not contact_of(session, ROBIN).speaks
    assert robin.load(f"/manage/labs/{lab.slug}").url == "/manage"
    told = {letter.recipients[0]: letter.subject for letter in outbox.deliver()}
    assert told == {KIM: f"You speak for {lab.name} now", ROBIN: f"You no longer speak for {lab.name}"}
    # Opening the link again says what came of it; pressing it again does nothing.
    assert "You speak for" in browser(app).load(letter.link).h1
    assert is_in(sign_in(app, outbox, KIM), lab)
    assert acts(session, lab) == ["invite_contact", "accept_contact", "end_contact"]


def test_a_second_contact_speaks_beside_the_first_and_all_are_told(app: Flask, session: Session, outbox: Any) -> None:
    lab = a_lab(session, ROBIN, ALEX)
    robin = sign_in(app, outbox)
    name(robin, lab, KIM)
    link = outbox.one(KIM).link
    agree(app, link)
    told = {letter.recipients[0]: letter for letter in outbox.deliver()}
    assert set(told) == {ROBIN, ALEX, KIM}
    assert f"{KIM} speaks for {lab.name} from now on, beside you." in told[ALEX].text
    kim = sign_in(app, outbox, KIM)
    assert is_in(robin, lab)
    assert is_in(kim, lab)
    # The newcomer may end the one who named them: everybody hears of it.
    end(kim, lab, contact_of(session, ROBIN), "Remove a contact")
    assert {letter.recipients[0] for letter in outbox.deliver()} == {ROBIN, ALEX, KIM}
    assert not is_in(robin, lab)


def test_a_colleague_may_refuse(app: Flask, session: Session, outbox: Any) -> None:
    lab = a_lab(session)
    robin = sign_in(app, outbox)
    name(robin, lab, KIM)
    link = outbox.one(KIM).link
    assert page_of(agree(app, link, "Refuse")).h1 == "You refused"
    assert "does not want to" in outbox.one(ROBIN).subject
    assert not contact_of(session, KIM).speaks
    assert "Asked, but not answered" not in robin.load(f"/manage/labs/{lab.slug}/contacts").main.text
    assert browser(app).load(link, status=410)
    # Who refused may be asked again.
    assert "We ask" in page_of(name(robin, lab, KIM)).main.text


def test_of_two_hand_overs_the_first_answer_counts(app: Flask, session: Session, outbox: Any) -> None:
    lab = a_lab(session)
    robin = sign_in(app, outbox)
    for email in (KIM, ALEX):
        name(robin, lab, email, sharing="instead")
    links = {letter.recipients[0]: letter.link for letter in outbox.deliver()}
    late = browser(app)
    page = late.load(links[ALEX])
    agree(app, links[KIM])
    answer = late.submit(page, button="I agree")
    assert answer.status_code == 410
    assert late.load(links[ALEX], status=410)
    session.rollback()
    assert [one.email for one in session.scalars(select(LabContact).where(LabContact.revoked_at.is_(None)))] == [KIM]


def test_an_invitation_dies_with_whoever_wrote_it_and_can_be_taken_back(
    app: Flask, session: Session, outbox: Any
) -> None:
    lab = a_lab(session, ROBIN, ALEX)
    robin, alex = sign_in(app, outbox), sign_in(app, outbox, ALEX)
    name(robin, lab, KIM)
    link = outbox.one(KIM).link
    name(robin, lab, "waiting@laboratory.example")
    end(alex, lab, contact_of(session, ROBIN), "Remove a contact")
    # What had not left yet does not leave any more.
    assert "waiting@laboratory.example" not in {letter.recipients[0] for letter in outbox.deliver()}
    assert browser(app).load(link, status=410)
    name(alex, lab, KIM)
    link = outbox.one(KIM).link
    page = alex.load(f"/manage/labs/{lab.slug}/contacts")
    alex.submit(page, button="Cancel the invitation")
    assert outbox.deliver() == []
    assert "does not work any more" in browser(app).load(link, status=410).h1


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"email": ROBIN}, "your own address"),
    ({"email": ALEX.upper()}, "on the list of contacts above"),
    ({"email": "kim at laboratory"}, "name@laboratory.example"),
    ({"name": "Win at https://spam.example"}, "Leave out web"),
    ({"name": "Kim\r\nBcc: all@spam.example"}, "cannot be shown"),
    ({"name": "Kim \u202egnorw"}, "cannot be shown"),
    ({"sharing": None}, "Choose one of the two"),
)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_who_cannot_be_named_is_said_at_the_field(app: Flask, session: Session, outbox: Any) -> None:
    lab = a_lab(session, ROBIN, ALEX)
    robin = sign_in(app, outbox)
    for typed, said in REFUSED:
        answer = name(robin, lab, **{"email": KIM, **typed})
        assert answer.status_code == 422
        assert said in page_of(answer).main.text
    assert outbox.deliver() == []


def test_a_revoked_contact_has_nothing_left_at_once(app: Flask, session: Session, outbox: Any) -> None:
    lab = a_lab(session, ROBIN, KIM)
    other = a_lab(session, ROBIN)
    robin, kim = sign_in(app, outbox), sign_in(app, outbox, KIM)
    contact = session.scalars(select(LabContact).where(LabContact.email == ROBIN, LabContact.lab_id == lab.id)).one()

    def write_to_robin() -> None:
        mail.enqueue(
            session,
            kind="contact_invited",
            recipient=ROBIN,
            context={"name": "Robin", "laboratory": lab.name, "by": KIM},
            now=now(),
            link_purpose=Purpose.CONFIRM_LISTING,
            contact_id=contact.id,
        )
        session.commit()

    write_to_robin()
    mailed = outbox.one(ROBIN)
    write_to_robin()
    started = a_submission(session, email=ROBIN, kind="edit", state="draft", lab_id=lab.id)
    session.add(DraftKey(key_hash="k" * 64, submission_id=started.id, email=ROBIN, created_at=now()))
    sent = a_submission(session, email=ROBIN, kind="edit", lab_id=lab.id)
    key_before = started.draft_key_hash
    session.commit()

    end(kim, lab, contact, "Remove a contact")
    assert robin.load(f"/manage/labs/{lab.slug}").url == "/manage"
    assert browser(app).load(mailed.link, status=410)
    told = [letter for letter in outbox.deliver() if letter.recipients == (ROBIN,)]
    assert [letter.subject for letter in told] == [f"You no longer speak for {lab.name}"]
    # What they began goes on in the name of the other, and no key of theirs opens it.
    session.rollback()
    assert [session.get_one(Submission, one.id).contact_email for one in (started, sent)] == [KIM, KIM]
    assert session.get_one(Submission, started.id).draft_key_hash != key_before
    assert session.scalars(select(DraftKey)).all() == []
    # They speak for their other laboratory still.
    robin = sign_in(app, outbox)
    assert is_in(robin, other)
    assert robin.get(f"/manage/labs/{lab.slug}").status_code == 404


def test_the_last_contact_is_warned_and_may_step_down(app: Flask, session: Session, outbox: Any) -> None:
    lab = a_lab(session)
    waiting = a_submission(session, email=ROBIN, kind="edit", lab_id=lab.id)
    robin = sign_in(app, outbox)
    page = robin.load(f"/manage/labs/{lab.slug}/contacts/{contact_of(session, ROBIN).id}/end")
    assert "Nobody else speaks for this laboratory" in page.main.text
    answer = robin.submit(page, button="Step down anyway")
    assert answer.request.path == "/manage"
    assert "Nobody speaks for the laboratory now" in outbox.one(ROBIN).text
    session.rollback()
    assert session.get_one(Submission, waiting.id).state == "withdrawn"
    assert browser(app).get(f"/labs/{lab.slug}").status_code == 200
    assert acts(session, lab) == ["end_contact"]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_mail_can_be_sent_again_and_the_older_link_stops(
    make_app: Callable[..., Flask], session: Session, outbox: Any, clock: time_machine.Traveller
) -> None:
    app = make_app(limits_enabled=True)
    with app.app_context():
        limiter.reset()
    lab = a_lab(session)
    robin = sign_in(app, outbox)
    name(robin, lab, KIM)
    first = outbox.one(KIM).link

    def again() -> str:
        page = robin.load(f"/manage/labs/{lab.slug}/contacts")
        return page_of(robin.submit(page, button="Send the mail again")).main.text

    assert "Several mails went out already" in again()
    clock.shift(timedelta(minutes=11))
    assert "another one is on its way" in again()
    second = outbox.one(KIM).link
    assert browser(app).load(first, status=410)
    assert browser(app).load(second)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_one_laboratory_names_few_people_a_day(make_app: Callable[..., Flask], session: Session, outbox: Any) -> None:
    app = make_app(limits_enabled=True)
    with app.app_context():
        limiter.reset()
    lab = a_lab(session)
    robin = sign_in(app, outbox)
    answers = [name(robin, lab, f"{number}@elsewhere.example").status_code for number in range(NAMED_A_DAY + 1)]
    assert answers == [200] * NAMED_A_DAY + [422]
    assert len(outbox.deliver()) == NAMED_A_DAY
    session.rollback()
    assert len(session.scalars(select(OneUseLink).where(OneUseLink.purpose == "accept_contact")).all()) == NAMED_A_DAY
