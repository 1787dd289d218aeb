"""What nobody confirms: staff are told, after the grace it is hidden, and once confirmed it is back at once."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry.models import AuditEvent, Lab, Task
from registry.moderation import replay
from registry.registration import lapsing, upkeep
from registry.web import now
from tests.manage.people import KIM, ROBIN, a_lab, browser, contact_of, sign_in
from tests.moderation.test_races import at_once
from tests.registration.entries import FISH, publish_change
from tests.support.client import PageClient, page_of
from tests.support.factories import an_offering

ALL = "Everything is still right"
DUE, HIDDEN = 365, 365 + 184 + 1

AGEING = {"laboratories that did not answer", "unconfirmed entries hidden", "tasks settled"}

Ages = Callable[[float], dict[str, int]]


@pytest.fixture
def ages(session: Session, clock: time_machine.Traveller) -> Ages:
    """Let so many days pass and the worker look; what it did."""

    def pass_by(days: float) -> dict[str, int]:
        session.rollback()
        clock.shift(timedelta(days=days))
        done = {name: count for name, count in upkeep.run_due(session, now()).items() if count and name in AGEING}
        session.rollback()
        return done

    return pass_by


@pytest.fixture
def reviewer(create_staff: Callable[..., str]) -> str:
    """The e-mail of a moderator."""
    return create_staff("moderator")


def task(session: Session, kind: str = "overdue") -> Task:
    session.rollback()
    return session.scalars(select(Task).where(Task.kind == kind).order_by(Task.id.desc())).first()  # type: ignore[return-value]


def hidden(session: Session, ages: Ages, *emails: str, **changes: Any) -> Lab:
    """An entry that nobody confirmed until it was hidden."""
    lab = a_lab(session, *emails, **changes)
    ages(DUE + 14)
    assert ages(HIDDEN - DUE - 14) == {"unconfirmed entries hidden": 1}
    return lab


def test_two_weeks_after_it_was_due_staff_are_told_once(session: Session, ages: Ages) -> None:
    lab = a_lab(session)
    told = [
        day
        for day in range(DUE - 40, DUE + 60)
        if "laboratories that did not answer" in ages(DUE - 40 if day == DUE - 40 else 1)
    ]
    assert told == [DUE + 14]
    facts = task(session).facts
    assert facts == {"last_confirmed": "2026-11-16", "due": "2027-11-16", "hidden_from": "2028-05-19", "reachable": 1}
    # Settled by a person: they are not told again in this round.
    session.execute(update(Task).values(closed_at=now(), closed_by="kim@example.org"))
    session.commit()
    assert ages(60) == {}
    assert lab.state == "published"


def test_hidden_after_the_grace_and_everybody_is_told(
    app: Flask, session: Session, ages: Ages, clock: time_machine.Traveller, outbox: Any
) -> None:
    lab = a_lab(session, ROBIN, KIM)
    other = a_lab(session, "other@laboratory.example")
    ages(300)
    other.last_confirmed = now().date()
    session.commit()
    ages(DUE + 14 - 300)
    outbox.deliver()
    assert ages(HIDDEN - DUE - 15) == {}
    assert lab.state == "published"
    assert ages(1) == {"unconfirmed entries hidden": 1}
    assert (lab.state, lab.hidden_reason, other.state) == ("hidden", "unconfirmed", "published")
    assert ages(1) == {}
    letters = {letter.recipients[0]: letter for letter in outbox.deliver()}
    assert letters.keys() == {ROBIN, KIM}
    assert letters[KIM].subject == f"The entry of {lab.name} is not shown any more"
    assert "nobody has confirmed it since November 16, 2026" in letters[KIM].text
    [act] = session.scalars(select(AuditEvent).where(AuditEvent.action == "hide")).all()
    assert (act.actor_kind, act.subject_id, act.after) == (
        "system", lab.id, {"state": "hidden", "reason": "unconfirmed", "profile": lab.profile.digest},
    )  # fmt: skip
    # Back at once: one press, by any of them.
    kim = browser(app)
    page = kim.load(letters[KIM].link)
    assert "This is what the public saw" in page.main.text
    assert page_of(kim.submit(page, button=ALL)).h1 == "Thank you"
    session.rollback()
    assert (lab.state, lab.hidden_reason, lab.hidden_at, lab.last_confirmed) == ("published", "", None, now().date())
    assert (task(session).outcome, task(session).closed_by) == ("confirmed", KIM)
    assert lab.name in kim.load("/labs?near=30303").main.text
    events = session.scalars(select(AuditEvent).where(AuditEvent.action.in_(("hide", "confirm", "show")))).all()
    assert [event.action for event in events] == ["hide", "confirm", "show"]


def test_the_address_says_why_and_nothing_of_what_stood_there(session: Session, ages: Ages, client: PageClient) -> None:
    lab = hidden(session, ages, phone="(404) 555-0199")
    answer = client.get(f"/labs/{lab.slug}")
    page = page_of(answer)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-cache")
    assert 'name="robots" content="noindex"' in answer.text
    assert "It was not confirmed" in page.main.text
    for fact in (lab.profile.phone, lab.profile.address_line1, "immunohistochemistry", "CLIA"):
        assert fact not in answer.text
    assert lab.name not in client.load("/labs?near=30303").main.text
    assert lab.name not in client.get("/labs.csv").text
    told = client.get(f"/api/v1/labs/{lab.slug}")
    assert (told.status_code, told.get_json()["reason"]) == (404, "unconfirmed")
    assert client.get("/api/v1/labs").get_json()["total"] == 0
    # One that moderators hid is as absent as one that never was.
    lab.hidden_reason = "wrong"
    session.commit()
    assert "confirm" not in page_of(client.get(f"/labs/{lab.slug}")).main.text
    assert client.get(f"/manage/labs/{lab.slug}/claim").status_code == 404


def test_one_test_of_two_brings_nothing_back(app: Flask, session: Session, ages: Ages, outbox: Any) -> None:
    lab = hidden(session, ages, ROBIN, offerings=(an_offering(), FISH))
    robin = sign_in(app, outbox, ROBIN)
    home = robin.load("/manage")
    assert "because nobody confirmed it" in home.main.text
    page = robin.load(f"/manage/labs/{lab.slug}")
    assert "The public does not see this entry at present" in page.main.text
    page = robin.load(f"/manage/labs/{lab.slug}/confirm")
    first, second = (test.digest for test in lab.profile.offerings)
    thanks = page_of(robin.submit(page, button="Confirm the ticked", right=[second]))
    assert "it is shown again once the others are confirmed too" in thanks.main.text
    session.rollback()
    assert lab.state == "hidden"
    robin.submit(robin.load(f"/manage/labs/{lab.slug}/confirm"), button="Confirm the ticked", right=[first])
    session.rollback()
    assert (lab.state, lab.last_confirmed) == ("published", now().date())


def test_an_approved_change_of_all_tests_brings_it_back(session: Session, ages: Ages, reviewer: str) -> None:
    lab = hidden(session, ages, ROBIN, KIM)
    changed = [{**test, "tat_max": 9} for test in lab.profile_data["offerings"]]
    publish_change(session, lab, reviewer, offerings=changed)
    session.rollback()
    assert (lab.state, lab.last_confirmed) == ("published", now().date())
    assert task(session).outcome == "confirmed"
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.subject_type == "lab", AuditEvent.subject_id == lab.id)
    ).all()
    assert [event.action for event in events if event.action in replay.SHOWN_OR_NOT] == ["hide"]
    assert events[-1].after is not None
    assert events[-1].after["state"] == "published"


def test_a_change_of_the_telephone_brings_nothing_back(app: Flask, session: Session, ages: Ages, reviewer: str) -> None:
    lab = hidden(session, ages, ROBIN, KIM)
    publish_change(session, lab, reviewer, phone="(404) 555-0188")
    session.rollback()
    assert (lab.state, lab.profile.phone) == ("hidden", "(404) 555-0188")


def test_a_worker_that_stood_still_warns_before_it_hides(session: Session, ages: Ages) -> None:
    lab = a_lab(session)
    assert ages(800) == {"laboratories that did not answer": 1}
    assert ages(13) == {}
    assert ages(1) == {"unconfirmed entries hidden": 1}
    assert lab.state == "hidden"


def test_a_clock_that_was_years_ahead_hides_nothing(session: Session, ages: Ages) -> None:
    lab = a_lab(session)
    ages(3000)
    assert ages(-2900) == {"tasks settled": 1}
    assert lab.state == "published"
    assert ages(DUE - 100 + 20)["laboratories that did not answer"] == 1


def test_who_leaves_left_or_is_hidden_by_staff_is_left_alone(session: Session, ages: Ages) -> None:
    leaving, left, kept_back = (a_lab(session, f"lab-{number}@laboratory.example") for number in range(3))
    leaving.leaving_on = date(2030, 1, 1)
    left.state = "withdrawn"
    kept_back.hide(session, reason="wrong", now=now())
    session.commit()
    assert ages(HIDDEN) == {}
    assert ages(30) == {}
    assert (leaving.state, left.state, kept_back.hidden_reason) == ("published", "withdrawn", "wrong")


def test_two_workers_hide_it_once(app: Flask, session: Session, ages: Ages) -> None:
    a_lab(session, ROBIN)
    ages(DUE + 14)
    session.rollback()
    with time_machine.travel(now() + timedelta(days=HIDDEN - DUE - 14), tick=True):
        results = at_once(app, [lambda own: lapsing.hide_lapsed(own, now=now())] * 2)
    assert sorted(results, key=str) == [0, 1], results
    session.rollback()
    assert len(session.scalars(select(AuditEvent).where(AuditEvent.action == "hide")).all()) == 1


def test_somebody_new_may_ask_to_speak_for_it(session: Session, ages: Ages, client: PageClient) -> None:
    lab = hidden(session, ages, ROBIN)
    contact_of(session, ROBIN).bounced_at = now()
    session.commit()
    page = client.load(f"/labs/{lab.slug}", status=404)
    [link] = [one for one in page.all("a") if "/claim" in one["href"]]
    assert client.load(link["href"]).h1
