"""A nurse tells of a problem, a moderator marks the entry and asks, the laboratory confirms, the audit tells it all."""

import csv
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from registry.registration import contacts
from registry.web import now
from tests.journeys import people
from tests.support.browser import Live, assert_accessible
from tests.support.factories import publish
from tests.support.smtp import MailServer

pytestmark = pytest.mark.parametrize("live", ["sqlite"], indirect=True)

ROBIN, NURSE, MODERATOR = "robin@atlanta.example", "nurse@clinic.example", "moderator@example.org"


@pytest.mark.timeout(180)
def test_a_doubt_is_told_asked_answered_and_settled(
    live: Live, person: Callable[..., Page], mail_server: MailServer
) -> None:
    with live.session() as session:
        lab = publish(session, name="Invented Kite Laboratory", zip="30303")
        contacts.ensure(session, lab=lab, email=ROBIN, name="Robin", role="Manager", language="en", now=now())
        session.commit()
        listing = f"{live.url}/labs/{lab.slug}"
    people.new_moderator(live, MODERATOR)
    nurse, robin = person(viewport={"width": 320, "height": 640}), person(java_script_enabled=False)
    moderator = person()

    with people.mail_worker(live):
        # What seems to speak of a patient is asked about once.
        nurse.goto(listing)
        nurse.get_by_role("link", name="Tell us of a problem").click()
        people.answer(nurse, kind="wrong_contact", message="My patient called: a bakery answers.", email=NURSE)
        people.press(nurse, "Send")
        expect(nurse.get_by_role("heading", name="Is this about a patient?")).to_be_visible()
        assert_accessible(nurse)
        people.answer(nurse, message="I called: a bakery answers.")
        people.press(nurse, "Send")
        expect(nurse.get_by_role("heading", name="Thank you")).to_be_visible()

        people.sign_in(moderator, live, MODERATOR)
        moderator.goto(f"{live.url}/staff/reports")
        moderator.get_by_role("link", name="Invented Kite Laboratory").click()
        expect(moderator.get_by_text("I called: a bakery answers.")).to_be_visible()
        assert_accessible(moderator)
        report = moderator.url
        people.press(moderator, "Mark the entry as disputed")
        people.press(moderator, "Ask the laboratory")
        nurse.goto(listing)
        expect(nurse.get_by_text("Call the laboratory before you send a specimen.")).to_be_visible()

        # The laboratory reads our words, not the nurse's, and confirms by the link alone.
        letter = people.letter_to(mail_server, ROBIN)
        assert "The phone number or address is wrong" in letter.text
        assert "bakery" not in letter.text + letter.html
        robin.goto(live.url + letter.link)
        people.press(robin, "Everything is still right")
        expect(robin.get_by_role("heading", level=1)).to_contain_text("Thank you")
        nurse.reload()
        expect(nurse.get_by_text("Disputed, confirmed since")).to_be_visible()

        moderator.goto(report)
        expect(moderator.get_by_text("The laboratory has confirmed the entry since it was told of:")).to_be_visible()
        people.press(moderator, "Take the mark “Disputed” away")
        people.answer(moderator, outcome="not_so", note="Called them: the number is right.")
        people.press(moderator, "Close the report")
        expect(moderator.get_by_text("whoever told us gets an answer")).to_be_visible()
        assert "right as it stands" in people.letter_to(mail_server, NURSE).text
        nurse.reload()
        expect(nurse.get_by_text("Disputed")).to_have_count(0)

    moderator.goto(f"{live.url}/staff/audit")
    people.answer(moderator, about="Invented Kite")
    people.press(moderator, "Show")
    acts = moderator.locator("ol.acts > li strong")
    expect(acts).to_have_text(
        [
            "Report closed",
            "No longer disputed",
            "Confirmed as still right",
            "Laboratory asked to confirm or correct",
            "Marked as disputed",
        ]
    )
    moderator.get_by_text("What it changed").first.click()
    expect(moderator.get_by_text("It is not so: the entry is right")).to_be_visible()
    assert_accessible(moderator)
    moderator.get_by_role("link", name="Save as a file").click()
    with moderator.expect_download() as download:
        people.press(moderator, "Save as CSV")
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        assert [row["action"] for row in csv.DictReader(file)] == [
            "dispute",
            "ask_laboratory",
            "confirm",
            "settle",
            "close_report",
        ]
    moderator.goto(f"{live.url}/staff/dashboard")
    moderator.get_by_text("As a table").nth(1).click()
    assert_accessible(moderator)
