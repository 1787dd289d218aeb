"""The mails of a registration that carry its links. The caller commits."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from registry import links, mail
from registry.domain.workflow import State
from registry.models import OutboxMessage, Submission
from registry.registration import queries

MAILS_AN_HOUR = 6
"""How many mails with a link one mailbox gets within an hour, whoever asks for them."""

_LINK_OF_STATE = {
    State.DRAFT: ("resume_draft", links.Purpose.RESUME_DRAFT),
    State.AWAITING_EMAIL: ("confirm_email", links.Purpose.CONFIRM_EMAIL),
    State.CHANGES_REQUESTED: ("changes_requested", links.Purpose.REVISE),
}
_LINK_KINDS = tuple(kind for kind, _ in _LINK_OF_STATE.values())


def mail_link(session: Session, *, submission: Submission, now: datetime, limit: int | None = MAILS_AN_HOUR) -> bool:
    """Mail the link that fits where *submission* stands to its own mailbox.

    False when there is none to mail, the same mail has not left yet, or the mailbox had *limit* within the
    hour; the asking side must not be able to tell.
    """
    if submission.status not in _LINK_OF_STATE or not submission.contact_email:
        return False
    kind, purpose = _LINK_OF_STATE[submission.status]
    recipient = submission.contact_email
    if queries.waits_in_outbox(session, submission_id=submission.id, recipient=recipient, kind=kind):
        return False
    since = now - timedelta(hours=1)
    if limit is not None and queries.mails_since(session, recipient=recipient, kinds=_LINK_KINDS, since=since) >= limit:
        return False
    return mail.enqueue(
        session,
        kind=kind,
        recipient=recipient,
        context=context_of(submission, kind),
        now=now,
        language=submission.language,
        link_purpose=purpose,
        submission_id=submission.id,
    )


def revoke_links(session: Session, *, submission: Submission, purpose: links.Purpose, now: datetime) -> None:
    """Make the mailed links of *purpose* worthless, and keep those back that have not left yet."""
    links.revoke(session, submission_id=submission.id, purpose=purpose, now=now)
    session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.submission_id == submission.id,
            OutboxMessage.link_purpose == purpose.value,
            OutboxMessage.state == "waiting",
        )
        .values(state="cancelled")
        .execution_options(synchronize_session=False)
    )


def context_of(submission: Submission, kind: str) -> dict[str, Any]:
    """What the templates of a mail of *kind* about *submission* are filled with."""
    laboratory = submission.profile.name
    if kind == "changes_requested":
        return {"name": laboratory, "message": submission.message}
    return {"name": submission.contact_name, "laboratory": laboratory}
