"""The mails of a registration that carry its links. The caller commits."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from registry import links, mail, mailboxes
from registry.domain import suspicion
from registry.domain.labels import told_remarks
from registry.domain.workflow import State
from registry.models import Lab, OutboxMessage, Submission
from registry.registration import queries

MAILS_AN_HOUR = mailboxes.AN_HOUR

_LINK_OF_STATE = {
    State.DRAFT: ("resume_draft", links.Purpose.RESUME_DRAFT),
    State.AWAITING_EMAIL: ("confirm_email", links.Purpose.CONFIRM_EMAIL),
    State.CHANGES_REQUESTED: ("changes_requested", links.Purpose.REVISE),
}


def mail_link(session: Session, *, submission: Submission, now: datetime, limit: int | None = MAILS_AN_HOUR) -> bool:
    """Mail the link that fits where *submission* stands to its own mailbox.

    False when there is none to mail, the same mail has not left yet, the mailbox had *limit* within the hour or its
    share of the day, or a draft's form looked filled in by a program; the asking side must not be able to tell.
    """
    if submission.status not in _LINK_OF_STATE or not submission.contact_email:
        return False
    if submission.status is State.DRAFT and suspicion.HONEYPOT in submission.flags:
        # A draft costs a program one form, and names any mailbox. Whoever goes on to send it may have the mail.
        return False
    kind, purpose = _LINK_OF_STATE[submission.status]
    context = context_of(submission, kind)
    if submission.kind == "claim":
        kind, context["laboratory"] = "claim_confirm", session.get_one(Lab, submission.lab_id).name
    recipient = submission.contact_email
    if queries.waits_in_outbox(session, submission_id=submission.id, recipient=recipient, kind=kind):
        return False
    # Here also what is about a proved mailbox is counted: anybody who finds a dead link may ask for a new one.
    if limit is not None and not mailboxes.has_room(session, recipient=recipient, now=now, an_hour=limit):
        return False
    return mail.enqueue(
        session,
        kind=kind,
        recipient=recipient,
        context=context,
        now=now,
        language=submission.language,
        link_purpose=purpose,
        submission_id=submission.id,
        limit=None,
    )


def revoke_links(session: Session, *, submission: Submission, purpose: links.Purpose, now: datetime) -> None:
    """Make the mailed links of *purpose* worthless, and keep those back that have not left yet."""
    links.revoke(session, submission_id=submission.id, purpose=purpose, now=now)
    mail.keep_back(session, OutboxMessage.submission_id == submission.id, OutboxMessage.link_purpose == purpose.value)


def context_of(submission: Submission, kind: str) -> dict[str, Any]:
    """What the templates of a mail of *kind* about *submission* are filled with."""
    laboratory = submission.profile.name
    if kind == "changes_requested":
        return {"name": laboratory, "message": submission.message, "remarks": told_remarks(submission.remarks)}
    return {"name": submission.contact_name, "laboratory": laboratory}
