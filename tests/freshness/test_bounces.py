"""A mailbox that takes no mail: refused while one was sent, or returned afterwards; a task, until somebody is there."""

import io
import random
import smtplib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from registry import mail
from registry.bounces import commands, noting
from registry.models import LabContact, OutboxMessage, Task
from registry.registration import reminding, upkeep
from registry.web import now
from tests.manage.people import KIM, ROBIN, a_contact, a_lab, contact_of, sign_in
from tests.support.bounced import a_report

YEAR = timedelta(days=365)


def message_of(session: Session, mailbox: str) -> tuple[OutboxMessage, str]:
    """The newest mail to *mailbox*, and its Message-ID."""
    session.rollback()
    newest = select(OutboxMessage).where(OutboxMessage.recipient == mailbox).order_by(OutboxMessage.id.desc())
    message = session.scalars(newest).first()
    assert message is not None
    return message, f"<outbox-{message.id}.{int(message.created_at.timestamp())}@localhost>"


def open_tasks(session: Session) -> list[Task]:
    session.rollback()
    return list(session.scalars(select(Task).where(Task.kind == "bounced", Task.closed_at.is_(None))))


@pytest.fixture
def remind(session: Session, outbox: Any) -> Any:
    """The worker reminds and sends; to whom."""

    def run() -> list[str]:
        session.rollback()
        upkeep.run_due(session, now())
        return [recipient for letter in outbox.deliver() for recipient in letter.recipients]

    return run


