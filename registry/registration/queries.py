"""What the registration asks of the database."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.domain.workflow import State
from registry.links import hash_of
from registry.models import Lab, OutboxMessage, Submission


def submission_of_key(session: Session, key: str, *, lock: bool = False) -> Submission | None:
    """The submission that a browser holding *key* may see; *lock* keeps others from writing it."""
    if not key:
        return None
    wanted = select(Submission).where(Submission.draft_key_hash == hash_of(key))
    return session.scalar(wanted.with_for_update() if lock else wanted)


def locked_submission(session: Session, submission_id: int) -> Submission:
    """The submission as it is now, kept from other writers. ``NoResultFound`` when there is none."""
    return session.scalars(
        select(Submission)
        .where(Submission.id == submission_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def open_revision(session: Session, revised_id: int) -> Submission | None:
    """The draft that answers the moderator's message about the submission *revised_id*."""
    return session.scalar(
        select(Submission)
        .where(Submission.revises_id == revised_id, Submission.state == State.DRAFT.value)
        .with_for_update()
    )


def revised_by(session: Session, submission: Submission) -> Submission | None:
    """The earlier submission that *submission* revises."""
    return session.get(Submission, submission.revises_id) if submission.revises_id is not None else None


def listing_with_number(session: Session, clia_number: str, *, own_lab_id: int | None = None) -> Lab | None:
    """The laboratory on the list under *clia_number*, unless it is the one whose own entry is edited."""
    found = session.scalar(
        select(Lab).where(
            Lab.clia_number == clia_number, Lab.clia_number != "", Lab.state.not_in(("withdrawn", "merged"))
        )
    )
    return None if found is None or found.id == own_lab_id else found


def mails_since(session: Session, *, recipient: str, kinds: tuple[str, ...], since: datetime) -> int:
    """How many mails of *kinds* were put into the outbox for *recipient* from *since* on."""
    return session.scalars(
        select(func.count())
        .select_from(OutboxMessage)
        .where(
            OutboxMessage.recipient == recipient,
            OutboxMessage.kind.in_(kinds),
            OutboxMessage.created_at >= since,
        )
    ).one()


def waits_in_outbox(session: Session, *, submission_id: int, recipient: str, kind: str) -> bool:
    """Whether such a mail has not left yet."""
    return (
        session.scalar(
            select(OutboxMessage.id).where(
                OutboxMessage.submission_id == submission_id,
                OutboxMessage.recipient == recipient,
                OutboxMessage.kind == kind,
                OutboxMessage.state.in_(("waiting", "sending")),
            )
        )
        is not None
    )
