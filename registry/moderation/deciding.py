"""What every decision is made of: the step with its audit row, and the mail that waits until it cannot be taken back.

The caller commits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from registry import mail
from registry.domain.workflow import Action
from registry.links import Purpose
from registry.models import Lab, Submission, User
from registry.transitions import ActorKind, Conflict, apply

AT_ONCE = timedelta(0)
"""How long a decision can be taken back that cannot."""


@dataclass(frozen=True, slots=True)
class By:
    """Who decides: a member of staff, or a job by its name."""

    kind: ActorKind
    actor: str
    reviewer_id: int | None

    @classmethod
    def staff(cls, reviewer: User) -> "By":
        return cls("staff", reviewer.email, reviewer.id)


@dataclass(frozen=True, slots=True)
class Shown:
    """Which submission is decided on, and what of it was on the screen: its revision, its profile's fingerprint."""

    submission_id: int
    revision: int
    digest: str


def decide(
    session: Session,
    shown: Shown,
    action: Action,
    *,
    by: By,
    now: datetime,
    undo_for: timedelta,
    message: str = "",
    remarks: Mapping[str, str] | None = None,
    reason: str = "",
    corrections: Mapping[str, Any] | None = None,
) -> Submission:
    """Move the submission on; raises ``Conflict`` when it is not what was *shown*."""
    submission = apply(
        session,
        shown.submission_id,
        action,
        actor_kind=by.kind,
        actor=by.actor,
        now=now,
        expect_revision=shown.revision,
        note=message,
        changes={
            "reviewer_id": by.reviewer_id,
            "decided_at": now,
            "undo_until": now + undo_for if undo_for else None,
            "message": message,
            "remarks": dict(remarks or {}),
            "decision_reason": reason,
            "corrections": dict(corrections or {}),
        },
    )
    # Under the row's lock: what is decided on is what was on the moderator's screen.
    if submission.profile.digest != shown.digest:
        raise Conflict(submission, action)
    return submission


def write(
    session: Session,
    submission: Submission,
    kind: str,
    context: dict[str, Any],
    *,
    now: datetime,
    link_purpose: Purpose | None = None,
) -> None:
    """Ask for the mail that tells the sender; it leaves when the decision cannot be taken back any more."""
    mail.enqueue(
        session,
        kind=kind,
        recipient=submission.contact_email,
        language=submission.language,
        context={"name": _name(session, submission), **context},
        now=now,
        link_purpose=link_purpose,
        submission_id=submission.id,
        once_key=f"{kind}:{submission.id}",
        not_before=submission.undo_until,
    )


def _name(session: Session, submission: Submission) -> str:
    """What the laboratory is called: a claim proposes nothing, it is about a listing."""
    listed = session.get(Lab, submission.lab_id) if submission.kind == "claim" and submission.lab_id else None
    return listed.name if listed is not None else submission.profile.name
