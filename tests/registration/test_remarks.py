"""What a moderator wrote at fields stands at these fields when the laboratory opens its request again."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.workflow import State
from registry.models import Submission, User
from registry.moderation import services as moderation
from registry.registration import remarks
from registry.web import now
from tests.registration.entries import FISH, change, send
from tests.support.client import PageClient, page_of
from tests.support.factories import a_profile, a_submission, an_offering
from tests.support.pages import Page

MAILBOX = "lab@laboratory.example"
REMARKS = {
    "city": "Is it not Decatur?",
    "offerings.0.specimens": "Blocks, too?",
    "offerings.1.method": "Dual ISH is <not> FISH.",
    "offerings.1.tat_max": "Hours or days?",
}


@pytest.fixture
def opened(session: Session, reviewer: str, outbox: Any, client: PageClient) -> Page:
    """The last look of the draft that answers a moderator's remarks."""
    profile = a_profile(name="Invented Pathology", offerings=(an_offering(), FISH))
    waiting = a_submission(session, profile, email=MAILBOX)
    moderation.request_changes(
        session,
        submission_id=waiting.id,
        reviewer=session.scalars(select(User).where(User.email == reviewer)).one(),
        expect_revision=waiting.revision,
        digest=profile.digest,
        message="Please see the remarks.",
        remarks=REMARKS,
        now=now(),
    )
    session.commit()
    letter = outbox.one(MAILBOX)
    for text in ("- City: Is it not Decatur?", "- Test 2: Method: Dual ISH is <not> FISH."):
        assert text in letter.text
    return page_of(client.submit(client.load(letter.link)))


def newest(session: Session) -> Submission:
    session.rollback()
    return session.scalars(select(Submission).order_by(Submission.id.desc())).first()  # type: ignore[return-value]


def boxes(page: Page) -> list[str]:
    return [box.text.removeprefix("The moderator wrote:").strip() for box in page.all("p", class_="remark")]


def test_remarks_stand_at_their_fields_in_the_list_and_on_the_last_look(opened: Page, client: PageClient) -> None:
    steps = opened.one("ol", class_="steps").text
    assert "The laboratory 1 remark" in steps
    assert "Your HER2 tests 3 remarks" in steps
    for text in ("Please see the remarks.", *REMARKS.values()):
        assert text in opened.main.text
    laboratory = client.load("/join/laboratory")
    assert boxes(laboratory) == ["Is it not Decatur?"]
    city = laboratory.one("input", name="city")
    assert city["aria-describedby"].split() == ["city-remark"]
    assert laboratory.errors() == {}
    second = client.load("/join/test-2")
    assert boxes(second) == ["Dual ISH is <not> FISH.", "Hours or days?"]
    described = [
        one.get("aria-describedby") for one in second.all("fieldset") if "method" in one.get("aria-describedby")
    ]
    assert any("method-remark" in one.split() for one in described)
    entries = [entry.text for entry in client.load("/join/tests").all("li", class_="entry")]
    assert ["1 remark" in entries[0], "2 remarks" in entries[1]] == [True, True]


def test_remarks_stay_with_an_error_and_are_told_apart(opened: Page, client: PageClient) -> None:
    answer = client.submit(client.load("/join/laboratory"), button="Save and continue", city="")
    assert answer.status_code == 422
    page = page_of(answer)
    assert boxes(page) == ["Is it not Decatur?"]
    assert page.one("input", name="city")["aria-describedby"].split() == ["city-remark", "city-error"]


def test_remarks_follow_a_test_that_moved_and_changed(opened: Page, client: PageClient, session: Session) -> None:
    client.submit(client.load("/join/tests"), button="Down")
    change(client, "test-1", order_code="NEW")
    assert boxes(client.load("/join/test-1")) == ["Dual ISH is <not> FISH.", "Hours or days?"]
    assert boxes(client.load("/join/test-2")) == ["Blocks, too?"]


def test_remarks_of_a_removed_test_go_to_the_top(opened: Page, client: PageClient) -> None:
    page = client.load("/join/tests")
    remove = [button for button in page.all("button") if button.get("name") == "remove"][1]
    token = page.form().one("input", name="csrf_token")["value"]
    client.post("/join/tests", data={"csrf_token": token, "remove": remove["value"]})
    page = client.load("/join/contact")
    assert "Test 2: Method: Dual ISH is <not> FISH." in page.one("div", class_="notice").text
    assert "1 remark" in page.one("ol", class_="steps").text


def test_remarks_are_answered_by_sending(opened: Page, client: PageClient, session: Session) -> None:
    change(client, "laboratory", zip="30309")
    send(client)
    sent = newest(session)
    assert (sent.state, sent.remarks) == ("submitted", {})
    assert sent.revises_id is not None
    assert session.get_one(Submission, sent.revises_id).remarks == REMARKS


def test_a_path_that_no_step_asks_for_falls_back(app: Flask, session: Session) -> None:
    old = a_submission(session, state=State.CHANGES_REQUESTED)
    odd = {"offerings.x.name": "a", "offerings.77.name": "b", "unknown": "c", "offerings.0.unknown": "d", "zip": "e"}
    draft = a_submission(session, old.profile, state=State.DRAFT, revises_id=old.id, remarks=odd)
    placed = remarks.placed(session, draft)
    assert placed.at == {"zip": "e"}
    assert [text for _path, text in placed.loose] == ["a", "c", "d", "b"]
    draft.proposed = replace(old.profile, offerings=()).to_dict()
    assert remarks.placed(session, draft).counts == {"laboratory": 1}
