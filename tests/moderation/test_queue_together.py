"""Several moderators at one queue: who has what open, what is kept as whose, what rests."""

import re
from collections.abc import Callable
from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import AuditEvent, ReviewLease, Submission, User
from registry.moderation import leases
from registry.web import now
from tests.moderation.test_races import at_once
from tests.support.client import PageClient, page_of
from tests.support.factories import a_profile, a_submission
from tests.support.pages import Page

Staff = Callable[..., PageClient]
ADA, EVE = "ada@example.org", "eve@example.org"


def holder(session: Session) -> str | None:
    session.rollback()
    found = session.scalar(select(User.email).join(ReviewLease, ReviewLease.user_id == User.id))
    session.rollback()
    return found


def names(page: Page) -> list[str]:
    return [name.text for name in page.main.all("h2", class_="queue-name")]


def token_of(page: Page) -> dict[str, str]:
    return {"csrf_token": page.all("input", name="csrf_token")[0]["value"]}


def test_opening_tells_colleagues_and_lapses_by_itself(
    staff: Staff, session: Session, clock: time_machine.Traveller
) -> None:
    waiting = a_submission(session, a_profile(name="Waiting"))
    address = f"/staff/submissions/{waiting.id}"
    ada, eve, reader = staff("moderator", ADA), staff("moderator", EVE), staff("reader")
    reader.load(address)
    ada.head(address)
    assert holder(session) is None
    assert "Colleagues see that you have this open." in ada.load(address).text
    assert holder(session) == ADA
    clock.shift(timedelta(minutes=5))
    assert re.search(rf"{ADA} opened this 5 minutes ago\. You may decide all the same", eve.load(address).text)
    assert holder(session) == ADA
    assert f"{ADA} opened this 5 minutes ago" in eve.load("/staff/queue").main.text
    assert "You opened this 5 minutes ago" in ada.load("/staff/queue").main.text
    assert names(ada.load("/staff/queue?mine=1")) == ["Waiting"]
    assert names(eve.load("/staff/queue?mine=1")) == []
    clock.shift(timedelta(minutes=11))
    assert "opened this" not in eve.load("/staff/queue").main.text
    eve.load(address)
    assert holder(session) == EVE


def test_a_lease_is_renewed_taken_over_and_given_back(
    staff: Staff, session: Session, clock: time_machine.Traveller
) -> None:
    waiting = a_submission(session)
    address = f"/staff/submissions/{waiting.id}"
    ada, eve = staff("moderator", ADA), staff("moderator", EVE)
    shown = ada.load(address)
    clock.shift(timedelta(minutes=10))
    assert ada.post(f"{address}/lease", data=token_of(shown)).status_code == 204
    clock.shift(timedelta(minutes=10))
    hers = eve.load(address)
    assert f"{ADA} opened this 20 minutes ago" in hers.text
    assert eve.post(f"{address}/lease", data=token_of(hers)).status_code == 409
    taken = page_of(eve.submit(hers, button="Take over"))
    assert "Colleagues see that you have this open." in taken.text
    assert ada.post(f"{address}/lease", data=token_of(shown)).status_code == 409
    assert f"{EVE} opened this" in ada.load(address).text
    answer = eve.submit(taken, button="Give it back")
    assert (answer.request.path, holder(session)) == ("/staff/queue", None)
    assert "Given back." in answer.text


def test_what_is_decided_is_nobodys_to_have_open(staff: Staff, session: Session) -> None:
    waiting = a_submission(session)
    client = staff("moderator", ADA)
    shown = client.load(f"/staff/submissions/{waiting.id}")
    session.rollback()
    submission = session.get_one(Submission, waiting.id)
    submission.state = "approved"
    session.commit()
    assert client.post(f"/staff/submissions/{waiting.id}/lease", data=token_of(shown)).status_code == 409
    assert "have this open" not in client.load(f"/staff/submissions/{waiting.id}").text
    assert leases.of(session, waiting.id, now()) is None
    assert client.post("/staff/submissions/99/lease", data=token_of(shown)).status_code == 404
    assert client.post(f"/staff/submissions/{waiting.id}/lease").status_code == 419


def opening(number: int, user: int) -> Callable[[Session], bool]:
    return lambda own: leases.take(own, submission_id=number, user_id=user, now=now())


def test_two_who_open_at_once_are_one_and_a_colleague(
    app: Flask, session: Session, create_staff: Callable[..., str]
) -> None:
    create_staff("moderator", ADA)
    create_staff("moderator", EVE)
    users = session.scalars(select(User.id).order_by(User.id)).all()
    for _round in range(5):
        number = a_submission(session).id
        session.rollback()
        taken = at_once(app, [opening(number, user) for user in users])
        assert sorted(map(str, taken)) == ["False", "True"]


