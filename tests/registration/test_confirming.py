"""Once a year in two clicks: the entry is still right, test by test; what is not leads into the change of it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from registry import mail
from registry.links import Purpose
from registry.models import AuditEvent, Lab, OneUseLink, Submission
from registry.registration import contacts
from registry.web import now
from tests.manage.people import ALEX, ROBIN, a_lab, browser, contact_of, token_of
from tests.registration.entries import FISH, publish_change, signed_in
from tests.support.client import PageClient, page_of
from tests.support.factories import an_offering
from tests.support.pages import fill

ALL = "Everything is still right"


@pytest.fixture
def lab(session: Session, clock: time_machine.Traveller) -> Lab:
    """Two tests, last confirmed a hundred days ago."""
    found = a_lab(session, ROBIN, offerings=(an_offering(), FISH))
    clock.shift(timedelta(days=100))
    return found


@pytest.fixture
def mailed(session: Session, lab: Lab, outbox: Any) -> Callable[[], str]:
    """Mails Robin the question; the link's path."""

    def ask() -> str:
        contact = contact_of(session, ROBIN)
        mail.enqueue(
            session,
            kind="confirm_listing",
            recipient=ROBIN,
            context={"laboratory": lab.name, "due": "2027-11-16", "last_confirmed": "2026-11-16", "tests": ["A"]},
            now=now(),
            link_purpose=Purpose.CONFIRM_LISTING,
            contact_id=contact.id,
        )
        session.commit()
        return str(outbox.one(ROBIN).link)

    return ask


def days(session: Session, lab: Lab) -> list[date]:
    session.rollback()
    return [lab.confirmed_on(offering) for offering in lab.profile.offerings]


def spent(session: Session) -> bool:
    session.rollback()
    used = select(OneUseLink.used_at).where(OneUseLink.purpose == "confirm_listing")
    return session.scalars(used).one() is not None


def test_two_clicks_confirm_everything(app: Flask, session: Session, lab: Lab, mailed: Callable[[], str]) -> None:
    link = mailed()
    before = lab.profile_data
    version = lab.version
    robin = browser(app)
    page = robin.load(link)
    for words in ("Is it still right?", lab.name, "HER2 FISH", "November 16, 2026", "(404) 555-0123"):
        assert words in page.main.text
    assert robin.head(link).status_code == 200
    assert not spent(session)
    thanks = page_of(robin.submit(page, button=ALL))
    assert thanks.h1 == "Thank you"
    assert "February 24, 2028" in thanks.main.text
    today = now().date()
    assert days(session, lab) == [today, today]
    assert (lab.profile_data, lab.last_confirmed) == (before, today)
    assert lab.version > version
    # The same browser gets the same thanks; anybody else learns that it is done.
    assert page_of(robin.submit(page, button=ALL)).h1 == "Thank you"
    assert robin.load(link).h1 == "Thank you"
    stranger = browser(app)
    dead = stranger.load(link, status=410)
    assert "used already" in dead.h1
    [event] = session.scalars(select(AuditEvent).where(AuditEvent.action == "confirm")).all()
    assert event.after is not None
    assert (event.actor, event.subject_id, len(event.after["tests"])) == (ROBIN, lab.id, 2)
    assert f"Last confirmed by the laboratory {today:%B} {today.day}" in robin.load(f"/labs/{lab.slug}").main.text


def test_only_the_ticked_are_confirmed(app: Flask, session: Session, lab: Lab, mailed: Callable[[], str]) -> None:
    robin, first_day = browser(app), lab.last_confirmed
    page = robin.load(mailed())
    refused = robin.submit(page, button="Confirm the ticked")
    assert refused.status_code == 422
    assert "Tick the tests that are right" in page_of(refused).main.text
    assert not spent(session)
    fish = lab.profile.offerings[1].digest
    thanks = page_of(robin.submit(refused, button="Confirm the ticked", right=[fish]))
    assert "HER2 FISH: confirmed today" in thanks.main.text
    assert days(session, lab) == [first_day, now().date()]
    assert lab.last_confirmed == first_day
    assert spent(session)


def test_what_is_not_right_opens_the_change_at_its_place(
    app: Flask, session: Session, lab: Lab, mailed: Callable[[], str], outbox: Any
) -> None:
    link, robin, first_day = mailed(), browser(app), lab.last_confirmed
    page = robin.load(link)
    ihc = lab.profile.offerings[0].digest
    data = MultiDict([*fill(page.form(), {"right": [ihc]}, None), ("change", "test-2")])
    answer = robin.post(link, data=data)
    assert answer.headers["Location"] == "/join/test-2?to=check"
    assert days(session, lab) == [now().date(), first_day]
    step = robin.load("/join/test-2?to=check")
    assert step.one("input", name="name")["value"] == "HER2 FISH"
    [draft] = session.scalars(select(Submission)).all()
    assert (draft.kind, draft.lab_id, draft.contact_email) == ("edit", lab.id, ROBIN)
    # The second of two clicks leads to the same draft; signing in was never needed.
    assert robin.post(link, data=data).headers["Location"] == "/join/check"
    assert robin.load("/manage").h1 == "Manage your entry"
    assert browser(app).load(link, status=410)
    assert len(session.scalars(select(Submission)).all()) == 1


