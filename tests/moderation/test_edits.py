"""A change of a listing at the moderators: seen beside the live entry, and published exactly as it was seen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile, Offering
from registry.models import AuditEvent, Lab, OutboxMessage, Submission
from tests.support.client import PageClient, page_of
from tests.support.factories import a_contact, a_profile, a_submission, an_offering, publish
from tests.support.moderated import changed_rows
from tests.support.pages import Page

Staff = Callable[..., PageClient]

IHC = an_offering()
FISH = an_offering(name="HER2 FISH", method="fish", assay="pathvysion", reflex_policy="none")
LISTED = a_profile(name="Invented Listed", city="Macon", zip="31201", offerings=(IHC, FISH))


def an_edit(session: Session, proposed: LabProfile, lab: Lab | None = None, **changes: Any) -> tuple[Lab, Submission]:
    lab = lab or publish(session, LISTED)
    sender = changes.pop("email", None) or a_contact(session, lab).email
    base = changes.pop("base", lab.profile_data)
    edit = a_submission(session, proposed, kind="edit", lab_id=lab.id, email=sender, base=base, **changes)
    return lab, edit


def address(edit: Submission) -> str:
    return f"/staff/submissions/{edit.id}"


def approve(client: PageClient, page: Page | Any) -> Any:
    return client.submit(page, button="Save the decision", decision="approve")


def changed(page: Page) -> list[tuple[str, str, str]]:
    """The rows of the table that leads from the listing to the submission: label, before, after."""
    return changed_rows(page, "From the listing")


def folded(page: Page) -> str:
    folds = page.main.one("section", aria_labelledby="proposed").all("details", class_="more")
    fold = next(one for one in folds if one.all("summary")[0].text == "What stays as it is")
    return fold.text if "open" not in fold.attributes else ""


def test_what_changes_comes_first_and_the_rest_is_folded(staff: Staff, session: Session) -> None:
    panel = Offering(name="Tissue panel", method="ngs_tissue", assay="other", assay_name="Invented 500")
    slower = replace(FISH, tat_max=9)
    new = replace(LISTED, phone="(478) 555-0100", website="", offerings=(slower, panel))
    lab, edit = an_edit(session, new, note="We moved to a new building.")
    page = staff("moderator").load(address(edit))
    assert "Change of a listing" in page.main.text
    assert changed(page) == [
        ("The laboratory: Phone", "(404) 555-0123", "(478) 555-0100"),
        ("The laboratory: Web site", "https://example.org/", "not stated"),
        ("Test 1: HER2 FISH: Turnaround, longest", "5", "9"),
        ("Test 2, new: The whole test", "not stated", "Tissue panel"),
        ("Test 1, removed: The whole test", "HER2 by immunohistochemistry, colorectal", "not stated"),
    ]
    headings = [heading.text for heading in page.main.all("h2")]
    assert headings.index("What changes in the listing") < headings.index("Checks")
    assert page.link("See the listing") == f"/labs/{lab.slug}"
    assert "We moved to a new building." in page.main.text
    hidden = folded(page)
    assert "Laboratory name Invented Listed" in hidden
    assert "PathVysion" in hidden, "what stays of a test that changed"
    assert "Invented 500" not in hidden, "a new test is shown whole"
    assert "Invented 500" in page.main.text


def test_approval_replaces_the_listing_and_keeps_the_days_of_unchanged_tests(
    staff: Staff, session: Session, outbox: Any
) -> None:
    long_ago = datetime(2025, 3, 1, tzinfo=UTC)
    lab = publish(session, LISTED, now=long_ago)
    slug, version = lab.slug, lab.version
    lab, edit = an_edit(session, replace(LISTED, offerings=(replace(IHC, tat_max=4), FISH)), lab)
    sent_on = edit.submitted_at.date() if edit.submitted_at is not None else date.min
    client = staff("moderator")
    answer = approve(client, client.load(address(edit)))
    assert "The listing shows the changes" in page_of(answer).text
    session.rollback()
    assert (lab.slug, lab.profile, lab.version) == (slug, edit.profile, version + 1)
    assert [lab.confirmed_on(test) for test in lab.profile.offerings] == [sent_on, long_ago.date()]
    assert lab.last_confirmed == long_ago.date()
    assert [test["last_confirmed"] for test in lab.item["offerings"]] == [sent_on.isoformat(), "2025-03-01"]
    letter = outbox.one(edit.contact_email)
    assert letter.subject == "Your changes to Invented Listed are published"
    assert f"http://localhost/labs/{slug}" in letter.text
    [event] = session.scalars(select(AuditEvent).where(AuditEvent.action == "publish"))
    assert (event.before or {})["profile"] == LISTED.digest
    assert (event.after or {})["profile"] == edit.profile.digest
    page = client.load(address(edit))
    assert changed_after(page) == [("Test 1: HER2 by immunohistochemistry, colorectal: Turnaround, longest", "5", "4")]
    assert page.link(f"/labs/{slug}") == f"/labs/{slug}"


def changed_after(page: Page) -> list[tuple[str, str, str]]:
    assert "What it changed in the listing" in page.main.text
    return changed(page)


def test_what_is_published_was_seen_beside_the_listing_that_it_replaces(staff: Staff, session: Session) -> None:
    lab, edit = an_edit(session, replace(LISTED, phone="(478) 555-0100"))
    client = staff("moderator")
    page = client.load(address(edit))
    session.rollback()
    lab.publish(session, replace(LISTED, website="https://new.example/"), lat=lab.lat, lon=lab.lon, precision="zip",
                now=datetime.now(UTC))  # fmt: skip
    session.commit()
    answer = approve(client, page)
    assert answer.status_code == 409
    moved = page_of(answer)
    assert "The listing changed while you looked at it" in moved.text
    assert "The listing changed after the laboratory began this" in moved.text
    assert ("The laboratory: Web site", "https://new.example/", "https://example.org/") in changed(moved)
    session.rollback()
    assert (edit.state, lab.profile.website) == ("submitted", "https://new.example/")
    assert approve(client, answer).status_code == 200
    session.rollback()
    assert lab.profile == edit.profile


@pytest.mark.parametrize("listing", ["", "0" * 64])
def test_a_page_that_does_not_say_which_listing_it_showed_publishes_nothing(
    staff: Staff, session: Session, listing: str
) -> None:
    lab, edit = an_edit(session, replace(LISTED, phone="(478) 555-0100"))
    client = staff("moderator")
    page = client.load(address(edit))
    answer = client.submit(page, button="Save the decision", decision="approve", listing=listing)
    assert answer.status_code == 409
    session.rollback()
    assert lab.profile == LISTED


def test_the_changes_of_a_laboratory_that_left_cannot_be_approved(staff: Staff, session: Session) -> None:
    lab, edit = an_edit(session, replace(LISTED, phone="(478) 555-0100"))
    client = staff("moderator")
    page = client.load(address(edit))
    session.rollback()
    lab.state, lab.left_at = "withdrawn", datetime.now(UTC)
    session.commit()
    answer = approve(client, page)
    assert answer.status_code == 422
    assert "The laboratory has left the list, so its changes cannot be published." in page_of(answer).text
    assert "This cannot be approved: the laboratory has left the list" in client.load(address(edit)).text
    session.rollback()
    assert (edit.state, lab.profile) == ("submitted", LISTED)


def test_whoever_no_longer_speaks_for_the_laboratory_changes_nothing(staff: Staff, session: Session) -> None:
    lab = publish(session, LISTED)
    contact = a_contact(session, lab, revoked_at=datetime.now(UTC), revoked_by="other@example.org")
    lab, edit = an_edit(session, replace(LISTED, phone="(478) 555-0100"), lab, email=contact.email)
    client = staff("moderator")
    page = client.load(address(edit))
    assert "The mailbox is none of the laboratory’s contacts" in page.main.text
    answer = approve(client, page)
    assert answer.status_code == 422
    assert "The sender does not speak for the laboratory any more" in page_of(answer).text
    session.rollback()
    assert lab.profile == LISTED
    assert not contact.speaks


def test_an_older_version_leads_to_the_newer_one(staff: Staff, session: Session) -> None:
    lab, edit = an_edit(session, replace(LISTED, phone="(478) 555-0100"))
    client = staff("moderator")
    draft = a_submission(
        session, replace(LISTED, phone="(478) 555-0199"), state="draft", kind="edit", lab_id=lab.id,
        email=edit.contact_email, base=lab.profile_data, revises_id=edit.id,
    )  # fmt: skip
    page = client.load(address(edit))
    assert "The laboratory is changing this submission" in page.text
    session.rollback()
    draft.state, draft.submitted_at, draft.email_verified_at = "submitted", datetime.now(UTC), datetime.now(UTC)
    edit.state, edit.revision = "superseded", edit.revision + 1
    session.commit()
    answer = approve(client, page)
    assert answer.status_code == 409
    assert page_of(answer).link(f"Submission {draft.id}") == address(draft)
    assert client.load(address(edit)).link(f"Submission {draft.id}") == address(draft)
    assert approve(client, client.load(address(draft))).status_code == 200
    session.rollback()
    assert lab.profile.phone == "(478) 555-0199"


def test_rejected_changes_leave_the_entry_and_the_mail_says_so(staff: Staff, session: Session, outbox: Any) -> None:
    lab, edit = an_edit(session, replace(LISTED, phone="(478) 555-0100"))
    client = staff("moderator")
    client.submit(client.load(address(edit)), button="Save the decision", decision="reject", reason="wrong_facts")
    letter = outbox.one(edit.contact_email)
    assert letter.subject == "Your changes were not published: Invented Listed"
    assert "the entry stays as it was" in letter.text
    assert "http://localhost/manage" in letter.text
    session.rollback()
    assert lab.profile == LISTED


def test_a_number_that_is_listed_leads_to_the_claim_of_that_listing(
    staff: Staff, session: Session, outbox: Any
) -> None:
    listed = publish(session, clia_number="11D0000001", name="Invented First")
    waiting = a_submission(session, a_profile(clia_number="11D0000001"), email="lab@example.org")
    client = staff("moderator")
    answer = approve(client, client.load(address(waiting)))
    assert answer.status_code == 409
    assert page_of(answer).link("Invented First") == f"/labs/{listed.slug}"
    client.submit(answer, button="Save the decision")
    letter = outbox.one("lab@example.org")
    assert "The laboratory is listed already" in letter.text
    assert f"http://localhost/manage/labs/{listed.slug}/claim" in letter.text
    assert f"http://localhost/manage/labs/{listed.slug}/claim" in letter.html
    session.rollback()
    assert session.scalars(select(Submission.state)).all() == ["rejected"]


def test_the_life_of_the_listing_stands_under_it(staff: Staff, session: Session) -> None:
    lab, edit = an_edit(session, replace(LISTED, phone="(478) 555-0100"))
    moment = datetime.now(UTC) - timedelta(days=3)
    for action, before, after in (
        ("accept_contact", None, {"contact": "grace@example.org"}),
        ("end_contact", {"contact": "grace@example.org"}, {"how": "revoked"}),
        ("confirm", {}, {"tests": []}),
        ("leave", {"state": "published"}, {"state": "withdrawn"}),
    ):
        session.add(
            AuditEvent(
                at=moment, actor_kind="laboratory", actor="ada@example.org", action=action, subject_type="lab",
                subject_id=lab.id, before=before, after=after,
            )
        )  # fmt: skip
    session.commit()
    page = staff("moderator").load(address(edit))
    fold = page.main.one("section", aria_labelledby="history").one("details")
    for said in (
        "Contact agreed: grace@example.org", "Contact ended: grace@example.org", "Confirmed as still right",
        "Left the list",
    ):  # fmt: skip
        assert said in fold.text


def test_the_queue_says_what_each_one_is(staff: Staff, session: Session) -> None:
    lab, _edit = an_edit(session, replace(LISTED, phone="(478) 555-0100"))
    a_submission(session, a_profile(name="Invented Newcomer"))
    a_submission(session, LabProfile(), kind="claim", lab_id=lab.id, now=datetime.now(UTC) + timedelta(minutes=1))
    rows = staff("moderator").load("/staff/queue").main.one("ol", class_="queue").all("li")
    kinds = ("Change of a listing", "New entry", "Claim of a listing")
    assert {(row.one("h2").text, kind) for row in rows for kind in kinds if kind in row.text} == {
        ("Invented Listed", "Change of a listing"),
        ("Invented Newcomer", "New entry"),
        ("Invented Listed", "Claim of a listing"),
    }
    assert session.scalars(select(OutboxMessage)).all() == []
