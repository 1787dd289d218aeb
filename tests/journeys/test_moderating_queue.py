"""Two moderators at the queue: one by keyboard, one on a phone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from registry import accounts
from registry.tasks import open_task
from registry.web import now
from tests.journeys import people
from tests.support.browser import Live, assert_accessible
from tests.support.factories import a_profile, a_submission, publish
from tests.support.reports import a_report

ADA, EVE = "ada@example.org", "eve@example.org"
NAMES = ("Amber Pathology", "Birch Pathology", "Cedar Pathology")


def fill_queue(live: Live, session: Session) -> None:
    """Three that are green, one that is not, a report and a task; and two moderators."""
    moment = now()
    for number, name in enumerate(NAMES):
        profile = a_profile(
            name=name,
            clia_number=f"11D000020{number}",
            phone=f"(404) 656-210{number}",
            address_line1=f"{number + 1} Peachtree Street",
            website=f"https://lab{number}.example.org/",
        )
        a_submission(session, profile, email=f"desk@lab{number}.example.org", now=moment - timedelta(hours=9 - number))
    a_submission(session, a_profile(name="Doubtful", certificate_type="waiver"), now=moment - timedelta(hours=30))
    a_report(session, publish(session, name="Told to be closed"), kind="closed", now=moment)
    task = publish(session, name="Not confirmed")
    open_task(session, kind="overdue", lab_id=task.id, facts={"due": "2026-01-02"}, now=moment)
    session.commit()
    with live.app.app_context():
        for email in (ADA, EVE):
            accounts.create_staff(session, email=email, password=people.PASSWORD, role="moderator", now=moment)
        session.commit()


def lines(page: Page) -> list[str]:
    return page.locator(".queue-name").all_inner_texts()


# What the database decides is tested on both elsewhere; this looks at the pages.
@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
@pytest.mark.timeout(180)
def test_two_moderators_share_a_queue(live: Live, person: Callable[..., Page]) -> None:
    with live.session() as session:
        fill_queue(live, session)
    ada, eve = person(), person(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    people.sign_in(ada, live, ADA)
    assert lines(ada) == ["Told to be closed", "Doubtful", *NAMES, "Not confirmed"]
    assert_accessible(ada)

    # Keys go from line to line, and say what they are.
    ada.keyboard.press("?")
    dialog = ada.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    assert_accessible(ada)
    ada.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    ada.keyboard.press("j")
    ada.keyboard.press("j")
    expect(ada.get_by_role("link", name="Doubtful")).to_be_focused()
    ada.keyboard.press("k")
    expect(ada.get_by_role("link", name="Told to be closed")).to_be_focused()
    ada.keyboard.press("/")
    search = ada.get_by_label("Search by name")
    expect(search).to_be_focused()
    ada.keyboard.type("jk?")
    expect(search).to_have_value("jk?")
    expect(dialog).to_be_hidden()
    search.fill("birch")
    ada.keyboard.press("Enter")
    ada.wait_for_url("**/staff/queue?q=birch")
    ada.keyboard.press("j")
    ada.keyboard.press("o")
    expect(ada.get_by_role("heading", level=1)).to_have_text("Birch Pathology")
    expect(ada.get_by_text("Colleagues see that you have this open.")).to_be_visible()
    ada.keyboard.press("a")
    approve = ada.locator("input[name=decision][value=approve]")
    expect(approve).to_be_focused()
    expect(approve).not_to_be_checked()
    ada.keyboard.press("r")
    expect(ada.locator("input[name=decision][value=reject]")).to_be_focused()

    # A colleague on a phone, without scripts, sees who has it.
    people.sign_in(eve, live, EVE)
    expect(eve.locator("[data-row]", has_text="Birch Pathology")).to_contain_text(f"{ADA} opened this")
    expect(eve.locator("[data-row]", has_text="Birch Pathology").get_by_role("checkbox")).to_have_count(0)
    assert eve.evaluate("document.documentElement.scrollWidth") == 320
    eve.get_by_role("link", name="New entries 4").click()
    assert lines(eve) == ["Doubtful", *NAMES]
    eve.get_by_role("link", name="Birch Pathology").click()
    expect(eve.locator(".lease")).to_contain_text(f"{ADA} opened this")
    people.press(eve, "Take over")
    expect(eve.locator(".lease")).to_contain_text("Colleagues see that you have this open.")
    people.press(eve, "Give it back")

    # Several at once: ticked, seen, published; the menu takes no room while it is closed.
    expect(eve.get_by_role("link", name="Dashboard")).to_be_hidden()
    eve.locator(".staff-menu > summary").click()
    expect(eve.get_by_role("link", name="Keyboard shortcuts")).to_be_visible()
    for name in NAMES:
        eve.locator("[data-row]", has_text=name).get_by_role("checkbox").check()
    people.press(eve, "Look at the ticked ones")
    expect(eve.get_by_role("heading", level=1)).to_have_text("These 3 are about to be published")
    assert eve.evaluate("document.documentElement.scrollWidth") == 320
    eve.locator(".queue li", has_text="Cedar Pathology").get_by_role("checkbox").uncheck()
    people.press(eve, "Approve and publish the ticked ones")
    expect(eve.get_by_role("heading", level=1)).to_have_text("2 of 2 are published")

    # Keys that are turned off stay off in this browser, but for the link in the menu.
    ada.keyboard.press("g")
    ada.keyboard.press("q")
    ada.wait_for_url("**/staff/queue")
    assert lines(ada) == ["Told to be closed", "Doubtful", "Cedar Pathology", "Not confirmed"]
    ada.locator(".staff-menu > summary").click()
    ada.get_by_role("link", name="Keyboard shortcuts").click()
    ada.get_by_label("Use these keys in this browser").uncheck()
    ada.get_by_role("button", name="Close").click()
    ada.reload()
    ada.keyboard.press("?")
    ada.keyboard.press("j")
    expect(dialog).to_be_hidden()
    expect(ada.locator("body")).to_be_focused()