def test_what_is_kept_as_mine_is_nobody_elses_next(staff: Staff, session: Session) -> None:
    first, second = (a_submission(session, a_profile(name=name)) for name in ("First", "Second"))
    ada, eve = staff("moderator", ADA), staff("moderator", EVE)
    kept = page_of(ada.submit(ada.load(f"/staff/submissions/{first.id}"), button="Keep it as mine"))
    assert "In review" in kept.main.text
    assert names(ada.load("/staff/queue?mine=1")) == ["First"]
    assert ADA in eve.load("/staff/queue").main.text
    session.rollback()
    done = a_submission(session, state="rejected")
    page = eve.load(f"/staff/submissions/{done.id}")
    assert page.link("Next in the queue") == f"/staff/submissions/{second.id}"


def hold(client: PageClient, page: Page, **fields: str) -> Page:
    return page_of(client.submit(page, button="Put on hold", **fields))


def test_a_submission_rests_until_its_day(staff: Staff, session: Session, clock: time_machine.Traveller) -> None:
    waiting = a_submission(session, a_profile(name="Resting"), now=now())
    a_submission(session, a_profile(name="Other"), now=now())
    address = f"/staff/submissions/{waiting.id}"
    ada, eve = staff("moderator", ADA), staff("moderator", EVE)
    own, old = ada.load(address), eve.load(address)
    page = hold(ada, own, days="3", note="They call back on Thursday.")
    assert "On hold until November 19, 2026." in page.text
    assert names(page) == ["Other"]
    assert holder(session) is None
    assert names(eve.load("/staff/queue?state=on_hold")) == ["Resting"]
    told = eve.load(address).main.text
    assert f"On hold until November 19, 2026, by {ADA}" in told
    assert "They call back on Thursday." in told
    refused = eve.submit(old, button="Save the decision", decision="reject", reason="other", message="x")
    assert refused.status_code == 409
    clock.shift(timedelta(days=3, minutes=1))
    later = staff("moderator", "later@example.org")
    assert names(later.load("/staff/queue")) == ["Resting", "Other"]
    assert "On hold until" not in later.load(address).main.text


def test_somebody_takes_it_up_again_before_its_day(staff: Staff, session: Session) -> None:
    waiting = a_submission(session, a_profile(name="Resting"))
    address = f"/staff/submissions/{waiting.id}"
    ada, eve = staff("moderator", ADA), staff("moderator", EVE)
    hold(ada, ada.load(address), note="Ask the state.")
    shown, twice = eve.load(address), eve.load(address)
    resumed = page_of(eve.submit(shown, button="Take it up again now"))
    assert "It waits again." in resumed.text
    again = eve.submit(twice, button="Take it up again now")
    assert (again.status_code, again.request.path) == (200, address)
    session.rollback()
    acts = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_type == "submission", AuditEvent.action.in_(("hold", "resume")))
        .order_by(AuditEvent.id)
    ).all()
    assert [(act.action, act.actor, act.note) for act in acts] == [("hold", ADA, "Ask the state."), ("resume", EVE, "")]
    assert [(act.after or {})["revision"] for act in acts] == [2, 3]
    assert [bool((act.after or {})["held_until"]) for act in acts] == [True, False]
    assert session.get_one(Submission, waiting.id).state == "submitted"
    assert ada.post(f"{address}/resume", data=token_of(ada.load(address))).status_code == 409


def test_days_out_of_bounds_are_said_at_the_field(staff: Staff, session: Session) -> None:
    waiting = a_submission(session)
    client = staff("moderator", ADA)
    page = client.load(f"/staff/submissions/{waiting.id}")
    for days in ("0", "61", "", "x", "1.5", "-1", "٣", "9" * 40):
        answer = client.submit(page, button="Put on hold", days=days, note="My note")
        assert answer.status_code == 422
        page = page_of(answer)
        assert page.one("p", id="hold-days-error").text.endswith("Write a number of days from 1 to 60.")
        assert page.one("input", id="hold-days")["value"] == days
        assert page.one("textarea", id="hold-note").text == "My note"
    session.rollback()
    assert session.get_one(Submission, waiting.id).held_until is None


def test_an_old_page_holds_nothing(staff: Staff, session: Session) -> None:
    waiting = a_submission(session)
    client = staff("moderator", ADA)
    page = client.load(f"/staff/submissions/{waiting.id}")
    session.rollback()
    found = session.get_one(Submission, waiting.id)
    found.state, found.revision = "rejected", 2
    session.commit()
    assert client.submit(page, button="Put on hold").status_code == 409


def test_a_newer_version_does_not_rest(staff: Staff, session: Session) -> None:
    old = a_submission(session, a_profile(name="Old"), state="superseded", held_until=now() + timedelta(days=9))
    a_submission(session, a_profile(name="Newer"), revises_id=old.id)
    client = staff("moderator", ADA)
    assert names(client.load("/staff/queue")) == ["Newer"]
    assert names(client.load("/staff/queue?state=on_hold")) == []