def test_what_was_not_seen_is_not_confirmed(
    app: Flask, session: Session, lab: Lab, mailed: Callable[[], str], reviewer: str
) -> None:
    robin, first_day = browser(app), lab.last_confirmed
    page = robin.load(mailed())
    contacts.ensure(session, lab=lab, email="kim@laboratory.example", name="Kim", role="", language="en", now=now())
    session.commit()
    changed = [{**test, "tat_max": 9} if test["method"] == "fish" else test for test in lab.profile_data["offerings"]]
    publish_change(session, lab, reviewer, offerings=changed)
    today = now().date()
    assert days(session, lab) == [first_day, today]
    session.rollback()
    lab.attestations = {digest: first_day.isoformat() for digest in lab.attestations}
    session.commit()

    answer = robin.submit(page, button=ALL)
    assert answer.status_code == 409
    again = page_of(answer)
    assert "The entry was changed since you opened this page" in again.main.text
    assert "1 test that is as you saw it is confirmed" in again.main.text
    assert days(session, lab) == [today, first_day]
    assert not spent(session)
    assert page_of(robin.submit(answer, button=ALL)).h1 == "Thank you"
    assert days(session, lab) == [today, today]


def test_invented_fingerprints_confirm_nothing(
    app: Flask, session: Session, lab: Lab, mailed: Callable[[], str]
) -> None:
    link, robin, first_day = mailed(), browser(app), lab.last_confirmed
    page = robin.load(link)
    token = page.form().one("input", name="csrf_token")["value"]
    forged = {"csrf_token": token, "then": "ticked", "shown": ["x"], "right": [lab.profile.offerings[0].digest, "y"]}
    assert robin.post(link, data={**forged, "entry": "z"}).status_code == 409
    assert days(session, lab) == [first_day, first_day]
    assert robin.post(link, data={"then": "all"}).status_code == 419


def test_a_signed_in_contact_confirms_too(app: Flask, session: Session, lab: Lab, outbox: Any) -> None:
    robin = signed_in(app, session)
    page = robin.load(robin.load(f"/manage/labs/{lab.slug}").link("Confirm that it is still right"))
    assert page.url == f"/manage/labs/{lab.slug}/confirm"
    thanks = page_of(robin.submit(page, button=ALL))
    assert (thanks.h1, thanks.url) == ("Thank you", f"/manage/labs/{lab.slug}/confirm?thanks=yes")
    assert days(session, lab) == [now().date()] * 2
    answer = robin.submit(page, button="Not right: change it (How to reach you)")
    assert answer.request.path == "/join/contact"
    session.rollback()
    a_lab(session, ALEX)
    alex = signed_in(app, session, ALEX)
    address = f"/manage/labs/{lab.slug}/confirm"
    assert alex.get(address).status_code == 404
    assert alex.post(address, data={**token_of(alex, "/manage"), "then": "all"}).status_code == 404


def test_a_test_alone_needs_no_tick(app: Flask, session: Session, outbox: Any) -> None:
    lab = a_lab(session, ROBIN)
    robin = signed_in(app, session)
    page = robin.load(f"/manage/labs/{lab.slug}/confirm")
    assert not page.all("input", type="checkbox")
    assert page_of(robin.submit(page, button=ALL)).h1 == "Thank you"


@pytest.mark.parametrize("gone", ["revoked", "withdrawn"])
def test_a_link_is_dead_when_nobody_may_confirm_any_more(
    app: Flask, session: Session, lab: Lab, mailed: Callable[[], str], gone: str
) -> None:
    link, robin = mailed(), browser(app)
    page = robin.load(link)
    contact = contact_of(session, ROBIN)
    if gone == "revoked":
        contact.revoked_at = now()
    else:
        session.get_one(Lab, lab.id).state = "withdrawn"
    session.commit()
    assert robin.submit(page, button=ALL).status_code == 410
    robin.load(link, status=410)
    assert not spent(session)


def test_a_link_lives_sixty_days(
    app: Flask, session: Session, mailed: Callable[[], str], clock: time_machine.Traveller
) -> None:
    link, robin = mailed(), browser(app)
    clock.shift(timedelta(days=61))
    page = robin.load(link, status=410)
    assert "sign in with your mailbox" in page.main.text


def test_two_presses_at_once_confirm_once(
    app: Flask, session: Session, mailed: Callable[[], str], clock: time_machine.Traveller
) -> None:
    link, robin = mailed(), browser(app)
    page = robin.load(link)
    data = MultiDict(fill(page.form(), {}, ALL))
    double: PageClient = browser(app)
    cookie = robin.get_cookie("session")
    assert cookie is not None
    double.set_cookie("session", cookie.value)
    assert robin.post(link, data=data).status_code == 303
    # Sent before the first was answered: its cookie knows nothing of it.
    assert "Thank you" in double.post(link, data=data).text
    clock.shift(timedelta(minutes=2))
    assert double.post(link, data=data).status_code == 410
    session.rollback()
    assert len(session.scalars(select(AuditEvent).where(AuditEvent.action == "confirm")).all()) == 1
