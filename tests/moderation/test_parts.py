"""A part of a change published and the rest sent back, and slips that a moderator put right."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.models import AuditEvent, Lab, OutboxMessage, Submission
from registry.moderation import versions
from tests.support.client import PageClient, page_of
from tests.support.factories import a_contact, a_profile, a_submission, an_offering, publish

Staff = Callable[..., PageClient]

LONG_AGO = datetime(2025, 3, 1, tzinfo=UTC)
IHC = an_offering()
FISH = an_offering(name="HER2 FISH", method="fish", assay="pathvysion", reflex_policy="none")
PANEL = an_offering(
    name="Tissue panel",
    method="ngs_tissue",
    assay="other",
    assay_name="Invented 500",
    reports_copy_number="yes",
    scoring_criterion="lab_defined",
    reflex_policy="not_applicable",
)
LISTED = a_profile(name="Invented Listed", city="Macon", zip="31201", offerings=(IHC, FISH))
ASKED = replace(
    LISTED,
    phone="(478) 555-0100",
    website="https://new.example/",
    offerings=(replace(IHC, tat_min=4, tat_max=9), replace(FISH, order_code="F"), PANEL),
)


def an_edit(session: Session, proposed: LabProfile = ASKED) -> tuple[Lab, Submission]:
    lab = publish(session, LISTED, now=LONG_AGO)
    a_contact(session, lab, email="ada@example.org")
    base = lab.profile_data
    return lab, a_submission(session, proposed, kind="edit", lab_id=lab.id, email="ada@example.org", base=base)


def decide(client: PageClient, submission: Submission, **said: Any) -> Any:
    page = client.load(f"/staff/submissions/{submission.id}")
    return client.submit(page, button="Save the decision", **said)


BACK = {"back:website": "y", "back:offerings.0.tat_min": "y", "back:offerings.2": "y"}


def test_what_is_accepted_is_published_and_the_rest_comes_back(
    staff: Staff, session: Session, outbox: Any, client: PageClient
) -> None:
    lab, edit = an_edit(session)
    remarks = {"remark:offerings.0.tat_max": "Nine days?"}
    answer = decide(staff("moderator"), edit, decision="approve_part", message="See below.", **BACK, **remarks)
    assert "A part is published, the rest was sent back" in page_of(answer).text
    session.rollback()
    kept = replace(LISTED, phone="(478) 555-0100", offerings=(IHC, replace(FISH, order_code="F")))
    assert (lab.profile, edit.state, edit.profile) == (kept, "changes_requested", ASKED)
    assert lab.confirmed_on(IHC) == LONG_AGO.date()
    assert lab.confirmed_on(replace(FISH, order_code="F")) == (edit.submitted_at or LONG_AGO).date()
    [event] = session.scalars(select(AuditEvent).where(AuditEvent.action == "publish"))
    assert (event.after or {})["accepted"] == ["phone", "offerings.1.order_code"]
    letter = outbox.one("ada@example.org")
    assert letter.subject == "A part of your changes to Invented Listed is published"
    published, _heading, rest = letter.text.partition("This is not published:")
    assert "(404) 555-0123 → (478) 555-0100" in published
    assert "https://new.example/" in rest
    assert "Tissue panel" in rest
    for said in ("See below.", "Nine days?"):
        assert said in rest
    # The link leads to a draft that asks for the rest alone, beside the entry as it is now.
    draft_page = client.submit(client.load(letter.link), button="Open it")
    session.rollback()
    [draft] = session.scalars(select(Submission).where(Submission.revises_id == edit.id))
    check = client.load("/join/check")
    assert "Tissue panel" in check.text
    session.rollback()
    session.refresh(draft)
    assert draft.started_from == kept, "it starts from what was published"
    assert draft.profile == ASKED
    assert draft_page.status_code == 200


def test_the_rest_is_sent_again_and_published(staff: Staff, session: Session, outbox: Any, client: PageClient) -> None:
    lab, edit = an_edit(session)
    member = staff("moderator")
    decide(member, edit, decision="approve_part", message="See below.", **BACK)
    client.submit(client.load(outbox.one("ada@example.org").link), button="Open it")
    sent = client.submit(client.load("/join/check"), button="Send", consent=True, right_today=True)
    assert sent.status_code == 200, page_of(sent).main.text
    session.rollback()
    [again] = session.scalars(select(Submission).where(Submission.revises_id == edit.id))
    assert (again.state, edit.state) == ("submitted", "superseded")
    decide(member, again, decision="approve")
    session.rollback()
    assert lab.profile == ASKED


def test_a_mixture_of_a_test_is_confirmed_no_longer_than_the_laboratory_said(staff: Staff, session: Session) -> None:
    changed = replace(FISH, order_code="F", tat_max=9)
    lab, edit = an_edit(session, replace(LISTED, offerings=(IHC, changed)))
    decide(staff("moderator"), edit, decision="approve_part", message="No.", **{"back:offerings.1.tat_min": "y"})
    session.rollback()
    assert lab.profile.offerings[1] == replace(FISH, order_code="F")
    assert set(lab.attestations.values()) == {"2025-03-01"}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"decision": "approve_part", "message": "x"}, "Mark what is sent back, or approve all of it."),
        ({"decision": "approve", "back:website": "y"}, "Some changes are marked to be sent back."),
        ({"decision": "approve_part", **BACK}, "Write what the laboratory should change"),
        (
            {"decision": "approve_part", "message": "x", **BACK, "back:phone": "y", "back:offerings.1.order_code": "y"},
            "Nothing is left to publish. Ask for changes instead.",
        ),
        ({"decision": "reject", "reason": "other", "fix:phone": "(478) 555-0101"}, "only published with an approval"),
        (
            {"decision": "approve_part", "message": "x", **BACK, "fix:website": "https://other.example/"},
            "You send this back; so leave it as it is.",
        ),
        ({"decision": "approve", "fix:phone": "nothing"}, "Write a phone number with its area code"),
        ({"decision": "approve", "fix:offerings.0.name": ""}, "Write the test's name."),
    ],
)
def test_what_does_not_go_together_is_said(staff: Staff, session: Session, said: dict[str, str], why: str) -> None:
    lab, edit = an_edit(session)
    answer = decide(staff("moderator"), edit, **said)
    assert answer.status_code == 422
    assert why in page_of(answer).text
    session.rollback()
    assert (edit.state, lab.profile) == ("submitted", LISTED)
    assert session.scalars(select(OutboxMessage)).all() == []


def test_a_part_that_does_not_fit_together_is_not_published(staff: Staff, session: Session) -> None:
    lab, edit = an_edit(session, replace(LISTED, zip="37201", city="Nashville", state="TN", phone="(615) 555-0100"))
    answer = decide(staff("moderator"), edit, decision="approve_part", message="x", **{"back:state": "y"})
    assert answer.status_code == 422
    assert "What would be published does not fit together. ZIP code" in page_of(answer).text
    session.rollback()
    assert lab.profile == LISTED


def test_what_was_put_right_is_published_and_told(staff: Staff, session: Session, outbox: Any) -> None:
    lab, edit = an_edit(session)
    fixes = {"fix:phone": "478 555 0101", "fix:offerings.0.name": "HER2 by IHC, colorectal", "fix:city": "Macon"}
    answer = decide(staff("moderator"), edit, decision="approve", **fixes)
    assert "Put right by the moderator:" in page_of(answer).text
    session.rollback()
    assert edit.profile == ASKED, "what was sent is never altered"
    assert edit.corrections == {"phone": "(478) 555-0101", "offerings.0.name": "HER2 by IHC, colorectal"}
    assert lab.profile.phone == "(478) 555-0101"
    assert lab.profile.offerings[0] == replace(ASKED.offerings[0], name="HER2 by IHC, colorectal")
    letter = outbox.one("ada@example.org")
    told = letter.text.partition("We put right:")[2]
    assert "(478) 555-0100 → (478) 555-0101" in told
    assert "HER2 by immunohistochemistry, colorectal → HER2 by IHC, colorectal" in told
    [event] = session.scalars(select(AuditEvent).where(AuditEvent.action == "publish"))
    assert (event.after or {})["corrections"] == edit.corrections
    assert versions.of(session, lab.id)[0].profile == lab.profile


def test_a_correction_renews_no_day(staff: Staff, session: Session) -> None:
    lab, edit = an_edit(session, replace(LISTED, phone="(478) 555-0100"))
    decide(staff("moderator"), edit, decision="approve", **{"fix:offerings.1.name": "HER2 by FISH"})
    session.rollback()
    assert lab.profile.offerings[1].name == "HER2 by FISH"
    assert set(lab.attestations.values()) == {"2025-03-01"}


def test_a_new_entry_is_put_right_too(staff: Staff, session: Session) -> None:
    waiting = a_submission(session, a_profile(name="Invented Labratory"))
    decide(staff("moderator"), waiting, decision="approve", **{"fix:name": "Invented Laboratory"})
    session.rollback()
    lab = session.scalars(select(Lab)).one()
    assert (lab.name, waiting.profile.name) == ("Invented Laboratory", "Invented Labratory")
    assert lab.slug.startswith("invented-laboratory")


def test_what_was_put_right_does_not_come_back_with_the_rest(
    staff: Staff, session: Session, outbox: Any, client: PageClient
) -> None:
    lab, edit = an_edit(session)
    fixes = {"fix:phone": "(478) 555-0101"}
    decide(staff("moderator"), edit, decision="approve_part", message="x", **BACK, **fixes)
    session.rollback()
    assert lab.profile.phone == "(478) 555-0101"
    client.submit(client.load(outbox.one("ada@example.org").link), button="Open it")
    client.load("/join/check")
    session.rollback()
    [draft] = session.scalars(select(Submission).where(Submission.revises_id == edit.id))
    assert draft.profile == replace(ASKED, phone="(478) 555-0101")


def test_a_page_from_before_does_not_take_a_correction_from_another_text(staff: Staff, session: Session) -> None:
    lab, edit = an_edit(session)
    member = staff("moderator")
    page = member.load(f"/staff/submissions/{edit.id}")
    session.rollback()
    edit.proposed = replace(ASKED, phone="(478) 555-0199").to_dict()
    session.commit()
    answer = member.submit(page, button="Save the decision", decision="approve", **{"fix:city": "Macom"})
    assert answer.status_code == 409
    boxes = {box["name"]: box["value"] for box in page_of(answer).all("input", type="text") if box["name"] != "q"}
    assert (boxes["fix:phone"], boxes["fix:city"]) == ("(478) 555-0199", "Macon")
    session.rollback()
    assert lab.profile == LISTED
