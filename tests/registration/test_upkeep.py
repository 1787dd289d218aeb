"""What happens by itself in time: one reminder, then the draft is gone; nothing is kept that is not needed."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from registry import links, worker
from registry.extensions import db
from registry.links import Purpose
from registry.models import AuditEvent, OneUseLink, OutboxMessage, Submission
from registry.registration import services, upkeep
from tests.support.client import PageClient, page_of
from tests.support.factories import a_profile, a_submission

NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)
NAMES = ("Ada Invented", "Laboratory manager", "Invented Street", "Invented Laboratory")


def days(number: float) -> datetime:
    """The moment so many days before ``NOW``."""
    return NOW - timedelta(days=number)


def a_draft(session: Session, *, idle: float, asked: bool = True, **changes: Any) -> Submission:
    """A draft that nobody has changed for so many days; *asked*: the link to go on was mailed for it."""
    draft = a_submission(session, **{"state": "draft", "now": days(idle), **changes})
    if asked:
        a_link(session, draft, idle=idle)
    session.commit()
    return draft


def a_link(session: Session, draft: Submission, *, idle: float, purpose: Purpose = Purpose.RESUME_DRAFT) -> OneUseLink:
    """A link for *draft*, mailed so many days ago."""
    token = links.issue(session, purpose=purpose, submission_id=draft.id, email=draft.contact_email, now=days(idle))
    session.flush()
    link = links.find(session, token)
    assert link is not None
    return link


def run(session: Session, at: datetime = NOW) -> dict[str, int]:
    """What fell due, without what did not."""
    session.rollback()
    return {name: count for name, count in upkeep.run_due(session, at).items() if count}


def reminders(session: Session) -> list[str]:
    session.rollback()
    kind = OutboxMessage.kind == upkeep.REMINDER
    return list(session.scalars(select(OutboxMessage.recipient).where(kind).order_by(OutboxMessage.id)))


def test_one_reminder_two_weeks_before_then_it_is_gone(session: Session) -> None:
    email = a_draft(session, idle=0).contact_email
    a_submission(session)
    told = [
        (day, done)
        for day in range(0, 70)
        for hour in (0, 1, 23)
        if (done := run(session, NOW + timedelta(days=day, hours=hour)))
    ]
    assert told == [(46, {"drafts reminded": 1}), (60, {"drafts deleted": 1})]
    assert reminders(session) == [email]
    assert session.scalars(select(Submission.state)).all() == ["submitted"]


def test_the_reminder_says_when_and_opens_the_draft(
    app: Flask, client: PageClient, session: Session, outbox: Any
) -> None:
    moment = datetime.now(UTC)
    idle = moment - timedelta(days=50)
    draft = a_submission(session, a_profile(name="Invented & Sons"), state="draft", now=idle, email_verified_at=idle)
    assert run(session, moment) == {"drafts reminded": 1}
    letter = outbox.one(draft.contact_email)
    assert "Invented & Sons" in letter.subject
    assert str((moment + timedelta(days=14)).year) in letter.subject
    page = client.load(letter.link)
    arrived = page_of(client.submit(page, button="Continue"))
    assert "Invented & Sons" in arrived.main.text
    assert "Delete this draft" in arrived.main.text


@pytest.mark.parametrize(
    ("changed", "day"),
    [
        (datetime(2027, 12, 31, 23, 30, tzinfo=UTC), "2028-02-29"),
        (datetime(2026, 9, 2, 6, 30, tzinfo=UTC), "2026-11-01"),
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "2026-12-31"),
    ],
)
def test_the_day_is_counted_in_utc(session: Session, changed: datetime, day: str) -> None:
    a_submission(session, state="draft", now=changed, email_verified_at=changed)
    a_submission(session)
    assert run(session, changed + timedelta(days=45, hours=23)) == {}
    assert run(session, changed + timedelta(days=46)) == {"drafts reminded": 1}
    assert session.scalars(select(OutboxMessage.context)).one()["day"] == day
    assert run(session, changed + timedelta(days=59, hours=23)) == {}
    assert run(session, changed + timedelta(days=60)) == {"drafts deleted": 1}


def test_a_mailbox_that_nobody_proved_gets_one_reminder_whatever_was_typed(session: Session) -> None:
    for _ in range(3):
        a_draft(session, idle=50, email="stranger@example.org")
    a_draft(session, idle=50, email="never@example.org", asked=False)
    a_draft(session, idle=50, email="", asked=False)
    run(session)
    run(session)
    assert reminders(session) == ["stranger@example.org"]
    # The reminded draft not again, when somebody types on and stops once more.
    session.execute(update(Submission).where(Submission.reminded_at.is_not(None)).values(updated_at=NOW))
    session.commit()
    run(session, NOW + timedelta(days=47))
    run(session, NOW + timedelta(days=59))
    assert reminders(session) == ["stranger@example.org"]


def test_who_proved_the_mailbox_is_reminded_after_each_pause(session: Session) -> None:
    draft = a_draft(session, idle=50, asked=False)
    services.open_for(session, draft=draft, key="k" * 43, email=draft.contact_email, now=days(50))
    session.commit()
    assert run(session) == {"drafts reminded": 1}
    draft.updated_at = NOW + timedelta(hours=1)
    session.commit()
    assert run(session, NOW + timedelta(days=46)) == {}
    assert run(session, NOW + timedelta(days=46, hours=1)) == {"drafts reminded": 1}
    assert reminders(session) == [draft.contact_email] * 2


def test_who_is_never_reminded_has_sixty_days(session: Session) -> None:
    a_draft(session, idle=59.9, asked=False)
    assert run(session) == {}
    assert run(session, NOW + timedelta(hours=3)) == {"drafts deleted": 1}


def test_a_worker_that_stood_still_reminds_before_it_deletes(session: Session) -> None:
    a_draft(session, idle=75)
    assert run(session) == {"drafts reminded": 1}
    assert session.scalars(select(OutboxMessage.context)).one()["day"] == "2026-11-30"
    assert run(session, NOW + timedelta(days=13, hours=23)) == {}
    assert run(session, NOW + timedelta(days=14)) == {"drafts deleted": 1}


def test_after_ninety_days_a_draft_is_gone_reminded_or_not(session: Session) -> None:
    a_draft(session, idle=90)
    assert run(session) == {"drafts deleted": 1}
    assert reminders(session) == []


def test_what_was_sent_but_never_confirmed_goes_too_once_no_link_works(session: Session) -> None:
    sent = a_draft(session, idle=61, asked=False, state="awaiting_email")
    link = a_link(session, sent, idle=5, purpose=Purpose.CONFIRM_EMAIL)
    session.commit()
    assert run(session) == {}
    link.revoked_at = NOW
    session.commit()
    assert run(session) == {"drafts deleted": 1}
    assert session.scalars(select(AuditEvent.before)).one()["state"] == "awaiting_email"


@pytest.mark.parametrize("state", ["submitted", "in_review", "changes_requested", "approved", "rejected", "withdrawn"])
def test_what_was_handed_in_stays(session: Session, state: str) -> None:
    submission = a_submission(session, state=state, now=days(400))
    run(session)
    session.expire_all()
    assert submission.contact_name == "Ada Invented"


def test_two_workers_do_it_once(app: Flask, session: Session) -> None:
    for _ in range(15):
        a_draft(session, idle=50, email_verified_at=days(50))
        a_draft(session, idle=70, asked=False)
    done: list[dict[str, int]] = []
    together = threading.Barrier(2)

    def work() -> None:
        with app.app_context():
            together.wait()
            done.append(upkeep.run_due(db.session, NOW))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [sum(one[name] for one in done) for name in ("drafts reminded", "drafts deleted")] == [15, 15]
    assert len(reminders(session)) == 15
    assert session.scalars(select(func.count()).select_from(AuditEvent)).one() == 15


def test_a_hundred_and_more_are_done_in_parts(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "BATCH", 2)
    for number in range(5):
        a_draft(session, idle=70 + number, asked=False)
    assert run(session)["drafts deleted"] == 5


def test_a_job_that_fails_leaves_the_others(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(session: Session, *, now: datetime) -> int:
        session.execute(update(Submission).values(contact_name="half done"))
        raise RuntimeError

    a_draft(session, idle=61, asked=False)
    kept = a_submission(session)
    monkeypatch.setitem(upkeep.JOBS, "drafts reminded", broken)
    monkeypatch.setitem(worker.JOBS, "drafts reminded", broken)
    done = upkeep.run_due(session, NOW)
    assert "drafts reminded" not in done
    assert done["drafts deleted"] == 1
    session.expire_all()
    assert kept.contact_name == "Ada Invented"
    result = app.test_cli_runner().invoke(args=["upkeep"])
    assert result.exit_code == 1
    assert "Failed: drafts reminded." in result.output


@pytest.mark.parametrize("command", [["upkeep"], ["worker", "--once"]])
def test_the_commands_say_what_they_did(app: Flask, session: Session, command: list[str]) -> None:
    a_submission(session, state="draft", now=datetime.now(UTC) - timedelta(days=61))
    a_submission(session)
    result = app.test_cli_runner().invoke(args=command)
    assert (result.exit_code, result.output) == (0, "drafts deleted: 1.\n")
    again = app.test_cli_runner().invoke(args=command)
    assert again.output == ("Nothing was due.\n" if command == ["upkeep"] else "")
