"""Noting that a mailbox takes no mail: with its message, with every contact who has it, and for staff.

The caller commits.
"""

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registry import tasks
from registry.bounces.reading import Returned, is_of_the_mailbox
from registry.models import Lab, LabContact, OutboxMessage

KIND = "bounced"
"""The kind of task that it is to staff."""

LATEST = timedelta(days=14)
"""How long after a mail left its return is believed. Servers give up after five days."""

_GONE = ("withdrawn", "merged")


@dataclass(frozen=True, slots=True)
class Noted:
    """What was noted: how many contacts have the mailbox, and for how many laboratories staff were told."""

    contacts: int
    laboratories: int


def returned(session: Session, *, report: Returned, now: datetime) -> Noted | None:
    """Note what *report* says of a mail of ours. None when it is of no mail of ours, or was noted before.

    Anybody can send a report. It must name the number and the second of a mail that left of late, or, where it returns
    no header, the mailbox to which one did; a forger gains a task that a person looks at, and a contact who is passed
    over until they sign in.
    """
    message = _message_of(session, report, now)
    if message is None or message.returned_at is not None:
        return None
    message.returned_at = now
    return mark(session, mailbox=message.recipient, status=report.status, now=now)


def refused(session: Session, message: OutboxMessage, error: Exception, *, now: datetime) -> None:
    """Note that the server of the mailbox refused it for good while *message* was sent. For ``mail.deliver_due``."""
    status = status_of(error)
    if status and message.recipient:
        mark(session, mailbox=message.recipient, status=status, now=now)


def status_of(error: Exception) -> str:
    """The status, as in 5.1.1, with which a mailbox was refused for good; empty for any other failure."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused) or not error.recipients:
        return ""
    code, told = next(iter(error.recipients.values()))
    # RFC 3463 puts the status first; without one all that is known is that it was for good.
    words = (told if isinstance(told, bytes) else str(told).encode()).decode("ascii", "replace").split(maxsplit=1)
    status = words[0] if words and words[0].startswith("5.") else "5.0.0"
    return status[:12] if code >= 500 and is_of_the_mailbox(status) else ""


def mark(session: Session, *, mailbox: str, status: str, now: datetime) -> Noted:
    """Note at every contact with *mailbox* that it takes no mail, and open a task for each of their laboratories."""
    found = session.scalars(
        select(LabContact)
        .where(LabContact.email == mailbox.lower(), LabContact.revoked_at.is_(None))
        .order_by(LabContact.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    laboratories = 0
    for contact in found:
        contact.bounced_at, contact.bounce_note = now, status
    session.flush()
    for lab_id in sorted({contact.lab_id for contact in found}):
        if session.get_one(Lab, lab_id).state in _GONE:
            continue
        laboratories += 1
        tasks.open_task(session, kind=KIND, lab_id=lab_id, facts=_facts(session, lab_id, status), now=now)
    return Noted(len(found), laboratories)


def _facts(session: Session, lab_id: int, status: str) -> dict[str, object]:
    standing = session.scalars(
        select(LabContact)
        .where(LabContact.lab_id == lab_id, LabContact.revoked_at.is_(None), LabContact.verified_at.is_not(None))
        .order_by(LabContact.id)
    ).all()
    dead = [contact.email for contact in standing if contact.bounced_at is not None]
    return {"mailboxes": dead, "status": status, "reachable": len(standing) - len(dead)}


def _message_of(session: Session, report: Returned, now: datetime) -> OutboxMessage | None:
    # A report may be quicker than the note that the mail has left.
    left = (
        or_(OutboxMessage.sent_at > now - LATEST, OutboxMessage.state == "sending"),
        OutboxMessage.recipient != "",
    )
    if report.message is not None:
        number, second = report.message
        found = session.scalar(select(OutboxMessage).where(OutboxMessage.id == number, *left).with_for_update())
        return found if found is not None and int(found.created_at.timestamp()) == second else None
    return session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.recipient.in_(report.recipients), *left)
        .order_by(OutboxMessage.sent_at.desc(), OutboxMessage.id.desc())
        .limit(1)
        .with_for_update()
    )
