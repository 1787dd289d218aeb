"""Two moderators at once: a part approved and a slip put right, undone within the time, decided again, restored."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from registry.models import Lab, Submission
from tests.journeys import people
from tests.support.browser import Live, assert_accessible, served
from tests.support.databases import ENGINES, Databases
from tests.support.factories import a_contact, a_profile, a_submission, an_offering, publish
from tests.support.smtp import MailServer

FISH = an_offering(name="HER2 FISH", method="fish", assay="pathvysion", reflex_policy="none", order_code="F")
LISTED = a_profile(name="Invented Deciding Laboratory", city="Macon", zip="31201", offerings=(an_offering(), FISH))
ASKED = replace(
    LISTED,
    phone="(478) 555-0100",
    website="https://new.example/",
    contact_role="Clinet services",
    offerings=(an_offering(tat_max=9), replace(FISH, order_code="FISH-2")),
)


@pytest.fixture(scope="module", params=ENGINES)
def live(
    request: pytest.FixtureRequest,
    databases: Databases,
    mail_server: MailServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Live]:
    """The application as it runs: decisions can be taken back for ten minutes."""
    with served(request.param, databases, mail_server, tmp_path_factory, undo_minutes=10) as found:
        yield found


@pytest.fixture
def edit(live: Live) -> int:
    """A change of four things in an entry that was published last year."""
    with live.session() as session:
        lab = publish(session, LISTED, now=datetime.now(UTC) - timedelta(days=300))
        sender = a_contact(session, lab).email
        base = lab.profile_data
        return a_submission(session, ASKED, kind="edit", lab_id=lab.id, email=sender, base=base).id


@pytest.mark.timeout(180)
def test_a_part_is_published_undone_decided_again_and_restored(
    live: Live, person: Callable[..., Page], edit: int
) -> None:
    scripts = live.settings.database_url.startswith("sqlite")
    one, other = person(java_script_enabled=scripts), person()
    people.sign_in(one, live, people.new_moderator(live, "one@example.org"))
    people.sign_in(other, live, people.new_moderator(live, "other@example.org"))
    address = f"{live.url}/staff/submissions/{edit}"
    for page in (one, other):
        page.goto(address)
    if scripts:
        assert_accessible(one)

    # A part, with a slip put right and what is sent back remarked on.
    one.get_by_label("Send this back: Web site").check()
    one.locator("summary", has_text="Remark: Web site").click()
    one.get_by_label("What should change at “Web site”?").fill("This page does not open.")
    one.locator("summary", has_text="Put it right yourself: Whom to ask for").click()
    one.get_by_label("“Whom to ask for”, as it should be published").fill("Client services desk")
    people.decide(one, "approve_part")
    expect(one.get_by_role("heading", name="A part is published, the rest was sent back")).to_be_visible()
    if scripts:
        assert_accessible(one)

    # Whoever looked at it meanwhile is told, and has lost nothing.
    people.decide(other, "reject", reason="other", message="No.")
    expect(other.get_by_role("heading", name="This submission changed while you looked at it")).to_be_visible()
    expect(other.get_by_text("one@example.org acted:")).to_be_visible()
    with live.session() as session:
        lab = session.scalars(select(Lab)).one()
        number = lab.id
        assert lab.profile == replace(ASKED, website=LISTED.website, contact_role="Client services desk")

    # Taken back: nothing of it is left, and the other one may decide.
    people.press(one, "Undo the decision")
    expect(one.get_by_text("nobody was told of the first one")).to_be_visible()
    with live.session() as session:
        assert session.get_one(Lab, number).profile == LISTED
        assert session.get_one(Submission, edit).state == "in_review"
    other.goto(address)
    people.decide(other, "approve")
    expect(other.get_by_role("heading", name="On the list")).to_be_visible()

    # Later: the version before, seen beside the entry as it is.
    one.goto(f"{live.url}/staff/labs/{number}")
    if scripts:
        assert_accessible(one)
    one.get_by_role("link", name="Show this version again").last.click()
    expect(one.get_by_role("table")).to_contain_text("Web site")
    people.answer(one, note="The laboratory called.")
    people.press(one, "Show this version again")
    expect(one.get_by_text("The entry shows this version again.")).to_be_visible()
    with live.session() as session:
        assert session.get_one(Lab, number).profile == LISTED
