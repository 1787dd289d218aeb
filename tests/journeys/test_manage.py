"""A laboratory in the hands of two people: one hands it over by keyboard, the other leaves and comes back without
scripts.
"""

import json
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from registry.registration import contacts
from registry.web import now
from tests.journeys import people
from tests.support.browser import Live
from tests.support.factories import publish
from tests.support.smtp import MailServer

pytestmark = pytest.mark.parametrize("live", ["postgresql"], indirect=True)

ROBIN, KIM = "robin@atlanta.example", "kim@atlanta.example"


def tab_to(page: Page, target: Locator) -> None:
    """Press the tabulator until *target* has the focus."""
    for _ in range(40):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(target).to_be_focused()


def on_the_list(live: Live) -> list[str]:
    with urllib.request.urlopen(f"{live.url}/api/v1/labs?near=30303") as response:
        return [item["name"] for item in json.load(response)["items"]]


@pytest.mark.timeout(180)
def test_an_entry_is_handed_over_leaves_the_list_and_comes_back(
    live: Live, person: Callable[..., Page], mail_server: MailServer
) -> None:
    with live.session() as session:
        lab = publish(session, name="Invented Kite Laboratory", zip="30303")
        publish(session, name="Invented Heir Laboratory", zip="30303")
        contacts.ensure(session, lab=lab, email=ROBIN, name="Robin", role="Manager", language="en", now=now())
        session.commit()
        slug = lab.slug
    robin, kim, nurse = person(), person(java_script_enabled=False), person()

    with people.mail_worker(live):
        # By keyboard alone: sign in, and ask a colleague to take over.
        robin.goto(f"{live.url}/manage")
        tab_to(robin, robin.get_by_label("Your work e-mail"))
        robin.keyboard.type(ROBIN)
        robin.keyboard.press("Enter")
        expect(robin.get_by_role("heading", name="Check your mailbox")).to_be_visible()
        robin.goto(live.url + people.letter_to(mail_server, ROBIN).link)
        tab_to(robin, robin.get_by_role("button", name="Sign in"))
        robin.keyboard.press("Enter")
        expect(robin.get_by_role("heading", level=1)).to_have_text("Invented Kite Laboratory")
        tab_to(robin, robin.get_by_role("link", name="Contacts and handing over"))
        robin.keyboard.press("Enter")
        tab_to(robin, robin.get_by_label("Name of the colleague"))
        robin.keyboard.type("Kim Invented")
        robin.keyboard.press("Tab")
        robin.keyboard.type(KIM)
        tab_to(robin, robin.get_by_label("Beside me"))
        robin.keyboard.press("ArrowDown")
        robin.keyboard.press("Enter")
        expect(robin.get_by_role("heading", name="Asked, no answer yet")).to_be_visible()

        # The colleague agrees; from then on the former contact is out.
        kim.goto(live.url + people.letter_to(mail_server, KIM).link)
        people.press(kim, "I agree")
        expect(kim.get_by_role("heading", name="You speak for Invented Kite Laboratory now")).to_be_visible()
        robin.reload()
        expect(robin).to_have_url(f"{live.url}/manage")
        assert "You no longer speak for" in people.letter_to(mail_server, ROBIN, number=2).subject

        kim.get_by_role("main").get_by_role("link", name="Manage your entry").click()
        people.answer(kim, email=KIM)
        kim.get_by_role("button", name="Mail me a link").click()
        expect(kim.get_by_role("heading", name="Check your mailbox")).to_be_visible()
        kim.goto(live.url + people.letter_to(mail_server, KIM, number=3).link)
        people.press(kim, "Sign in")
        expect(kim).to_have_url(f"{live.url}/manage/labs/{slug}")

    kim.get_by_role("link", name="Leave the list").click()
    people.answer(kim, reason="merged", when="now", successor="heir")
    people.press(kim, "Continue")
    expect(kim.get_by_text("Invented Kite Laboratory is not on this list any more")).to_be_visible()
    expect(kim.get_by_role("link", name="Invented Heir Laboratory")).to_be_visible()
    people.press(kim, "Leave now")
    expect(kim.get_by_text("Invented Kite Laboratory has left the list.")).to_be_visible()
    assert on_the_list(live) == ["Invented Heir Laboratory"]
    nurse.goto(f"{live.url}/labs/{slug}")
    expect(nurse.get_by_text("The laboratory became a part of another one.")).to_be_visible()
    nurse.get_by_role("link", name="Invented Heir Laboratory").click()
    expect(nurse.get_by_role("heading", level=1)).to_have_text("Invented Heir Laboratory")

    kim.get_by_role("link", name="Come back to the list").click()
    people.press(kim, "Bring it back")
    expect(kim).to_have_url(f"{live.url}/manage/labs/{slug}/confirm")
    assert sorted(on_the_list(live)) == ["Invented Heir Laboratory", "Invented Kite Laboratory"]
