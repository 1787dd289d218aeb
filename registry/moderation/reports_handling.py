"""What becomes of a report: the entry marked as disputed, the laboratory asked, the report closed and its writer
answered, its words forgotten. The caller commits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from registry import mail, mailboxes
from registry.links import Purpose
from registry.models import AuditEvent, Lab, LabContact, Report
from registry.models.report import HANDLED, OPEN
from registry.moderation.reports import NO_REPORT
from registry.registration import contacts

ASK = "asked_to_confirm"
ANSWER = "report_answered"

DISPUTABLE = frozenset({"published", "stale", "hidden"})
"""States of a laboratory whose entry can carry the mark: one that left the list has nothing to doubt."""

ADDRESS_KEPT = timedelta(days=90)
"""How long after the end of a report its writer's address is kept."""

WORDS_KEPT = timedelta(days=365)
"""How long after the end of a report its words are kept."""

_BATCH = 100


class Asked(StrEnum):
    """Who was asked to confirm or correct an entry."""

    CONTACTS = "contacts"
    PUBLIC_MAILBOX = "public_mailbox"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Closed:
    """How a report was closed: ``answered`` when a mail goes to its writer."""

    answered: bool


def dispute(session: Session, *, lab_id: int, actor: str, now: datetime, report_id: int | None = None) -> bool:
    """Say in the laboratory's entry that it is doubted. False when it says so, or has left the list."""
    lab = _locked(session, lab_id)
    if lab is None or lab.disputed_at is not None or lab.state not in DISPUTABLE:
        return False
    lab.dispute(session, now)
    _note(session, "dispute", lab=lab, report_id=report_id, actor=actor, now=now, before=False)
    return True


def settle(session: Session, *, lab_id: int, actor: str, now: datetime, report_id: int | None = None) -> bool:
    """Take the doubt out of the laboratory's entry again. False when there is none."""
    lab = _locked(session, lab_id)
    if lab is None or lab.disputed_at is None:
        return False
    lab.dispute(session, None)
    _note(session, "settle", lab=lab, report_id=report_id, actor=actor, now=now, before=True)
    return True


def ask(session: Session, *, report_id: int, actor: str, now: datetime) -> Asked | None:
    """Write to the laboratory that its entry may be wrong, in our words alone, once for a report.

    Every contact that speaks for it and takes our mail gets a link with which to confirm or correct. Without one the
    mailbox that the entry shows to the public gets the question without a link: whoever reads that mailbox has not
    shown that they may speak for the laboratory. None when the report is closed or the laboratory was asked.
    """
    report = _open(session, report_id)
    lab = session.get(Lab, report.lab_id) if report is not None else None
    if report is None or lab is None or report.asked_at is not None or lab.state not in DISPUTABLE:
        return None
    willing = reachable(session, lab)
    public = lab.profile.public_email
    if not willing and not public:
        return Asked.NOBODY
    told: dict[str, Any] = {
        "laboratory": lab.name,
        "slug": lab.slug,
        "problem": report.kind,
        "told_on": report.created_at.date().isoformat(),
        "disputed": lab.disputed_at is not None,
    }
    for contact in willing:
        mail.enqueue(
            session,
            kind=ASK,
            recipient=contact.email,
            language=contact.language,
            context=told | {"name": contact.name},
            now=now,
            link_purpose=Purpose.CONFIRM_LISTING,
            contact_id=contact.id,
            once_key=f"{ASK}:{report.id}:{contact.id}",
        )
    if not willing:
        once_key = f"{ASK}:{report.id}"
        mail.enqueue(session, kind=ASK, recipient=public, context=told | {"name": ""}, now=now, once_key=once_key)
    asked = Asked.CONTACTS if willing else Asked.PUBLIC_MAILBOX
    report.asked_at = now
    _add(
        session,
        "ask_laboratory",
        report,
        actor=actor,
        now=now,
        after={"asked": asked.value, "contacts": [contact.email for contact in willing]},
    )
    return asked


