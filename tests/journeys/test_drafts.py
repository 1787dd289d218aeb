"""A draft in two browsers: kept while somebody types, opened on another device, written by two people at once."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from registry.models import Submission
from tests.conftest import Outbox
from tests.journeys.people import answer, press
from tests.support.browser import Live, assert_accessible
from tests.support.smtp import MailServer

pytestmark = pytest.mark.parametrize("live", ["sqlite"], indirect=True)

EMAIL = "ada@drafts.example"
SECONDS = 10.0


def _stored(live: Live) -> Submission:
    with live.session() as session:
        return session.scalars(select(Submission).where(Submission.contact_email == EMAIL)).one()


def _steps(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Steps of the registration").get_by_role("link", name=name).click()
    page.wait_for_load_state()


@pytest.mark.timeout(120)
def test_a_draft_is_typed_left_resumed_and_shared(
    live: Live, person: Callable[..., Page], mail_server: MailServer
) -> None:
    # One has scripts; the other, at a telephone, has none.
    ada, kim = person(), person(java_script_enabled=False, viewport={"width": 320, "height": 800})
    ada.goto(f"{live.url}/join/you")
    answer(ada, contact_name="Ada Invented", contact_email=EMAIL, contact_role="Manager")
    press(ada, "Save and continue")

    # Left without a button: it is there again, and nobody speaks of errors.
    answer(ada, name="Invented Half a", city="Atl")
    _steps(ada, "How to reach you")
    limit = time.monotonic() + SECONDS
    while "laboratory" not in _stored(live).unfinished:
        assert time.monotonic() < limit, "leaving the page sent nothing"
        ada.wait_for_timeout(50)
    _steps(ada, "The laboratory")
    expect(ada.locator("[name=name]")).to_have_value("Invented Half a")
    expect(ada.get_by_text("This page was left without saving")).to_be_visible()
    expect(ada.locator(".field-error")).to_have_count(0)
    assert_accessible(ada)

    # A pause is enough, and is said in a quiet line.
    answer(ada, name="Invented Whole")
    expect(ada.get_by_role("status").filter(has_text="Kept at")).to_be_visible(timeout=10_000)
    assert _stored(live).unfinished["laboratory"]["name"] == ["Invented Whole"]
    press(ada, "Save and finish later")
    letter = Outbox(live.app, mail_server).one(EMAIL)

    kim.goto(live.url + letter.link)
    press(kim, "Continue")
    expect(kim.locator("[name=name]")).to_have_value("Invented Whole")
    ada.goto(f"{live.url}/join/contact")
    answer(ada, phone="404-555-0111", contact_role="Pathology")
    kim.goto(f"{live.url}/join/contact")
    # What Ada typed meanwhile is only in her page; Kim saves.
    answer(kim, phone="404-555-0122", contact_role="Client services")
    press(kim, "Save and continue")
    kim.goto(f"{live.url}/join/contact")
    expect(ada.get_by_text("This page was changed in another window")).to_be_visible(timeout=15_000)
    press(ada, "Save and continue")
    expect(ada.get_by_role("heading", level=1)).to_have_text("How to reach you: choose what to keep")
    phone = ada.get_by_role("group", name="Public phone number")
    expect(phone.get_by_label("Stored now")).to_have_accessible_name("Stored now: (404) 555-0122")
    assert_accessible(ada)
    phone.get_by_label("Typed by you").check()
    ada.get_by_role("group", name="Who answers").get_by_label("Stored now").check()
    press(ada, "Save what is chosen")
    profile = _stored(live).profile
    assert (profile.phone, profile.contact_role) == ("(404) 555-0111", "Client services")

    # The same without scripts, in the other direction.
    answer(kim, phone="404-555-0133")
    press(kim, "Save and continue")
    kim.get_by_role("group", name="Public phone number").get_by_label("Typed by you").check()
    press(kim, "Save what is chosen")
    assert _stored(live).profile.phone == "(404) 555-0133"

    # Deleted here, gone there.
    ada.get_by_role("link", name="Delete this draft").click()
    press(ada, "Delete")
    expect(ada.get_by_text("The draft is deleted.")).to_be_visible()
    kim.goto(f"{live.url}/join/contact")
    expect(kim.get_by_text("A draft is no longer open in this browser")).to_be_visible()
