"""What a laboratory asked for and what became of it, as its contacts see it. Changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registry.domain.changes import told
from registry.domain.workflow import State
from registry.models import Lab, Submission
from registry.registration import editing

REMEMBERED = timedelta(days=90)
"""How long a change that was turned down is still shown with the entry."""

WITHDRAWABLE = frozenset({State.DRAFT, State.AWAITING_EMAIL, State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED})
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Pending:
    """What is open about an entry: the draft that changes it, and the requests, newest first."""

    draft: Submission | None
    requests: tuple[Submission, ...]


def pending_of(session: Session, lab: Lab, *, now: datetime) -> Pending:
    """What of the entry of *lab* is being changed, waits for an answer, or was turned down lately."""
    requests = session.scalars(
        select(Submission)
        .where(
            Submission.lab_id == lab.id,
            Submission.kind == "edit",
            or_(
                Submission.state.in_(editing.UNDECIDED),
                (Submission.state == State.REJECTED.value) & (Submission.decided_at > now - REMEMBERED),
            ),
        )
        .order_by(Submission.id.desc())
    ).all()
    return Pending(editing.open_edit(session, lab.id), tuple(requests))


def request_of(session: Session, number: int, email: str) -> Submission | None:
    """The request of that number, if the mailbox *email* may see it."""
    found = session.get(Submission, number) if 0 < number <= LARGEST else None
    return found if found is not None and editing.may_act(session, found, email) else None


def may_change(submission: Submission) -> bool:
    """Whether another version of it may be sent, or it is a draft to go on with."""
    return submission.kind in {"new", "edit"} and submission.state in (State.DRAFT.value, *editing.UNDECIDED)


def changes_told(submission: Submission) -> list[list[Any]]:
    """What the request changes of the entry that it started from, as ``domain.changes.told``."""
    started_from = submission.started_from
    return told(started_from, submission.profile) if started_from is not None else []
