"""Remarks at fields: what the laboratory is to change, said where it stands."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import OutboxMessage
from registry.moderation.ready_texts import READY_TEXTS
from tests.support.client import PageClient, page_of
from tests.support.factories import a_profile, a_submission, an_offering
from tests.support.pages import Page

Staff = Callable[..., PageClient]

TWO_TESTS = a_profile(offerings=(an_offering(), an_offering(name="HER2 FISH", method="fish", assay="")))


def box(page: Page, path: str) -> str:
    return page.main.one("textarea", name=f"remark:{path}").raw_text.removeprefix("\n").strip()


def test_every_field_can_be_remarked_on_once(staff: Staff, session: Session) -> None:
    waiting = a_submission(session, TWO_TESTS)
    page = staff("moderator").load(f"/staff/submissions/{waiting.id}")
    boxes = [area["name"] for area in page.main.all("textarea") if area["name"].startswith("remark:")]
    assert len(boxes) == len(set(boxes))
    for path in ("name", "npi", "address_line1", "website", "offerings.0.tat_max", "offerings.1.assay"):
        assert f"remark:{path}" in boxes
    assert "remark:offerings.2.name" not in boxes
    named = page.main.one("label", for_="remark-offerings-1-assay").text
    assert named == "What should change at “Test 2: Assay or clone”?"


def test_remarks_are_kept_at_their_fields_and_mailed(staff: Staff, session: Session, outbox: Any) -> None:
    waiting = a_submission(session, TWO_TESTS, email="lab@example.org")
    client = staff("moderator")
    page = client.load(f"/staff/submissions/{waiting.id}")
    remarks = {"remark:offerings.1.assay": " Which\r\nprobe? <b> ", "remark:city": "The  ZIP is in\tMacon."}
    answer = client.submit(page, button="Save the decision", decision="request_changes", **remarks)
    assert answer.status_code == 200
    session.rollback()
    assert (waiting.state, waiting.message) == ("changes_requested", "")
    assert waiting.remarks == {"city": "The ZIP is in Macon.", "offerings.1.assay": "Which\nprobe? <b>"}
    [mail] = session.scalars(select(OutboxMessage))
    assert mail.context["remarks"] == [
        ["City", "The ZIP is in Macon.", 0],
        ["Assay or clone", "Which\nprobe? <b>", 2],
    ]
    told = client.load(f"/staff/submissions/{waiting.id}").main.one("section", aria_labelledby="decided").text
    assert "City The ZIP is in Macon." in told
    assert "Test 2: Assay or clone Which probe? <b>" in told
    second = a_submission(session, TWO_TESTS, revises_id=waiting.id)
    assert "Which probe? <b>" in client.load(f"/staff/submissions/{second.id}").text


REFUSED = (
    ("request_changes", "x" * 1001, "Write at most 1000 characters; these are 1001."),
    ("request_changes", "hidden\u202etext", "U+202E"),
    ("approve", "Which probe?", "Remarks at fields are sent only when you ask for changes."),
    ("reject", "Which probe?", "Remarks at fields are sent only when you ask for changes."),
)


def test_what_cannot_be_sent_is_said_and_stays_typed(staff: Staff, session: Session) -> None:
    waiting = a_submission(session, TWO_TESTS)
    client = staff("moderator")
    page = client.load(f"/staff/submissions/{waiting.id}")
    for decision, text, said in REFUSED:
        fields = {"remark:offerings.1.assay": text, "remark:name": "Kept"}
        answer = client.submit(page, button="Save the decision", decision=decision, **fields)
        assert answer.status_code == 422
        shown = page_of(answer)
        assert said in shown.one("div", class_="error-summary").text
        assert box(shown, "offerings.1.assay") == text.replace("\u202e", "\ufffd")
        assert box(shown, "name") == "Kept"
        unfolded = [fold for fold in shown.main.all("details", class_="ask") if "open" in fold.attributes]
        assert [fold.one("textarea")["name"] for fold in unfolded] == ["remark:name", "remark:offerings.1.assay"]
    session.rollback()
    assert (waiting.state, waiting.remarks) == ("submitted", {})


def test_remarks_elsewhere_are_not_read(staff: Staff, session: Session) -> None:
    waiting = a_submission(session, TWO_TESTS)
    client = staff("moderator")
    page = client.load(f"/staff/submissions/{waiting.id}")
    data = {field["name"]: field["value"] for field in page.main.all("input", type="hidden")}
    for path in ("offerings.9.name", "offerings.x.name", "state_of_mind", "offerings.0.digest", "offerings", ""):
        data[f"remark:{path}"] = "Nowhere"
    data |= {"decision": "request_changes", "message": "Please."}
    assert client.post(f"/staff/submissions/{waiting.id}/decision", data=data).status_code == 303
    session.rollback()
    assert (waiting.state, waiting.remarks) == ("changes_requested", {})


def test_remarks_typed_on_an_old_page_are_not_lost(staff: Staff, session: Session) -> None:
    waiting = a_submission(session, TWO_TESTS)
    first, second = staff("moderator"), staff("admin")
    page = second.load(f"/staff/submissions/{waiting.id}")
    first.submit(
        first.load(f"/staff/submissions/{waiting.id}"), button="Save the decision", decision="reject", reason="other"
    )
    fields = {"remark:offerings.1.assay": "Which probe?"}
    answer = second.submit(page, button="Save the decision", decision="request_changes", **fields)
    assert answer.status_code == 409
    assert "Test 2: Assay or clone Which probe?" in page_of(answer).text


def test_a_ready_text_comes_to_its_field_and_can_be_edited(staff: Staff, session: Session) -> None:
    texts = {one.slug: one.text for one in READY_TEXTS}
    waiting, several = a_submission(session), a_submission(session, TWO_TESTS)
    client = staff("moderator")
    page = client.load(f"/staff/submissions/{waiting.id}")
    answer = client.submit(page, button="Insert the text", ready="zip", message="Hello.")
    answer = client.submit(answer, button="Insert the text", ready="test-tat_max")
    answer = client.submit(answer, button="Insert the text", ready="reason-wrong_facts")
    shown = page_of(answer)
    assert answer.status_code == 200
    assert (box(shown, "zip"), box(shown, "offerings.0.tat_max")) == (texts["zip"], texts["test-tat_max"])
    message = shown.main.one("textarea", name="message").raw_text
    assert message.split() == f"Hello. {texts['reason-wrong_facts']}".split()
    page = client.load(f"/staff/submissions/{several.id}")
    answer = client.submit(page, button="Insert the text", ready="test-tat_max")
    assert texts["test-tat_max"] in page_of(answer).main.one("textarea", name="message").raw_text, "of which test?"
    assert client.submit(answer, button="Insert the text", ready="").status_code == 200
    session.rollback()
    assert (waiting.state, several.state) == ("submitted", "submitted")
