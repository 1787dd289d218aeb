"""A claim at the moderators: who wants to speak for which listing, what speaks for it, and what a decision does."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import links
from registry.domain.profile import LabProfile
from registry.links import Purpose
from registry.models import AuditEvent, Lab, LabContact, Submission
from registry.registration import contacts
from tests.support.client import PageClient, page_of
from tests.support.factories import a_contact, a_submission, publish

Staff = Callable[..., PageClient]


def a_claim(session: Session, lab: Lab, **changes: Any) -> Submission:
    claim = {"kind": "claim", "lab_id": lab.id, "email": "grace@lab.example", "contact_phone": "(404) 555-0123"}
    return a_submission(session, LabProfile(), **{**claim, **changes})


def decide(client: PageClient, claim: Submission, decision: str, **fields: Any) -> Any:
    page = client.load(f"/staff/submissions/{claim.id}")
    return client.submit(page, button="Save the decision", decision=decision, **fields)


def test_who_claims_what_and_what_speaks_for_it(staff: Staff, session: Session) -> None:
    lab = publish(session, name="Invented Listed", website="https://www.lab.example/", phone="(404) 555-0123")
    claim = a_claim(session, lab, note="Our former manager retired.")
    page = staff("moderator").load(f"/staff/submissions/{claim.id}")
    assert page.h1 == "Invented Listed"
    assert "Claim of a listing" in page.main.text
    section = page.main.one("section", aria_labelledby="claim")
    assert "Ada Invented" in section.text
    assert section.all("a", href=f"/labs/{lab.slug}")
    told = {fact.one("h4").text: fact.text for fact in section.one("ul", class_="checks").all("li")}
    assert "The mailbox belongs to the domain of the entry’s web site." in told["Speaks for it Mailbox and laboratory"]
    assert "(404) 555-0123" in told["Speaks for it Phone"]
    assert "Our former manager retired." in page.main.text
    assert "What would be published" not in page.main.text
    assert [choice.text for choice in page.main.all("label") if choice.get("for", "").startswith("decision-")] == [
        "Let the sender speak for this laboratory",
        "Reject",
    ]


def test_approval_makes_the_sender_a_contact_and_publishes_nothing(staff: Staff, session: Session, outbox: Any) -> None:
    lab = publish(session)
    a_contact(session, lab, email="ada@lab.example")
    claim = a_claim(session, lab)
    token = links.issue(
        session, purpose=Purpose.ALLOW_CLAIM, submission_id=claim.id, email="ada@lab.example", now=claim.created_at
    )
    before = (lab.version, lab.profile_data, lab.attestations)
    session.commit()
    client = staff("moderator")
    answer = decide(client, claim, "approve")
    assert "The sender speaks for the laboratory from now on" in page_of(answer).text
    session.rollback()
    assert claim.state == "approved"
    assert [contact.email for contact in contacts.speaking(session, lab.id)] == ["ada@lab.example", "grace@lab.example"]
    assert (lab.version, lab.profile_data, lab.attestations) == before
    events = session.scalars(select(AuditEvent).where(AuditEvent.subject_type == "lab")).all()
    assert [(event.actor, event.action, (event.after or {})["contact"]) for event in events] == [
        ("moderator@example.org", "grant_claim", "grace@lab.example")
    ]
    link = links.find(session, token)
    assert link is not None
    assert link.revoked_at is not None
    told = {recipient: letter for letter in outbox.deliver() for recipient in letter.recipients}
    assert set(told) == {"ada@lab.example", "grace@lab.example"}


def test_a_rejected_claim_leaves_everything_as_it_was(staff: Staff, session: Session, outbox: Any) -> None:
    lab = publish(session, name="Invented Listed")
    claim = a_claim(session, lab)
    client = staff("moderator")
    assert decide(client, claim, "reject").status_code == 422
    answer = decide(client, claim, "reject", reason="sender_not_confirmed", message="We called.")
    assert "Rejected. A mail tells the sender why." in page_of(answer).text
    session.rollback()
    assert claim.state == "rejected"
    assert session.scalars(select(LabContact)).all() == []
    letter = outbox.one("grace@lab.example")
    assert letter.subject == "Your request to speak for Invented Listed was not accepted"
    assert "The laboratory did not confirm that the sender works there" in letter.text
    assert "We called." in letter.text
    assert f"http://localhost/manage/labs/{lab.slug}/claim" in letter.text


def test_changes_cannot_be_asked_of_a_claim(staff: Staff, session: Session) -> None:
    claim = a_claim(session, publish(session))
    client = staff("moderator")
    page = client.load(f"/staff/submissions/{claim.id}")
    values = {field["name"]: field["value"] for field in page.main.all("input", type="hidden")}
    data = {**values, "decision": "request_changes", "message": "Who are you?", "remark:name": "This"}
    answer = client.post(f"/staff/submissions/{claim.id}/decision", data=data)
    assert answer.status_code == 422
    session.rollback()
    assert (claim.state, claim.remarks) == ("submitted", {})


def test_a_listing_that_was_merged_cannot_be_claimed(staff: Staff, session: Session) -> None:
    lab = publish(session)
    claim = a_claim(session, lab)
    lab.state = "merged"
    session.commit()
    answer = decide(staff("moderator"), claim, "approve")
    assert answer.status_code == 422
    assert "The listing is not there any more" in page_of(answer).text
    session.rollback()
    assert session.scalars(select(LabContact)).all() == []
    assert claim.state == "submitted"


def test_a_claim_that_the_laboratory_answered_meanwhile_is_told(staff: Staff, session: Session) -> None:
    claim = a_claim(session, publish(session))
    client = staff("moderator")
    page = client.load(f"/staff/submissions/{claim.id}")
    session.rollback()
    claim.state, claim.revision = "rejected", claim.revision + 1
    session.commit()
    answer = client.submit(page, button="Save the decision", decision="approve")
    assert answer.status_code == 409
    session.rollback()
    assert session.scalars(select(LabContact)).all() == []
