"""A moderator decides: what becomes of the entry, the list, the audit and the mail."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from registry.models import AuditEvent, DirectoryVersion, Lab, OutboxMessage, Submission
from tests.support.client import PageClient, page_of
from tests.support.factories import a_contact, a_profile, a_submission, an_offering, publish
from tests.support.moderated import changed_rows

Staff = Callable[..., PageClient]


def decide(client: PageClient, submission: Submission, decision: str | None, **fields: Any) -> Any:
    number = submission.id
    end_reading(submission)
    page = client.load(f"/staff/submissions/{number}")
    return client.submit(page, button="Save the decision", decision=decision, **fields)


def end_reading(submission: Submission) -> None:
    """What others commit is seen only by a transaction that begins after."""
    session = object_session(submission)
    assert session is not None
    session.rollback()


def of(session: Session, submission: Submission) -> Submission:
    session.rollback()
    session.refresh(submission)
    return submission


def acts(session: Session, subject: str = "submission") -> list[tuple[str, str]]:
    session.rollback()
    events = session.scalars(select(AuditEvent).where(AuditEvent.subject_type == subject).order_by(AuditEvent.id))
    return [(event.actor, event.action) for event in events]


def test_approval_publishes_exactly_what_was_shown(staff: Staff, session: Session, outbox: Any) -> None:
    profile = a_profile(name="Invented Pathology", city="Macon", zip="31201")
    waiting = a_submission(session, profile, email="lab@example.org")
    before = session.scalars(select(DirectoryVersion.version)).one()
    client = staff("moderator")
    answer = decide(client, waiting, "approve")
    assert answer.status_code == 200
    assert "Approved. The laboratory is on the list" in page_of(answer).text
    approved = of(session, waiting)
    lab = session.scalars(select(Lab)).one()
    assert approved.state == "approved"
    assert approved.lab_id == lab.id
    assert approved.decided_at is not None
    assert lab.profile == profile
    assert lab.slug == "invented-pathology-macon"
    assert (round(lab.lat, 1), round(lab.lon, 1)) == (32.8, -83.6)
    assert lab.location_precision == "zip"
    assert lab.verification == "email_verified"
    assert lab.email_verified_at == waiting.email_verified_at
    assert waiting.email_verified_at is not None
    assert lab.last_confirmed == waiting.email_verified_at.date()
    assert lab.approved_at == approved.decided_at
    assert lab.version == before + 1
    assert acts(session) == [("moderator@example.org", "approve")]
    assert acts(session, "lab") == [("moderator@example.org", "publish"), ("moderator@example.org", "add_contact")]
    letter = outbox.one("lab@example.org")
    assert letter.subject == "Invented Pathology is on the list"
    assert "http://localhost/labs/invented-pathology-macon" in letter.text
    assert "http://localhost/labs/invented-pathology-macon" in letter.html
    assert "Invented Pathology" in client.load("/labs/invented-pathology-macon").h1


def test_two_laboratories_of_one_name_get_two_addresses(staff: Staff, session: Session) -> None:
    client = staff("moderator")
    for _number in range(3):
        decide(
            client,
            a_submission(session, a_profile(name="Invented Twin", city="Macon", zip="31201")),
            "approve",
        )
    slugs = session.scalars(select(Lab.slug).order_by(Lab.id)).all()
    assert slugs == ["invented-twin-macon", "invented-twin-macon-2", "invented-twin-macon-3"]


def test_a_name_without_latin_letters_has_an_address_too(staff: Staff, session: Session) -> None:
    name = ("مختبر التشخيص الجزيئي " * 10)[:200].strip()
    client = staff("moderator")
    waiting = a_submission(session, a_profile(name=name, city="Macon", zip="31201"))
    page = client.load(f"/staff/submissions/{waiting.id}")
    assert page.h1 == " ".join(name.split())
    decide(client, waiting, "approve")
    assert session.scalars(select(Lab.slug)).one() == "macon"


def test_changes_are_asked_for_with_a_message_and_a_link(staff: Staff, session: Session, outbox: Any) -> None:
    waiting = a_submission(session, email="lab@example.org")
    answer = decide(staff("moderator"), waiting, "request_changes", message="Please give\r\nthe clone. <b>")
    assert answer.status_code == 200
    changed = of(session, waiting)
    assert changed.state == "changes_requested"
    assert changed.message == "Please give\nthe clone. <b>"
    assert session.scalars(select(Lab)).all() == []
    letter = outbox.one("lab@example.org")
    assert "Please give\nthe clone. <b>" in letter.text.replace("\r\n", "\n")
    assert "the clone. &lt;b&gt;" in letter.html
    assert letter.link.startswith("/links/")


def test_rejection_tells_the_reason_and_the_message(staff: Staff, session: Session, outbox: Any) -> None:
    waiting = a_submission(session, email="lab@example.org")
    answer = decide(staff("admin"), waiting, "reject", reason="not_authorized", message="We called you.")
    assert "The sender may not speak for the laboratory" in page_of(answer).text
    rejected = of(session, waiting)
    assert (rejected.state, rejected.decision_reason) == ("rejected", "not_authorized")
    letter = outbox.one("lab@example.org")
    assert "The sender may not speak for the laboratory" in letter.text
    assert "We called you." in letter.text
    assert session.scalars(select(OutboxMessage.link_purpose)).all() == [""]


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"decision": None}, "decision", "Choose what you decide."),
        (
            {"decision": "request_changes", "message": " \n "},
            "message",
            "Write what the laboratory should change, here or at a field.",
        ),
        ({"decision": "reject", "message": "No."}, "reason", "Choose a reason for rejecting."),
        ({"decision": "request_changes", "message": "x" * 4001}, "message", "at most 4000 characters"),
        ({"decision": "request_changes", "message": "hidden\u202etext"}, "message", "U+202E"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    staff: Staff, session: Session, fields: dict[str, Any], field: str, said: str
) -> None:
    waiting = a_submission(session)
    answer = decide(staff("moderator"), waiting, **fields)
    assert answer.status_code == 422
    page = page_of(answer)
    assert said in page.one("div", class_="error-summary").text
    if "x" in fields.get("message", ""):
        assert page.one("textarea", name="message").raw_text.strip() == fields["message"].replace("\u202e", "\ufffd")
    assert of(session, waiting).state == "submitted"
    assert acts(session) == []


def test_review_shows_others_who_looks(staff: Staff, session: Session) -> None:
    waiting = a_submission(session)
    first, second = staff("moderator"), staff("moderator", "second@example.org")
    first.submit(first.load(f"/staff/submissions/{waiting.id}"), button="Keep it as mine")
    assert of(session, waiting).state == "in_review"
    page = second.load(f"/staff/submissions/{waiting.id}")
    assert "In review moderator@example.org" in page.text
    assert "moderator@example.org" in second.load("/staff/queue").main.text
    assert decide(second, waiting, "approve").status_code == 200


def test_the_second_of_two_moderators_is_told_and_overwrites_nothing(staff: Staff, session: Session) -> None:
    waiting = a_submission(session)
    first, second = staff("moderator"), staff("admin")
    page = second.load(f"/staff/submissions/{waiting.id}")
    decide(first, waiting, "reject", reason="other", message="The first word")
    answer = second.submit(page, button="Save the decision", decision="request_changes", message="My long message")
    assert answer.status_code == 409
    text = page_of(answer).text
    assert "This submission changed while you looked at it" in text
    assert "moderator@example.org acted: Rejected" in text
    assert "My long message" in text
    stands = of(session, waiting)
    assert (stands.state, stands.message) == ("rejected", "The first word")
    assert acts(session) == [("moderator@example.org", "reject")]
    assert len(session.scalars(select(OutboxMessage)).all()) == 1


def test_a_review_begun_meanwhile_is_told_and_the_message_is_kept_in_the_form(staff: Staff, session: Session) -> None:
    waiting = a_submission(session)
    first, second = staff("moderator"), staff("admin")
    page = second.load(f"/staff/submissions/{waiting.id}")
    first.submit(first.load(f"/staff/submissions/{waiting.id}"), button="Keep it as mine")
    answer = second.submit(page, button="Save the decision", decision="request_changes", message="My long message")
    assert answer.status_code == 409
    assert "moderator@example.org acted: Review started" in page_of(answer).text
    assert page_of(answer).one("textarea", name="message").raw_text.strip() == "My long message"
    again = second.submit(answer, button="Save the decision")
    assert again.status_code == 200
    assert of(session, waiting).state == "changes_requested"


def test_an_entry_altered_behind_the_page_is_not_approved(staff: Staff, session: Session) -> None:
    waiting = a_submission(session)
    client = staff("moderator")
    page = client.load(f"/staff/submissions/{waiting.id}")
    session.rollback()
    waiting.proposed = a_profile(name="Another Laboratory").to_dict()
    session.commit()
    answer = client.submit(page, button="Save the decision", decision="approve")
    assert answer.status_code == 409
    assert page_of(answer).h1 == "Another Laboratory"
    assert of(session, waiting).state == "submitted"
    assert session.scalars(select(Lab)).all() == []


def test_pressing_twice_is_one_decision(staff: Staff, session: Session) -> None:
    waiting = a_submission(session)
    client = staff("moderator")
    page = client.load(f"/staff/submissions/{waiting.id}")
    for _press in range(2):
        answer = client.submit(page, button="Save the decision", decision="approve")
        assert answer.status_code == 200
    session.rollback()
    assert len(session.scalars(select(Lab)).all()) == 1
    assert acts(session) == [("moderator@example.org", "approve")]


def test_a_number_that_is_listed_is_refused_and_nothing_changes(staff: Staff, session: Session) -> None:
    listed = publish(session, clia_number="11D0000001", name="Invented First")
    waiting = a_submission(session, a_profile(clia_number="11D0000001"))
    client = staff("moderator")
    answer = decide(client, waiting, "approve", message="kept")
    assert answer.status_code == 409
    page = page_of(answer)
    assert "the CLIA number is listed already" in page.text
    assert page.link("Invented First") == f"/labs/{listed.slug}"
    assert of(session, waiting).state == "submitted"
    assert [lab.slug for lab in session.scalars(select(Lab))] == [listed.slug]
    assert acts(session) == []
    assert session.scalars(select(OutboxMessage)).all() == []


@pytest.mark.parametrize("code", ["99999", "09001"])
def test_what_cannot_be_placed_is_not_approved(staff: Staff, session: Session, code: str) -> None:
    waiting = a_submission(session, a_profile(zip=code))
    answer = decide(staff("moderator"), waiting, "approve")
    assert answer.status_code == 422
    assert "The ZIP code has no place on the map" in page_of(answer).text
    assert of(session, waiting).state == "submitted"


def test_an_edit_changes_the_listing_and_keeps_its_address(staff: Staff, session: Session) -> None:
    lab = publish(session, a_profile(name="Invented Old", offerings=(an_offering(), an_offering(method="fish"))))
    slug = lab.slug
    new = a_profile(name="Invented New", clia_number=lab.clia_number, offerings=(an_offering(tat_max=9),))
    sender = a_contact(session, lab).email
    waiting = a_submission(session, new, kind="edit", lab_id=lab.id, email=sender)
    client = staff("moderator")
    page = client.load(f"/staff/submissions/{waiting.id}")
    rows = changed_rows(page, "From the listing")
    assert ("The laboratory: Laboratory name", "Invented Old", "Invented New") in rows
    assert ("Test 1: HER2 by immunohistochemistry, colorectal: Turnaround, longest", "5", "9") in rows
    assert decide(client, waiting, "approve").status_code == 200
    session.rollback()
    session.refresh(lab)
    assert (lab.slug, lab.profile) == (slug, new)
    assert [(row.position, row.calendar_days) for row in lab.offerings] == [(0, 13)]


def test_earlier_versions_are_shown_with_what_was_asked_and_what_changed(staff: Staff, session: Session) -> None:
    old = a_profile()
    first = a_submission(session, old, state="superseded", message="Which clone?")
    offering = an_offering(assay="hercept_test", specimens=("ffpe_block",))
    from_old = old.with_offering(0, offering)
    second = a_submission(session, from_old, revises_id=first.id)
    page = staff("moderator").load(f"/staff/submissions/{second.id}")
    assert "Which clone?" in page.text
    assert changed_rows(page, "What changed") == [
        (
            "Test 1: Assay or clone",
            "PATHWAY anti-HER-2/neu, clone 4B5 (Roche/Ventana)",
            "HercepTest, polyclonal (Agilent/Dako)",
        ),
        ("Test 1: Specimens", "FFPE tissue block Unstained FFPE slides", "FFPE tissue block"),
    ]
