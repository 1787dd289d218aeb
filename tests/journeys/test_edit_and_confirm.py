"""A laboratory's yearly visit in a real browser: the mail, two clicks, what is not right, and what waits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from registry.models import Lab, Submission
from registry.registration import contacts
from tests.journeys import people
from tests.support.browser import SIDEWAYS, Live, assert_accessible
from tests.support.factories import an_offering, publish
from tests.support.smtp import MailServer

ROBIN = "robin@yearly.example"
FISH = an_offering(name="HER2 FISH", method="fish", assay="pathvysion", reflex_policy="none", order_code="F")


@pytest.fixture
def lab(live: Live) -> Lab:
    """An entry with two tests whose confirmation was due yesterday."""
    with live.session() as session:
        moment = datetime.now(UTC) - timedelta(days=366)
        found = publish(session, name="Invented Yearly Laboratory", offerings=(an_offering(), FISH), now=moment)
        contacts.ensure(
            session, lab=found, email=ROBIN, name="Robin Invented", role="Manager", language="en", now=moment
        )
        session.commit()
        session.refresh(found)
        session.expunge(found)
        return found


@pytest.mark.timeout(180)
def test_a_laboratory_confirms_changes_and_follows_its_entry(
    live: Live, person: Callable[..., Page], mail_server: MailServer, lab: Lab
) -> None:
    # The whole of it works without scripts; one database sees it without them.
    scripts = live.settings.database_url.startswith("sqlite")
    robin, moderator = person(java_script_enabled=scripts), person()
    with people.mail_worker(live):
        robin.goto(live.url + people.letter_to(mail_server, ROBIN).link)
        expect(robin.get_by_role("heading", level=1)).to_have_text("Is it still right?")
        robin.get_by_label("This test is right (HER2 by immunohistochemistry, colorectal)").check()
        robin.get_by_role("button", name="Not right: change it (HER2 FISH)").click()
        expect(robin.get_by_text("Changing the entry of Invented Yearly Laboratory")).to_be_visible()
        expect(robin.locator("[name=name]")).to_have_value("HER2 FISH")
        people.answer(robin, tat_max=8)
        people.press(robin, "Save and continue")
        changes = robin.get_by_role("table", name="Your changes")
        expect(changes).to_contain_text("Test 2: Turnaround, longest")
        expect(robin.locator("[name=rest_right]")).not_to_be_checked()
        people.answer(robin, right_today=True, consent=True)
        people.press(robin, "Send")
        expect(robin.get_by_role("heading", level=1)).to_have_text("Your change is sent")
        people.letter_to(mail_server, ROBIN, number=2)

        # The next day, signed in, the change is made a better one before anybody decided.
        robin.goto(f"{live.url}/manage")
        people.answer(robin, email=ROBIN)
        people.press(robin, "Mail me a link")
        robin.goto(live.url + people.letter_to(mail_server, ROBIN, number=3).link)
        people.press(robin, "Sign in")
        people.sign_in(moderator, live, people.new_moderator(live, "yearly@staff.example"))
        moderator.get_by_role("link", name=lab.name).click()
        expect(moderator.locator("[name=decision]").first).to_be_visible()
        robin.get_by_role("link", name="Change of the entry, by Robin Invented").click()
        expect(robin.get_by_text("It waits for a moderator since")).to_be_visible()
        people.press(robin, "Change what you sent")
        robin.get_by_role("link", name="Change: How to reach you").click()
        people.answer(robin, phone="(404) 555-0188")
        people.press(robin, "Save and continue")
        if scripts:
            assert_accessible(robin, widths=(320, 1280))
        assert robin.evaluate(SIDEWAYS) <= 0
        people.answer(robin, right_today=True, consent=True, rest_right=True)
        people.press(robin, "Send")
        expect(robin.get_by_role("heading", level=1)).to_have_text("Your change is sent")

        # Whoever looked at the first version is told that it moved, and decides on the second.
        people.decide(moderator, "approve")
        with live.session() as session:
            old, new = session.query(Submission).order_by(Submission.id).all()
            assert (old.state, new.state) == ("superseded", "submitted")
            assert session.get_one(Lab, lab.id).profile.phone == "(404) 555-0123"
        moderator.goto(f"{live.url}/staff/submissions/{new.id}")
        people.decide(moderator, "approve")
        expect(moderator.get_by_text("Approved").first).to_be_visible()
        told = people.letter_to(mail_server, ROBIN, number=5)
        assert "Phone: (404) 555-0123 → (404) 555-0188" in told.text

    robin.goto(f"{live.url}/manage/labs/{lab.slug}")
    robin.get_by_role("link", name="Confirm that it is still right").click()
    people.press(robin, "Everything is still right")
    expect(robin.get_by_text("All of it is confirmed as of today.")).to_be_visible()
    robin.get_by_role("link", name="Open the public page").click()
    main = robin.locator("main")
    expect(main).to_contain_text("About 3–8 business days")
    expect(main).to_contain_text("(404) 555-0188")
    expect(main).not_to_contain_text("Confirmation overdue")
