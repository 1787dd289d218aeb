"""Somebody of a listed laboratory asks for access: proved, allowed or refused, once, and nobody learns who has it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import AuditEvent, Lab, LabContact, OutboxMessage
from registry.registration import contacts
from tests.registration.claims import CLAIM, PUBLIC, ROBIN, claim, proved
from tests.registration.walk import count, only, other_browser
from tests.support.client import PageClient, page_of
from tests.support.factories import a_contact, publish
from tests.support.pages import Page

SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def lab(session: Session) -> Lab:
    return publish(
        session, name="Invented Heron Laboratory", public_email=PUBLIC, website="https://laboratory.example/"
    )


def speaking(session: Session, lab: Lab) -> list[str]:
    session.rollback()
    return [contact.email for contact in contacts.speaking(session, lab.id)]


def told(outbox: Any) -> dict[str, str]:
    """Subjects of the mails that are due, by their reader."""
    return {letter.recipients[0]: letter.subject for letter in outbox.deliver()}


def test_the_public_mailbox_is_asked_and_allows_it(
    client: PageClient, session: Session, outbox: Any, lab: Lab, app: Flask
) -> None:
    assert client.load(f"/labs/{lab.slug}").link("Is this your laboratory?") == f"/manage/labs/{lab.slug}/claim"
    assert "Check your mailbox" in claim(client, lab.slug, phone="404-555-0199", note="New manager\nsince May").h1
    submission = only(session)
    assert (submission.kind, submission.state, submission.lab_id) == ("claim", "awaiting_email", lab.id)
    assert submission.contact_phone == "(404) 555-0199"

    letter = outbox.one(ROBIN)
    assert "Invented Heron Laboratory" in letter.subject
    page = client.load(letter.link)
    assert "Robin Invented, Laboratory manager" in page.text
    assert only(session).state == "awaiting_email"
    thanks = page_of(client.submit(page))
    assert "we ask the laboratory" in thanks.h1
    assert PUBLIC not in thanks.text
    assert only(session).state == "submitted"

    asked = outbox.one(PUBLIC)
    for words in ("Robin Invented", "Laboratory manager", ROBIN, "Invented Heron Laboratory"):
        assert words in asked.text
        assert words in asked.html
    assert "since May" not in asked.text
    colleague = app.test_client()
    assert isinstance(colleague, PageClient)
    page = colleague.load(asked.link)
    assert "since May" in page.text
    assert speaking(session, lab) == []
    answered = page_of(colleague.submit(page, button="Allow it"))

    assert "manages the entry now" in answered.h1
    assert only(session).state == "approved"
    assert speaking(session, lab) == [ROBIN]
    assert told(outbox) == {ROBIN: "You can manage the entry of Invented Heron Laboratory now"}
    acts = session.execute(select(AuditEvent.action, AuditEvent.actor).order_by(AuditEvent.id)).all()
    assert [tuple(act) for act in acts] == [
        ("send", ROBIN),
        ("confirm_email", ROBIN),
        ("approve", PUBLIC),
        ("grant_claim", PUBLIC),
    ]
    session.rollback()
    assert session.get_one(Lab, lab.id).profile == lab.profile
    # Each link works once; a reload says what became of it.
    assert "manages the entry now" in colleague.load(asked.link).h1
    assert "You have access" in client.load(letter.link).h1


def test_the_laboratory_refuses(client: PageClient, session: Session, outbox: Any, lab: Lab) -> None:
    claim(client, lab.slug)
    proved(client, outbox)
    link = outbox.one(PUBLIC).link

    assert "refused" in page_of(client.submit(client.load(link), button="Not us: refuse")).h1

    assert only(session).state == "rejected"
    assert speaking(session, lab) == []
    refusal = outbox.one(ROBIN)
    assert "you do not speak for it" in refusal.text
    # What a second look at the same link asks for is not done.
    assert client.load(link).all("form", method="post") == []


def test_the_listings_own_mailbox_gets_access_at_once(
    client: PageClient, session: Session, outbox: Any, lab: Lab
) -> None:
    claim(client, lab.slug, email=PUBLIC.title())

    assert "You have access" in proved(client, outbox, PUBLIC).h1

    assert only(session).state == "approved"
    assert speaking(session, lab) == [PUBLIC]
    assert told(outbox) == {PUBLIC: "You can manage the entry of Invented Heron Laboratory now"}


def test_all_who_speak_for_the_laboratory_are_asked_and_told(
    client: PageClient, session: Session, outbox: Any, lab: Lab
) -> None:
    kim = a_contact(session, lab, email="kim@laboratory.example", language="es")
    a_contact(session, lab, email="gone@laboratory.example", revoked_at=kim.created_at)
    claim(client, lab.slug)
    proved(client, outbox)

    letters = {letter.recipients[0]: letter for letter in outbox.deliver()}
    assert set(letters) == {PUBLIC, kim.email}
    client.submit(client.load(letters[kim.email].link), button="Allow it")

    assert speaking(session, lab) == [kim.email, ROBIN]
    assert set(told(outbox)) == {kim.email, ROBIN}
    # The other mailbox's link is worth nothing any more.
    assert client.load(letters[PUBLIC].link, status=410)


def test_a_link_dies_with_the_contact_that_got_it(client: PageClient, session: Session, outbox: Any, lab: Lab) -> None:
    kim = a_contact(session, lab, email="kim@laboratory.example")
    claim(client, lab.slug)
    proved(client, outbox)
    letters = {letter.recipients[0]: letter for letter in outbox.deliver()}
    page = client.load(letters[kim.email].link)
    session.rollback()
    kim.revoked_at = kim.verified_at
    session.commit()

    assert client.submit(page, button="Allow it").status_code == 410

    assert client.load(letters[kim.email].link, status=410)
    assert only(session).state == "submitted"
    assert speaking(session, lab) == []


def test_without_anybody_to_ask_it_waits_for_a_moderator(client: PageClient, session: Session, outbox: Any) -> None:
    lab = publish(session, public_email="")
    claim(client, lab.slug)
    page = proved(client, outbox)

    assert "a moderator looks at your request" in page.text
    assert outbox.deliver() == []
    assert only(session).state == "submitted"


def test_the_same_claim_again_is_the_same(client: PageClient, session: Session, outbox: Any, lab: Lab) -> None:
    first = claim(client, lab.slug)
    page = client.load(f"/manage/labs/{lab.slug}/claim")
    for _ in range(2):
        client.submit(page, **CLAIM)
    assert count(session) == 1
    assert count(session, OutboxMessage) == 1
    link = outbox.one(ROBIN).link
    assert claim(client, lab.slug, role="Director").text == first.text
    assert (count(session), only(session).contact_role) == (1, "Director")

    assert "Director" in client.load(link).text
    client.submit(client.load(link))
    outbox.deliver()
    assert claim(client, lab.slug, role="Owner").text == first.text
    assert (only(session).state, only(session).contact_role) == ("submitted", "Director")
    assert outbox.deliver() == []


def test_presses_at_once_make_one_claim(app: Flask, session: Session, lab: Lab) -> None:
    opened = [(browser, browser.load(f"/manage/labs/{lab.slug}/claim")) for browser in map(other_browser, [app] * 4)]
    barrier = threading.Barrier(len(opened))

    def press(browser: PageClient, page: Page) -> int:
        barrier.wait()
        return browser.submit(page, **CLAIM).status_code

    with ThreadPoolExecutor(len(opened)) as pool:
        assert set(pool.map(press, *zip(*opened, strict=True))) == {200}

    assert (count(session), count(session, OutboxMessage)) == (1, 1)


def test_a_claim_does_not_tell_who_manages_the_entry(
    client: PageClient, session: Session, outbox: Any, lab: Lab
) -> None:
    a_contact(session, lab, email=ROBIN)
    other = publish(session, name="Invented Heron Laboratory", public_email=PUBLIC)

    known, unknown = claim(client, lab.slug), claim(client, other.slug)

    assert known.main.text == unknown.main.text
    subjects = [letter.subject for letter in outbox.deliver()]
    assert len(subjects) == 2
    assert len(set(subjects)) == 1


@SQLITE
def test_who_has_access_already_gets_it_again_and_nothing_changes(
    client: PageClient, session: Session, outbox: Any, lab: Lab
) -> None:
    a_contact(session, lab, email=ROBIN)
    claim(client, lab.slug)

    assert "You have access" in proved(client, outbox).h1
    assert count(session, LabContact) == 1
