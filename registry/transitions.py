"""The one door through which a submission changes its state: the conditional write with its audit row."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from registry.domain.workflow import Action, State, sources, target
from registry.models import AuditEvent, Submission
from registry.models.submission import domain_of

ActorKind = Literal["staff", "laboratory", "system"]


class Conflict(Exception):
    """The submission has moved on meanwhile; ``submission`` is what it is now. Nothing was written."""

    def __init__(self, submission: Submission, action: Action) -> None:
        super().__init__(f"{action} refused: submission {submission.id} is {submission.state}")
        self.submission = submission
        self.action = action


def apply(
    session: Session,
    submission_id: int,
    action: Action,
    *,
    actor_kind: ActorKind,
    actor: str,
    now: datetime,
    expect_revision: int | None = None,
    note: str = "",
    changes: Mapping[str, Any] | None = None,
) -> Submission:
    """Move the submission by *action*, raise its revision, write *changes* (column to value) and the audit.

    The caller commits. With *expect_revision* the step is taken only when nobody has written since that
    revision was read. Raises :class:`Conflict` when the submission's state or revision does not allow the
    step, and ``LookupError`` when there is no such submission.
    """
    session.flush()
    submission = session.scalar(
        # Locked where the database can: what the audit row calls "before" is then what the write replaces.
        select(Submission)
        .where(Submission.id == submission_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if submission is None:
        raise LookupError(f"there is no submission {submission_id}")
    if submission.status not in sources(action) or expect_revision not in (None, submission.revision):
        raise Conflict(submission, action)
    before = _told(submission)
    written = session.execute(
        update(Submission)
        .where(
            Submission.id == submission_id,
            Submission.state.in_([state.value for state in sources(action)]),
            Submission.revision == submission.revision,
        )
        .values(
            {
                **_whole(changes or {}),
                "state": target(State(submission.state), action).value,
                "revision": Submission.revision + 1,
                "updated_at": now,
            }
        )
        .execution_options(synchronize_session=False)
    )
    session.refresh(submission)
    if cast(CursorResult[object], written).rowcount != 1:
        raise Conflict(submission, action)
    session.add(
        AuditEvent(
            at=now,
            actor_kind=actor_kind,
            actor=actor,
            action=action.value,
            subject_type="submission",
            subject_id=submission_id,
            before=before,
            after=_told(submission),
            note=note,
        )
    )
    return submission


def _whole(changes: Mapping[str, Any]) -> dict[str, Any]:
    """*changes* with the column that follows from another: none is set by itself in a statement."""
    email = changes.get("contact_email")
    return {**changes} if email is None else {**changes, "contact_domain": domain_of(email)}


def _told(submission: Submission) -> dict[str, Any]:
    """What the audit keeps of a submission: where it stood, and a fingerprint of exactly what it proposed."""
    return {
        "state": submission.state,
        "revision": submission.revision,
        "profile": submission.profile.digest,
        "contact_email": submission.contact_email,
        "lab_id": submission.lab_id,
    }
