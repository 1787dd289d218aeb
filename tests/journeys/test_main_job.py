"""The main job in a real browser: a laboratory joins, a moderator approves, a nurse finds it by ZIP code."""

import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from geopy.distance import geodesic
from playwright.sync_api import Page, expect

from registry.domain.geometry import METRES_PER_MILE
from registry.models import AuditEvent, Submission
from registry.places.geocoding import locate
from tests.journeys import people
from tests.support.browser import Live
from tests.support.databases import ENGINES
from tests.support.factories import a_profile, a_submission, an_offering, publish
from tests.support.smtp import MailServer


@dataclass(frozen=True)
class Story:
    """A laboratory, and a nurse ten miles away; ZIP codes with their city and state."""

    scripts: bool
    laboratory: tuple[str, str, str]
    nurse_at: str
    farther: tuple[str, str, str]

    @property
    def miles(self) -> float:
        """From the nurse's ZIP code to the laboratory's on the WGS84 ellipsoid."""
        return float(geodesic(_point(self.nurse_at), _point(self.laboratory[0])).meters) / METRES_PER_MILE


STORIES = [
    Story(True, ("80204", "Denver", "CO"), "80005", ("80301", "Boulder", "CO")),
    Story(False, ("02114", "Boston", "MA"), "01904", ("01605", "Worcester", "MA")),
]


def _point(zip_code: str) -> tuple[float, float]:
    place = locate(zip_code)
    return place.lat, place.lon


@pytest.mark.timeout(180)
# With scripts on the one database, without on the other.
@pytest.mark.parametrize(("live", "story"), list(zip(ENGINES, STORIES, strict=True)), indirect=["live"])
def test_a_laboratory_joins_and_is_found_ten_miles_away(
    live: Live, person: Callable[..., Page], mail_server: MailServer, story: Story
) -> None:
    laboratory, moderator, nurse = (person(java_script_enabled=story.scripts) for _ in range(3))
    zip_code, city, state = story.laboratory
    email = f"her2@{city.lower()}.example"
    profile = a_profile(
        name=f"Invented Laboratory of {city}",
        zip=zip_code,
        city=city,
        state=state,
        offerings=(
            an_offering(),
            an_offering(name="HER2 FISH", method="fish", assay="pathvysion", reflex_policy="none", order_code="F"),
        ),
    )
    with live.session() as session:
        far_zip, far_city, far_state = story.farther
        publish(session, name="A Farther Laboratory", at=_point(far_zip), zip=far_zip, city=far_city, state=far_state)
    assert story.miles == pytest.approx(10, abs=0.2)

    with people.mail_worker(live):
        people.register(laboratory, live, profile, email=email)
        people.confirm(laboratory, live, people.letter_to(mail_server, email))

        people.sign_in(moderator, live, people.new_moderator(live, f"{city.lower()}@staff.example"))
        moderator.get_by_role("link", name=profile.name).click()
        people.decide(moderator, "approve")
        expect(moderator.get_by_role("heading", name="On the list")).to_be_visible()
        told = [people.letter_to(mail_server, email, number=number).subject for number in (1, 2, 3)]
    assert len(set(told)) == 3

    people.search(nurse, live, story.nurse_at)
    first = nurse.get_by_role("article").first
    for words in (profile.name, "Immunohistochemistry", "FISH", profile.phone, "Yes, from anywhere", "Last confirmed"):
        expect(first).to_contain_text(words)
    assert float(first.locator(".distance").inner_text().removesuffix(" miles")) == pytest.approx(story.miles, abs=0.05)
    first.get_by_role("link", name=profile.name).click()
    expect(nurse.get_by_role("heading", level=1)).to_have_text(profile.name)

    with urllib.request.urlopen(f"{live.url}/api/v1/labs?near={story.nurse_at}") as response:
        found = json.load(response)
    item, farther = found["items"][:2]
    assert (item["name"], farther["name"]) == (profile.name, "A Farther Laboratory")
    assert item["distance_miles"] == pytest.approx(story.miles, abs=0.05)
    assert (item["zip"], item["city"], item["state"]) == story.laboratory
    assert [offering["method"] for offering in item["offerings"]] == ["ihc", "fish"]
    assert item["offerings"][0]["turnaround"] == {
        "min": 3,
        "max": 5,
        "unit": "business_days",
        "clock_start": "specimen_receipt",
    }


@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
def test_the_keyboard_alone_is_enough_to_find_a_laboratory(live: Live, person: Callable[..., Page]) -> None:
    with live.session() as session:
        publish(session, name="Invented Keyboard Laboratory", at=_point("30303"))
    page = person()
    page.goto(f"{live.url}/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("ZIP code, city and state, or address")).to_be_focused()
    page.keyboard.type("30303")
    page.keyboard.press("Enter")
    page.wait_for_url("**/labs?*")
    link = page.get_by_role("link", name="Invented Keyboard Laboratory")
    for _ in range(40):
        page.keyboard.press("Tab")
        if link.evaluate("link => link === document.activeElement"):
            break
    expect(link).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Invented Keyboard Laboratory")


def test_two_moderators_decide_at_once_and_the_second_is_told(live: Live, person: Callable[..., Page]) -> None:
    with live.session() as session:
        submission = a_submission(session, a_profile(name="Invented Contested Laboratory"))
        number = submission.id
    first, second = person(), person()
    for page, email in ((first, "first@staff.example"), (second, "second@staff.example")):
        people.sign_in(page, live, people.new_moderator(live, email))
        page.goto(f"{live.url}/staff/submissions/{number}")

    people.decide(first, "approve")
    people.decide(second, "reject", reason="not_a_laboratory", message="We could not reach you.")

    expect(first.get_by_role("heading", name="On the list")).to_be_visible()
    expect(second.get_by_text("This submission changed while you looked at it")).to_be_visible()
    expect(second.get_by_text("first@staff.example acted:")).to_be_visible()
    expect(second.get_by_text("We could not reach you.")).to_be_visible()
    with live.session() as session:
        assert session.get_one(Submission, number).state == "approved"
        decisions = session.scalars(
            sa.select(AuditEvent.action).where(AuditEvent.subject_type == "submission", AuditEvent.subject_id == number)
        ).all()
    assert list(decisions) == ["approve"]
