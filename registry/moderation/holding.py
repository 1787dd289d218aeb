"""Letting a submission rest until a day: it stays as it is and leaves the waiting list. The caller commits.

A newer version that the laboratory sends stands in the queue by itself: what was put on hold is the older one.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.workflow import WAITING_FOR_DECISION
from registry.models import AuditEvent, Submission

SHORTEST, LONGEST, USUAL = 1, 60, 7
"""Days."""

NOTE_MAX = 1000


class NotHoldable(Exception):
    """The submission has moved on since its page was shown, or is not where this can be done to it."""


def hold(
    session: Session, *, submission_id: int, expect_revision: int, days: int, note: str, actor: str, now: datetime
) -> Submission:
    """Let the submission rest for *days* (``SHORTEST`` to ``LONGEST``), with a *note* for colleagues.

    Its revision rises, so that whoever has an older page open is told. Raises NotHoldable, and ValueError for days
    out of bounds.
    """
    if not SHORTEST <= days <= LONGEST:
        raise ValueError(f"a submission rests for {SHORTEST} to {LONGEST} days")
    submission = _locked(session, submission_id, expect_revision)
    before = _told(submission)
    submission.held_until, submission.held_by, submission.held_note = now + timedelta(days=days), actor, note
    return _written(session, submission, "hold", before, actor=actor, note=note, now=now)


def resume(session: Session, *, submission_id: int, expect_revision: int, actor: str, now: datetime) -> Submission:
    """Let the submission wait again, before its day. Raises NotHoldable."""
    submission = _locked(session, submission_id, expect_revision)
    if submission.held_until is None:
        raise NotHoldable
    before = _told(submission)
    submission.held_until, submission.held_by, submission.held_note = None, "", ""
    return _written(session, submission, "resume", before, actor=actor, note="", now=now)


def _locked(session: Session, submission_id: int, expect_revision: int) -> Submission:
    submission = session.scalars(
        select(Submission)
        .where(Submission.id == submission_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if submission.status not in WAITING_FOR_DECISION or submission.revision != expect_revision:
        raise NotHoldable
    return submission


def _written(
    session: Session,
    submission: Submission,
    action: str,
    before: dict[str, Any],
    *,
    actor: str,
    note: str,
    now: datetime,
) -> Submission:
    submission.revision += 1
    submission.updated_at = now
    session.add(
        AuditEvent(
            at=now,
            actor_kind="staff",
            actor=actor,
            action=action,
            subject_type="submission",
            subject_id=submission.id,
            before=before,
            after=_told(submission),
            note=note,
        )
    )
    return submission


def _told(submission: Submission) -> dict[str, Any]:
    until = submission.held_until
    return {
        "state": submission.state,
        "revision": submission.revision,
        "profile": submission.profile.digest,
        "held_until": until.isoformat(timespec="seconds") if until is not None else "",
    }