def hand_over(app: Flask, raw: bytes, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What `flask --app registry bounce` makes of the message on its standard input."""
    return app.test_cli_runner().invoke(args=["bounce"], input=io.BytesIO(raw))


def test_a_returned_mail_is_noted_at_every_contact_with_the_mailbox(
    app: Flask, session: Session, clock: time_machine.Traveller, remind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, other = a_lab(session, ROBIN, KIM), a_lab(session, KIM)
    a_contact(session, other, ROBIN)
    clock.shift(YEAR)
    assert sorted(remind()) == [KIM, ROBIN]
    message, message_id = message_of(session, ROBIN)
    clock.shift(timedelta(minutes=3))
    result = hand_over(app, a_report(ROBIN, message_id), monkeypatch)
    assert (result.exit_code, result.output) == (0, "Noted (5.1.1): 2 contacts, 2 laboratories.\n")
    session.rollback()
    assert message.returned_at is not None
    robins = session.scalars(select(LabContact).where(LabContact.email == ROBIN)).all()
    assert [(one.bounced_at is not None, one.bounce_note) for one in robins] == [(True, "5.1.1")] * 2
    assert {task.lab_id: task.facts for task in open_tasks(session)} == {
        one.id: {"mailboxes": [ROBIN], "status": "5.1.1", "reachable": 1} for one in (lab, other)
    }
    # Told again, as mail servers do, nothing changes.
    assert "passed over" in hand_over(app, a_report(ROBIN, message_id), monkeypatch).output
    # Whose turn it would be is passed over.
    clock.shift(timedelta(days=14))
    assert remind() == [KIM, KIM]
    assert len(open_tasks(session)) == 2


def test_whoever_signs_in_reads_the_mailbox(
    app: Flask, session: Session, clock: time_machine.Traveller, outbox: Any
) -> None:
    a_lab(session, ROBIN)
    noting.mark(session, mailbox=ROBIN, status="5.2.1", now=now())
    session.commit()
    assert len(open_tasks(session)) == 1
    sign_in(app, outbox, ROBIN)
    assert contact_of(session, ROBIN).bounced_at is None
    assert upkeep.run_due(session, now())["tasks settled"] == 1
    assert open_tasks(session) == []


def test_when_nobody_is_left_staff_are_asked_once_in_a_round(
    session: Session, clock: time_machine.Traveller, remind: Any
) -> None:
    lab = a_lab(session, ROBIN, KIM)
    for mailbox in (ROBIN, KIM):
        noting.mark(session, mailbox=mailbox, status="5.1.1", now=now())
    session.commit()
    [task] = open_tasks(session)
    task.closed_at, task.closed_by, task.outcome = now(), "outreach@example.org", "called"
    session.commit()
    clock.shift(YEAR - timedelta(days=30))
    assert remind() == []
    [task] = open_tasks(session)
    assert task.facts == {"mailboxes": [ROBIN, KIM], "status": "5.1.1", "reachable": 0, "due": "2027-11-16"}
    task.closed_at = now()
    session.commit()
    clock.shift(timedelta(days=23))
    assert remind() == []
    assert open_tasks(session) == []
    assert lab.state == "published"


@pytest.mark.parametrize(
    ("code", "told", "status"),
    [
        (550, b"5.1.1 no such user", "5.1.1"),
        (550, b"no such user", "5.0.0"),
        (552, b"5.2.2 over quota", "5.2.2"),
        (550, b"5.7.1 your network is blocked", ""),
        (450, b"4.2.0 greylisted", ""),
        (451, b"5.1.1 says two things", ""),
    ],
)
def test_a_mailbox_refused_while_sending(
    session: Session, clock: time_machine.Traveller, code: int, told: bytes, status: str
) -> None:
    a_lab(session, ROBIN)
    clock.shift(YEAR)
    reminding.remind_due(session, now=now())
    session.commit()

    def send(letter: mail.Rendered) -> None:
        raise smtplib.SMTPRecipientsRefused({letter.recipient: (code, told)})

    mail.deliver_due(
        session,
        render=lambda message, token: mail.Rendered(message.recipient, "", "", "", ""),
        send=send,
        clock=now,
        chance=random.Random(1),
        refused=noting.refused,
    )
    contact = contact_of(session, ROBIN)
    assert (contact.bounced_at is not None, contact.bounce_note) == (bool(status), status)
    assert len(open_tasks(session)) == bool(status)
    assert session.scalars(select(OutboxMessage.state)).one() == ("failed" if code >= 500 else "waiting")


def test_what_cannot_be_noted_now_is_noted_at_the_next_try(session: Session, clock: time_machine.Traveller) -> None:
    a_lab(session, ROBIN)
    clock.shift(YEAR)
    reminding.remind_due(session, now=now())
    session.commit()

    def send(letter: mail.Rendered) -> None:
        raise smtplib.SMTPRecipientsRefused({letter.recipient: (550, b"5.1.1 no")})

    def broken(session: Session, message: OutboxMessage, error: Exception, *, now: Any) -> None:
        noting.refused(session, message, error, now=now)
        raise OperationalError("", {}, Exception())

    def deliver(refused: mail.Refused) -> None:
        mail.deliver_due(
            session,
            render=lambda message, token: mail.Rendered(message.recipient, "", "", "", ""),
            send=send,
            clock=now,
            chance=random.Random(1),
            refused=refused,
        )

    deliver(broken)
    assert contact_of(session, ROBIN).bounced_at is None
    clock.shift(timedelta(minutes=2))
    deliver(noting.refused)
    assert contact_of(session, ROBIN).bounced_at is not None
    assert session.scalars(select(OutboxMessage.state)).one() == "failed"


@pytest.mark.parametrize("what", ["another second", "another number", "long ago", "never sent", "wrong mailbox"])
def test_what_is_of_no_mail_of_ours_changes_nothing(
    app: Flask, session: Session, clock: time_machine.Traveller, remind: Any, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lab(session, ROBIN)
    clock.shift(YEAR)
    assert remind() == [ROBIN]
    message, message_id = message_of(session, ROBIN)
    if what == "another second":
        message_id = message_id.replace("@", "0@")
    elif what == "another number":
        message_id = message_id.replace("outbox-", "outbox-9")
    elif what == "long ago":
        clock.shift(timedelta(days=15))
    elif what == "never sent":
        message.sent_at, message.state = None, "waiting"
        session.commit()
    else:
        message_id = ""
    mailbox = "stranger@example.org" if what == "wrong mailbox" else ROBIN
    result = hand_over(app, a_report(mailbox, message_id), monkeypatch)
    assert (result.exit_code, "passed over" in result.output) == (0, True)
    assert contact_of(session, ROBIN).bounced_at is None
    assert open_tasks(session) == []


def test_a_report_without_the_returned_header_names_the_mailbox(
    app: Flask, session: Session, clock: time_machine.Traveller, remind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lab(session, ROBIN)
    clock.shift(YEAR)
    assert remind() == [ROBIN]
    assert hand_over(app, a_report(ROBIN.upper()), monkeypatch).output.startswith("Noted (5.1.1)")
    assert contact_of(session, ROBIN).bounce_note == "5.1.1"


def test_while_the_database_is_away_the_mail_server_keeps_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **options: Any) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(commands.noting, "returned", away)
    assert hand_over(app, a_report(ROBIN, "<outbox-1.1@localhost>"), monkeypatch).exit_code == 75
