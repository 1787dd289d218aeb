"""Somebody joins with a laboratory that is on the list already: they are led to its entry, and ask for access."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from registry.models import Lab, LabContact
from tests.journeys import people
from tests.journeys.people import answer, press
from tests.support.browser import Live
from tests.support.factories import a_contact, publish
from tests.support.smtp import MailServer

pytestmark = pytest.mark.parametrize("live", ["postgresql"], indirect=True)


def _ask_for_access(page: Page, live: Live, lab: Lab, *, number: str, email: str) -> None:
    """From the start page, by the CLIA number, to “look into your mailbox”."""
    page.goto(f"{live.url}/join")
    page.get_by_role("link", name="Start your registration", exact=True).click()
    answer(page, clia_number=number)
    press(page, "Look it up")
    expect(page.get_by_role("heading", name="Is this you?")).to_be_visible()
    expect(page.get_by_role("link", name=lab.name, exact=True)).to_be_visible()
    page.get_by_role("link", name="Yes, but I have no access to it").click()
    answer(page, name="Robin Invented", email=email, role="Laboratory manager", phone="404-555-0199")
    press(page, "Ask for access")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mailbox")


def _speaking(live: Live, lab_id: int) -> list[str]:
    with live.session() as session:
        speaks = select(LabContact.email).where(LabContact.lab_id == lab_id, LabContact.verified_at.is_not(None))
        return sorted(session.scalars(speaks))


def test_the_laboratory_allows_a_claim(live: Live, person: Callable[..., Page], mail_server: MailServer) -> None:
    public, kim, robin, number = "her2@allow.example", "kim@allow.example", "robin@allow.example", "00D0056781"
    with live.session() as session:
        lab = publish(session, name="Invented Laboratory That Allows", clia_number=number, public_email=public)
        a_contact(session, lab, email=kim)
        lab_id = lab.id
        session.refresh(lab)
        session.expunge(lab)
    claimant, colleague = person(java_script_enabled=False), person()

    with people.mail_worker(live):
        _ask_for_access(claimant, live, lab, number=number, email=robin)
        claimant.goto(live.url + people.letter_to(mail_server, robin).link)
        press(claimant, "Confirm and ask for access")
        expect(claimant.get_by_role("heading", level=1)).to_have_text("Thank you, we ask the laboratory")
        expect(claimant.get_by_text(kim)).to_have_count(0)

        people.letter_to(mail_server, public)
        colleague.goto(live.url + people.letter_to(mail_server, kim).link)
        expect(colleague.get_by_text(robin)).to_be_visible()
        assert _speaking(live, lab_id) == [kim]
        press(colleague, "Allow it")
        expect(colleague.get_by_role("heading", level=1)).to_have_text("This person manages the entry now")
        told = people.letter_to(mail_server, robin, number=2)
        people.letter_to(mail_server, kim, number=2)
    assert _speaking(live, lab_id) == [kim, robin]
    assert "You can manage the entry" in told.subject
    claimant.reload()
    expect(claimant.get_by_role("heading", level=1)).to_have_text("You have access")


def test_the_mailbox_of_the_entry_gets_access_at_once_and_another_is_refused(
    live: Live, person: Callable[..., Page], mail_server: MailServer
) -> None:
    public, stranger, number = "her2@at-once.example", "stranger@elsewhere.example", "00D0056783"
    with live.session() as session:
        lab = publish(session, name="Invented Laboratory At Once", clia_number=number, public_email=public)
        lab_id = lab.id
        session.refresh(lab)
        session.expunge(lab)
    page, other = person(), person()

    with people.mail_worker(live):
        _ask_for_access(page, live, lab, number=number, email=public)
        page.goto(live.url + people.letter_to(mail_server, public).link)
        press(page, "Confirm and ask for access")
        expect(page.get_by_role("heading", level=1)).to_have_text("You have access")
        people.letter_to(mail_server, public, number=2)

        _ask_for_access(other, live, lab, number=number, email=stranger)
        other.goto(live.url + people.letter_to(mail_server, stranger).link)
        press(other, "Confirm and ask for access")
        page.goto(live.url + people.letter_to(mail_server, public, number=3).link)
        press(page, "Not us: refuse")
        expect(page.get_by_role("heading", level=1)).to_have_text("The request was refused")
        refusal = people.letter_to(mail_server, stranger, number=2)
    assert "cannot manage" in refusal.subject
    assert _speaking(live, lab_id) == [public]
