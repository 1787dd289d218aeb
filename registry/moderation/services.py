"""The decisions: each moves the submission, writes the audit and asks for the mail; the caller commits."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from registry.domain.labels import paths_of, told_remarks
from registry.domain.workflow import Action
from registry.links import Purpose
from registry.models import Lab, Submission, User
from registry.moderation.approving import approve, approve_part
from registry.moderation.deciding import AT_ONCE, By, Shown, decide, write
from registry.moderation.reasons import REJECTION_REASON
from registry.registration import link_mail
from registry.registration import queries as registration
from registry.transitions import apply

__all__ = ["MESSAGE_MAX", "REMARK_MAX", "approve", "approve_part", "reject", "request_changes", "start_review"]

MESSAGE_MAX = 4000
REMARK_MAX = 1000


def start_review(
    session: Session, *, submission_id: int, reviewer: User, expect_revision: int, now: datetime
) -> Submission:
    """Mark the submission as being reviewed by *reviewer*. Raises Conflict when it has moved on."""
    return apply(
        session,
        submission_id,
        Action.START_REVIEW,
        actor_kind="staff",
        actor=reviewer.email,
        now=now,
        expect_revision=expect_revision,
        changes={"reviewer_id": reviewer.id},
    )


def request_changes(
    session: Session,
    *,
    submission_id: int,
    reviewer: User,
    expect_revision: int,
    digest: str,
    message: str,
    now: datetime,
    remarks: Mapping[str, str] | None = None,
    undo_for: timedelta = AT_ONCE,
) -> Submission:
    """Send the submission back with *message*, *remarks* at fields (path to text) and a link to revise it.

    It can be taken back for *undo_for*; its mail waits so long. Raises Conflict, and ``ValueError`` for a remark at a
    field that the submission does not have.
    """
    submission = decide(
        session,
        Shown(submission_id, expect_revision, digest),
        Action.REQUEST_CHANGES,
        by=By.staff(reviewer),
        now=now,
        undo_for=undo_for,
        message=message,
        remarks=remarks,
    )
    if not set(submission.remarks) <= paths_of(submission.profile):
        raise ValueError("a remark is at a field that the submission does not have")
    write(
        session,
        submission,
        "changes_requested",
        {"message": message, "remarks": told_remarks(submission.remarks)},
        now=now,
        link_purpose=Purpose.REVISE,
    )
    return submission


def reject(
    session: Session,
    *,
    submission_id: int,
    reviewer: User,
    expect_revision: int,
    digest: str,
    reason: str,
    message: str,
    now: datetime,
    undo_for: timedelta = AT_ONCE,
) -> Submission:
    """Turn the submission down for *reason*, a slug of ``REJECTION_REASON``; for *undo_for* it can be taken back.

    Raises Conflict.
    """
    label = REJECTION_REASON[reason].label
    submission = decide(
        session,
        Shown(submission_id, expect_revision, digest),
        Action.REJECT,
        by=By.staff(reviewer),
        now=now,
        undo_for=undo_for,
        message=message,
        reason=reason,
    )
    told = {"reason": label, "message": message, "kind": submission.kind}
    if submission.kind == "claim":
        link_mail.revoke_links(session, submission=submission, purpose=Purpose.ALLOW_CLAIM, now=now)
        told["slug"] = session.get_one(Lab, submission.lab_id).slug
    if reason == "already_listed":
        number = submission.profile.clia_number
        listed = registration.listing_with_number(session, number, own_lab_id=submission.lab_id)
        told["listed"] = listed.slug if listed is not None else ""
    write(session, submission, "rejected", told, now=now)
    return submission
