"""Two entries are one laboratory: a moderator merges them by keyboard on a phone, another is told and undoes it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys import people
from tests.support.browser import Live, assert_accessible
from tests.support.mergers import two_entries

pytestmark = pytest.mark.parametrize("live", ["sqlite"], indirect=True)

MERGE = "Merge the two entries"


def tab_to(page: Page, target: Locator) -> None:
    """Press the tabulator until *target* has the focus."""
    for _ in range(120):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(target).to_be_focused()


def choose(page: Page, name: str, value: str) -> None:
    """Choose by the keyboard: to the group, then along it."""
    chosen = page.locator(f'[name="{name}"]:checked')
    tab_to(page, chosen)
    for _ in range(3):
        if page.locator(f'[name="{name}"][value="{value}"]').is_checked():
            return
        page.keyboard.press("ArrowDown")
    expect(page.locator(f'[name="{name}"][value="{value}"]')).to_be_checked()


@pytest.mark.timeout(180)
def test_two_entries_become_one_and_two_again(live: Live, person: Callable[..., Page]) -> None:
    with live.session() as session:
        kite, heron = two_entries(session)
        numbers, slugs = (kite.id, heron.id), (kite.slug, heron.slug)
    address = f"{live.url}/staff/labs/merge?first={numbers[0]}&second={numbers[1]}"
    ada, grace = person(viewport={"width": 320, "height": 700}), person(java_script_enabled=False)
    nurse = person()
    for page, email in ((ada, "ada@staff.example"), (grace, "grace@staff.example")):
        people.sign_in(page, live, people.new_moderator(live, email))
    grace.goto(address)

    # By keyboard alone, on a small screen.
    ada.goto(f"{live.url}/staff/labs/merge")
    tab_to(ada, ada.get_by_label("One entry"))
    ada.keyboard.type(f"{live.url}/labs/{slugs[0]}")
    tab_to(ada, ada.get_by_label("The other entry"))
    ada.keyboard.type(str(numbers[1]))
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("heading", name="Which entry stays?")).to_be_visible()
    choose(ada, "stays", "first")
    choose(ada, "take-name", "second")
    look = ada.get_by_role("button", name="Show what these choices make")
    tab_to(ada, look)
    ada.keyboard.press("Enter")
    result = ada.get_by_role("region", name="The result")
    expect(result).to_contain_text(f"At the address /labs/{slugs[0]}")
    expect(result.get_by_text("Heron Laboratory").first).to_be_visible()
    assert_accessible(ada)
    tab_to(ada, ada.get_by_role("button", name=MERGE))
    ada.keyboard.press("Enter")
    expect(ada.get_by_text("Merged. The contacts of both get a mail.")).to_be_visible()
    assert_accessible(ada)

    # Who had the page open is told, and what was chosen there does nothing.
    people.press(grace, MERGE)
    expect(grace.get_by_text("became a part of another entry already")).to_be_visible()
    expect(grace.get_by_text("ada@staff.example")).to_be_visible()
    expect(grace.get_by_role("button", name=MERGE)).to_have_count(0)

    nurse.goto(f"{live.url}/labs/{slugs[1]}")
    expect(nurse).to_have_url(f"{live.url}/labs/{slugs[0]}")
    expect(nurse.get_by_role("heading", level=1)).to_have_text("Heron Laboratory")

    grace.get_by_role("link", name="See what was done").click()
    people.press(grace, "Make two entries of it again")
    expect(grace.get_by_text("There are two entries again.")).to_be_visible()
    nurse.goto(f"{live.url}/labs/{slugs[1]}")
    expect(nurse).to_have_url(f"{live.url}/labs/{slugs[1]}")
    nurse.goto(f"{live.url}/labs/{slugs[0]}")
    expect(nurse.get_by_role("heading", level=1)).to_have_text("Kite Laboratory")
