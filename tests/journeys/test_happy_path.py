"""A laboratory that stands in the CMS file joins with one test: its answers and its typing are counted."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from registry.models import Submission
from tests.journeys import people
from tests.journeys.people import press
from tests.support.browser import Live, assert_accessible
from tests.support.cms import a_record, file_away
from tests.support.smtp import MailServer

pytestmark = pytest.mark.parametrize("live", ["postgresql"], indirect=True)

MOST_ANSWERS = 25
CHARACTERS_A_MINUTE = 200
"""Forty words of five letters."""
MOST_MINUTES = 3

NUMBER = "00D0045678"
EMAIL = "manager@happy-path.example"

# A question that has to be answered, can be seen, and has nothing in it yet.
OPEN_QUESTIONS = """() => [...document.querySelectorAll("main form .field")].filter((one) => {
  const label = one.querySelector("label, legend");
  const seen = one.checkVisibility() && !label.querySelector(".optional");
  const inputs = [...one.querySelectorAll("input, select, textarea")];
  const choices = inputs.filter((input) => ["radio", "checkbox"].includes(input.type));
  const answered = choices.length
    ? choices.some((input) => input.checked)
    : inputs.some((input) => input.value || input.selectedOptions?.[0]?.text.startsWith("None"));
  return seen && inputs.length && !answered;
}).map((one) => one.querySelector("label, legend").textContent.trim())"""


@dataclass
class Hands:
    """Somebody at a keyboard: every field and choice that they touch, and every character that they type."""

    page: Page
    touched: list[str] = field(default_factory=list)
    typed: int = 0
    asked: list[str] = field(default_factory=list)

    def look(self, step: str) -> None:
        """Wait for the page of *step*, and note what it asks before anything is answered."""
        self.page.wait_for_url(f"**/join/{step}")
        self.asked += self.page.evaluate(OPEN_QUESTIONS)

    def type(self, **answers: str) -> None:
        for name, text in answers.items():
            box = self.page.locator(f'main form [name="{name}"]')
            box.click()
            self.page.keyboard.type(text)
            expect(box).to_have_value(text)
            self.touched.append(name)
            self.typed += len(text)

    def choose(self, **answers: str) -> None:
        for name, value in answers.items():
            box = self.page.locator(f'main form [name="{name}"]')
            if box.first.evaluate("one => one.type") == "select-one":
                box.select_option(value)
            else:
                self.page.locator(f'main form [name="{name}"][value="{value}"]').check()
            self.touched.append(name)


def test_a_laboratory_joins_in_under_three_minutes(
    live: Live, person: Callable[..., Page], mail_server: MailServer
) -> None:
    with live.session() as session:
        file_away(
            session,
            a_record(NUMBER, name="INVENTED HERON PATHOLOGY LAB", address_line2="STE 200", phone="4045550123"),
        )
    page = person()
    hands = Hands(page)
    page.goto(f"{live.url}/join")
    page.get_by_role("link", name="Start your registration", exact=True).click()

    hands.type(clia_number=NUMBER)
    press(page, "Look it up")
    expect(page.get_by_role("heading", name="In the CMS file of 2026-Q2")).to_be_visible()
    press(page, "Start with this Invented Heron Pathology Lab")

    hands.look("you")
    hands.type(contact_name="Ada Invented", contact_email=EMAIL, contact_role="Laboratory manager")
    press(page, "Save and continue")

    hands.look("laboratory")
    expect(page.locator("#name")).to_have_value("Invented Heron Pathology Lab")
    expect(page.locator("#address_line2")).not_to_have_value("")
    expect(page.get_by_text("From the CMS file of 2026-Q2.")).to_have_count(8)
    assert_accessible(page, (320, 1280))
    hands.choose(lab_kind="hospital")
    press(page, "Save and continue")

    page.wait_for_url("**/join/test-1")
    # The assay brings its method: that is not asked any more.
    hands.type(name="HER2 IHC, colorectal")
    hands.choose(assay="ventana_4b5")
    hands.look("test-1")
    expect(page.locator('[name="method"][value="ihc"]')).to_be_checked()
    hands.choose(scoring_criterion="heracles", reflex_policy="ihc_2plus_to_ish_auto")
    for specimen in ("ffpe_block", "unstained_slides"):
        hands.choose(specimens=specimen)
    hands.choose(accepts_outside_specimens="yes")
    hands.type(tat_min="3", tat_max="5")
    hands.choose(tat_unit="business_days", tat_clock_start="specimen_receipt", regulatory_status="ldt")
    press(page, "Save and continue")
    press(page, "Continue")

    hands.look("contact")
    expect(page.locator("#phone")).to_have_value("(404) 555-0123")
    hands.type(contact_role="Client services")
    press(page, "Save and continue")

    hands.look("check")
    expect(page.get_by_text("A moderator will ask about this")).to_have_count(0)
    hands.choose(right_today="y", consent="y")
    press(page, "Send")
    expect(page).to_have_url(f"{live.url}/join/sent")
    with people.mail_worker(live):
        people.confirm(page, live, people.letter_to(mail_server, EMAIL))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")

    assert len(hands.touched) <= MOST_ANSWERS, hands.touched
    assert hands.typed / CHARACTERS_A_MINUTE < MOST_MINUTES
    # Nothing more had to be answered than was: what the file and the assay settle is not asked again.
    assert len(hands.asked) <= MOST_ANSWERS, hands.asked
    print(f"{len(hands.touched)} answers, {hands.typed} characters, {len(hands.asked)} open questions")
    with live.session() as session:
        sent = session.scalars(select(Submission).where(Submission.contact_email == EMAIL)).one()
        assert (sent.state, sent.profile.clia_number, sent.profile.zip) == ("submitted", NUMBER, "30303")
        assert sent.profile.offerings[0].method == "ihc"