def reachable(session: Session, lab: Lab) -> list[LabContact]:
    """The contacts of *lab* that speak for it, take our mail, and whose mailbox has not sent any back."""
    return [
        contact
        for contact in contacts.speaking(session, lab.id)
        if contact.bounced_at is None and mailboxes.wants(session, recipient=contact.email, kind=ASK)
    ]


def close(
    session: Session, *, report_id: int, outcome: str, note: str, answer: bool, actor: str, now: datetime
) -> Closed | None:
    """Close the report with *outcome*, a slug of ``REPORT_OUTCOME``, and *note* for the staff.

    With *answer* its writer, where they left an address, is told how it ended. None when it was closed before.
    """
    report = _open(session, report_id)
    if report is None:
        return None
    report.state, report.handled_at, report.handled_by = HANDLED, now, actor
    report.outcome, report.note = outcome, note
    answered = answer and bool(report.email) and outcome != NO_REPORT and _answer(session, report, now)
    # The note stays with the report: the audit can never be emptied of what it may say of a person.
    _add(
        session,
        "close_report",
        report,
        actor=actor,
        now=now,
        before={"state": OPEN},
        after={"state": HANDLED, "outcome": outcome, "answered": answered},
    )
    return Closed(answered)


def forget_words(session: Session, *, report_id: int, actor: str, now: datetime) -> bool:
    """Empty what the report's writer wrote, as when it speaks of a patient. False when there is nothing."""
    report = session.get(Report, report_id, with_for_update=True, populate_existing=True)
    if report is None or not report.message:
        return False
    report.message = ""
    _add(session, "forget_report_words", report, actor=actor, now=now)
    return True


def forget_old(session: Session, *, now: datetime) -> int:
    """Empty the addresses and words of reports that ended long ago, a bounded number at a time; returns how many."""
    handled = Report.handled_at
    address_due = and_(Report.email != "", handled < now - ADDRESS_KEPT)
    words_due = and_(Report.message != "", handled < now - WORDS_KEPT)
    old = session.scalars(
        select(Report)
        .where(Report.state == HANDLED, or_(address_due, words_due))
        .order_by(Report.id)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for report in old:
        report.email = ""
        if report.handled_at is not None and report.handled_at < now - WORDS_KEPT:
            report.message = ""
    session.flush()
    return len(old)


def _answer(session: Session, report: Report, now: datetime) -> bool:
    lab = session.get_one(Lab, report.lab_id)
    return mail.enqueue(
        session,
        kind=ANSWER,
        recipient=report.email,
        language=report.language,
        context={
            "laboratory": lab.name,
            "slug": lab.slug if lab.state == "published" else "",
            "outcome": report.outcome,
            "told_on": report.created_at.date().isoformat(),
        },
        now=now,
        once_key=f"{ANSWER}:{report.id}",
    )


def _locked(session: Session, lab_id: int) -> Lab | None:
    return session.scalar(
        select(Lab).where(Lab.id == lab_id).with_for_update().execution_options(populate_existing=True)
    )


def _open(session: Session, report_id: int) -> Report | None:
    """The report, held until the commit, while it is open: the second of two who press finds it changed."""
    return session.scalar(
        select(Report)
        .where(Report.id == report_id, Report.state == OPEN)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _note(
    session: Session, action: str, *, lab: Lab, report_id: int | None, actor: str, now: datetime, before: bool
) -> None:
    session.add(
        AuditEvent(
            at=now,
            actor_kind="staff",
            actor=actor,
            action=action,
            subject_type="lab",
            subject_id=lab.id,
            before={"disputed": before},
            after={"disputed": not before} | ({} if report_id is None else {"report": report_id}),
        )
    )


def _add(
    session: Session,
    action: str,
    report: Report,
    *,
    actor: str,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    session.add(
        AuditEvent(
            at=now,
            actor_kind="staff",
            actor=actor,
            action=action,
            subject_type="report",
            subject_id=report.id,
            before=before,
            after={"lab": report.lab_id} | (after or {}),
        )
    )
