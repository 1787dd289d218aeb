"""A laboratory is reminded once a year: 30 and 7 days before, on the day, and two weeks after; once each, never two at
once.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import mailboxes
from registry.models import ContactSession, OutboxMessage
from registry.registration import reminding
from registry.web import now
from tests.manage.people import ALEX, KIM, ROBIN, a_lab, browser, contact_of
from tests.moderation.test_races import at_once
from tests.support.factories import an_offering, publish

YEAR = timedelta(days=365)


@pytest.fixture
def remind(session: Session) -> Callable[..., list[str]]:
    """Run the reminding as the worker does; to whom new reminders go."""

    def run(**options: Any) -> list[str]:
        session.rollback()
        known = set(session.scalars(select(OutboxMessage.id)))
        count = reminding.remind_due(session, now=now(), **options)
        session.commit()
        new = session.scalars(select(OutboxMessage).where(OutboxMessage.id.not_in(known)).order_by(OutboxMessage.id))
        recipients = [message.recipient for message in new]
        assert count == len(recipients)
        return recipients

    return run


def test_four_times_and_no_more(
    session: Session, clock: time_machine.Traveller, remind: Callable[..., list[str]], outbox: Any
) -> None:
    a_lab(session, ROBIN)
    told = []
    clock.shift(timedelta(days=330))
    for day in range(331, 400):
        clock.shift(timedelta(days=1))
        told += [(day, recipient) for recipient in remind()]
    assert told == [(335, ROBIN), (358, ROBIN), (365, ROBIN), (379, ROBIN)]
    letters = outbox.deliver()
    assert len(letters) == 4
    assert "Please confirm by November 16, 2027" in letters[0].subject
    assert "If nobody confirms it, it is not shown from May 19, 2028 on." in letters[3].text


def test_the_mail_leads_to_the_confirmation(
    app: Flask, session: Session, clock: time_machine.Traveller, remind: Callable[..., list[str]], outbox: Any
) -> None:
    lab = a_lab(session, ROBIN)
    clock.shift(YEAR + timedelta(days=3))
    assert remind() == [ROBIN]
    letter = outbox.one(ROBIN)
    assert letter.subject.startswith("Overdue:")
    assert "Hello Robin Invented," in letter.text
    assert lab.profile.offerings[0].name in letter.text
    robin = browser(app)
    robin.submit(robin.load(letter.link), button="Everything is still right")
    session.rollback()
    assert lab.last_confirmed == now().date()
    clock.shift(timedelta(days=30))
    assert remind() == []


def test_a_worker_that_was_down_sends_one(
    session: Session, clock: time_machine.Traveller, remind: Callable[..., list[str]]
) -> None:
    a_lab(session, ROBIN)
    clock.shift(YEAR + timedelta(days=10))
    assert remind() == [ROBIN]
    # That of the day itself came late; that of two weeks after leaves the laboratory alone for a while.
    told = []
    for day in range(11, 40):
        clock.shift(timedelta(days=1))
        told += [day for _recipient in remind()]
    assert told == [15]


def test_a_late_reminder_is_not_followed_by_the_next_at_once(
    session: Session, clock: time_machine.Traveller, remind: Callable[..., list[str]]
) -> None:
    a_lab(session, ROBIN)
    clock.shift(YEAR - timedelta(days=8))
    told = []
    for day in range(8, -10, -1):
        told += [day for _recipient in remind()]
        clock.shift(timedelta(days=1))
    assert told == [8, 3, -2]


def test_a_clock_that_jumps_loses_and_doubles_nothing(
    session: Session, clock: time_machine.Traveller, remind: Callable[..., list[str]]
) -> None:
    a_lab(session, ROBIN)
    clock.shift(YEAR + timedelta(days=1))
    assert remind() == [ROBIN]
    clock.shift(timedelta(days=-335))
    assert remind() == []
    clock.shift(timedelta(days=304))
    assert remind() == [ROBIN]
    clock.shift(timedelta(days=-1))
    assert remind() == []
    clock.shift(timedelta(days=25))
    assert remind() == [ROBIN]
    clock.shift(timedelta(days=7))
    assert remind() == []


def test_the_contacts_take_turns_and_who_was_here_last_is_first(
    session: Session, clock: time_machine.Traveller, remind: Callable[..., list[str]]
) -> None:
    lab = a_lab(session, ROBIN, KIM, ALEX)
    clock.shift(timedelta(days=100))
    session.add(ContactSession(key_hash="h", email=KIM, created_at=now(), last_seen_at=now()))
    mailboxes.stop(session, email_hash=mailboxes.hash_of(ALEX), scope=mailboxes.Scope.ALL, now=now())
    session.commit()
    clock.shift(timedelta(days=235))
    first = remind()
    clock.shift(timedelta(days=23))
    second = remind()
    clock.shift(timedelta(days=7))
    assert (first, second, remind()) == ([KIM], [ROBIN], [KIM])
    assert lab.state == "published"


def test_nobody_is_asked_in_vain(
    session: Session, clock: time_machine.Traveller, remind: Callable[..., list[str]]
) -> None:
    publish(session)
    hidden, withdrawn, leaving, _unwanted, _revoked = (a_lab(session, f"lab-{n}@laboratory.example") for n in range(5))
    contact_of(session, "lab-4@laboratory.example").revoked_at = now()
    hidden.state, withdrawn.state = "hidden", "withdrawn"
    leaving.leaving_on = now().date() + timedelta(days=400)
    email_hash = mailboxes.hash_of("lab-3@laboratory.example")
    mailboxes.stop(session, email_hash=email_hash, scope=mailboxes.Scope.ALL, now=now())
    session.commit()
    clock.shift(YEAR)
    assert remind() == []


def test_no_more_than_a_batch_at_a_time(
    session: Session, clock: time_machine.Traveller, remind: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "_AT_ONCE", 2)
    for number in range(5):
        a_lab(session, f"lab-{number}@laboratory.example")
    clock.shift(YEAR)
    told = [remind(limit=2), remind(limit=2), remind(limit=2), remind(limit=2)]
    assert [len(batch) for batch in told] == [2, 2, 1, 0]
    assert len({recipient for batch in told for recipient in batch}) == 5


def test_two_workers_write_one_reminder(app: Flask, session: Session, clock: time_machine.Traveller) -> None:
    a_lab(session, ROBIN)
    clock.shift(YEAR)
    session.rollback()

    def work(own: Session) -> int:
        return reminding.remind_due(own, now=now())

    results = at_once(app, [work, work])
    assert sorted(results, key=str) == [0, 1], results
    session.rollback()
    assert len(session.scalars(select(OutboxMessage)).all()) == 1


def test_a_confirmation_of_one_test_starts_no_second_round(
    app: Flask, session: Session, clock: time_machine.Traveller, remind: Callable[..., list[str]], outbox: Any
) -> None:
    lab = a_lab(session, ROBIN, offerings=(an_offering(), an_offering(name="Another")))
    first_day, digest = lab.last_confirmed, lab.profile.offerings[1].digest
    clock.shift(YEAR)
    assert remind() == [ROBIN]
    robin = browser(app)
    page = robin.load(outbox.one(ROBIN).link)
    robin.submit(page, button="Confirm the ticked", right=[digest])
    told = []
    for week in range(1, 5):
        clock.shift(timedelta(days=7))
        told += [week for _recipient in remind()]
    # The other test is overdue still: of its own round there is but the last.
    assert told == [2]
    session.rollback()
    assert lab.last_confirmed == first_day
